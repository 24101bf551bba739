"""Asking States, and taking in what they answer; what is open is in the calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, NoReturn
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError

from domain.access.rules import Actor
from domain.assessments import queries as assessments
from domain.base import new_id
from domain.calendar.actions import due
from domain.calendar.models import Entry
from domain.calendar.times import due_on as moments_of
from domain.errors import Conflict, Forbidden, Invalid, NotFound, Problem
from domain.followup import queries, rules
from domain.followup.models import InformationRequest
from domain.frameworks import queries as frameworks
from domain.people import queries as people
from domain.reading.languages import by_function_words
from domain.reminders.announcing import announce
from domain.states import queries as states
from domain.states.models import State
from domain.submissions import queries as submissions
from domain.submissions.models import Submission
from schemas.followup import AnswerDraft, DraftingOrder, RequestChange, RequestDraft

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def draft(
    session: AsyncSession, wanted: RequestDraft, *, actor: Actor, now: datetime
) -> InformationRequest:
    """Keep what a State is to be asked; asked at once where the draft says so."""
    await _must_be_known(session, wanted.framework)
    await states.known(session, wanted.state)
    await _must_have_owner(session, wanted.owner)
    report = await _report(session, wanted, actor=actor)
    facts = wanted.model_dump(exclude={"status"})
    request = InformationRequest(
        id=new_id(), status="draft", revision=report.revision if report else None, **facts
    )
    _reckon(request)
    await _add_once(session, request)
    if wanted.status == "open":
        _ask(request, now=now)
    await _tell(session, request, now=now)
    return request


async def _must_be_known(session: AsyncSession, framework: str) -> None:
    try:
        await frameworks.find(session, framework)
    except NotFound as missing:
        problem = Problem("/framework", "unknown-framework", missing.message)
        raise Invalid(missing.message, [problem], code="unknown-framework") from None


async def _must_have_owner(session: AsyncSession, owner: UUID | None) -> None:
    if owner is not None:
        await people.known_person(session, owner, pointer="/owner")


async def _report(session: AsyncSession, wanted: RequestDraft, *, actor: Actor) -> Submission | None:
    """The submission that is asked about. Raises Invalid where it is of something else than the request."""
    if wanted.submission is None:
        if wanted.criterion is not None:
            _refuse("/submission", "submission-missing", "A criterion is one of a submission's assessment.")
        return None
    try:
        report = await submissions.find(session, wanted.submission, actor=actor)
    except NotFound as missing:
        _refuse("/submission", "unknown-submission", missing.message)
    if (report.framework, report.state) != (wanted.framework, wanted.state):
        _refuse("/submission", "other-submission", f"It is of {report.state} under `{report.framework}`.")
    criterion = wanted.criterion
    if criterion is not None and not await queries.is_judged_by(session, report.id, criterion):
        _refuse("/criterion", "unknown-criterion", f"No assessment of it has a criterion `{criterion}`.")
    return report


def _refuse(pointer: str, code: str, detail: str) -> NoReturn:
    raise Invalid(detail, [Problem(pointer, code, detail)], code=code)


async def _add_once(session: AsyncSession, request: InformationRequest) -> None:
    try:
        async with session.begin_nested():
            session.add(request)
    except IntegrityError:
        raise Conflict(
            f"A request on `{request.criterion}` of this submission is under way.",
            code="already-under-way",
            criterion=request.criterion,
        ) from None


async def draft_from_gaps(
    session: AsyncSession, submission_id: UUID, order: DraftingOrder, *, actor: Actor, now: datetime
) -> tuple[list[InformationRequest], int]:
    """A draft for each finding that leaves something to ask; all there are for the submission's present
    revision, and how many of them are new. Drafting twice leaves one each.

    Raises NotFound `not-assessed` while there is no assessment.
    """
    report = await submissions.find(session, submission_id, actor=actor, lock=True)
    await _must_have_owner(session, order.owner)
    assessment = await assessments.current(session, report, actor=actor)
    before = await queries.about(session, report.id)
    settled = {
        item.criterion
        for item in before
        if item.revision == report.revision or item.status in ("draft", "open", "answered")
    }
    new = [
        InformationRequest(
            id=new_id(),
            framework=report.framework,
            state=report.state,
            submission=report.id,
            revision=report.revision,
            criterion=finding.criterion,
            questions=[{"text": finding.gap, "language": by_function_words(finding.gap or "") or "en"}],
            status="draft",
            **order.model_dump(),
        )
        for finding in assessment.findings
        if rules.asks(finding) and finding.criterion not in settled
    ]
    for request in new:
        _reckon(request)
    session.add_all(new)
    await session.flush()
    kept = [item for item in before if item.revision == report.revision]
    return [*kept, *new], len(new)


async def change(
    session: AsyncSession, request: InformationRequest, wanted: RequestChange, *, actor: Actor, now: datetime
) -> None:
    """Ask, answer, accept, withdraw, or say otherwise what is asked and by when."""
    actor.must_write_for(request.state)
    if wanted.answer is not None:
        await _answer(session, request, wanted.answer, actor=actor, now=now)
    else:
        _must_be_for_all(actor)
        await _alter(session, request, wanted, now=now)
    request.updated_at = func.now()
    await _tell(session, request, now=now)


def _must_be_for_all(actor: Actor) -> None:
    if actor.state is not None:
        raise Forbidden(
            f"This key answers for {actor.state}; what is asked is not for it to say.",
            code="other-state",
            state=actor.state,
        )


async def _alter(
    session: AsyncSession, request: InformationRequest, wanted: RequestChange, *, now: datetime
) -> None:
    facts = wanted.given(without={"status", "answer"})
    if facts and request.status not in ("draft", "open", "answered"):
        raise Conflict(
            f"A request that is {request.status} is not changed.",
            code="wrong-status",
            request_status=request.status,
        )
    if "questions" in facts and request.status != "draft":
        raise Conflict(
            "What has been asked stays as it was asked.", code="already-asked", request_status=request.status
        )
    await _must_have_owner(session, facts.get("owner"))
    for name, value in facts.items():
        setattr(request, name, value)
    _reckon(request)
    if wanted.status == "open":
        _ask(request, now=now)
    elif wanted.status is not None:
        request.status = rules.move(request.status, wanted.status)
    elif "due_on" in facts and request.status == "open":
        _must_lie_ahead(request, now=now)


def _reckon(request: InformationRequest) -> None:
    """When the day on which it is due is over."""
    day = request.due_on
    request.over = moments_of(day, request.time_zone)[1] if day is not None else None


def _ask(request: InformationRequest, *, now: datetime) -> None:
    request.status = rules.move(request.status, "open")
    today = _must_lie_ahead(request, now=now)
    request.asked_on = request.asked_on or today


def _must_lie_ahead(request: InformationRequest, *, now: datetime) -> date:
    """Today, where answers are due. Raises Invalid without a day for the answer, or with one that is over."""
    today = now.astimezone(ZoneInfo(request.time_zone)).date()
    if request.due_on is None:
        _refuse("/due_on", "due-missing", "Whoever is asked needs to know by when.")
    if request.due_on < today:
        _refuse("/due_on", "due-in-the-past", f"Today is {today}.")
    return today


async def _answer(
    session: AsyncSession, request: InformationRequest, answer: AnswerDraft, *, actor: Actor, now: datetime
) -> None:
    request.status = rules.move(request.status, "answered")
    if answer.revision is not None:
        filed = await session.get(Submission, request.submission) if request.submission else None
        if filed is None or answer.revision > filed.revision:
            _refuse("/answer/revision", "unknown-revision", "The submission has no such revision.")
    request.answer = answer.model_dump() | {"by": actor.name, "at": now.isoformat()}


async def _tell(session: AsyncSession, request: InformationRequest, *, now: datetime) -> None:
    """Write it, and have the calendar say the same; drafts are in no calendar."""
    await session.flush()
    await session.refresh(request)
    day = request.due_on
    if day is None or (request.status != "open" and await session.get(Entry, request.id) is None):
        return
    state = await session.get_one(State, request.state)
    stands = {"open": "open", "withdrawn": "cancelled"}.get(request.status, "done")
    await announce(
        session,
        due(
            id=request.id,
            kind="information-request",
            title=rules.title(state.name.get("en", state.iso3), request.questions[0]["text"]),
            day=day,
            time_zone=request.time_zone,
            path=f"/v1/information-requests/{request.id}",
            framework=request.framework,
            state=request.state,
            owner=request.owner,
            status=stands,
            reason=None if request.status == "open" else request.status,
        ),
        now=now,
    )
