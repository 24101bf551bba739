"""Tables as lines of text: a row reads on its own, with the heads of its columns beside its figures."""

from __future__ import annotations

import re

FIGURE = re.compile(r"(?=[\d.,\s]*\d)[\d.,\s]+%?\s*")
LONGEST_FIGURE = 40
LONGEST_HEAD = 80


def table_lines(rows: list[list[str]]) -> list[str]:
    """One line per row, cells parted by ` | `.

    Under a head without figures, a figure is preceded by the head of its column: `Killed | Women: 3`.
    """
    rows = [[" ".join(cell.split()) for cell in row] for row in rows]
    rows = [row for row in rows if any(row)]
    if not rows:
        return []
    head = rows[0] if not any(is_figure(cell) for cell in rows[0]) else []
    body = rows[1:] if head else rows
    lines = [headed(row, head) for row in body]
    return [" | ".join(filter(None, head)), *lines] if head else lines


def headed(row: list[str], head: list[str]) -> str:
    if len(row) != len(head):
        return " | ".join(filter(None, row))
    cells = (
        f"{name}: {cell}" if 0 < len(name) <= LONGEST_HEAD and is_figure(cell) else cell
        for name, cell in zip(head, row, strict=True)
    )
    return " | ".join(filter(None, cells))


def is_figure(cell: str) -> bool:
    return len(cell) <= LONGEST_FIGURE and FIGURE.fullmatch(cell) is not None
