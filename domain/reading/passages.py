"""A text cut into passages: sentences, items of lists, headings, rows of tables, with exact offsets."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from domain.reading.blocks import Block, blocks_of
from domain.reading.extracts import Extent, Page, Unreadable, too_long
from domain.reading.languages import language_of, languages_of
from domain.reading.sentences import LONGEST, cut_at_space, sentences

MOST = 50_000
LEADING_MARK = re.compile(r"(?:#{1,6}\s+|[-*+•·▪●◦–]\s+|\|\s*|>\s*)+")
DIGITS_AND_SIGNS = re.compile(r"[\W\d_]*")


@dataclass(frozen=True, slots=True)
class Passage:
    """`text[start:end]` of its document, without space around it.

    `page` is where it begins, for formats that have pages; `paragraph` is the number that the document
    gives the paragraph it belongs to. A heading names what follows and states nothing by itself.
    """

    number: int
    page: int | None
    paragraph: str | None
    start: int
    end: int
    language: str
    heading: bool = False


def split(text: str, pages: Sequence[Page] = ()) -> list[Passage]:
    """The passages of a text in reading order, numbered from 1; the same text gives the same passages.

    Raises Unreadable, `document-too-long`, when there are more than anybody would write.
    """
    if not text.strip():
        return []
    main = language_of(text)
    found = cut(text, main)
    languages = languages_of([text[start:end] for _, (start, end) in found], main)
    starts = [page.start for page in pages]
    return [
        Passage(
            number=number,
            page=pages[max(0, bisect_right(starts, start) - 1)].number if pages else None,
            paragraph=block.paragraph,
            start=start,
            end=end,
            language=language,
            heading=block.heading,
        )
        for number, ((block, (start, end)), language) in enumerate(zip(found, languages, strict=True), 1)
    ]


def extent_of(text: str) -> Extent:
    """How much `split` would find. Raises Unreadable as it does, and `document-empty` for no words."""
    found = cut(text, language_of(text)) if text.strip() else []
    if not found:
        raise Unreadable("document-empty", "The document has no words.")
    return Extent(len(text), len(found))


def cut(text: str, language: str) -> list[tuple[Block, tuple[int, int]]]:
    """Each passage as the block that it is of, and where it begins and ends."""
    found = [(block, span) for block in blocks_of(text) for span in spans_of(text, block, language)]
    if len(found) > MOST:
        raise too_long("sentences", MOST)
    return found


def spans_of(text: str, block: Block, language: str) -> Iterator[tuple[int, int]]:
    """The sentences of a block; the number of a paragraph stays with its first sentence."""
    if block.heading:
        headings = (trimmed(text, *piece) for piece in pieces(text, block.start, block.end))
        yield from (span for span in headings if span)
        return
    for start, end in sentences(text[block.body : block.end], language):
        begin = block.body + start if start else block.start
        for piece in pieces(text, begin, block.body + end):
            span = trimmed(text, *piece)
            if span and not DIGITS_AND_SIGNS.fullmatch(text, *span):
                yield span


def pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A span, cut at spaces where it is longer than any sentence that a person would write."""
    while end - start > LONGEST:
        cut = cut_at_space(text, start, LONGEST)
        yield start, cut
        start = cut
    yield start, end


def trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span without space, bullets or heading marks around it; none if nothing is left."""
    start += len(text[start:end]) - len(text[start:end].lstrip())
    mark = LEADING_MARK.match(text, start, end)
    start = mark.end() if mark else start
    end = start + len(text[start:end].rstrip())
    return (start, end) if end > start else None
