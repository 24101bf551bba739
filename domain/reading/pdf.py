"""PDF: the text layer, page by page, without running heads and page numbers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from itertools import takewhile

import pypdfium2

from domain.reading.extracts import Extracted, Limits, Page, Unreadable, check_length, check_pages, storable

TAIL = 2_048
EDGE_LINES = 4
PASSWORD_ERROR = 4
LINE_END_HYPHEN = re.compile("-?[\ufffe\x02][ \t]*\r?\n?")
NUMBER = re.compile(r"\d+")


def read_pdf(content: bytes, limits: Limits) -> Extracted:
    if b"%%EOF" not in content[-TAIL:]:
        raise Unreadable("document-truncated", "The PDF ends before its end mark; send the whole file again.")
    with closing(opened(content)) as document:
        check_pages(len(document), limits)
        pages = [lines_of(text) for text in page_texts(document, limits)]
    if not any(line for lines in pages for line in lines):
        raise Unreadable(
            "document-without-text",
            "The PDF has no text layer, only images; recognise its text (OCR) first.",
        )
    return joined(without_running_lines(pages))


def opened(content: bytes) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        if getattr(error, "err_code", None) == PASSWORD_ERROR:
            raise Unreadable(
                "document-encrypted", "The PDF asks for a password; send it without one."
            ) from None
        raise Unreadable("document-damaged", "The PDF cannot be opened; its structure is broken.") from None


def page_texts(document: pypdfium2.PdfDocument, limits: Limits) -> Iterator[str]:
    total = 0
    for index in range(len(document)):
        text = page_text(document, index)
        total += len(text)
        check_length(total, limits)
        yield text


def page_text(document: pypdfium2.PdfDocument, index: int) -> str:
    try:
        with closing(document[index]) as page, closing(page.get_textpage()) as layer:
            return str(layer.get_text_range())
    except pypdfium2.PdfiumError:
        raise Unreadable("document-damaged", f"Page {index + 1} of the PDF cannot be read.") from None


def lines_of(text: str) -> list[str]:
    """The lines of a page; a word broken at a line end keeps a plain hyphen there."""
    return storable(LINE_END_HYPHEN.sub("-\n", text)).strip().split("\n")


def without_running_lines(pages: list[list[str]]) -> list[list[str]]:
    """Pages without the lines that recur at their edges, numbers aside (heads, symbols, page numbers)."""
    needed = max(3, len(pages) * 3 // 10)
    counted = Counter(line for lines in pages for line in {shape(edge) for edge in edges(lines)})
    running = {line for line, count in counted.items() if count >= needed}
    return [trimmed(lines, running) for lines in pages]


def edges(lines: list[str]) -> Iterable[str]:
    return (*lines[:EDGE_LINES], *lines[-EDGE_LINES:])


def shape(line: str) -> str:
    return NUMBER.sub("0", line.strip())


def trimmed(lines: list[str], running: set[str]) -> list[str]:
    head = leading(lines[:EDGE_LINES], running)
    rest = lines[head:]
    foot = leading(rest[::-1][:EDGE_LINES], running)
    return rest[: len(rest) - foot]


def leading(lines: list[str], running: set[str]) -> int:
    return sum(1 for _ in takewhile(lambda line: shape(line) in running, lines))


def joined(pages: list[list[str]]) -> Extracted:
    texts = ["\n".join(line.rstrip() for line in lines) for lines in pages]
    bounds: list[Page] = []
    start = 0
    for number, text in enumerate(texts, start=1):
        bounds.append(Page(number, start, start + len(text)))
        start += len(text) + 1
    return Extracted("\n".join(texts), tuple(bounds))
