"""Mappings between provisions: SSSOM 1.1 as it is exchanged, and mappings as clients see them.

`SssomMapping` and `SssomSet` hold the slots of SSSOM 1.1 in the order of its specification, which is
also the order in which they are written (https://w3id.org/sssom/).
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from pydantic import BeforeValidator, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from schemas.fields import NO_NUL, FrameworkKey, Incoming, Key, Outgoing, Reference

NO_TERM_FOUND = "sssom:NoTermFound"
"""Stands in SSSOM where a provision would: there is no counterpart."""

RelationName = Literal["equal", "equivalent", "subset", "superset", "intersect", "not-related"]
PathKind = Literal["stated", "inverted", "chained"]
MappingStatus = Literal["suggested", "accepted", "rejected", "deprecated"]
Rationale = Literal["syntactic", "semantic", "functional"]

Predicate = Literal[
    "skos:exactMatch", "skos:closeMatch", "skos:broadMatch", "skos:narrowMatch", "skos:relatedMatch"
]  # fmt: skip
Justification = Literal[
    "semapv:ManualMappingCuration", "semapv:MappingReview", "semapv:LexicalMatching",
    "semapv:LexicalSimilarityThresholdMatching", "semapv:SemanticSimilarityThresholdMatching",
    "semapv:LogicalReasoning", "semapv:MappingChaining", "semapv:MappingInversion",
    "semapv:StructuralMatching", "semapv:InstanceBasedMatching",
    "semapv:BackgroundKnowledgeBasedMatching", "semapv:CompositeMatching", "semapv:UnspecifiedMatching",
]  # fmt: skip
EntityType = Literal[
    "owl class", "owl object property", "owl data property", "owl annotation property",
    "owl named individual", "skos concept", "rdfs resource", "rdfs class", "rdfs literal",
    "rdfs datatype", "rdf property", "composed entity expression",
]  # fmt: skip
Cardinality = Literal["1:1", "1:n", "n:1", "n:n", "1:0", "0:1", "0:0"]


def as_list(value: Any) -> Any:
    """SSSOM lets a single value of a multi-valued slot stand without its list."""
    return [value] if isinstance(value, str) else value


Words = Annotated[str, StringConstraints(min_length=1, max_length=20_000, strip_whitespace=True), NO_NUL]
Curie = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z_][\w.-]*:[^\s/|][^\s|]*$", max_length=500), NO_NUL
]
Uri = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9+.-]*:\S+$", max_length=2_000), NO_NUL]
SlotName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][\w.-]*$", max_length=200), NO_NUL]
ManyWords = Annotated[list[Words], BeforeValidator(as_list)]
Curies = Annotated[list[Curie], BeforeValidator(as_list)]
Uris = Annotated[list[Uri], BeforeValidator(as_list)]
Extensions = Annotated[
    dict[SlotName, Words], Field(description="values of slots that `extension_definitions` declares, by name")
]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class SssomMapping(Incoming):
    """One row of a mapping set. The prefix of a subject or object is the key of its framework."""

    record_id: Curie | None = None
    subject_id: Reference
    subject_label: Words | None = None
    subject_category: Words | None = None
    predicate_id: Predicate
    predicate_label: Words | None = None
    predicate_modifier: Literal["Not"] | None = None
    object_id: Reference = Field(description="`sssom:NoTermFound`: there is no counterpart")
    object_label: Words | None = None
    object_category: Words | None = None
    mapping_justification: Justification
    author_id: Curies = Field(default_factory=list)
    author_label: ManyWords = Field(default_factory=list)
    reviewer_id: Curies = Field(default_factory=list)
    reviewer_label: ManyWords = Field(default_factory=list)
    creator_id: Curies = Field(default_factory=list)
    creator_label: ManyWords = Field(default_factory=list)
    license: Uri | None = None
    subject_type: EntityType | None = None
    subject_source: Curie | None = None
    subject_source_version: Words | None = None
    object_type: EntityType | None = None
    object_source: Curie | None = None
    object_source_version: Words | None = None
    predicate_type: EntityType | None = None
    mapping_provider: Uri | None = None
    mapping_source: Curie | None = None
    mapping_cardinality: Cardinality | None = None
    cardinality_scope: ManyWords = Field(default_factory=list)
    mapping_tool: Words | None = None
    mapping_tool_id: Curie | None = None
    mapping_tool_version: Words | None = None
    mapping_date: date | None = None
    publication_date: date | None = None
    review_date: date | None = None
    confidence: Share | None = None
    reviewer_agreement: Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)] | None = None
    curation_rule: Curies = Field(default_factory=list)
    curation_rule_text: ManyWords = Field(default_factory=list)
    subject_match_field: Curies = Field(default_factory=list)
    object_match_field: Curies = Field(default_factory=list)
    match_string: ManyWords = Field(default_factory=list)
    subject_preprocessing: Curies = Field(default_factory=list)
    object_preprocessing: Curies = Field(default_factory=list)
    similarity_score: Share | None = None
    similarity_measure: Words | None = None
    see_also: Uris = Field(default_factory=list)
    issue_tracker_item: Curie | None = None
    other: Words | None = None
    comment: Words | None = None
    extensions: Extensions = Field(default_factory=dict)

    @model_validator(mode="after")
    def a_review_names_its_reviewer(self) -> Self:
        reviewed = self.review_date is not None or self.reviewer_agreement is not None
        if reviewed and not (self.reviewer_id or self.reviewer_label):
            raise ValueError("a review must name its reviewer (reviewer_id or reviewer_label)")
        return self


class SssomExtension(Incoming):
    """A slot beyond the specification: its name in this set, and the property that it stands for."""

    slot_name: SlotName
    property: Curie | None = None
    type_hint: Curie | None = None


class SssomSet(Incoming):
    """A mapping set: what holds for all of it, and its mappings."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "mapping_set_id": "https://example.org/mappings/ccm-crpd",
                    "license": "https://creativecommons.org/licenses/by/4.0/",
                    "mappings": [
                        {
                            "subject_id": "ccm:art-5",
                            "predicate_id": "skos:broadMatch",
                            "object_id": "crpd:art-26",
                            "mapping_justification": "semapv:ManualMappingCuration",
                            "confidence": 0.8,
                        }
                    ],
                }
            ]
        }
    )

    sssom_version: Literal["1.0", "1.1"] = "1.1"
    curie_map: dict[SlotName, Uri] = Field(default_factory=dict)
    mapping_set_id: Uri
    mapping_set_version: Words | None = None
    mapping_set_source: Uris = Field(default_factory=list)
    mapping_set_title: Words | None = None
    mapping_set_description: Words | None = None
    mapping_set_confidence: Share | None = None
    creator_id: Curies = Field(default_factory=list)
    creator_label: ManyWords = Field(default_factory=list)
    license: Uri
    subject_type: EntityType | None = None
    subject_source: Curie | None = None
    subject_source_version: Words | None = None
    object_type: EntityType | None = None
    object_source: Curie | None = None
    object_source_version: Words | None = None
    predicate_type: EntityType | None = None
    mapping_provider: Uri | None = None
    cardinality_scope: ManyWords = Field(default_factory=list)
    mapping_tool: Words | None = None
    mapping_tool_id: Curie | None = None
    mapping_tool_version: Words | None = None
    mapping_date: date | None = None
    publication_date: date | None = None
    subject_match_field: Curies = Field(default_factory=list)
    object_match_field: Curies = Field(default_factory=list)
    subject_preprocessing: Curies = Field(default_factory=list)
    object_preprocessing: Curies = Field(default_factory=list)
    similarity_measure: Words | None = None
    curation_rule: Curies = Field(default_factory=list)
    curation_rule_text: ManyWords = Field(default_factory=list)
    see_also: Uris = Field(default_factory=list)
    issue_tracker: Uri | None = None
    other: Words | None = None
    comment: Words | None = None
    extension_definitions: list[SssomExtension] = Field(default_factory=list)
    extensions: Extensions = Field(default_factory=dict)
    mappings: list[SssomMapping] = Field(default_factory=list)
    unknown_slots: list[Words] = Field(
        default_factory=list,
        description="columns and header keys that are neither slots nor declared extensions: not kept",
    )


