"""Text in drawings: how long it is, where it is broken and cut, which way it runs. Pure.

Fonts are the reader's own, so lengths are estimates, on the long side.
"""

from __future__ import annotations

import re
import unicodedata

ADVANCES = {
    **dict.fromkeys("iljI.,:;'|! \u00a0\u202f", 0.36),
    **dict.fromkeys("tfrJ()[]{}-/", 0.44),
    **dict.fromkeys("mwMW%@—…<>+=~", 0.98),
}
"""Of letters that are much narrower or broader than most, in their size."""

UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 has no way to say."""

ELLIPSIS = "…"
RIGHT_TO_LEFT, END_OF_IT = "\u2067", "\u2069"


def writable(text: str) -> str:
    """As XML can say it; what it cannot is a replacement character."""
    return UNWRITABLE.sub("\ufffd", text)


def length(text: str, size: float) -> float:
    """How long a line of text is, with letters of this size."""
    return size * sum(map(_advance, text))


def _advance(letter: str) -> float:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0.0
    if unicodedata.east_asian_width(letter) in ("W", "F"):
        return 1.05
    return ADVANCES.get(letter, 0.73 if letter.isupper() else 0.61)


def cut(text: str, size: float, room: float) -> str:
    """The text, or as much of it as there is room for, and an ellipsis. No letter loses its accents."""
    if length(text, size) <= room:
        return text
    left, kept = room - length(ELLIPSIS, size), 0
    for place, letter in enumerate(text):
        left -= size * _advance(letter)
        if left < 0:
            break
        kept = place + 1
    return text[:kept].rstrip() + ELLIPSIS


def lines(text: str, size: float, room: float, *, most: int) -> list[str]:
    """The text in at most so many lines, broken between words; the last one is cut where it must be."""
    found: list[str] = []
    rest = text.split()
    while rest and len(found) < most - 1:
        taken = 1
        while taken < len(rest) and length(" ".join(rest[: taken + 1]), size) <= room:
            taken += 1
        found.append(cut(" ".join(rest[:taken]), size, room))
        rest = rest[taken:]
    return [*found, cut(" ".join(rest), size, room)] if rest else found or [""]


def ordered(text: str) -> str:
    """Text that is read from right to left is marked so within itself (UAX 9, isolates): it stands where it
    would stand otherwise, and no program needs to know attributes for it.
    """
    return f"{RIGHT_TO_LEFT}{text}{END_OF_IT}" if runs_left(text) else text


def runs_left(text: str) -> bool:
    """Whether it is read from right to left, by its first letter (UAX 9, P2)."""
    for letter in text:
        kind = unicodedata.bidirectional(letter)
        if kind in ("L", "R", "AL"):
            return kind != "L"
    return False
