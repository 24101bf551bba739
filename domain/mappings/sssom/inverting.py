"""A mapping set, read the other way round."""

from __future__ import annotations

from typing import Any

from domain.mappings.rules import inverse, predicate_of, relation_of
from domain.mappings.sssom.slots import MAPPING_SLOTS, SET_SLOTS
from schemas.mappings import SssomMapping, SssomSet

INVERSION = "semapv:MappingInversion"


def inverted(mapping_set: SssomSet) -> SssomSet:
    """The set with subjects and objects changed over, as `sssom invert` gives it.

    What is said of one side (label, source, preprocessing …) goes with it, containment turns, and so does
    the cardinality. The justification becomes semapv:MappingInversion. A row with a predicate modifier
    stands as it is: that two provisions have nothing to do with each other reads the same either way. Set
    and rows keep their other slots; the inverse names the set that it was made from.
    """
    update = _swapped(mapping_set, SET_SLOTS) | {
        "mapping_set_id": f"{mapping_set.mapping_set_id}#inverse",
        "mapping_set_source": [mapping_set.mapping_set_id],
        "mappings": [_turned(mapping) for mapping in mapping_set.mappings],
    }
    return mapping_set.model_copy(update=update)


def _turned(mapping: SssomMapping) -> SssomMapping:
    relation = relation_of(mapping.predicate_id, mapping.predicate_modifier)
    if relation is None or mapping.predicate_modifier is not None:
        return mapping
    predicate, _ = predicate_of(inverse(relation))
    cardinality = mapping.mapping_cardinality
    update = _swapped(mapping, MAPPING_SLOTS) | {
        "predicate_id": predicate,
        "mapping_justification": INVERSION,
        "mapping_cardinality": cardinality and ":".join(reversed(cardinality.split(":"))),
    }
    if predicate != mapping.predicate_id:
        update["predicate_label"] = None
    return mapping.model_copy(update=update)


def _swapped(holder: SssomSet | SssomMapping, slots: list[str]) -> dict[str, Any]:
    """The values of one side, under the names of the other."""
    sides = {"subject": "object", "object": "subject"}
    return {
        f"{other}{name.removeprefix(side)}": getattr(holder, name)
        for name in slots
        for side, other in sides.items()
        if name.startswith(f"{side}_")
    }
