"""How a proposal is kept: as a row of SSSOM, with what speaks for it."""

from __future__ import annotations

import re
from typing import Any
from uuid import UUID

from domain.mappings.rules import Relation, predicate_of
from domain.mappings.sssom.own import PREFIX
from domain.suggestions.tasks import ENGINE, Proposal, Proposed
from schemas.mappings import SssomExtension, SssomMapping

RELATION = Relation.INTERSECT
"""The weakest: that there is a relation is all that likeness can tell, and which one is for the expert."""

RANKS, THEMES, CLOSEST = "suggestion_ranks", "suggestion_themes", "suggestion_closest"
EXTENSIONS = [
    SssomExtension(slot_name=name, property=f"{PREFIX}:{name}", type_hint="xsd:string").model_dump()
    for name in (RANKS, THEMES, CLOSEST)
]
UUID_TEXT = "(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
LICENSE = "https://creativecommons.org/licenses/by/4.0/"


def header(key: str, source: str, target: str) -> dict[str, Any]:
    """What holds for all suggestions between two frameworks."""
    return {
        "mapping_set_id": f"https://focalpoint.example/mapping-sets/{key}",
        "mapping_set_title": f"Suggestions from {source} to {target}",
        "mapping_set_description": "Proposed by comparing texts; a person accepts, changes or rejects each.",
        "license": LICENSE,
        "extension_definitions": EXTENSIONS,
    }


def sssom(proposal: Proposal, proposed: Proposed) -> SssomMapping:
    predicate, modifier = predicate_of(RELATION)
    extensions = {
        RANKS: "|".join(f"{way}:{rank:g}" for way, rank in proposal.ranks.items()),
        THEMES: "|".join(proposal.themes),
        CLOSEST: proposal.closest or "",
    }
    return SssomMapping(
        subject_id=proposal.subject,
        subject_label=proposal.labels[0],
        predicate_id=predicate,
        predicate_modifier=modifier,
        object_id=proposal.object,
        object_label=proposal.labels[1],
        mapping_justification="semapv:CompositeMatching",
        mapping_tool="focalpoint",
        mapping_tool_version=ENGINE,
        match_string=list(proposal.words),
        similarity_score=proposal.score,
        similarity_measure=measure(proposed),
        extensions={name: value for name, value in extensions.items() if value},
    )


def measure(proposed: Proposed) -> str:
    return f"reciprocal rank fusion of {', '.join(proposed.ways)}"


def note(proposed: Proposed) -> str:
    """How the editions were compared, and what was left out."""
    one, other = proposed.languages
    spoken = one if one == other else f"{one} with {other}"
    return " ".join([f"Compared in {spoken} by {', '.join(proposed.ways)}.", *proposed.notes])


def ranks_in(slots: dict[str, Any]) -> dict[str, float]:
    """What is no rank is passed over: the set may be older than the rule that only the machine fills it."""
    told = slots.get("extensions", {}).get(RANKS, "")
    return {way: float(rank) for way, rank in re.findall(r"(?:^|\|)([^:|]+):(\d+(?:\.\d+)?)(?=\||$)", told)}


def themes_in(slots: dict[str, Any]) -> list[str]:
    told: str = slots.get("extensions", {}).get(THEMES, "")
    return told.split("|") if told else []


def closest_in(slots: dict[str, Any]) -> UUID | None:
    told = slots.get("extensions", {}).get(CLOSEST, "")
    return UUID(told) if re.fullmatch(UUID_TEXT, told) else None
