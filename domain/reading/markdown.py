"""Markdown: as it is, but that the rows of its tables read as those of other documents do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from domain.reading.extracts import Extracted, Limits, check_length
from domain.reading.plain import read_plain
from domain.reading.tables import table_lines

BELOW_HEAD = re.compile(r":?-+:?")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
CELL_END = re.compile(r"(?<!\\)\|")


def read_markdown(content: bytes, limits: Limits) -> Extracted:
    """Raises Unreadable, also where the heads of columns, once they stand on every row, make it too long."""
    read: list[str] = []
    length = 0
    for line in with_tables_read(read_plain(content, limits).text.split("\n")):
        length += len(line) + 1
        check_length(length - 1, limits)
        read.append(line)
    return Extracted("\n".join(read))


def with_tables_read(lines: Sequence[str]) -> Iterator[str]:
    """The lines, with the head of its column before each figure of a table; code is left as it is."""
    place = 0
    fence = ""
    while place < len(lines):
        if not fence and begins_table(lines, place):
            end = end_of_table(lines, place + 2)
            yield from table_lines([cells(line) for line in (lines[place], *lines[place + 2 : end])])
            place = end
            continue
        fence = fence_after(lines[place], fence)
        yield lines[place]
        place += 1


def begins_table(lines: Sequence[str], place: int) -> bool:
    """Whether a head stands here and a line of dashes below it, for as many columns."""
    head, *below = lines[place : place + 2]
    if not below or "|" not in head or "|" not in below[0]:
        return False
    dashes = cells(below[0])
    return len(cells(head)) == len(dashes) and all(map(BELOW_HEAD.fullmatch, dashes))


def end_of_table(lines: Sequence[str], place: int) -> int:
    while place < len(lines) and "|" in lines[place]:
        place += 1
    return place


def cells(line: str) -> list[str]:
    """Without the bars at both ends, which may be left out."""
    bare = line.strip(" \t>").removeprefix("|")
    found = CELL_END.split(bare)
    if len(found) > 1 and not found[-1].strip():
        found.pop()
    return [cell.replace("\\|", "|").strip() for cell in found]


def fence_after(line: str, fence: str) -> str:
    """The fence of the code that goes on after this line; empty outside of code."""
    found = FENCE.match(line)
    if not found:
        return fence
    if not fence:
        return found[1]
    return "" if found[1].startswith(fence) and not line[found.end() :].strip() else fence
