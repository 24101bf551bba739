"""The handover pack of a mandate: all of it read in one go, as it was at one moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from domain.access.rules import Actor
from domain.agendas import shown, summary, work
from domain.agendas.wording import in_each, spoken
from domain.calendar.times import due_on
from domain.frameworks import queries as frameworks
from domain.handover import queries, rules, wording
from domain.meetings.models import Meeting
from domain.obligations import queries as obligations
from domain.people import queries as people
from domain.people.models import Person
from domain.plans import queries as plans
from domain.plans.models import Mandate, PlanItem
from domain.plans.rules import persons_of
from schemas import handover as shapes
from schemas.agendas import PaperLanguage
from schemas.assessments import Score
from schemas.plan_items import person_of
from schemas.plans import Mandate as MandateShape

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

MOST_COMMITTEES = 100


async def pack(
    session: AsyncSession, mandate_id: UUID, language: PaperLanguage, *, actor: Actor, now: datetime
) -> shapes.Handover:
    """For those who act for all States, for the States that hold the mandate and for those that take it over.

    It must be the first that the transaction does. Raises NotFound and Forbidden.
    """
    await queries.snapshot(session)
    mandate = await plans.find_mandate(session, mandate_id)
    successors = await queries.successors(session, mandate)
    today = await obligations.day_under(session, mandate.framework, now)
    rules.must_be_concerned(actor, mandate, successors, today)
    framework = await frameworks.find(session, mandate.framework)
    terms = await frameworks.find(session, mandate.terms)
    last = await queries.last_meeting(session, mandate.framework, actor=actor, now=now)
    items = await _activities(session, mandate)
    since = last.start if last is not None else None
    idle = [item for item in items if rules.is_idle(item, since)]
    calendar, is_cut = await _calendar(session, mandate.framework, language, actor=actor, now=now)
    return shapes.Handover(
        as_of=now,
        language=language,
        framework=framework.key,
        framework_title=spoken(framework.title, language),
        terms=terms.key,
        terms_title=spoken(terms.title, language),
        mandate=MandateShape.model_validate(mandate),
        in_force=rules.is_in_force(mandate.since, mandate.until, today),
        successors=[MandateShape.model_validate(one) for one in successors],
        activities=await _handed(session, items, idle, language),
        open_work=await _open_work(
            session, mandate.framework, idle, language, met=last is not None, actor=actor, now=now
        ),
        calendar=calendar,
        calendar_ends=calendar[-1].start if is_cut else None,
        holders=await _holders(session, mandate, language, now=now),
        committees=await _committees(session, mandate.framework, language, now=now),
        last_analysis=await _last_analysis(session, mandate.framework, last, language, actor=actor, now=now),
    )


async def _activities(session: AsyncSession, mandate: Mandate) -> list[PlanItem]:
    """The work that the terms ask for, without the headings above it."""
    return [item for item in await plans.items(session, mandate.carried_out) if item.counts]


async def _handed(
    session: AsyncSession, items: Sequence[PlanItem], idle: Iterable[PlanItem], language: PaperLanguage
) -> list[shapes.HandedActivity]:
    ids = {person for item in items for person in persons_of(item.responsible)}
    persons = await summary.persons_by_id(session, ids)
    idle_ones = {item.ref for item in idle}
    return [
        shapes.HandedActivity(
            ref=item.ref,
            title=spoken(item.title, language),
            status=item.status,
            responsible=[_name(entry, persons) for entry in item.responsible],
            due=item.due,
            note=item.note,
            idle=item.ref in idle_ones,
        )
        for item in items
    ]


def _name(responsible: str, persons: dict[UUID, Person]) -> str:
    person = person_of(responsible)
    return persons[person].name if person in persons else responsible


async def _open_work(
    session: AsyncSession,
    framework: str,
    idle: Sequence[PlanItem],
    language: PaperLanguage,
    *,
    met: bool,
    actor: Actor,
    now: datetime,
) -> list[shapes.OpenGroup]:
    """What all States owe: the mandate is about that. Of meetings, what the caller may see."""
    groups = [
        *await work.owed_by_states(session, framework, state=None, now=now),
        *await work.left_by_meetings(session, framework, actor=actor, now=now),
        *work.idle(idle, met=met),
    ]
    return [
        shapes.OpenGroup(
            kind=group.kind,
            title=spoken(group.title, language),
            source=group.source,
            items=[shown.open_thing(thing, language) for thing in group.below],
        )
        for group in groups
    ]


async def _calendar(
    session: AsyncSession, framework: str, language: PaperLanguage, *, actor: Actor, now: datetime
) -> tuple[list[shapes.Ahead], bool]:
    """In the order of time, with one line for each reporting cycle; and whether there is more to come."""
    entries = await queries.entries_ahead(session, framework, actor=actor, now=now)
    found = [shapes.Ahead.model_validate(entry) for entry in entries]
    for cycle, states in await queries.cycles_ahead(session, framework, now.date()):
        title = in_each(wording.CYCLE, {language: cycle.report}, period=cycle.period, count=states)
        found.append(
            shapes.Ahead(
                kind="reporting-cycle",
                title=title[language],
                start=due_on(cycle.due_on, cycle.time_zone)[0],
                due_on=cycle.due_on,
                time_zone=cycle.time_zone,
                path=f"/v1/frameworks/{framework}/reporting-cycles/{cycle.period}",
            )
        )
    found.sort(key=lambda ahead: (ahead.start, ahead.path))
    return found[: queries.MOST_AHEAD], len(found) > queries.MOST_AHEAD


async def _holders(
    session: AsyncSession, mandate: Mandate, language: PaperLanguage, *, now: datetime
) -> list[shapes.HolderContacts]:
    """Who has left is asked no more."""
    names = await queries.names_of(session, mandate.states)
    persons = await summary.persons_by_id(
        session, {person for holder in mandate.holders for person in holder.persons}
    )
    return [
        shapes.HolderContacts(
            state=holder.state,
            name=spoken(names[holder.state], language),
            role=holder.role,
            persons=[
                shapes.Contact.model_validate(persons[key])
                for key in holder.persons
                if persons[key].is_there(now.date())
            ],
        )
        for holder in mandate.holders
    ]


async def _committees(
    session: AsyncSession, framework: str, language: PaperLanguage, *, now: datetime
) -> list[shapes.CommitteeContacts]:
    """As they stand today; a member's role in the committee comes before their own."""
    committees = await people.committees(session, framework=framework, after=None, limit=MOST_COMMITTEES)
    return [
        shapes.CommitteeContacts(
            key=committee.key,
            title=spoken(committee.title, language),
            members=await _members(session, committee.key, now=now),
        )
        for committee in committees
    ]