class MappingSet(Outgoing):
    key: Key
    """Names the set here, e.g. `ccm-synergies`."""
    mapping_set_id: str
    """Names the set everywhere: its URI."""
    title: str | None
    description: str | None
    version: str | None
    license: str
    mappings: int
    """How many mappings the set has, whatever their status."""
    unknown_slots: list[str]
    """What was read with the set and not kept."""


class KeptMapping(Outgoing):
    """A mapping that stands instead of what the document says: decided on here, or bound to one that was."""

    id: UUID
    subject: str
    object: str
    relation: RelationName | None
    status: MappingStatus


class BroughtSet(MappingSet):
    """A mapping set as it is after it was brought."""

    kept: list[KeptMapping]
    """Decided on here, or in a joint group with what was, and not as the document has it: they stand,
    unless `If-Match` was sent."""


class Mapping(Outgoing):
    """`subject` stands in `relation` to `object`: `subset` says that the subject lies within the object."""

    id: UUID
    etag: str
    """For `If-Match`, as the header of the single mapping has it."""
    set: Key
    subject: str
    relation: RelationName | None
    """Null where the mapping states that there is no counterpart."""
    object: str
    """`sssom:NoTermFound`, here or as subject, where there is no counterpart."""
    absent_from: str | None
    """The framework in which there is no counterpart, if that is what the mapping states; null: in any."""
    joint_group: str | None
    """Mappings of a set that share it: their provisions together equal what they lie within."""
    predicate_id: Predicate
    predicate_modifier: Literal["Not"] | None
    rationale: Rationale | None
    confidence: float | None
    """0 to 1."""
    justification: Justification
    author: list[str]
    reviewer: list[str]
    reviewed_at: date | None
    reviewer_agreement: float | None
    """-1 (disagrees) to 1 (agrees)."""
    source: str | None
    """The document and paragraph that the mapping rests on."""
    status: MappingStatus
    dropped: list[str]
    """Which of its provisions the latest edition does not hold any more: nothing is inferred over it."""
    similarity_score: float | None
    match_string: list[str]
    """The words by which it was suggested."""
    comment: str | None


