"""What a person wrote in Markdown, as blocks of a paper. Pure.

Read are headings, paragraphs, lists, tables, strong and emphasised text, links and quotations. Anything
else stays in the text as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from domain.papers.paper import (
    DEEPEST_ITEM,
    LOWEST_HEADING,
    Block,
    Heading,
    Item,
    Items,
    Paragraph,
    Run,
    Runs,
    Table,
)
from domain.reading.markdown import begins_table, cells, end_of_table

_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+(.*)")
_ITEM = re.compile(r"([ \t]*)([-*+]|(\d{1,9})[.)])[ \t]+(.*)")
_RULE = re.compile(r" {0,3}([-*_])(?:[ \t]*\1){2,}[ \t]*")
_MARKUP = re.compile(
    r"\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|!?\[(?P<link>[^\]\n]{1,500})\]\((?P<address>[^)\s]{1,2000})\)"
    r"|\*\*(?P<strong>[^*\s](?:[^*]*[^*\s])?)\*\*"
    r"|(?<!\w)__(?P<strong_too>[^_\s](?:[^_]*[^_\s])?)__(?!\w)"
    r"|\*(?P<emphasis>[^*\s](?:[^*]*[^*\s])?)\*"
    r"|(?<!\w)_(?P<emphasis_too>[^_\s](?:[^_]*[^_\s])?)_(?!\w)"
)
_INDENT_OF_AN_ITEM = 2


def blocks_of(text: str, *, below: int) -> list[Block]:
    """The blocks of a text that stands under a heading of level `below`: its own headings stand under it."""
    return list(_Reader(text.expandtabs(4).splitlines(), below).blocks())


class _Reader:
    """Lines, and how far they have been read."""

    def __init__(self, lines: Sequence[str], below: int) -> None:
        self._lines, self._below, self._place = list(lines), below, 0

    def blocks(self) -> Iterator[Block]:
        while self._place < len(self._lines):
            line = self._lines[self._place]
            heading = _HEADING.fullmatch(line)
            if not line.strip() or _RULE.fullmatch(line):
                self._place += 1
            elif heading:
                self._place += 1
                yield Heading(
                    plain(heading[2].rstrip("# ")), min(self._below + len(heading[1]), LOWEST_HEADING)
                )
            elif begins_table(self._lines, self._place):
                yield self._table()
            elif _ITEM.fullmatch(line):
                yield self._items()
            elif text := self._running_text():
                yield Paragraph(_runs(text))

    def _table(self) -> Table:
        begin, self._place = self._place, end_of_table(self._lines, self._place + 2)
        head, *rows = (cells(self._lines[line]) for line in (begin, *range(begin + 2, self._place)))
        return Table(
            tuple(map(plain, head)),
            tuple(tuple(plain(cell) for cell in _as_long(row, len(head))) for row in rows),
        )

    def _items(self) -> Items:
        numbered = _is_numbered(self._lines[self._place])
        found: list[Item] = []
        indents: list[int] = []
        while item := self._item_here():
            own = _is_numbered(self._lines[self._place])
            if own != numbered and not item[1]:
                break
            indents = _indents(indents, len(item[1]))
            self._lines[self._place] = item[4]
            found.append(Item(_runs(self._running_text()), min(len(indents) - 1, DEEPEST_ITEM), own))
            self._skip_to_next_item()
        return Items(tuple(found))

    def _item_here(self) -> re.Match[str] | None:
        return _ITEM.fullmatch(self._lines[self._place]) if self._place < len(self._lines) else None

    def _skip_to_next_item(self) -> None:
        """Over the empty lines of a loose list."""
        place = self._place
        while place < len(self._lines) and not self._lines[place].strip():
            place += 1
        if place < len(self._lines) and _ITEM.fullmatch(self._lines[place]):
            self._place = place

    def _running_text(self) -> str:
        """Up to an empty line or the beginning of another block; lines are joined as Markdown does."""
        begin = self._place
        self._place += 1
        while self._place < len(self._lines) and not self._begins_a_block():
            self._place += 1
        *lines, last = self._lines[begin : self._place]
        return "".join([*map(_continued, lines), last.lstrip("> ")]).strip()

    def _begins_a_block(self) -> bool:
        line = self._lines[self._place]
        begins = _HEADING.fullmatch(line) or _ITEM.fullmatch(line) or _RULE.fullmatch(line)
        return not line.strip() or bool(begins) or begins_table(self._lines, self._place)


def _continued(line: str) -> str:
    """The line and what joins the next one to it: two blanks or a backslash at its end break it.

    At the end of a block a backslash is one.
    """
    text = line.lstrip("> ").rstrip()
    if text.endswith("\\"):
        return f"{text[:-1].rstrip()}\n"
    return f"{text}\n" if line.endswith("  ") else f"{text} "


def _is_numbered(line: str) -> bool:
    item = _ITEM.fullmatch(line)
    return item is not None and item[3] is not None


def _indents(open_ones: Sequence[int], indent: int) -> list[int]:
    """Those of the lists within lists that an item stands in, its own the last."""
    kept = [other for other in open_ones if other <= indent]
    if not kept or indent - kept[-1] >= _INDENT_OF_AN_ITEM:
        kept.append(indent)
    return kept


def _as_long(row: Sequence[str], length: int) -> list[str]:
    return [*row, *[""] * length][:length]


def plain(text: str) -> str:
    """The text without its markup."""
    return "".join(run.text for run in _runs(text))


def _runs(text: str) -> Runs:
    found: list[Run] = []
    place = 0
    for markup in _MARKUP.finditer(text):
        found += [Run(text[place : markup.start()]), _run(markup)]
        place = markup.end()
    return tuple(_merged([*found, Run(text[place:])]))


def _run(markup: re.Match[str]) -> Run:
    strong = markup["strong"] or markup["strong_too"]
    emphasis = markup["emphasis"] or markup["emphasis_too"]
    if strong or emphasis:
        return Run(plain(strong or emphasis), strong=bool(strong), emphasis=bool(emphasis))
    if markup["link"]:
        same = markup["link"] == markup["address"]
        return Run(markup["link"] if same else f"{markup['link']} ({markup['address']})")
    return Run(markup["escaped"])


def _merged(runs: Sequence[Run]) -> Iterator[Run]:
    """Neighbours of one look as one."""
    kept: Run | None = None
    for run in runs:
        if kept is not None and (kept.strong, kept.emphasis) == (run.strong, run.emphasis):
            kept = Run(kept.text + run.text, run.strong, run.emphasis)
            continue
        if kept is not None and kept.text:
            yield kept
        kept = run
    if kept is not None and kept.text:
        yield kept
