from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, lateral, or_, select, true
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import contains_eager

from domain.errors import Invalid, NotFound, Problem
from domain.frameworks import queries as frameworks
from domain.frameworks.models import Edition, Indicator
from domain.frameworks.rules import split_reference
from domain.indicators.codes import MISSING
from domain.indicators.measuring.progress import progress
from domain.indicators.models import Observation, Series
from domain.indicators.periods import LAST_DAY, Period
from domain.indicators.printed import EXACT
from domain.indicators.queries import measure
from domain.plans.models import Plan
from domain.progress import rules
from domain.progress.models import AgreedTerms, AssignedProgress
from domain.progress.rules import Measured

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

Row = TypeVar("Row", AgreedTerms, AssignedProgress)
FORECAST = "F"
"""Status of a value that nobody has observed yet."""

MOST_VALUES = 10_000
"""Of all indicators whose progress is asked for at once."""

BY_SEX = [{rules.SEX: part} for part in sorted(rules.PARTS | rules.OTHERS)]
VALUE = (
    Observation.starts,
    Observation.ends,
    Observation.status,
    Observation.value,
    Observation.unit_multiplier,
    Observation.said,
    Observation.proxy,
)
"""What a value consists of, as far as it is computed with."""


class Interval(NamedTuple):
    """Periods that begin no earlier and end no later; None: however early or late."""

    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose progress is asked for: that of a plan, or of a State whatever it plans."""

    plan: Plan | None = None
    state: str | None = None

    @property
    def area(self) -> str:
        """Where values are observed: in the State, or the area that has the owner's name as its code."""
        return self.state or (self.plan.state or self.plan.owner if self.plan else "")

    @property
    def joint(self) -> bool:
        """Whether values are of several countries together: the owner of the plan is no State."""
        return self.state is None and self.plan is not None and self.plan.state is None

    @property
    def during(self) -> Period | None:
        """Of the plan; without an end that is set, whatever is observed from its first day on."""
        return Period(self.plan.start, self.plan.end or LAST_DAY) if self.plan else None

    @property
    def columns(self) -> Mapping[str, UUID | str | None]:
        return {"plan_id": self.plan.id if self.plan else None, "state": self.state}

    def of(self, table: type[Row]) -> ColumnElement[bool]:
        return table.plan_id == self.plan.id if self.plan else table.state == self.state


async def indicator(session: AsyncSession, reference: str, subject: Subject) -> Indicator:
    """In the edition that the plan carries out; one of another framework in its latest edition."""
    framework, _, edition = split_reference(reference)
    if edition is None and subject.plan is not None and subject.plan.framework == framework:
        reference = f"{reference}@{subject.plan.edition}"
    return await frameworks.indicator(session, reference)


async def indicators_of(
    session: AsyncSession, plan: Plan, *, after: int | None, limit: int
) -> Sequence[Indicator]:
    """Those of the edition that the plan carries out, in reading order."""
    of = await frameworks.edition(session, plan.framework, plan.edition)
    rows = (
        select(Indicator)
        .join(Indicator.of)
        .where(Edition.id == of.id, true() if after is None else Indicator.position > after)
        .options(contains_eager(Indicator.of))
        .order_by(Indicator.position)
        .limit(limit)
    )
    return (await session.scalars(rows)).all()


async def progress_of(
    session: AsyncSession, indicators: Sequence[Indicator], subject: Subject, *, as_of: date | None
) -> list[dict[str, Any]]:
    """How far each indicator is, with what was agreed and assigned."""
    references = [one.reference for one in indicators]
    measured = await _measured(session, indicators, subject, as_of=as_of)
    agreed = {row.indicator: row for row in await _latest(session, AgreedTerms, subject, references)}
    assigned = await _assigned(session, subject, references, as_of=as_of)
    return [
        _answer(one, subject, agreed.get(one.reference), measured[one.reference])
        | {"as_of": as_of, "assigned": assigned.get(one.reference)}
        for one in indicators
    ]


def _answer(
    one: Indicator, subject: Subject, terms: AgreedTerms | None, values: Sequence[Measured]
) -> dict[str, Any]:
    totals = rules.totals(values, additive=measure(one.kind, one.unit).additive)
    parts = [value.period for value in values if value.breakdown]
    of = rules.definition(one, terms, joint=subject.joint)
    found = progress(of, totals, subject.during, parts=parts)
    return rules.shown(found) | {
        "indicator": one.reference,
        "title": one.title,
        "edition": one.edition,
        "plan": subject.plan.id if subject.plan else None,
        "state": subject.state or (subject.plan.state if subject.plan else None),
        "area": subject.area,
        "terms": terms,
    }


async def _measured(
    session: AsyncSession, indicators: Sequence[Indicator], subject: Subject, *, as_of: date | None
) -> Mapping[str, list[Measured]]:
    """What was observed and counts: totals, and women, men and others where those make a total.

    Where they do not and there is no total, one value of each: that there were parts is said. Raises Invalid
    for more than `MOST_VALUES`.
    """
    additive = {one.reference for one in indicators if measure(one.kind, one.unit).additive}
    references = {one.reference for one in indicators}
    adds_up = and_(Series.indicator.in_(additive), Series.breakdown.in_(BY_SEX))
    rows = (
        select(Series.indicator, Series.breakdown, *VALUE)
        .join(Observation, Observation.series == Series.id)
        .where(Series.indicator.in_(references), Series.area == subject.area)
        .where(or_(Series.breakdown == {}, adds_up), *_counting(subject, as_of))
        .limit(MOST_VALUES + 1)
    )
    found: defaultdict[str, list[Measured]] = defaultdict(list)
    values = (await session.execute(rows)).all()
    advice = "ask for fewer indicators at once, or as of an earlier day"
    _must_be_at_most(MOST_VALUES, len(values), pointer="?as_of", advice=advice)
    for row in values:
        found[row.indicator].append(_value(row))
    for row in await _parts(session, references - additive - found.keys(), subject, as_of=as_of):
        found[row.indicator].append(_value(row))
    return found