class MappingDraft(Incoming):
    """What an expert states: a relation between two provisions, or that there is no counterpart."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "subject": "ccm:art-5",
                    "relation": "subset",
                    "object": "crpd:art-26",
                    "rationale": "semantic",
                    "confidence": 0.7,
                    "source": "Working paper, para. 10(b)",
                },
                {"subject": "ccm:art-3", "absent_from": "cedaw", "comment": "Nothing on stockpiles."},
            ]
        }
    )

    subject: Reference
    relation: RelationName | None = None
    object: Reference | None = None
    absent_from: FrameworkKey | None = Field(
        None, description="instead of a relation: that this framework has no counterpart"
    )
    rationale: Rationale | None = None
    confidence: Share | None = None
    source: Words | None = Field(None, description="the document and paragraph that it rests on")
    comment: Words | None = None

    @model_validator(mode="after")
    def names_provisions(self) -> Self:
        if NO_TERM_FOUND in (self.subject, self.object):
            raise ValueError(f"{NO_TERM_FOUND} is no provision: give the framework it is absent from")
        return self

    @model_validator(mode="after")
    def is_not_of_a_provision_and_itself(self) -> Self:
        if self.subject == self.object or self.subject.partition(":")[0] == self.absent_from:
            raise PydanticCustomError("same_provision", "a provision is its own counterpart")
        return self

    @model_validator(mode="after")
    def states_one_thing(self) -> Self:
        related = (self.relation is not None, self.object is not None)
        if related not in ((True, True), (False, False)) or related[0] == (self.absent_from is not None):
            raise ValueError("give a relation and its object, or the framework it is absent from")
        return self


class MappingChange(Incoming):
    """A reviewer's word on a mapping: accept, reject or change it. What is left out stays."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"status": "accepted", "relation": "subset", "confidence": 0.7},
                {"status": "rejected", "comment": "A different duty.", "agreement": -1},
            ]
        }
    )

    status: Literal["accepted", "rejected", "deprecated"] | None = None
    relation: RelationName | None = None
    confidence: Share | None = None
    rationale: Rationale | None = None
    source: Words | None = None
    comment: Words | None = None
    agreement: Annotated[float, Field(ge=-1, le=1, allow_inf_nan=False)] | None = Field(
        None, description="how far the reviewer agrees: -1 to 1; by default 1 who accepts, -1 who rejects"
    )

    @model_validator(mode="after")
    def changes_something(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("name at least one thing to change")
        if any(getattr(self, name) is None for name in self.model_fields_set & {"status", "relation"}):
            raise ValueError("a mapping always has a status and a relation; null is not possible")
        return self


class ChainLink(Outgoing):
    mapping: UUID
    set: Key
    relation: RelationName
    """In the direction of the chain: the inverse of what is stated where the chain runs against it."""
    joint_group: str | None
    """The joint group of the set that it belongs to."""


class Counterpart(Outgoing):
    """A provision of another framework that one path of mappings leads to."""

    provision: Reference
    relation: RelationName | None
    """Of the provision asked about to this one; null when the chain proves none."""
    kind: PathKind
    confidence: float
    """The product along the chain, 0 to 1."""
    chain: list[ChainLink]


class NoCounterpart(Outgoing):
    """That a framework has no counterpart of the provision, by an accepted mapping."""

    to: str | None
    """The framework; null: there is none in any."""
    mapping: UUID
    set: Key


class Counterparts(Outgoing):
    items: list[Counterpart]
    no_counterpart: list[NoCounterpart]
