"""Sentences and their translations: is the same decision made in each language?"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.evaluation.engine import themes_of
from bench.evaluation.scores import share

LANGUAGES = ("en", "fr", "es")
Line = dict[str, frozenset[str]]


def read_lines(folder: Path) -> list[Line]:
    """The themes of each line by language."""
    texts = [(folder / f"un.{language}").read_text(encoding="utf-8").split("\n") for language in LANGUAGES]
    return [
        {language: themes_of(text, language) for language, text in zip(LANGUAGES, line, strict=True)}
        for line in zip(*texts, strict=True)
    ]


def agreement(lines: Sequence[Line], theme: str, language: str) -> tuple[float, int]:
    """Of the lines that are positive in any language: the share decided as in English, and their number."""
    positive = [line for line in lines if any(theme in themes for themes in line.values())]
    same = sum((theme in line[language]) == (theme in line["en"]) for line in positive)
    return share(same, len(positive)), len(positive)
