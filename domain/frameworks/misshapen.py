"""Library documents some of whose entries have not the shape that the format demands. Pure.

With the smallest entry of the right shape in place of each of those the rules can be run over the rest, so
that whoever wrote the document learns of everything at once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from domain.errors import Problem
from schemas.libraries import Library

SMALLEST: dict[str, dict[str, Any]] = {
    "provisions": {"kind": "entry", "title": {}},
    "indicators": {"provision": "none", "kind": "text", "title": {}},
    "deprecated": {},
    "claims": {"other": "none", "figure": 0, "statement": "none", "source": "none"},
}
"""What an entry must have beside a reference of its own, by list."""


def mended(data: object, wrong: Iterable[Problem]) -> Library | None:
    """The document with what is wrong in entries replaced; None when something else is wrong, too.

    What is right in an entry stays, so that what rests on its reference finds it.
    """
    broken: defaultdict[tuple[str, int], set[str]] = defaultdict(set)
    for problem in wrong:
        name, number, field = _place(problem)
        if name not in SMALLEST or not number.isdecimal():
            return None
        broken[name, int(number)].add(field)
    return _with_replacements(data, broken)


def _with_replacements(data: object, broken: Mapping[tuple[str, int], set[str]]) -> Library | None:
    if not isinstance(data, dict):
        return None
    copy = {name: list(value) if isinstance(value, list) else value for name, value in data.items()}
    try:
        language = data["edition"]["languages"][0]
        for (name, number), fields in broken.items():
            copy[name][number] = _replaced(name, number, copy[name][number], fields, language)
        return Library.model_validate(copy)
    except (KeyError, IndexError, TypeError, ValidationError):
        return None


def _replaced(name: str, number: int, entry: object, broken: set[str], language: str) -> dict[str, Any]:
    smallest = dict(SMALLEST[name])
    if name != "claims":
        smallest["ref"] = f"misshapen-{name}-{number}"
    if "title" in smallest:
        smallest["title"] = {language: "?"}
    kept = entry if isinstance(entry, dict) else {}
    return smallest | {field: value for field, value in kept.items() if field not in broken}


def elsewhere(found: Iterable[Problem], wrong: Iterable[Problem]) -> list[Problem]:
    """Of the problems that the rules found in the mended document those that are not about the mending."""
    replaced = {_place(problem) for problem in wrong}
    return [problem for problem in found if not replaced & {_place(problem), (*_place(problem)[:2], "")}]


def _place(problem: Problem) -> tuple[str, str, str]:
    """List, number and field; the field is empty where the entry as a whole is meant."""
    name, number, field = [*problem.pointer.split("/")[1:4], "", "", ""][:3]
    return name, number, field
