"""Rows that say that a provision has no counterpart (`sssom:NoTermFound`), and in which framework."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from domain.mappings.graph import framework_of
from domain.mappings.rules import NO_TERM_FOUND
from schemas.mappings import SssomMapping

FRAMEWORKS = "frameworks"
"""Prefix of a framework as the source of subjects or objects: `frameworks:crpd`."""

FRAMEWORKS_NAMESPACE = "https://focalpoint.example/frameworks/"

EACH = "ALL"
"""Stands where a framework would: there is no counterpart in any. No framework has a key like it."""


Side: TypeAlias = Literal["subject", "object"]


class Absence(NamedTuple):
    """That `provision` has no counterpart in `framework`; None: in any."""

    provision: str
    framework: str | None


def absences(mappings: Sequence[SssomMapping]) -> list[Absence | None]:
    """For each row, what it says to be absent, if that is what it says.

    The framework is the local part of the source on the empty side, or else the only one that the other
    rows have on that side. Where they have several, or none, no framework has a counterpart.
    """
    only = {side: _only_framework(mappings, side) for side in ("subject", "object")}
    return [_absence(mapping, only) for mapping in mappings]


def _absence(mapping: SssomMapping, only: dict[str, str | None]) -> Absence | None:
    side = empty_side(mapping)
    if side is None:
        return None
    source = getattr(mapping, f"{side}_source")
    framework = source.partition(":")[2] if source else only[side]
    provision = mapping.object_id if side == "subject" else mapping.subject_id
    return Absence(provision, framework if framework != EACH else None)


def empty_side(mapping: SssomMapping) -> Side | None:
    """On which side of a row there is no counterpart, if it says that."""
    ends: dict[Side, str] = {"subject": mapping.subject_id, "object": mapping.object_id}
    return next((side for side, reference in ends.items() if reference == NO_TERM_FOUND), None)


def source_of(absence: Absence) -> str:
    """What the source on the empty side is, so that the row says by itself where there is no counterpart."""
    return f"{FRAMEWORKS}:{absence.framework or EACH}"


def says_where(mapping: SssomMapping) -> bool:
    """Whether a row says by itself where there is no counterpart."""
    side = empty_side(mapping)
    return side is not None and bool(getattr(mapping, f"{side}_source"))


def _only_framework(mappings: Sequence[SssomMapping], side: str) -> str | None:
    found = {framework_of(getattr(mapping, f"{side}_id")) for mapping in mappings} - {
        framework_of(NO_TERM_FOUND)
    }
    return found.pop() if len(found) == 1 else None
