"""Build the sample reports from `sources/`: `python catalogue/samples/make.py [--into FOLDER]`.

Building twice with the same libraries gives the same bytes: every date in the files is `FIXED`, and
nothing is taken from the clock.
"""

from __future__ import annotations

import argparse
import re
import textwrap
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Literal, NamedTuple
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from fpdf import FPDF

HERE = Path(__file__).parent
SOURCES = HERE / "sources"
FIXED = datetime(2025, 4, 30, 12, 0, tzinfo=UTC)
AUTHOR = "focalpoint sample"

Kind = Literal["title", "heading", "paragraph", "note", "table"]


class Block(NamedTuple):
    """One unit of a report. The text of a table is its rows as written, one a line."""

    kind: Kind
    text: str

    @property
    def rows(self) -> list[list[str]]:
        """The cells of a table, its header row first and the rule beneath it left out."""
        cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in self.text.splitlines()]
        return [row for row in cells if set("".join(row)) != {"-"}]


MARKS: list[tuple[str, Kind]] = [
    (r"# ", "title"),
    (r"## ", "heading"),
    (r"(?=\|)", "table"),
    (r"(?=\d+\. )", "paragraph"),
    (r"", "note"),
]


def read_source(path: Path) -> list[Block]:
    """The blocks of a source in order; blank lines divide them."""
    return [read_block(block) for block in re.split(r"\n\s*\n", path.read_text(encoding="utf-8").strip())]


def read_block(text: str) -> Block:
    kind, mark = next((kind, mark) for pattern, kind in MARKS if (mark := re.match(pattern, text)))
    return Block(kind, text[mark.end() :])


class ReportPdf(FPDF):
    """An A4 report with a running head and page numbers, in the core fonts (Latin-1 text only)."""

    def __init__(self, title: str) -> None:
        super().__init__(format="A4")
        self.running_head = f"{title} (fictional sample)"
        self.alias_nb_pages()
        self.set_margins(25, 22, 25)
        self.set_auto_page_break(auto=True, margin=22)
        self.set_title(title)
        self.set_author(AUTHOR)
        self.set_lang("en")
        self.set_creation_date(FIXED)

    def header(self) -> None:
        self.set_y(12)
        self.set_font("Helvetica", size=8)
        self.cell(0, 5, self.running_head, align="R")
        self.set_y(22)

    def footer(self) -> None:
        self.set_y(-15)
        self.set_font("Helvetica", size=8)
        self.cell(0, 5, f"{self.page_no()}/{{nb}}", align="C")

    def write_block(self, block: Block) -> None:
        family, style, size, after = PDF_STYLES[block.kind]
        if block.kind == "heading" and self.will_page_break(25):
            self.add_page()
        self.set_font(family, style, size)
        self.multi_cell(0, size * 0.5, block.text, align="L", new_x="LMARGIN", new_y="NEXT")
        self.ln(after)


PDF_STYLES: dict[Kind, tuple[str, Literal["", "B", "I"], float, float]] = {
    "title": ("Helvetica", "B", 16, 3),
    "heading": ("Helvetica", "B", 12, 2.5),
    "paragraph": ("Times", "", 11, 3.2),
    "note": ("Times", "I", 11, 4),
}


def build_pdf(blocks: list[Block]) -> bytes:
    """A PDF with a text layer in reading order. Tables are not supported."""
    pdf = ReportPdf(blocks[0].text)
    pdf.add_page()
    for block in blocks:
        pdf.write_block(block)
    return bytes(pdf.output())


DOCX_STYLES: dict[Kind, str] = {
    "title": "Title",
    "heading": "Heading 1",
    "paragraph": "Normal",
    "note": "Caption",
}


def build_docx(blocks: list[Block]) -> bytes:
    """A Word document in French; paragraph numbers are text, not automatic numbering."""
    document = docx.Document()
    describe(document, title=blocks[0].text)
    for block in blocks:
        if block.kind == "table":
            add_table(document, block.rows)
        else:
            document.add_paragraph(block.text, style=DOCX_STYLES[block.kind])
    written = BytesIO()
    document.save(written)
    return without_clock(written.getvalue())


def describe(document: Document, *, title: str) -> None:
    properties = document.core_properties
    properties.title, properties.author, properties.language = title, AUTHOR, "fr"
    properties.last_modified_by, properties.comments = AUTHOR, ""
    properties.created = properties.modified = FIXED
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "fr-FR")
    document.styles["Normal"].element.get_or_add_rPr().append(language)


def add_table(document: Document, rows: list[list[str]]) -> None:
    table = document.add_table(rows=0, cols=len(rows[0]), style="Table Grid")
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text


def without_clock(package: bytes) -> bytes:
    """The same ZIP package, its members dated `FIXED` instead of the time of writing."""
    fixed = BytesIO()
    with ZipFile(BytesIO(package)) as old, ZipFile(fixed, "w") as new:
        for name in old.namelist():
            member = ZipInfo(name, date_time=FIXED.timetuple()[:6])
            new.writestr(member, old.read(name), compress_type=ZIP_DEFLATED)
    return fixed.getvalue()


def build_text(blocks: list[Block]) -> bytes:
    """UTF-8 text in lines of at most 78 characters, a blank line between blocks. No tables."""
    return ("\n\n".join(wrap(block.text) for block in blocks) + "\n").encode()


def wrap(text: str) -> str:
    return textwrap.fill(text, width=78, break_long_words=False, break_on_hyphens=False)


BUILDERS: dict[str, Callable[[list[Block]], bytes]] = {
    "xaa-2024.pdf": build_pdf,
    "xbb-2024.docx": build_docx,
    "xcc-2024.txt": build_text,
}


def build_all() -> Iterator[tuple[str, bytes]]:
    """Each file's name and content."""
    for name, build in BUILDERS.items():
        yield name, build(read_source(SOURCES / f"{name[:3]}.md"))


def main() -> None:
    parser = argparse.ArgumentParser(description="Build the sample reports from their sources.")
    parser.add_argument(
        "--into", type=Path, default=HERE, help="folder to write to (default: beside the sources)"
    )
    folder = parser.parse_args().into
    for name, content in build_all():
        (folder / name).write_bytes(content)


if __name__ == "__main__":
    main()
