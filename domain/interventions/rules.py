"""What the guide asks of a set-up and of data, and which reviews fall into the years of a plan. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, Protocol
from uuid import UUID

from domain.errors import Problem
from domain.interventions.marker import source_of
from schemas.interventions import (
    Check,
    Coverage,
    DataGaps,
    Forum,
    ForumReportDraft,
    Gap,
    GapCode,
    ObjectiveData,
    SetUpDraft,
)

CONSIDERED = {"existing-processes", "national-context", "institutional-capacities"}
WHO_BRINGS_GENDER = {1: {"gender-ministry"}, 2: {"gender-ministry", "gender-expertise"}}
"""By option: kinds of members of whom at least one must be in the body."""


class Review(NamedTuple):
    """A review under the Global Compact that comes back."""

    first: int
    every: int
    lasts: int
    """Over how many years one is held: the regions do not meet at the same time."""
    source: str
    prepared_by: tuple[str, ...]


_GCM = "Global Compact for Migration, follow-up and review, paragraph"
REVIEWS: Mapping[Forum, Review] = {
    "imrf": Review(2022, 4, 1, f"{_GCM} 49", ("s6.a1.m2", "s6.a2.m1", "s6.a2.m2", "s6.a2.m3")),
    "regional-review": Review(2020, 4, 2, f"{_GCM} 50", ("s6.a1.m2", "s6.a2.m1", "s6.a2.m2")),
    "secretary-general-report": Review(2020, 2, 1, f"{_GCM} 46", ("s6.a2.m4",)),
}


def checks(set_up: SetUpDraft) -> list[Check]:
    """What the guide asks of the option that was chosen."""
    kinds = {member.kind for member in set_up.members}
    wanted = WHO_BRINGS_GENDER[set_up.option]
    there = sorted(kinds & wanted)
    left = sorted(CONSIDERED - set(set_up.considered))
    return [
        _check(
            "gender-in-the-body",
            bool(there),
            f"A member is there of the kind {there[0]}."
            if there
            else f"None of {_words(wanted)} is a member.",
        ),
        _check(
            "context-considered",
            not left,
            f"Not said to have been considered: {_words(left)}." if left else "All three were considered.",
        ),
    ]


def _check(code: str, met: bool, why: str) -> Check:
    ref = "s1.a3.m1"
    return Check(code=code, met=met, why=why, provision=f"gcm-six-steps:{ref}", source=source_of(ref))


def _words(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


class Source(Protocol):
    """A source of data, as far as its gaps are concerned."""

    @property
    def id(self) -> UUID: ...
    @property
    def kind(self) -> str: ...
    @property
    def objectives(self) -> Sequence[str]: ...
    @property
    def expected(self) -> Sequence[str]: ...
    @property
    def disaggregations(self) -> Sequence[str]: ...
    @property
    def sex_is_required(self) -> bool | None: ...
    @property
    def is_protected(self) -> bool | None: ...


MUST_ASK_FOR_SEX = {"administrative-registry", "census"}


def gaps(source: Source) -> list[Gap]:
    """What a source lacks: breakdowns that are expected, and what the guide asks of it besides."""
    return [_gap(*gap) for gap in _lacks(source)]


def _lacks(source: Source) -> Iterator[tuple[GapCode, str, str | None]]:
    for name in source.expected:
        if name not in source.disaggregations:
            yield "missing-disaggregation", "s5.a2.m1", name
    if source.kind in MUST_ASK_FOR_SEX and not source.sex_is_required:
        unknown = source.sex_is_required is None
        yield "sex-required-unknown" if unknown else "sex-not-required", "s5.a2.m2", None
    if not source.is_protected:
        unknown = source.is_protected is None
        yield "protection-unknown" if unknown else "not-protected", "s3.a1.m3", None


def _gap(code: GapCode, ref: str, disaggregation: str | None) -> Gap:
    provision = f"gcm-six-steps:{ref}"
    return Gap(code=code, disaggregation=disaggregation, provision=provision, source=source_of(ref))


def mapped(plan: UUID, sources: Sequence[Source]) -> DataGaps:
    """What all sources of a plan show together."""
    wanted = sorted({name for source in sources for name in source.expected})
    objectives = sorted({objective for source in sources for objective in source.objectives})
    return DataGaps(
        plan=plan,
        sources=len(sources),
        disaggregations=[_coverage(name, sources) for name in wanted],
        objectives=[_known_of(objective, sources) for objective in objectives],
    )


def _coverage(name: str, sources: Sequence[Source]) -> Coverage:
    return Coverage(
        disaggregation=name,
        available_in=[source.id for source in sources if name in source.disaggregations],
        missing_in=[
            source.id for source in sources if name in source.expected and name not in source.disaggregations
        ],
    )


def _known_of(objective: str, sources: Sequence[Source]) -> ObjectiveData:
    about = [source for source in sources if objective in source.objectives]
    there = {name for source in about for name in source.disaggregations}
    wanted = {name for source in about for name in source.expected}
    return ObjectiveData(
        objective=objective,
        sources=[source.id for source in about],
        disaggregations=sorted(there),
        missing=sorted(wanted - there),
    )


def forums(start: date, end: date) -> list[tuple[int, Forum]]:
    """The reviews in the years of a period, in the order of the years."""
    return sorted(
        (year, forum)
        for forum, review in REVIEWS.items()
        for year in range(start.year, end.year + 1)
        if year >= review.first and (year - review.first) % review.every == 0
    )


def misdated(forum: Forum, year: int, said: ForumReportDraft, *, latest: date) -> Iterator[Problem]:
    """What cannot be: a forum outside its years, a report due before the year before, one from the future."""
    last = year + REVIEWS[forum].lasts - 1
    for name, day, first in (("on", said.on, year), ("due", said.due, year - 1)):
        if day is not None and not first <= day.year <= last:
            years = f"{first}" if first == last else f"{first} to {last}"
            yield Problem(f"/{name}", "another-year", f"{day} does not lie in {years}.")
    if said.submitted_on is not None and said.submitted_on > latest:
        yield Problem("/submitted_on", "day-in-the-future", f"{said.submitted_on} lies in the future.")


def on_time(report: Any) -> bool | None:
    """Whether a report was in by the day on which it was due; None while that cannot be said."""
    if report is None or report.submitted_on is None or report.due is None:
        return None
    return bool(report.submitted_on <= report.due)
