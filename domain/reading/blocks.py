"""Lines put together into blocks: numbered paragraphs, items, headings, rows, running text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, pairwise
from statistics import quantiles

# "12. " or "12.\n" as in documents of the United Nations; up to three levels, as in "75.12."
PARAGRAPH_NUMBER = re.compile(r"\s*(\d{1,3}(?:\.\d{1,3}){0,2})\.(?=\s|$)[ \t]*")
BULLET = re.compile(r"\s*[-*+•·▪●◦–]\s+")
LETTERED = re.compile(r"\s*(?:\((?:[a-z]{1,2}|[ivx]{1,5}|\d{1,2})\)|[a-z]\))\s+")
MARKDOWN_HEADING = re.compile(r"\s*#{1,6}\s+\S")
ENUMERATED = re.compile(r"\s*(?:[IVX]{1,5}|[A-Z]|\d{1,2})\.?\s+\S")
LETTERED_HEADING = re.compile(r"\s*(?:[IVX]{1,5}|[A-Z])\.\s+[^\W\d_a-zß-ÿ]")
CELLS = " | "
LEADERS = "....."
NOTE = re.compile(r"\s*(?:[⁰¹²³⁴-⁹]+|\*{2,3}|[†‡]+)\s*[^\s*]")
SENTENCE_END = re.compile(r"[.!?;:,…。！？；：，、؟؛،۔।][\"'»”’)\]」』\d⁰¹²³⁴-⁹*†‡]*\s*$")
WORDLIKE = re.compile(r"[^\W\d_]{2,}")
LONGEST_STEP = 30
NEIGHBOURS = 8
LONGEST_ENDING = 200
HEADING_LENGTH = 100
HEADING_WORDS = 14
FULL_LINE = 0.7
FULL_FOR_CERTAIN = 0.9


@dataclass(frozen=True, slots=True)
class Block:
    """`text[start:end]`; `body` is where the words begin, after the number of a paragraph."""

    start: int
    body: int
    end: int
    paragraph: str | None
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    start: int
    text: str

    @property
    def end(self) -> int:
        return self.start + len(self.text)

    @property
    def blank(self) -> bool:
        return not self.text.strip()

    @property
    def ends_sentence(self) -> bool:
        return bool(SENTENCE_END.search(self.text, max(0, len(self.text) - LONGEST_ENDING)))

    @property
    def begins_lower(self) -> bool:
        return self.text.lstrip()[:1].islower()


def blocks_of(text: str) -> Iterator[Block]:
    """The blocks in reading order. A paragraph keeps its number until the next number or heading.

    A footnote belongs to no paragraph, wherever it stands.
    """
    lines = lines_of(text)
    width = full_width(lines)
    paragraph: str | None = None
    for group, following in pairwise(chain(groups(lines, width), [[]])):
        if heading(group, following, width):
            paragraph = None
            yield Block(group[0].start, group[0].start, group[-1].end, None, heading=True)
            continue
        if NOTE.match(group[0].text):
            yield Block(group[0].start, group[0].start, group[-1].end, None)
            continue
        numbered = paragraph_number(group[0], paragraph)
        paragraph = numbered[1] if numbered else paragraph
        body = numbered[0] if numbered else group[0].start
        yield Block(group[0].start, body, group[-1].end, paragraph)


def lines_of(text: str) -> list[Line]:
    lines: list[Line] = []
    start = 0
    for line in text.split("\n"):
        lines.append(Line(start, line))
        start += len(line) + 1
    return lines


def full_width(lines: list[Line]) -> float:
    """How long a line is that was broken because it was full; infinite where lines are whole paragraphs."""
    lengths = [len(line.text) for line in lines if not line.blank]
    if len(lengths) < 8:
        return float("inf")
    width = quantiles(lengths, n=10)[7]
    return width if width <= 140 else float("inf")


def groups(lines: list[Line], width: float) -> Iterator[list[Line]]:
    """Runs of lines that belong together."""
    group: list[Line] = []
    for line in lines:
        if group and (line.blank or begins_block(group, line, width)):
            yield group
            group = []
        if not line.blank:
            group.append(line)
    if group:
        yield group


def begins_block(group: list[Line], line: Line, width: float) -> bool:
    last = group[-1]
    if stands_alone(line) or stands_alone(last) or BULLET.match(line.text) or NOTE.match(line.text):
        return True
    early = ends_early(group, line, width)
    ended = last.ends_sentence or early
    if PARAGRAPH_NUMBER.match(line.text):
        return ended or (titled(group) and not PARAGRAPH_NUMBER.match(group[0].text))
    if LETTERED.match(line.text):
        return ended
    if only_number(last):
        return False
    if last.ends_sentence and enumerated_heading(line, width):
        return True
    return early and not continues(last, line)


def ends_early(group: list[Line], line: Line, width: float) -> bool:
    """Whether the group's last line ended before it was full; items are often narrower than the text."""
    last = group[-1]
    if not short(last, width):
        return False
    return not opens_item(group[0]) or short(last, widest([*group[-NEIGHBOURS:], line]))


