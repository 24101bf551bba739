"""Marks of footnotes: digits that are printed small and raised become superscript characters.

So they are no figures for whoever reads the text afterwards, and no part of the word before them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from domain.reading.layout import Line, Run, Span, level, line_of

ENDING_DIGITS = re.compile(r"\d{1,3}(?![\w.,])|\d{1,3}(?=[.,](?!\d))")
DIGITS = re.compile(r"\d{1,3}")
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
TO_SUPERSCRIPTS = str.maketrans("0123456789", SUPERSCRIPTS)
CLOSING = ".,;:!?)]»”’"
SMALLER = 0.8
RAISED_BY = 0.1
NEAR = 1.2


def maybe_marks(words: str) -> Iterator[re.Match[str]]:
    """Short numbers that end a word, follow the sign that does, or stand by themselves at a line's end."""
    for found in ENDING_DIGITS.finditer(words):
        before = words[found.start() - 1] if found.start() else ""
        alone = not before or before.isspace()
        if not before.isdigit() and (not alone or found.end() == len(words) or not found.start()):
            yield found


def superscript(digits: str) -> str:
    return digits.translate(TO_SUPERSCRIPTS)


def raised(mark: Span, line: Span) -> bool:
    """Whether a character is printed smaller and higher than its line; bottom and top of each."""
    height = line[1] - line[0]
    return mark[1] - mark[0] < SMALLER * height and mark[0] > line[0] + RAISED_BY * height


def around_a_mark(before: Line, after: Line) -> Line | None:
    """The one line that the file has in two because of a raised mark; none if they are two lines."""
    one, other = before.runs[-1], after.runs[0]
    if (
        other.top < one.bottom
        or not level(one, other)
        or not -1 < other.left - one.right < NEAR * max(one.height, other.height)
    ):
        return None
    if DIGITS.fullmatch(before.text) and raised(one.reach, other.reach):
        return together(before, after, f"{superscript(one.text)} {other.text}", other)
    if DIGITS.fullmatch(after.text) and raised(other.reach, one.reach):
        return together(before, after, one.text + superscript(other.text), one)
    if one.text[-1] in SUPERSCRIPTS:
        space = "" if other.text[0] in CLOSING else " "
        return together(before, after, one.text + space + other.text, one)
    return None


def together(before: Line, after: Line, text: str, high: Run) -> Line:
    """Both lines as one, which is as high as `high`."""
    left, right = before.runs[-1].left, after.runs[0].right
    joint = Run(text, left, high.bottom, right, high.top)
    return line_of(*before.runs[:-1], joint, *after.runs[1:])