def _counting(subject: Subject, as_of: date | None) -> list[ColumnElement[bool]]:
    """What progress is computed from: neither missing nor foreseen, and of the period of the plan."""
    counting: list[ColumnElement[bool]] = [Observation.status.not_in([*MISSING, FORECAST])]
    if as_of is not None:
        counting.append(Observation.ends <= as_of)
    if subject.during is not None:
        counting += [Observation.starts <= subject.during.ends, Observation.ends >= subject.during.starts]
    return counting


async def _parts(
    session: AsyncSession, references: Collection[str], subject: Subject, *, as_of: date | None
) -> Sequence[Any]:
    """One value of each series by sex."""
    one = lateral(select(*VALUE).where(Observation.series == Series.id, *_counting(subject, as_of)).limit(1))
    rows = (
        select(Series.indicator, Series.breakdown, *one.c)
        .join(one, true())
        .where(Series.area == subject.area, Series.indicator.in_(references))
        .where(Series.breakdown.in_(BY_SEX))
    )
    return (await session.execute(rows)).all()


async def _latest(
    session: AsyncSession, table: type[Row], subject: Subject, references: Collection[str]
) -> Sequence[Row]:
    """What was stated last about each indicator, for each period where it is about periods."""
    each = [table.indicator, *([AssignedProgress.period] if table is AssignedProgress else [])]
    rows = (
        select(table)
        .where(subject.of(table), table.indicator.in_(references))
        .ext(distinct_on(*each))
        .order_by(*each, table.number.desc())
    )
    return (await session.scalars(rows)).all()


async def _assigned(
    session: AsyncSession, subject: Subject, references: Collection[str], *, as_of: date | None
) -> dict[str, AssignedProgress]:
    """By indicator, for the latest period for which it was and not withdrawn."""
    stated = await _latest(session, AssignedProgress, subject, references)
    standing = [row for row in stated if row.status is not None and (as_of is None or row.ends <= as_of)]
    return {row.indicator: row for row in sorted(standing, key=lambda row: (row.ends, row.at))}


async def current(
    session: AsyncSession, table: type[Row], subject: Subject, reference: str, *, period: str | None = None
) -> Row | None:
    """What was stated last."""
    rows = select(table).where(subject.of(table), table.indicator == reference)
    if period is not None:
        rows = rows.where(AssignedProgress.period == period)
    found: Row | None = await session.scalar(rows.order_by(table.number.desc()).limit(1))
    return found


async def must_be_current(
    session: AsyncSession, table: type[Row], subject: Subject, reference: str, *, period: str | None = None
) -> Row:
    found = await current(session, table, subject, reference, period=period)
    if found is None:
        raise NotFound(f"Nothing was stated here about `{reference}`.", reference=reference)
    return found


async def history(
    session: AsyncSession,
    table: type[Row],
    subject: Subject,
    reference: str,
    *,
    before: UUID | None,
    limit: int,
) -> Sequence[Row]:
    """All that was stated, the latest first."""
    rows = select(table).where(subject.of(table), table.indicator == reference)
    if before is not None:
        rows = rows.where(table.id < before)
    return (await session.scalars(rows.order_by(table.id.desc()).limit(limit))).all()


async def values_of(
    session: AsyncSession, reference: str, area: str, *, by: str | None, during: Interval, most: int
) -> list[Measured]:
    """What was observed in an area, in the order of time: totals, by sex, and by one more concept.

    Missing values are among them, without number or text; forecasts are not. Raises Invalid for more than
    `most`.
    """
    concepts = sorted({rules.SEX, by or rules.SEX})
    one_of_them = [
        func.jsonb_exists(Series.breakdown, concept) & (Series.breakdown.op("-")(concept) == {})
        for concept in concepts
    ]
    rows = (
        select(Series.breakdown, *VALUE)
        .join(Observation, Observation.series == Series.id)
        .where(Series.indicator == reference, Series.area == area)
        .where(or_(Series.breakdown == {}, *one_of_them))
        .where(Observation.status != FORECAST)
        .where(true() if during.starts is None else Observation.starts >= during.starts)
        .where(true() if during.ends is None else Observation.ends <= during.ends)
        .order_by(Observation.ends, Observation.starts, Series.id)
        .limit(most + 1)
    )
    found = (await session.execute(rows)).all()
    _must_be_at_most(most, len(found), pointer="?from", advice="ask for fewer periods")
    return [_value(row) for row in found]


def _must_be_at_most(most: int, found: int, *, pointer: str, advice: str) -> None:
    if found > most:
        detail = f"There are more than {most:,} values; {advice}."
        raise Invalid(detail, [Problem(pointer, "too-many-values", detail)], code="too-many-values")


def _value(row: Any) -> Measured:
    period = Period(row.starts, row.ends)
    if row.status in MISSING:
        return Measured(row.breakdown, period, None, None)
    number = None if row.value is None else EXACT.scaleb(row.value, row.unit_multiplier or 0)
    return Measured(row.breakdown, period, number, row.said, row.status, row.proxy)
