"""Where a text stands in a document that was read: letter by letter, whatever stands between the letters."""

from __future__ import annotations

from bisect import bisect_left

PREFIX = 60
"""Letters that are enough to find a passage whose middle a page break or a footnote divides."""


class Letters:
    """The letters and digits of a text in lower case, each with its place."""

    def __init__(self, text: str) -> None:
        lowered = [
            (place, letter) for place, one in enumerate(text) if one.isalnum() for letter in one.lower()
        ]
        self.places = [place for place, _ in lowered]
        self.text = "".join(letter for _, letter in lowered)

    def before(self, place: int) -> float:
        """The share of the letters that stand before a place of the text."""
        return bisect_left(self.places, place) / len(self.places)

    def find(self, wanted: str, near: float) -> tuple[int, int] | None:
        """The span of the text that has the letters of `wanted`: of several, the one nearest to a share."""
        letters = Letters(wanted).text
        for part in (letters, letters[:PREFIX]):
            starts = list(occurrences(self.text, part))
            if starts:
                start = min(starts, key=lambda start: abs(start / len(self.text) - near))
                last = min(start + len(letters), len(self.places)) - 1
                return self.places[start], self.places[last] + 1
        return None


def occurrences(text: str, part: str) -> list[int]:
    found, start = [], text.find(part)
    while part and start >= 0:
        found.append(start)
        start = text.find(part, start + 1)
    return found
