"""DOCX: paragraphs and tables in reading order, deleted and duplicate text left out."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator

import docx
from docx.opc.exceptions import OpcError
from docx.oxml.ns import qn
from lxml import etree

from domain.reading.extracts import Extracted, Limits, Unreadable, check_length, storable
from domain.reading.packages import check_package
from domain.reading.tables import table_lines

PARAGRAPH, TABLE, ROW, CELL = qn("w:p"), qn("w:tbl"), qn("w:tr"), qn("w:tc")
MARKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
TEXT = qn("w:t")
SKIPPED = {
    qn("w:del"),
    qn("w:moveFrom"),
    qn("w:txbxContent"),
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback",
}


def read_word(content: bytes, limits: Limits) -> Extracted:
    check_package(content, limits)
    blocks: list[str] = []
    length = 0
    for block in blocks_of(body_of(content)):
        length += len(block) + 2
        check_length(length, limits)
        blocks.append(block)
    if not blocks:
        raise Unreadable("document-empty", "The document has no text.")
    return Extracted(storable("\n\n".join(blocks)))


def body_of(content: bytes) -> etree._Element:
    try:
        body: etree._Element = docx.Document(io.BytesIO(content)).element.body
    except (OpcError, KeyError, ValueError, zipfile.BadZipFile, etree.XMLSyntaxError, AttributeError):
        raise Unreadable("document-damaged", "The document cannot be opened; a part is broken.") from None
    return body


def blocks_of(container: etree._Element) -> Iterator[str]:
    """Each paragraph, and each table as a block of lines; content controls are looked into."""
    for child in container:
        if child.tag == PARAGRAPH:
            text = text_of(child).strip()
            if text:
                yield text
        elif child.tag == TABLE:
            lines = table_lines([cells_of(row) for row in child.iterchildren(ROW)])
            if lines:
                yield "\n".join(lines)
        elif child.tag not in SKIPPED and isinstance(child.tag, str):
            yield from blocks_of(child)


def cells_of(row: etree._Element) -> list[str]:
    """A merged cell is there once; the rows that it spans have an empty cell in its place."""
    return ["\n".join(blocks_of(cell)) for cell in row.iterchildren(CELL)]


def text_of(paragraph: etree._Element) -> str:
    pieces: list[str] = []
    for element in paragraph:
        if element.tag == TEXT:
            pieces.append(element.text or "")
        elif element.tag in MARKS:
            pieces.append(MARKS[element.tag])
        elif element.tag not in SKIPPED:
            pieces.append(text_of(element))
    return "".join(pieces)
