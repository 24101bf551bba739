"""Rows that say that a provision has no counterpart (`sssom:NoTermFound`), and in which framework."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from domain.mappings.graph import framework_of
from domain.mappings.rules import NO_TERM_FOUND
from schemas.mappings import SssomMapping

FRAMEWORKS = "frameworks"
"""Prefix of a framework as the source of subjects or objects: `frameworks:crpd`."""

FRAMEWORKS_NAMESPACE = "https://focalpoint.example/frameworks/"


class Absence(NamedTuple):
    """That `provision` has no counterpart in `framework`; None where the set does not say in which."""

    provision: str
    framework: str | None


def absences(mappings: Sequence[SssomMapping]) -> list[Absence | None]:
    """For each row, what it says to be absent, if that is what it says.

    The framework is the local part of the source on the empty side, or else the only one that the other
    rows have on that side.
    """
    only = {side: _only_framework(mappings, side) for side in ("subject", "object")}
    return [_absence(mapping, only) for mapping in mappings]


def _absence(mapping: SssomMapping, only: dict[str, str | None]) -> Absence | None:
    for side, other in (("subject", "object"), ("object", "subject")):
        if getattr(mapping, f"{side}_id") == NO_TERM_FOUND:
            source = getattr(mapping, f"{side}_source")
            framework = source.partition(":")[2] if source else only[side]
            return Absence(getattr(mapping, f"{other}_id"), framework)
    return None


def _only_framework(mappings: Sequence[SssomMapping], side: str) -> str | None:
    found = {framework_of(getattr(mapping, f"{side}_id")) for mapping in mappings} - {
        framework_of(NO_TERM_FOUND)
    }
    return found.pop() if len(found) == 1 else None
