"""From JSON to a mapping set."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from pydantic import ValidationError

from domain.errors import Problem
from domain.mappings.sssom.acceptance import Reading, Row, judged
from domain.mappings.sssom.shapes import shape_problems
from schemas.mappings import SssomMapping, SssomSet


def read_data(data: Any) -> Reading:
    """The mapping set that JSON says, held to the rules for files.

    The line of a mapping is its number, from 1. As in a table, keys that are no slots are extensions where
    the set declares them, and otherwise named in `unknown_slots` and not kept.
    """
    if not isinstance(data, dict):
        return Reading(None, [], {}, [Problem("", "not-an-object", "A mapping set is a JSON object.")])
    keys = _Keys(_declared(data))
    listed = data.get("mappings", [])
    found: list[Problem] = []
    rows = list(_rows(listed, keys, found)) if isinstance(listed, list) else []
    header = _header(data, listed, keys, found)
    return Reading(None, rows, {}, found) if header is None else judged(header, rows, found)


class _Keys:
    """The keys of objects, and those that nobody knows."""

    def __init__(self, declared: Collection[str]) -> None:
        self._declared = declared
        self.unknown: list[str] = []

    def sorted_out(self, item: dict[str, Any], slots: Collection[str]) -> dict[str, Any]:
        """The slots of the object, with what it says in declared extensions among its extensions."""
        known = {name: value for name, value in item.items() if name in slots}
        others = [name for name in item if name not in slots]
        said = {name: item[name] for name in others if name in self._declared}
        self.unknown += [name for name in others if name not in self._declared and name.strip()]
        within = known.get("extensions", {})
        return known | {"extensions": within | said} if said and isinstance(within, dict) else known


def _declared(data: dict[str, Any]) -> set[str]:
    definitions = data.get("extension_definitions")
    listed = definitions if isinstance(definitions, list) else []
    return {item["slot_name"] for item in listed if isinstance(item, dict) and _names_a_slot(item)}


def _names_a_slot(definition: dict[str, Any]) -> bool:
    return isinstance(definition.get("slot_name"), str)


def _header(data: dict[str, Any], listed: Any, keys: _Keys, found: list[Problem]) -> SssomSet | None:
    """What holds for all of the set."""
    of_rows, keys.unknown = keys.unknown, []
    content = keys.sorted_out(data, SssomSet.model_fields)
    unknown = list(dict.fromkeys([*keys.unknown, *of_rows]))
    if isinstance(listed, list):
        content["mappings"] = []
    before = content.get("unknown_slots", [])
    if unknown and isinstance(before, list):
        content["unknown_slots"] = [*before, *(name for name in unknown if name not in before)]
    try:
        return SssomSet.model_validate(content)
    except ValidationError as error:
        found += [Problem(pointer, code, detail) for pointer, _, code, detail in shape_problems(error)]
        return None


def _rows(listed: list[Any], keys: _Keys, found: list[Problem]) -> Iterator[Row]:
    for position, item in enumerate(listed):
        slots = keys.sorted_out(item, SssomMapping.model_fields) if isinstance(item, dict) else item
        try:
            yield Row(position, position + 1, SssomMapping.model_validate(slots))
        except ValidationError as error:
            for pointer, _, code, detail in shape_problems(error):
                found.append(Problem(f"/mappings/{position}{pointer}", code, detail, position + 1))
