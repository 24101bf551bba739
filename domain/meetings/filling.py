"""What a draft leaves out is filled in from the template of its kind. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from domain.errors import Invalid, Problem
from domain.meetings import workdays
from domain.meetings.kinds import KINDS, Kind
from schemas.meetings import MeetingDraft
from schemas.series import SeriesDraft


class Parent(Protocol):
    """The series beside which a meeting stands, or the meeting that it goes with."""

    @property
    def title(self) -> str: ...
    @property
    def framework(self) -> str: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def duration_minutes(self) -> int: ...
    @property
    def committee(self) -> str | None: ...


def series_facts(draft: SeriesDraft, followed: Parent | None) -> dict[str, Any]:
    """The columns of a series; raises Invalid, naming everything that nobody has said.

    A kind that is left out is stored as the first of all, but fills in nothing.
    """
    facts = draft.model_dump(exclude={"relative_to"})
    kind = KINDS[draft.kind] if "kind" in draft.model_fields_set else None
    _fill(facts, kind, followed)
    needed = {"title", "framework", "time_zone", "duration_minutes"}
    if draft.relative_to is None:
        needed |= {"rrule", "anchor"}
        facts["rrule"] = draft.rrule or (kind and kind.rrule)
    else:
        facts["follows"] = draft.relative_to.series
        facts["distance"] = draft.relative_to.model_dump(exclude={"series"})
    _refuse_missing(facts, needed)
    refuse_unknown_countries(facts["holidays"])
    return facts


def meeting_facts(draft: MeetingDraft, parent: Parent | None) -> dict[str, Any]:
    """The columns of a meeting except when it takes place; raises Invalid as `series_facts` does."""
    facts = draft.model_dump(exclude={"relative_to", "start", "companions"})
    kind = KINDS[draft.kind] if draft.kind else None
    _fill(facts, kind, parent)
    if draft.series is not None:
        facts["title"] = facts["title"] or (parent and parent.title)
        facts["kind"] = draft.kind or "additional"
    facts["kind"] = facts["kind"] or "other"
    _refuse_missing(facts, {"title", "framework", "time_zone", "duration_minutes"})
    return facts


def _fill(facts: dict[str, Any], kind: Kind | None, parent: Parent | None) -> None:
    """In this order: what is said, what the kind says, what holds of the meetings that it belongs to."""
    for name in ("framework", "duration_minutes"):
        facts[name] = facts[name] or (kind and getattr(kind, name)) or (parent and getattr(parent, name))
    facts["title"] = facts["title"] or (kind and kind.title["en"])
    facts["time_zone"] = facts["time_zone"] or (parent and parent.time_zone)
    facts["committee"] = facts["committee"] or (parent and parent.committee)


def _refuse_missing(facts: dict[str, Any], needed: set[str]) -> None:
    missing = sorted(name for name in needed if facts[name] is None)
    if missing:
        raise Invalid(
            f"Neither the request nor a template says: {', '.join(missing)}.",
            [Problem(f"/{name}", "missing", "Field required") for name in missing],
            code="validation-failed",
        )


def refuse_unknown_countries(holidays: Mapping[str, Any] | None) -> None:
    """Raises Invalid, naming each country whose holidays nobody here knows."""
    countries = holidays["countries"] if holidays else []
    unknown = workdays.unknown(countries)
    if unknown:
        raise Invalid(
            f"No holidays are known of {', '.join(unknown)}.",
            [
                Problem(
                    f"/holidays/countries/{countries.index(country)}",
                    "unknown-country",
                    f"`{country}` is no country or part of one with a calendar of holidays.",
                )
                for country in unknown
            ],
            code="unknown-country",
        )
