"""HTML: the text that a reader sees, block by block."""

from __future__ import annotations

import re

from lxml import etree, html

from domain.reading.extracts import Extracted, Limits, Unreadable, check_length, storable
from domain.reading.marks import DIGITS, superscript
from domain.reading.parts import too_deep
from domain.reading.plain import decoded
from domain.reading.tables import table_lines

UNSEEN = {
    "script", "style", "noscript", "template", "head", "nav", "iframe", "svg", "select", "button", "del", "s",
    "strike",
}  # fmt: skip
HIDING = re.compile(
    r"\bdisplay\s*:\s*none\b|\bvisibility\s*:\s*(?:hidden|collapse)\b"
    r"|\btext-decoration(?:-line)?\s*:[^;]*\bline-through\b",
    re.IGNORECASE,
)
BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "dd", "div", "dl", "dt", "figcaption",
    "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "html", "li", "main",
    "ol", "p", "pre", "section", "ul",
}  # fmt: skip
BREAK = "\u2029"
SPACES = re.compile(r"\s+")


def read_html(content: bytes, limits: Limits) -> Extracted:
    text = decoded(content)
    check_length(len(text), limits)
    if not text.strip():
        raise Unreadable("document-empty", "The document has no text.")
    blocks = visible_blocks(parsed(text))
    if not blocks:
        raise Unreadable("document-empty", "The document has no text.")
    check_length(sum(len(block) + 2 for block in blocks) - 2, limits)
    return Extracted("\n\n".join(blocks))


def parsed(text: str) -> html.HtmlElement:
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = html.document_fromstring(text.encode(), parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError):
        raise Unreadable("document-damaged", "The HTML cannot be parsed.") from None
    # The parser mends what is wrong in HTML, but drops what is nested beyond its limits.
    if any(entry.level == etree.ErrorLevels.FATAL for entry in parser.error_log):
        raise too_deep()
    return root


def visible_blocks(root: html.HtmlElement) -> list[str]:
    for element in list(root.iter()):
        if is_unseen(element):
            element.clear(keep_tail=True)
    for mark in root.iter("sup"):
        raise_mark(mark)
    for table in reversed(list(root.iter("table"))):
        flatten_table(table)
    raw = storable("".join(pieces(root)))
    return [block for block in map(tidy, raw.split(BREAK)) if block]


def is_unseen(element: html.HtmlElement) -> bool:
    """Whether no reader sees it, or sees it struck through; style sheets are not looked at."""
    if element.tag in UNSEEN or "hidden" in element.attrib:
        return True
    return bool(HIDING.search(element.get("style", "")))


def raise_mark(mark: html.HtmlElement) -> None:
    """Puts superscript characters in the place of the digits of a footnote's mark, or of its link."""
    text = "".join(mark.itertext()).strip()
    if DIGITS.fullmatch(text):
        for inner in list(mark):
            mark.remove(inner)
        mark.text = superscript(text)


def flatten_table(table: html.HtmlElement) -> None:
    """Puts a table's lines in the place of its rows; inner tables come first and become text of a cell."""
    rows = [["".join(pieces(cell)) for cell in row.iter("td", "th")] for row in table.iter("tr")]
    lines = table_lines([[cell.replace(BREAK, " ") for cell in row] for row in rows])
    for child in list(table):
        table.remove(child)
    table.text = BREAK + BREAK.join(lines) + BREAK


def pieces(root: html.HtmlElement) -> list[str]:
    """The text below an element, with a break around each block; without recursion, however deep it is."""
    found: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag in BLOCKS or element.tag == "br":
            found.append(BREAK)
        text = element.text if event == "start" else element.tail
        if text and not (event == "end" and element is root):
            found.append(text)
    return found


def tidy(block: str) -> str:
    return SPACES.sub(" ", block).strip()
