"""Small editions."""

from __future__ import annotations

from typing import Any

from domain.suggestions.tasks import Task
from domain.suggestions.texts import Entry, Side

RIGHTS = {
    "education": "Right to education and vocational training",
    "health": "Right to health care and rehabilitation",
    "work": "Right to work and equal pay",
    "family": "Respect for home and the family",
}
DUTIES = {
    "schools": "Schools train teachers and educate girls",
    "clinics": "Clinics give health care to survivors",
    "wages": "Employers give equal pay for equal work",
    "roads": "Bridges",
}


def entry(reference: str, **changes: Any) -> Entry:
    title = changes.pop("title", reference)
    return Entry(reference, title if isinstance(title, dict) else {"en": title}, **changes)


def side(framework: str, titles: dict[str, Any], *languages: str) -> Side:
    entries = [entry(f"{framework}:{ref}", title=title) for ref, title in titles.items()]
    return Side(framework, languages or ("en",), entries)


def task(**changes: Any) -> Task:
    """Three of the four duties say in other words what a right says; bridges have nothing to do with any.

    The encoder is an extra, and not asked for: what is tested holds without it.
    """
    asked: dict[str, Any] = {
        "source": side("duties", DUTIES),
        "target": side("rights", RIGHTS),
        "thesaurus": None,
        "only": None,
        "most": 5,
        "encoder": False,
    }
    return Task(**asked | changes)
