"""DOCX: paragraphs and tables in order, then notes; what is deleted, hidden or there twice is left out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

from domain.reading.extracts import Extracted, Limits, Unreadable, check_length, storable
from domain.reading.marks import DIGITS, superscript
from domain.reading.numbering import Numbering
from domain.reading.packages import WORD_DOCUMENT, check_package
from domain.reading.parts import Element, child, children, damaged, named, part, value
from domain.reading.tables import table_lines

MARKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
SKIPPED = {"del", "moveFrom", "Fallback", "pPr", "rPr", "sectPr", "tblPr"}
HIDING = ("vanish", "strike", "dstrike")
OFF = ("0", "false", "off")
REFERENCES = {"footnoteReference": "footnote", "endnoteReference": "endnote"}


def read_word(content: bytes, limits: Limits) -> Extracted:
    """Raises Unreadable. Notes stand at the end, numbered as the text refers to them."""
    check_package(content, limits)
    blocks: list[str] = []
    length = 0
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for block in Story(package, limits).blocks():
            length += len(block) + 2
            check_length(length, limits)
            blocks.append(block)
    if not blocks:
        raise Unreadable("document-empty", "The document has no text.")
    return Extracted(storable("\n\n".join(blocks)))


class Story:
    """The text of a document, read once from beginning to end: lists and notes are numbered on the way."""

    def __init__(self, package: zipfile.ZipFile, limits: Limits) -> None:
        body = child(part(package, WORD_DOCUMENT, limits), "body")
        if body is None:
            raise damaged()
        self._body = body
        self._numbering = Numbering(
            part(package, "word/numbering.xml", limits), part(package, "word/styles.xml", limits)
        )
        self._notes = {
            (kind, value(note, "id")): note
            for kind in ("footnote", "endnote")
            for note in children(part(package, f"word/{kind}s.xml", limits), kind)
        }
        self._referred: dict[tuple[str, str | None], str] = {}
        self._boxes: list[Element] = []

    def blocks(self) -> Iterator[str]:
        """Paragraphs, tables as blocks of lines, and at the end the notes, each after its mark."""
        yield from self._blocks(self._body)
        for reference, mark in self._referred.items():
            text = " ".join(self._blocks(self._notes[reference]))
            if text:
                yield f"{mark} {text}"

    def _blocks(self, container: Element) -> Iterator[str]:
        for element in container:
            name = named(element)
            if name == "p":
                yield from self._paragraph(element)
            elif name == "tbl":
                lines = table_lines([self._cells(row) for row in children(element, "tr")])
                if lines:
                    yield "\n".join(lines)
            elif name and name not in SKIPPED:
                yield from self._blocks(element)

    def _paragraph(self, paragraph: Element) -> Iterator[str]:
        """Its text, after the number that Word prints; then what stands in boxes beside it."""
        label = self._numbering.label(paragraph)
        text = self._text(paragraph).strip()
        boxes, self._boxes = self._boxes, []
        if text:
            yield f"{label} {text}" if label else text
        for box in boxes:
            yield from self._blocks(box)

    def _cells(self, row: Element) -> list[str]:
        """A merged cell is there once; the rows that it spans have an empty cell in its place."""
        return ["\n".join(self._blocks(cell)) for cell in children(row, "tc")]

    def _text(self, element: Element) -> str:
        pieces: list[str] = []
        for piece in element:
            name = named(piece)
            if name == "t":
                pieces.append(raised(element, piece.text or ""))
            elif name in MARKS:
                pieces.append(MARKS[name])
            elif name in REFERENCES:
                pieces.append(self._mark(REFERENCES[name], value(piece, "id")))
            elif name == "txbxContent":
                self._boxes.append(piece)
            elif name and name not in SKIPPED and not (name == "r" and is_unseen(piece)):
                pieces.append(self._text(piece))
        return "".join(pieces)

    def _mark(self, kind: str, note: str | None) -> str:
        """The mark of a note; references to notes that are not there say nothing."""
        if (kind, note) not in self._notes:
            return ""
        return self._referred.setdefault((kind, note), superscript(str(len(self._referred) + 1)))


def is_unseen(run: Element) -> bool:
    """Whether a run is hidden or struck through by its own properties; styles are not looked at."""
    properties = child(run, "rPr")
    if properties is None:
        return False
    return any(named(mark) in HIDING and value(mark) not in OFF for mark in properties)


def raised(run: Element, text: str) -> str:
    """The text of a run; digits that are printed as superscripts as such characters."""
    upper = value(child(run, "rPr", "vertAlign")) == "superscript"
    return superscript(text) if upper and DIGITS.fullmatch(text) else text
