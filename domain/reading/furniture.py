"""What stands on a page and is no part of its running text: running heads, page numbers, footnotes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import takewhile
from operator import attrgetter

from domain.reading.layout import MOST_LINES, Line

EDGE_LINES = 4
SMALL = 0.95
NUMBER = re.compile(r"\d+")
BARE_NUMBER = re.compile(r"[\W\d_]*0[\W\d_]*")
NOTE_MARK = re.compile(r"(?:[⁰¹²³⁴-⁹]+|\*+|[†‡]+|\[?\d{1,3}\]?(?=\s))")


def without_running_lines(pages: Sequence[list[Line]]) -> list[list[Line]]:
    """Pages without the lines that recur at their upper and lower edges, numbers aside."""
    edges = [edges_of(page) for page in pages]
    counted = Counter(seen for ends in edges for seen in {shape(line) for end in ends for line in end})
    needed = max(2, min(3, len(pages)), len(pages) * 3 // 10)
    running = {
        seen for seen, count in counted.items() if count >= (2 if BARE_NUMBER.fullmatch(seen) else needed)
    }
    return [trimmed(page, ends, running) for page, ends in zip(pages, edges, strict=True)]


def edges_of(page: Sequence[Line]) -> tuple[list[Line], list[Line]]:
    """The uppermost and the lowest lines, each from its edge inwards; rows of tables are none."""
    free = sorted((line for line in page if not line.fixed), key=attrgetter("top"), reverse=True)
    return free[:EDGE_LINES], free[: -EDGE_LINES - 1 : -1]


def shape(line: Line) -> str:
    return NUMBER.sub("0", line.text.strip())


def trimmed(page: list[Line], edges: Iterable[Iterable[Line]], running: set[str]) -> list[Line]:
    """The page without its running lines; a page that has nothing else is kept, it must be text."""
    dropped = {id(line) for edge in edges for line in takewhile(lambda line: shape(line) in running, edge)}
    return [line for line in page if id(line) not in dropped] or page


def parted(pages: Sequence[list[Line]]) -> tuple[list[list[Line]], list[list[Line]]]:
    """The running text of each page, and its footnotes."""
    usual = body_size(pages)
    notes = [notes_of(page, usual) for page in pages]
    noted = {id(line) for page in notes for line in page}
    return [[line for line in page if id(line) not in noted] for page in pages], notes


def body_size(pages: Sequence[list[Line]]) -> float:
    """The height of the lines that most of the text is in."""
    letters: Counter[float] = Counter()
    for line in (line for page in pages for line in page):
        letters[round(line.size, 1)] += len(line.text)
    return max(letters, key=lambda size: (letters[size], size), default=0.0)


def notes_of(page: Sequence[Line], usual: float) -> list[Line]:
    """Small lines below all others of their column, if one of them begins with the mark of a note."""
    least = SMALL * usual
    large = [line for line in page if line.size >= least or line.fixed]
    if not large or len(large) == len(page) or len(page) > MOST_LINES:
        return []
    small = [line for line in page if line.size < least and not line.fixed]
    notes = [line for line in small if not any(beneath(other, line) for other in large)]
    return notes if any(NOTE_MARK.match(line.text) for line in notes) else []


def beneath(other: Line, line: Line) -> bool:
    """Whether the other line stands below, in the same column."""
    return other.top < line.top and line.left < other.right and other.left < line.right
