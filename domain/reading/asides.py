"""What a passage names and does not speak of: what somebody's question was on, the title of a treaty."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from domain.reading.lexicon import DONE, QUESTION, TITLE_OF_TREATY, TREATY, Lexicon, Match

END_OF_QUESTION = re.compile(r"[,;:.]|\Z")
END_OF_TITLE = re.compile(r"[,;:.()]|\Z")
LONGEST_TITLE = 100
TITLE_TO_NAME = 40


def without_asides(text: str, matches: Sequence[Match], lexicon: Lexicon) -> Sequence[Match]:
    """The matches, but for concepts and acts within an aside.

    `In reply to questions on women's rights, it said …`, `a Convention on the Protection of Children`.
    """
    asides = [*questions(text, matches), *titles(text, matches)]
    if not asides:
        return matches
    return [
        match
        for match in matches
        if not (
            (match.key in lexicon.concepts or match.key == DONE)
            and any(start <= match.start and match.end <= end for start, end in asides)
        )
    ]


def questions(text: str, matches: Sequence[Match]) -> Iterator[tuple[int, int]]:
    for match in matches:
        if match.key == QUESTION:
            yield match.start, ending(END_OF_QUESTION, text, match.end)


def titles(text: str, matches: Sequence[Match]) -> Iterator[tuple[int, int]]:
    """Titles of treaties that no list has; those on a list have their own rules."""
    named = [match.start for match in matches if match.key == TREATY]
    for match in matches:
        if match.key != TITLE_OF_TREATY:
            continue
        if not any(match.start <= name <= match.end + TITLE_TO_NAME for name in named):
            verbs = [m.start for m in matches if m.key == DONE and m.start >= match.end]
            end = min([ending(END_OF_TITLE, text, match.end), match.end + LONGEST_TITLE, *verbs])
            yield match.start, end


def ending(mark: re.Pattern[str], text: str, start: int) -> int:
    found = mark.search(text, start)
    return found.start() if found else len(text)