def continues(last: Line, line: Line) -> bool:
    """Whether a line that ended early goes on in the next one all the same."""
    if last.text.rstrip().endswith(("-", ",")) or line.begins_lower:
        return True
    return line.text.lstrip().startswith("(") and not last.ends_sentence


def opens_item(line: Line) -> bool:
    """Whether it begins a paragraph or an item, whose lines are often shorter than those of the text."""
    return any(mark.match(line.text) for mark in (PARAGRAPH_NUMBER, LETTERED, BULLET))


def widest(lines: list[Line]) -> int:
    return max(len(line.text.strip()) for line in lines)


def stands_alone(line: Line) -> bool:
    return row(line.text) or LEADERS in line.text or bool(MARKDOWN_HEADING.match(line.text))


def row(text: str) -> bool:
    """Whether it is a row of a table, in Markdown or as tables of documents are written here."""
    return CELLS in text or text.lstrip().startswith("|")


def enumerated_heading(line: Line, width: float) -> bool:
    """Such as `B. Dialogue`; those without a full stop may be sentences, unless they are short."""
    if line.ends_sentence or not ENUMERATED.match(line.text):
        return False
    return short(line, width) or (bool(LETTERED_HEADING.match(line.text)) and not full(line, width))


def only_number(line: Line) -> bool:
    found = PARAGRAPH_NUMBER.match(line.text)
    return found is not None and found.end() == len(line.text.rstrip())


def short(line: Line, width: float) -> bool:
    """Whether a line ended before it was full, as the last line of a paragraph or a heading does."""
    return len(line.text.strip()) < FULL_LINE * width if width != float("inf") else True


def full(line: Line, width: float) -> bool:
    """Whether its next word may not have had a place on the line."""
    return len(line.text.strip()) >= FULL_FOR_CERTAIN * width


def heading(group: list[Line], following: list[Line], width: float) -> bool:
    """A line of its own without the end of a sentence, and short, or with a numbered paragraph after it."""
    if MARKDOWN_HEADING.match(group[0].text):
        return True
    if not titled(group):
        return False
    if short(group[-1], width) or ENUMERATED.match(group[0].text):
        return True
    return bool(following) and bool(PARAGRAPH_NUMBER.match(following[0].text))


def titled(group: list[Line]) -> bool:
    """Whether it has the form of a heading: few words, and neither an item nor a sentence."""
    text = " ".join(line.text.strip() for line in group)
    if len(group) > 2 or len(text) > HEADING_LENGTH or len(text.split()) > HEADING_WORDS:
        return False
    if BULLET.match(text) or LETTERED.match(text) or row(text) or LEADERS in text:
        return False
    return not text[:1].islower() and bool(WORDLIKE.search(text)) and not SENTENCE_END.search(text)


def paragraph_number(line: Line, current: str | None) -> tuple[int, str] | None:
    """Where the words begin and the number, if the line opens a numbered paragraph.

    A number that does not follow on the current one is the end of a sentence broken at its line.
    """
    found = PARAGRAPH_NUMBER.match(line.text)
    if not found or not follows(found[1], current):
        return None
    return line.start + found.end(), found[1]


def follows(number: str, current: str | None) -> bool:
    if current is None or "." in number or "." in current:
        return True
    return int(number) == 1 or 0 < int(number) - int(current) <= LONGEST_STEP
