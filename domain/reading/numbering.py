"""Numbers that Word prints before paragraphs and does not keep in their text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from domain.reading.parts import Element, child, children, value

PLACE = re.compile(r"%([1-9])")
ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"),
    (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
LAST_ROMAN = 4_000
MOST_ANCESTORS = 10
NO_LIST = "0"
UNNUMBERED = ("bullet", "none")


@dataclass(frozen=True, slots=True)
class Level:
    """How one level of a list is numbered: from where, in which digits or letters, as `%1.` or `(%2)`."""

    start: int
    digits: str
    text: str


class Numbering:
    """The numbered lists of a document, counted while its paragraphs are read in order."""

    def __init__(self, numbering: Element | None, styles: Element | None) -> None:
        levels = {
            value(item, "abstractNumId"): levels_of(item) for item in children(numbering, "abstractNum")
        }
        self._lists = {value(item, "numId"): item for item in children(numbering, "num")}
        self._levels = {
            number: levels.get(value(child(item, "abstractNumId")), {})
            for number, item in self._lists.items()
        }
        self._styles = {value(item, "styleId"): item for item in children(styles, "style")}
        self._counts: dict[str | None, dict[int, int]] = {}

    def label(self, paragraph: Element) -> str:
        """`12.` for a numbered paragraph; empty for others, and for bullets. Each call counts on."""
        number, depth = self._place(paragraph)
        levels = self._levels.get(number, {})
        level = levels.get(depth)
        if level is None or level.digits in UNNUMBERED:
            return ""
        counts = self._counts.setdefault(self._counter(number), {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        return PLACE.sub(lambda found: printed(levels, counts, int(found[1]) - 1), level.text)

    def _place(self, paragraph: Element) -> tuple[str | None, int]:
        """The list and the level that the paragraph or its style names."""
        for properties in self._properties(paragraph):
            numbered = child(properties, "numPr")
            number = value(child(numbered, "numId"))
            if number is not None:
                depth = value(child(numbered, "ilvl")) or "0"
                return number, int(depth) if depth.isdecimal() else 0
        return NO_LIST, 0

    def _properties(self, paragraph: Element) -> Iterator[Element | None]:
        own = child(paragraph, "pPr")
        yield own
        style = value(child(own, "pStyle"))
        for _ in range(MOST_ANCESTORS):
            if style not in self._styles:
                return
            yield child(self._styles[style], "pPr")
            style = value(child(self._styles[style], "basedOn"))

    def _counter(self, number: str | None) -> str | None:
        """Lists of one kind count together, unless one says where it starts."""
        item = self._lists[number]
        own = child(item, "lvlOverride", "startOverride")
        return f"own {number}" if own is not None else value(child(item, "abstractNumId"))


def levels_of(abstract: Element) -> dict[int, Level]:
    found: dict[int, Level] = {}
    for item in children(abstract, "lvl"):
        depth, start = value(item, "ilvl") or "0", value(child(item, "start")) or "1"
        if depth.isdecimal() and start.isdecimal():
            digits = value(child(item, "numFmt")) or "decimal"
            found[int(depth)] = Level(int(start), digits, value(child(item, "lvlText")) or "")
    return found


def printed(levels: dict[int, Level], counts: dict[int, int], depth: int) -> str:
    level = levels.get(depth)
    number = counts.get(depth, level.start if level else 1)
    return DIGITS.get(level.digits if level else "decimal", str)(number)


def letters(number: int) -> str:
    """a, b, … z, aa, bb, …, as Word has it."""
    times, letter = divmod(max(number, 1) - 1, 26)
    return chr(ord("a") + letter) * min(times + 1, 5)


def roman(number: int) -> str:
    if number >= LAST_ROMAN:
        return str(number)
    pieces: list[str] = []
    for worth, sign in ROMAN:
        times, number = divmod(number, worth)
        pieces.append(sign * times)
    return "".join(pieces)


DIGITS: dict[str, Callable[[int], str]] = {
    "lowerLetter": letters,
    "upperLetter": lambda number: letters(number).upper(),
    "lowerRoman": roman,
    "upperRoman": lambda number: roman(number).upper(),
}
