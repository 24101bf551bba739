"""What mappings say here beyond the slots of SSSOM: it travels in extension slots that a set declares.

An extension is ours by its property (`focalpoint:status`), or by its name where it has no property. One of
the same name with another property is somebody else's: it is kept and not read.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, get_args

from schemas.mappings import MappingStatus, Rationale, SssomExtension, SssomMapping, SssomSet

PREFIX = "focalpoint"
OWN_NAMESPACE = "https://focalpoint.example/ns/"

VALUES: dict[str, tuple[str, ...] | None] = {
    "status": get_args(MappingStatus),
    "rationale": get_args(Rationale),
    "source_paragraph": None,
    "joint_group": None,
}
"""Our slots, each with the values that it may have; None: any text."""

PLAIN_STATUS = "accepted"
"""The status of a row that says none."""


class Own(NamedTuple):
    """What the extension slots of a row say."""

    status: str | None = None
    rationale: str | None = None
    source_paragraph: str | None = None
    joint_group: str | None = None


def named(definitions: Iterable[SssomExtension]) -> dict[str, str]:
    """By the name that an extension has in a set, which of our slots it is."""
    return names_of((item.slot_name, item.property) for item in definitions)


def names_of(declared: Iterable[tuple[str, str | None]]) -> dict[str, str]:
    """As `named`, of names and properties."""
    found = {name: _slot(name, property_) for name, property_ in declared}
    return {name: slot for name, slot in found.items() if slot in VALUES}


def _slot(name: str, property_: str | None) -> str:
    if property_ is None:
        return name
    prefix, _, slot = property_.partition(":")
    return slot if prefix == PREFIX else ""


def own_of(mapping: SssomMapping, names: Mapping[str, str]) -> Own:
    """What a row says in our slots; `names` says under which names the set has them."""
    said = {slot: mapping.extensions.get(name) for name, slot in names.items()}
    return Own(**said)


def without_own(mapping: SssomMapping, names: Mapping[str, str]) -> SssomMapping:
    """The row without our slots."""
    others = {name: value for name, value in mapping.extensions.items() if name not in names}
    return mapping.model_copy(update={"extensions": others})


def with_own(mapping_set: SssomSet, owns: Sequence[Own]) -> SssomSet:
    """The set with what each of its rows says in our slots, which it then declares."""
    slots = [slot for slot in VALUES if any(getattr(own, slot) for own in owns)]
    definitions = _declared(mapping_set.extension_definitions, slots)
    name_of = {slot: name for name, slot in named(definitions).items()}
    rows = [
        mapping.model_copy(update={"extensions": mapping.extensions | _said(own, name_of)})
        for mapping, own in zip(mapping_set.mappings, owns, strict=True)
    ]
    return mapping_set.model_copy(update={"extension_definitions": definitions, "mappings": rows})


def _said(own: Own, name_of: Mapping[str, str]) -> dict[str, str]:
    return {name_of[slot]: value for slot, value in own._asdict().items() if value}


def _declared(definitions: Sequence[SssomExtension], slots: Iterable[str]) -> list[SssomExtension]:
    """The definitions, and one for each of these slots of ours that has none, under a free name."""
    known, taken = set(named(definitions).values()), {item.slot_name for item in definitions}
    added = [
        SssomExtension(
            slot_name=slot if slot not in taken else f"{PREFIX}_{slot}",
            property=f"{PREFIX}:{slot}",
            type_hint="xsd:string",
        )
        for slot in slots
        if slot not in known
    ]
    return [*definitions, *added]
