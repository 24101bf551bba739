"""Documents that take much memory or time, some on purpose: within the limits of what is read, and beyond."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable

import docx

from bench.documents import SAMPLES, SOURCES
from domain.reading.documents import DOCX, HTML, MARKDOWN, PDF, PLAIN
from domain.submissions.actions import File

MEGABYTE = 1024 * 1024


def sentences(characters: int) -> str:
    """So many characters of one paragraph."""
    written = (SAMPLES / "sources" / SOURCES[0]).read_text(encoding="utf-8")
    source = " ".join(written.replace("#", "").split()) + " "
    return (source * (characters // len(source) + 1))[:characters]


def long_pdf(pages: int, characters: int = 2_200, *, beside: int = 0) -> File:
    """So many pages of so many characters, and bytes beside them that stand for pictures.

    Written by hand: what makes PDFs for people takes minutes.
    """
    text = re.sub(r"[^ -~]|[\\()|]", "", sentences(characters))
    lines = re.findall(r".{1,90}(?: |$)", text)
    shown = " ".join(f"({line}) Tj T*" for line in lines)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>"
        % (pages, b" ".join(b"%d 0 R" % (4 + 2 * page) for page in range(pages))),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>",
    ]
    for page in range(pages):
        stream = f"BT /F1 11 Tf 14 TL 50 800 Td ({page + 1} {page * 7 % 1000}) Tj T* {shown} ET".encode()
        objects += [
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % (5 + 2 * page),
            b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        ]
    objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (beside, b"x" * beside))
    return File(f"{pages}-pages.pdf", PDF, _pdf_of(objects))


def _pdf_of(objects: list[bytes]) -> bytes:
    written = bytearray(b"%PDF-1.4\n")
    places = []
    for number, content in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(written)
    written += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    written += b"".join(b"%010d 00000 n \n" % place for place in places)
    written += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, table)
    return bytes(written)


def _nested_tables() -> bytes:
    made = docx.Document()
    cell = made.add_table(rows=1, cols=1).cell(0, 0)
    for _ in range(200):
        cell = cell.add_table(rows=1, cols=1).cell(0, 0)
    content = io.BytesIO()
    made.save(content)
    return content.getvalue()


def _bomb(member: str, megabytes: int) -> bytes:
    """A Word document, one part of which unpacks to so many megabytes."""
    content = io.BytesIO()
    docx.Document().save(content)
    with (
        zipfile.ZipFile(content, "a", zipfile.ZIP_DEFLATED) as package,
        package.open(member, "w", force_zip64=True) as entry,
    ):
        for _ in range(megabytes):
            entry.write(bytes(MEGABYTE))
    return content.getvalue()


def _wide_markup() -> bytes:
    """A page of HTML with more elements than text."""
    return b"<!doctype html><html><body>" + b"<p><b>a</b></p>" * 1_400_000 + b"</body></html>"


HARMFUL: dict[str, Callable[[], list[File]]] = {
    "900 pages": lambda: [long_pdf(900)],
    "10,000 pages": lambda: [long_pdf(10_000, 300)],
    "a page of two million characters": lambda: [long_pdf(1, 1_900_000)],
    "25 MB beside the text": lambda: [long_pdf(28, beside=24 * MEGABYTE)],
    "a paragraph of 5 MB": lambda: [File("a.txt", PLAIN, sentences(5_000_000).encode())],
    "a paragraph of nearly 2 MB": lambda: [File("a.txt", PLAIN, sentences(1_990_000).encode())],
    "a heading of nearly 2 MB": lambda: [File("a.md", MARKDOWN, f"# {sentences(1_990_000)}".encode())],
    "50,000 sentences": lambda: [File("a.txt", PLAIN, b"Women are trained.\n\n" * 49_990)],
    "space": lambda: [File("a.txt", PLAIN, b"women" + b" \t" * 900_000 + b"\nmen")],
    "short lines": lambda: [File("a.txt", PLAIN, b"women \n\n\n \n" * 180_000)],
    "one word": lambda: [File("a.txt", PLAIN, b"a" * 1_990_000)],
    "tables in tables": lambda: [File("a.docx", DOCX, _nested_tables())],
    "bomb": lambda: [File("a.docx", DOCX, _bomb("word/media/bomb.xml", 300))],
    "markup": lambda: [File("a.html", HTML, _wide_markup())],
    "four long files": lambda: [
        File(f"{number}.txt", PLAIN, sentences(1_990_000).encode()) for number in range(4)
    ],
    "twenty long files": lambda: [
        File(f"{number}.txt", PLAIN, sentences(1_990_000).encode()) for number in range(20)
    ],
}  # fmt: skip
"""What each filing is made of. Some are beyond a limit, some just within: all of them cost memory or time."""
