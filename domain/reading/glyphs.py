"""The text layer of one PDF page as lines that know where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ctypes import byref, c_double
from functools import cached_property
from itertools import accumulate, pairwise
from math import hypot

import pypdfium2
import pypdfium2.raw as pdfium

from domain.reading.extracts import storable
from domain.reading.layout import ENUMERATOR, RIGHT_TO_LEFT, WIDE_GAP, Line, Run, Span, line_of
from domain.reading.marks import around_a_mark, maybe_marks, raised, superscript

# U+FFFE and U+0002 stand for a hyphen at a line end together with the line end.
PIECE = re.compile("([^\r\n\ufffe\x02]+)([\ufffe\x02]?)")
LETTER = re.compile(r"[^\W\d_]")
STOP_BEFORE_NUMBER = re.compile(rf"\A\.(\d{{1,3}}(?:\.\d{{1,3}}){{0,2}})(?=\s+{RIGHT_TO_LEFT.pattern})")
WORD_START = re.compile(r"(?<=\s)\S")
SAME_PLACE = 0.5
MOST_BOXES = 500
DESCENT = 0.2

Box = tuple[float, float, float, float]
"""Left, top, right and bottom of what is printed, in points from the lower left corner of the page."""


def lines_of(layer: pypdfium2.PdfTextPage) -> list[Line]:
    """The lines that have words, in the order of the file; marks of footnotes are superscript characters."""
    glyphs = Glyphs(layer)
    lines: list[Line] = []
    for found in PIECE.finditer(glyphs.text):
        line = glyphs.line(*found.span(1), hyphen="-" if found[2] else "")
        whole = around_a_mark(lines[-1], line) if lines and line else None
        if whole:
            lines[-1] = whole
        elif line:
            lines.append(line)
    return lines


class Glyphs:
    """The text of a page, and where its characters stand."""

    def __init__(self, layer: pypdfium2.PdfTextPage) -> None:
        self.text = layer.get_text_range()
        self._layer = layer.raw
        self._even = layer.count_chars() == len(self.text)
        self._box = tuple(c_double() for _ in range(4))
        self._to_box = [byref(edge) for edge in self._box]
        self._matrix = pdfium.FS_MATRIX()
        self._to_matrix = byref(self._matrix)
        self._turn = self._direction()

    def line(self, start: int, end: int, hyphen: str) -> Line | None:
        """The line at `text[start:end]`; none if it has no words."""
        found = self.text[start:end].rstrip()
        words = found.lstrip()
        if not words:
            return None
        start += len(found) - len(words)
        words = STOP_BEFORE_NUMBER.sub(r"\1.", words)
        letter = LETTER.search(words)
        bottom, top = self.reach(start + (letter.start() if letter else 0))
        words = self.with_marks_raised(start, words, (bottom, top))
        cells = list(self.cells(start, words, top - bottom))
        if hyphen and not words.endswith("-"):
            cells[-1] = (cells[-1][0] + hyphen, *cells[-1][1:])
        runs = [Run(kept(text), left, bottom, right, top) for text, left, right in cells]
        runs = [run for run in runs if run.text]
        return line_of(*runs) if runs else None

    def with_marks_raised(self, start: int, words: str, line: Span) -> str:
        """The words with superscript characters for the digits that are printed so."""
        for found in maybe_marks(words):
            if raised(self.reach(start + found.start()), line):
                words = words[: found.start()] + superscript(found[0]) + words[found.end() :]
        return words

    def cells(self, start: int, words: str, height: float) -> Iterator[tuple[str, float, float]]:
        """The words between wide gaps, with their left and right ends."""
        boxes = self.boxes(start, len(words))[:MOST_BOXES]
        place, left, right = 0, boxes[0][0], boxes[0][2]
        for one, other in pairwise(boxes):
            cut = self.cut(start, words, place, other) if apart(one, other, height) else None
            if cut and not ENUMERATOR.fullmatch(words[place:cut].rstrip()):
                yield words[place:cut].rstrip(), left, right
                place, left, right = cut, other[0], other[2]
            left, right = min(left, other[0]), max(right, other[2])
        yield words[place:], left, right

    def cut(self, start: int, words: str, place: int, box: Box) -> int | None:
        """Where in the words the box begins, after `place`."""
        for found in WORD_START.finditer(words, place):
            character = self.character(start + found.start())
            if abs(character[0] - box[0]) < SAME_PLACE or abs(character[2] - box[2]) < SAME_PLACE:
                return found.start()
        return None

    def boxes(self, start: int, length: int) -> list[Box]:
        """One box for each stretch of characters that the file prints in one go."""
        count = pdfium.FPDFText_CountRects(self._layer, self._index(start), length)
        left, top, right, bottom = self._box
        found: list[Box] = []
        for number in range(count):
            pdfium.FPDFText_GetRect(self._layer, number, *self._to_box)
            found.append(self._turned((left.value, top.value, right.value, bottom.value)))
        return found or [(0.0, 0.0, 0.0, 0.0)]

    def character(self, place: int) -> Box:
        to_left, to_top, to_right, to_bottom = self._to_box
        pdfium.FPDFText_GetCharBox(self._layer, self._index(place), to_left, to_right, to_bottom, to_top)
        left, top, right, bottom = self._box
        return self._turned((left.value, top.value, right.value, bottom.value))

    def reach(self, place: int) -> Span:
        """Bottom and top of the line as the character's size and baseline have it, whatever its shape."""
        index = self._index(place)
        pdfium.FPDFText_GetMatrix(self._layer, index, self._to_matrix)
        matrix = self._matrix
        size = pdfium.FPDFText_GetFontSize(self._layer, index) * hypot(matrix.c, matrix.d)
        baseline = (matrix.f, -matrix.e, -matrix.f, matrix.e)[self._turn]
        return baseline - DESCENT * size, baseline + (1 - DESCENT) * size

    def _direction(self) -> int:
        """Quarters of a turn that the writing makes, told by the middle of the page: tables lie sideways."""
        letter = LETTER.search(self.text, len(self.text) // 2)
        pdfium.FPDFText_GetMatrix(self._layer, self._index(letter.start() if letter else 0), self._to_matrix)
        along, up = self._matrix.a, self._matrix.b
        if abs(up) > abs(along):
            return 1 if up > 0 else 3
        return 0 if along >= 0 else 2

    def _turned(self, box: Box) -> Box:
        """The box as it stands when the writing runs from left to right."""
        if not self._turn:
            return box
        left, top, right, bottom = box
        return (
            box,
            (bottom, -left, top, -right),
            (-right, -bottom, -left, -top),
            (-top, right, -bottom, left),
        )[self._turn]

    def _index(self, place: int) -> int:
        """The number of the character in the page, which may have characters that are not in the text."""
        if self._even:
            return place
        return int(pdfium.FPDFText_GetCharIndexFromTextIndex(self._layer, self._units[place]))

    @cached_property
    def _units(self) -> list[int]:
        """The place of each character of the text in units of UTF-16."""
        return list(accumulate((1 + (character > "\uffff") for character in self.text), initial=0))


def kept(text: str) -> str:
    return text if text.isprintable() else storable(text)


def apart(one: Box, other: Box, height: float) -> bool:
    """Whether two boxes of a line have a wide gap between them, in either direction of writing."""
    gap = max(other[0] - one[2], one[0] - other[2])
    return gap > WIDE_GAP * height and min(one[1], other[1]) > max(one[3], other[3])