async def _members(session: AsyncSession, committee: str, *, now: datetime) -> list[shapes.Contact]:
    day = now.date()
    present = {person.id for person in await people.members(session, committee, day)}
    memberships = await people.memberships(
        session, committee, as_of=day, state=None, after=None, limit=len(present) + MOST_COMMITTEES
    )
    found = [
        shapes.Contact.model_validate(member.of).model_copy(update={"role": member.role or member.of.role})
        for member in memberships
        if member.person in present
    ]
    return sorted(found, key=lambda contact: (contact.name, contact.id))


async def _last_analysis(
    session: AsyncSession,
    framework: str,
    last: Meeting | None,
    language: PaperLanguage,
    *,
    actor: Actor,
    now: datetime,
) -> shapes.LastAnalysis:
    assessments = await queries.published_last(session, framework)
    names = await queries.names_of(session, {assessment.state for assessment in assessments})
    figures = [
        shapes.PublishedFigures(
            id=assessment.id,
            submission=assessment.submission,
            state=assessment.state,
            name=spoken(names[assessment.state], language),
            period=assessment.period,
            rubric=assessment.rubric,
            levels=rules.counted(assessment.findings),
            score=_score(assessment.decided_score or assessment.score),
        )
        for assessment in assessments
    ]
    return shapes.LastAnalysis(
        meeting=(
            await summary.summary(session, last, language, actor=actor, now=now) if last is not None else None
        ),
        period=figures[0].period if figures else None,
        assessments=figures,
        total=rules.together(one.levels for one in figures),
    )


def _score(kept: dict[str, object] | None) -> Score | None:
    return Score.model_validate(kept) if kept is not None else None
