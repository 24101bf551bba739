"""Which slots there are, and which of them a set and its mappings share."""

from __future__ import annotations

from typing import Any

from schemas.mappings import SssomMapping, SssomSet

SET_SLOTS = [
    name for name in SssomSet.model_fields if name not in {"mappings", "extensions", "unknown_slots"}
]
"""The slots of a set that its header holds, in the order of the specification."""
MAPPING_SLOTS = [name for name in SssomMapping.model_fields if name != "extensions"]
"""The slots of a mapping, in the order of the specification."""
REQUIRED = [name for name, field in SssomMapping.model_fields.items() if field.is_required()]
MULTIVALUED = {name for name, field in SssomMapping.model_fields.items() if field.default_factory is list}

PROPAGATABLE = (
    "subject_type", "subject_source", "subject_source_version", "object_type", "object_source",
    "object_source_version", "predicate_type", "mapping_provider", "cardinality_scope", "mapping_tool",
    "mapping_tool_id", "mapping_tool_version", "mapping_date", "subject_match_field",
    "object_match_field", "subject_preprocessing", "object_preprocessing", "similarity_measure",
    "curation_rule", "curation_rule_text",
)  # fmt: skip
"""Slots that, given for a set, count for each of its mappings."""

CURIE_SLOTS = (
    "record_id", "subject_id", "object_id", "author_id", "reviewer_id", "creator_id", "subject_source",
    "object_source", "mapping_source", "mapping_tool_id", "curation_rule", "subject_match_field",
    "object_match_field", "subject_preprocessing", "object_preprocessing", "issue_tracker_item",
)  # fmt: skip
URI_SLOTS = {
    "mapping_set_id", "mapping_set_source", "license", "mapping_provider", "see_also", "issue_tracker",
    "curie_map",
}  # fmt: skip


def propagated(mapping_set: SssomSet) -> SssomSet:
    """The set with each shared slot moved to its mappings, unless one of them has a value of its own."""
    moved = [
        name
        for name in PROPAGATABLE
        if getattr(mapping_set, name)
        and mapping_set.mappings
        and not any(getattr(mapping, name) for mapping in mapping_set.mappings)
    ]
    shared = {name: getattr(mapping_set, name) for name in moved}
    return _with(mapping_set, dict.fromkeys(moved), shared)


def condensed(mapping_set: SssomSet) -> SssomSet:
    """The set with each slot in which all its mappings agree moved to the set, where that has room for it."""
    shared: dict[str, Any] = {}
    for name in PROPAGATABLE:
        values = [getattr(mapping, name) for mapping in mapping_set.mappings]
        own = getattr(mapping_set, name)
        if (
            values
            and values[0]
            and all(value == values[0] for value in values)
            and own in (None, [], values[0])
        ):
            shared[name] = values[0]
    return _with(mapping_set, shared, dict.fromkeys(shared))


def _with(mapping_set: SssomSet, on_set: dict[str, Any], on_mappings: dict[str, Any]) -> SssomSet:
    mappings = [mapping.model_copy(update=_emptied(on_mappings)) for mapping in mapping_set.mappings]
    return mapping_set.model_copy(update={**_emptied(on_set), "mappings": mappings})


def _emptied(values: dict[str, Any]) -> dict[str, Any]:
    """The values, where None clears a slot: to an empty list if it holds several values."""
    return {name: [] if value is None and name in MULTIVALUED else value for name, value in values.items()}
