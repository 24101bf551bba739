"""A paper as a Word document (ISO/IEC 29500). Pure."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

import docx
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from domain.papers.paper import Block, Heading, Item, Items, Paper, Paragraph, Run, Runs, Table

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

LONGEST_PROPERTY = 255
"""Characters that a property of a document may have (ISO/IEC 29500-2)."""

_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no place for, not even as a reference."""

_BREAK = re.compile(r"\r\n?|[\v\f\x85\u2028\u2029]")

Document = Any
"""`docx` has no types."""


def written(paper: Paper) -> bytes:
    document = docx.Document()
    _describe(document, paper)
    writer = _Writer(document)
    writer.head(paper.title, level=0)
    for block in paper.blocks:
        writer.add(block)
    content = io.BytesIO()
    document.save(content)
    return content.getvalue()


def _describe(document: Document, paper: Paper) -> None:
    """Title and language, which screen readers begin with; nothing of the template's author."""
    facts = document.core_properties
    facts.title = _writable(paper.title)[:LONGEST_PROPERTY]
    facts.language = paper.language
    facts.author = facts.last_modified_by = facts.comments = ""
    facts.created = facts.modified = paper.made.replace(microsecond=0)
    for language in document.styles.element.xpath("w:docDefaults//w:lang"):
        language.set(qn("w:val"), paper.language)


class _Writer:
    """Adds to the end of a document. Each style is looked up once: that takes longer than to write a line."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._styles: dict[str, Any] = {}

    def _style(self, name: str, depth: int = 0) -> Any:
        name = f"{name} {depth + 1}" if depth else name
        if name not in self._styles:
            self._styles[name] = self._document.styles[name]
        return self._styles[name]

    def _paragraph(self, style: Any, runs: Runs) -> Any:
        paragraph = self._document.add_paragraph()
        paragraph._p.style = style.style_id
        _say(paragraph, runs)
        return paragraph

    def head(self, text: str, *, level: int) -> None:
        self._document.add_heading(_writable(text), level=level)

    def add(self, block: Block) -> None:
        match block:
            case Heading(text, level):
                self.head(text, level=level)
            case Paragraph(runs):
                self._paragraph(self._style("Normal"), runs)
            case Items(items):
                self._items(items)
            case Table():
                self._table(block)

    def _items(self, items: Sequence[Item]) -> None:
        numbers: dict[int, int] = {}
        for item in items:
            numbers = {depth: number for depth, number in numbers.items() if depth <= item.depth}
            style = self._style("List Number" if item.numbered else "List Bullet", item.depth)
            paragraph = self._paragraph(style, item.runs)
            if item.numbered:
                if item.depth not in numbers:
                    numbers[item.depth] = self._numbering(style)
                paragraph._p.pPr.get_or_add_numPr().get_or_add_numId().val = numbers[item.depth]

    def _numbering(self, style: Any) -> int:
        """A numbering like the style's that begins at 1: else a list would go on from the one before."""
        numbering = self._document.part.numbering_part.element
        of_style = numbering.num_having_numId(style.element.pPr.numPr.numId.val)
        made = numbering.add_num(of_style.abstractNumId.val)
        made.add_lvlOverride(ilvl=0).add_startOverride(1)
        number: int = made.numId
        return number

    def _table(self, block: Table) -> None:
        """Its head is repeated on every page, which also tells screen readers that it is one."""
        made = self._document.add_table(rows=1 + len(block.rows), cols=len(block.head))
        made.style = self._style("Table Grid")
        head, *rows = made.rows
        head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        for cell, text in zip(head.cells, block.head, strict=True):
            _say(cell.paragraphs[0], (Run(text, strong=True),))
        for row, texts in zip(rows, block.rows, strict=True):
            for cell, text in zip(row.cells, texts, strict=True):
                _say(cell.paragraphs[0], (Run(text),))
        self._document.add_paragraph()


def _say(paragraph: Any, runs: Runs) -> None:
    for run in runs:
        made = paragraph.add_run(_writable(run.text))
        made.bold, made.italic = run.strong or None, run.emphasis or None


def _writable(text: str) -> str:
    """Without the characters that a document cannot hold. Line breaks of any kind are line breaks."""
    return _UNWRITABLE.sub("", _BREAK.sub("\n", text))
