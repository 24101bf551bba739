"""Recommendations that people sorted by issue: does the engine see what each is about?"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.evaluation.engine import CHILDREN, DISABILITY, WOMEN, themes_of
from bench.evaluation.scores import Scores, scored

ISSUES = {WOMEN: "Women's rights", DISABILITY: "Disabilities", CHILDREN: "Rights of the Child"}


@dataclass(frozen=True, slots=True)
class Recommendation:
    """One line of the data, with what the engine finds in it."""

    session: int
    issues: frozenset[str]
    text: str
    themes: frozenset[str]


def read_recommendations(path: Path) -> list[Recommendation]:
    return [
        Recommendation(
            int(row["session"]),
            frozenset(row["issues"].split("|")),
            row["text"],
            themes_of(row["text"], "en"),
        )
        for row in rows_of(path)
    ]


def rows_of(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)


def measure(recommendations: Sequence[Recommendation], theme: str) -> dict[str, Scores]:
    """Scores over all sessions, and over the earlier and the later half of them."""
    sessions = sorted({item.session for item in recommendations})
    earlier = set(sessions[: (len(sessions) + 1) // 2])
    parts = {
        "all": recommendations,
        "earlier": [item for item in recommendations if item.session in earlier],
        "later": [item for item in recommendations if item.session not in earlier],
    }
    return {name: scored(decisions(part, theme)) for name, part in parts.items()}


def decisions(recommendations: Sequence[Recommendation], theme: str) -> Iterator[tuple[bool, bool]]:
    for item in recommendations:
        yield ISSUES[theme] in item.issues, theme in item.themes
