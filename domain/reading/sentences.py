"""Where sentences end, in any script. What the splitter mistakes in reports is mended here."""

from __future__ import annotations

import re
from collections.abc import Iterator

import sentencex

LONGEST = 3_000
STRETCH = 2 * LONGEST
LONGEST_ENDING = 40
BEFORE_MARK = 2
ITEM = re.compile(r"\s*(?:\(\w{1,5}\)|[-*+•·▪●◦–])\s+")
SENTENCE_END = re.compile(r"[.!?:;…。！？؟۔।։][\"'»”’)\]」』]*\s*\Z")
# These end a sentence whatever follows, also the figure that the splitter takes for a part of it.
FULL_STOP = re.compile(r"[。！？｡]+(?![\"'»”’)\]」』）])\s*")
# The splitter knows most abbreviations; these it takes for the end of a sentence.
ABBREVIATED = re.compile(
    r"(?:^|[\s(])(?:"
    r"(?:paras?|approx|res|cf|chap|figs?|par|al|env|réf|párrs?|aprox)\.\s+\d"
    r"|(?:Mmes?|Mlles?|MM|Mgr|Sras|Dra|Excm[oa])\.\s+\S)\Z",
    re.IGNORECASE,
)
NOTED_END = re.compile(
    r"(?P<end>[.!?…。！？؟۔][\"'»”’)\]]*)"
    r"(?P<mark>[⁰¹²³⁴-⁹*†‡]+|\[\d{1,3}\]|\d{1,2}(?=\s+[\"«“¿¡(]?[^\W\d_a-zß-ÿ]))"
)
WORD_BEFORE = re.compile(r"[^\W_](?:[^\W\d_]|[)\]])\Z")


def sentences(body: str, language: str) -> Iterator[tuple[int, int]]:
    """Sentence boundaries; a line end inside a block is a space.

    They are sought in stretches, because seeking them takes time that grows with the square of the length.
    """
    flat = NOTED_END.sub(mark_before_end, body.replace("\n", " "))
    start = 0
    while start < len(flat):
        ends = [start + end for end in sentence_ends(flat[start : start + STRETCH], language)]
        if start + STRETCH < len(flat):
            ends = ends[:-1] or [cut_at_space(flat, start, STRETCH)]
        for end in ends:
            yield start, end
            start = end


def mark_before_end(found: re.Match[str]) -> str:
    """`end.¹` as `enda.`: the mark of a footnote hides from the splitter that a sentence ends."""
    start = found.start()
    if not WORD_BEFORE.search(found.string, max(0, start - BEFORE_MARK), start):
        return found[0]
    return "a" * len(found["mark"]) + found["end"]


def sentence_ends(flat: str, language: str) -> list[int]:
    """Where sentences end, also those of an item behind its mark, which the splitter takes for one."""
    ends: list[int] = []
    start = 0
    for end in plain_ends(flat, language):
        item = ITEM.match(flat, start, end)
        body = item.end() if item else start
        ends += [body + inner for inner in plain_ends(flat[body:end], language)] if item else [end]
        start = end
    return ends


def plain_ends(flat: str, language: str) -> list[int]:
    """Not after an abbreviation, nor where no mark ends a sentence, and always at the end."""
    found = [boundary["end_index"] for boundary in sentencex.get_sentence_boundaries(language, flat)]
    ends = {end for end in found[:-1] if ends_here(flat, end)}
    if not flat.isascii():
        ends.update(stop.end() for stop in FULL_STOP.finditer(flat))
    return sorted(ends | {len(flat)})


def ends_here(flat: str, end: int) -> bool:
    if flat[end] in ":;,.)":
        return False
    before = flat[max(0, end - LONGEST_ENDING) : end + 1]
    return bool(SENTENCE_END.search(before, 0, len(before) - 1)) and not ABBREVIATED.search(before)


def cut_at_space(text: str, start: int, most: int) -> int:
    """Where to cut a text that has no better place, at most so far from `start`."""
    space = text.rfind(" ", start + 1, start + most)
    return space if space > 0 else start + most
