"""PDF: the text layer, page by page, without running heads and page numbers; footnotes come at the end."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

import pypdfium2

from domain.reading.extracts import Extracted, Limits, Page, Unreadable, check_length, check_pages
from domain.reading.furniture import parted, without_running_lines
from domain.reading.glyphs import lines_of
from domain.reading.layout import Line, in_reading_order

TAIL = 2_048
PASSWORD_ERROR = 4


def read_pdf(content: bytes, limits: Limits) -> Extracted:
    """Raises Unreadable. The pages of the answer that come after the last one hold the footnotes."""
    if b"%%EOF" not in content[-TAIL:]:
        raise Unreadable("document-truncated", "The PDF ends before its end mark; send the whole file again.")
    with closing(opened(content)) as document:
        check_pages(len(document), limits)
        pages = pages_of(document, limits)
    if not any(pages):
        raise Unreadable(
            "document-without-text",
            "The PDF has no text layer, only images; recognise its text (OCR) first.",
        )
    return joined(*parted(without_running_lines(pages)))


def opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == PASSWORD_ERROR:
            raise Unreadable(
                "document-encrypted", "The PDF asks for a password; send it without one."
            ) from None
        raise Unreadable("document-damaged", "The PDF cannot be opened; its structure is broken.") from None


def pages_of(document: pypdfium2.PdfDocument, limits: Limits) -> list[list[Line]]:
    pages: list[list[Line]] = []
    total = 0
    for index in range(len(document)):
        lines = page_lines(document, index)
        total += sum(len(line.text) + 1 for line in lines)
        check_length(total, limits)
        pages.append(in_reading_order(lines))
    return pages


def page_lines(document: pypdfium2.PdfDocument, index: int) -> list[Line]:
    try:
        with closing(document[index]) as page, closing(page.get_textpage()) as layer:
            return lines_of(layer)
    except pypdfium2.PdfiumError:
        raise Unreadable("document-damaged", f"Page {index + 1} of the PDF cannot be read.") from None


def joined(pages: Sequence[Sequence[Line]], notes: Sequence[Sequence[Line]]) -> Extracted:
    """One text: the pages, then what was noted at their feet."""
    numbered = [*enumerate(pages, start=1)]
    numbered += [(number, lines) for number, lines in enumerate(notes, start=1) if lines]
    texts: list[str] = []
    bounds: list[Page] = []
    start = 0
    for number, lines in numbered:
        text = "\n".join(line.text.rstrip() for line in lines)
        texts.append(text)
        bounds.append(Page(number, start, start + len(text)))
        start += len(text) + 1
    return Extracted("\n".join(texts), tuple(bounds))
