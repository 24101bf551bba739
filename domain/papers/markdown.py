"""A paper as Markdown (CommonMark, with the tables of GitHub). Pure.

Whatever the texts contain, they are read as they were written: no character of theirs becomes markup.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from domain.papers.paper import Block, Heading, Item, Items, Paper, Paragraph, Run, Table

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&])")
_AT_THE_START = re.compile(r"(?m)^[ \t]*(\d*)([-+=.)])")
_BREAK = re.compile(r"\r\n|[\n\r\v\f\x85\u2028\u2029]")


def written(paper: Paper) -> str:
    return "\n\n".join([f"# {_line(paper.title)}", *map(_block, paper.blocks)]) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * (level + 1)} {_line(text)}"
        case Paragraph(runs):
            return _text(runs)
        case Items():
            return "\n".join(_items(block))
        case Table():
            return "\n".join(_table(block))


def _items(block: Items) -> Iterator[str]:
    """Deeper items are indented as far as the text of the one above begins."""
    open_ones: list[tuple[str, int]] = []
    for item in block.items:
        del open_ones[item.depth + 1 :]
        indent = "".join(" " * (len(mark) + 1) for mark, _ in open_ones[: item.depth])
        number = open_ones[item.depth][1] + 1 if len(open_ones) > item.depth else 1
        mark = f"{number}." if item.numbered else "-"
        open_ones[item.depth :] = [(mark, number)]
        yield _item(item, mark, indent)


def _item(item: Item, mark: str, indent: str) -> str:
    text = _text(item.runs).replace("\n", f"\n{indent}{' ' * (len(mark) + 1)}")
    return f"{indent}{mark} {text}"


def _table(block: Table) -> Iterator[str]:
    yield _row(block.head)
    yield _row(["---"] * len(block.head), escaped=True)
    for row in block.rows:
        yield _row(row)


def _row(cells: Sequence[str], *, escaped: bool = False) -> str:
    texts = cells if escaped else ["<br>".join(_escaped(line) for line in _lines(cell)) for cell in cells]
    return f"| {' | '.join(texts)} |"


def _text(runs: Sequence[Run]) -> str:
    """At the start of a line more is markup than elsewhere, and an indented one would be code."""
    text = "\n".join(line.strip(" \t") for line in "".join(map(_run, runs)).split("\n"))
    return _AT_THE_START.sub(r"\1\\\2", text)


def _run(run: Run) -> str:
    text = "\\\n".join(map(_escaped, _lines(run.text)))
    mark = "*" * (run.emphasis + 2 * run.strong)
    return _marked(text, mark) if mark and text.strip() else text


def _marked(text: str, mark: str) -> str:
    """Emphasis must touch what it emphasises."""
    bare = text.strip()
    before = text[: len(text) - len(text.lstrip())]
    return f"{before}{mark}{bare}{mark}{text[len(before) + len(bare) :]}"


def _lines(text: str) -> list[str]:
    """Without empty ones, which would end the paragraph."""
    return [line for line in _BREAK.split(text) if line.strip()] or [""]


def _line(text: str) -> str:
    return _escaped(" ".join(text.split()))


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
