"""The words of letters, by language: English, French and Spanish."""

from __future__ import annotations

from domain.reminders.letters.wordings.en import ENGLISH
from domain.reminders.letters.wordings.es import SPANISH
from domain.reminders.letters.wordings.fr import FRENCH
from domain.reminders.letters.wordings.wording import (
    KINDS,
    OCCASIONS,
    OF_MEETINGS,
    VARIABLES,
    Occasion,
    Template,
    Wording,
)

__all__ = [
    "KINDS",
    "OCCASIONS",
    "OF_MEETINGS",
    "VARIABLES",
    "WORDINGS",
    "Occasion",
    "Template",
    "Wording",
    "offered",
]

WORDINGS = {"en": ENGLISH, "fr": FRENCH, "es": SPANISH}


def offered(language: str | None) -> str:
    """The language in which a letter to a reader of `language` (BCP 47) is written: by its first subtag,
    English where that is not offered."""
    primary = (language or "").partition("-")[0]
    return primary if primary in WORDINGS else "en"
