"""What tells one series from another: colour, and without colour a pattern, a marker and dashes. Data.

Each colour has a contrast of 3:1 or more with the paper (WCAG 2.2, 1.4.11), and any two differ for people who
do not see red, green or blue as others do. Both are tested.
"""

from __future__ import annotations

from typing import NamedTuple

PAPER, INK, QUIET, GRID = "#ffffff", "#1a1a1a", "#595959", "#d9d9d9"


class Style(NamedTuple):
    colour: str
    pattern: str
    """Strokes on a tile of eight by eight; empty: filled with the colour; `M0 0`: outlined only."""

    marker: str
    """A path around the point, about eight across."""

    dashes: str


STYLES = (
    Style("#4b0082", "", "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", ""),
    Style("#d55e00", "M-1 9L9-1M-1 1L1-1M7 9L9 7", "M-4-4h8v8h-8z", "8 3"),
    Style("#009e73", "M4 0V8", "M0-5L5 4H-5z", "2 3"),
    Style("#7f7fff", "M0 4H8", "M0-5L5 0L0 5L-5 0z", "10 3 2 3"),
    Style("#661100", "M-1-1L9 9M-1 7L1 9M7-1L9 1", "M0 5L5-4H-5z", "5 5"),
    Style("#a0522d", "M0 4H8M4 0V8", "M-5-2h3v-3h4v3h3v4h-3v3h-4v-3h-3z", "12 4"),
    Style(
        "#6a51a3", "M2 2h1v1h-1zM6 6h1v1h-1z", "M0-6L1.5-2H6L2.5 1L4 5L0 2.5L-4 5L-2.5 1L-6-2H-1.5z", "1 4"
    ),
    Style("#222222", "M0 0", "M-5-1h10v2h-10z", "6 2 1 2"),
)
TARGET = Style(INK, "", "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z", "3 3")
MOST_LINES = len(STYLES) - 1
"""Beyond these a drawing tells nothing; and the last colour is near that of the target."""
