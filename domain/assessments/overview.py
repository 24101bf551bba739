"""Reads across reports: where reviews stand, what needs a person most, and how well proposals do."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, Row, ScalarSelect, Select, exists, false, func, select, tuple_

from domain.access.rules import Actor
from domain.assessments import agreement
from domain.assessments.agreement import Agreement, Pairs
from domain.assessments.confidence import DOUBTFUL
from domain.assessments.models import CONFIDENCE, Assessment, Finding, RubricEdition, Verdict
from domain.assessments.queries import readable_by, superseded
from domain.errors import NotFound
from domain.states.models import State
from domain.submissions import rules as submissions
from domain.submissions.models import Submission
from domain.submissions.queries import visible_to
from schemas.submissions import SubmissionStatus

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

AnyRow: TypeAlias = "Row[*tuple[Any, ...]]"


@dataclass(frozen=True, slots=True)
class Selection:
    """Of which reports; what is none leaves all in."""

    framework: str | None = None
    period: str | None = None
    state: str | None = None
    submission_status: SubmissionStatus | None = None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        wanted = (
            (Submission.framework, self.framework),
            (Submission.period, self.period),
            (Submission.state, self.state),
            (Submission.status, self.submission_status),
        )
        return [column == value for column, value in wanted if value is not None]

    def within(self, *statuses: SubmissionStatus) -> list[ColumnElement[bool]]:
        """The conditions, of reports in these statuses unless one was asked for."""
        usual = [] if self.submission_status else [Submission.status.in_(statuses)]
        return [*self.conditions, *usual]


NOT_WITHDRAWN = tuple(status for status in SubmissionStatus if status != SubmissionStatus.WITHDRAWN)


def _current(actor: Actor) -> tuple[ColumnElement[bool], ...]:
    """The latest assessment of each report's present revision, as far as the caller may read it."""
    return (
        visible_to(actor),
        readable_by(actor),
        Assessment.revision == Submission.revision,
        ~superseded(),
    )


def _count(*conditions: ColumnElement[bool]) -> ScalarSelect[int]:
    counted = select(func.count()).where(Finding.assessment_id == Assessment.id, *conditions)
    return counted.correlate(Assessment).scalar_subquery()


async def assessments(
    session: AsyncSession,
    selection: Selection,
    *,
    actor: Actor,
    status: str | None,
    obsolete: bool | None,
    before: UUID | None,
    limit: int,
) -> Sequence[AnyRow]:
    """The current ones, newest first, each with how far its review is; of withdrawn reports where asked."""
    rows = (
        select(
            *(getattr(Assessment, name) for name in SUMMARISED),
            Assessment.submission_id.label("submission"),
            Submission.state,
            Submission.framework,
            Submission.period,
            _count().label("criteria"),
            _count(Finding.decided.is_not(None)).label("decided"),
            _count(Finding.obsolete.is_(True)).label("obsolete"),
        )
        .join(Assessment.of)
        .where(*_current(actor), *selection.within(*NOT_WITHDRAWN))
        .order_by(Assessment.id.desc())
        .limit(limit)
    )
    if status is not None:
        rows = rows.where(Assessment.status == status)
    if obsolete is not None:
        outdated = exists().where(Finding.assessment_id == Assessment.id, Finding.obsolete)
        rows = rows.where(outdated if obsolete else ~outdated)
    if before is not None:
        rows = rows.where(Assessment.id < before)
    return (await session.execute(rows)).all()


SUMMARISED = (
    "id", "revision", "status", "rubric", "thesaurus", "engine", "languages", "score", "decided_score",
    "created",
)  # fmt: skip


async def findings(
    session: AsyncSession,
    selection: Selection,
    *,
    actor: Actor,
    criterion: str | None,
    status: str | None,
    obsolete: bool | None,
    doubtful: bool | None,
    disputed: bool | None,
    after: tuple[float, UUID] | None,
    limit: int,
) -> Sequence[AnyRow]:
    """Of current assessments, those first of which the engine is least sure; of what is under review,
    unless another status of reports is asked for.
    """
    rows = (
        select(
            *(getattr(Finding, name) for name in QUEUED),
            Finding.assessment_id.label("assessment"),
            Assessment.submission_id.label("submission"),
            Submission.state,
            Submission.framework,
            Submission.period,
            CONFIDENCE.label("place"),
        )
        .join(Finding.of)
        .join(Assessment.of)
        .where(*_current(actor), *selection.within(*submissions.UNDER_REVIEW))
        .order_by(CONFIDENCE, Finding.id)
        .limit(limit)
    )
    for column, wanted in (
        (Finding.criterion, criterion),
        (Finding.status, status),
        (Finding.obsolete, obsolete),
        (CONFIDENCE < DOUBTFUL, doubtful),
        (_disputed(), disputed),
    ):
        if wanted is not None:
            rows = rows.where(column == wanted)
    if after is not None:
        rows = rows.where(tuple_(CONFIDENCE, Finding.id) > after)
    return (await session.execute(rows)).all()


def _disputed() -> ColumnElement[bool]:
    """Whether the second opinion that was heard last differs from the proposal."""
    last = (
        select(Verdict.agrees)
        .where(Verdict.finding_id == Finding.id, Verdict.status != "asked")
        .order_by(Verdict.at.desc())
        .limit(1)
    )
    return func.coalesce(~last.scalar_subquery(), false())


QUEUED = (
    "id", "criterion", "level", "applicable", "status", "confidence", "doubts", "why", "obsolete",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decided:
    """Figures of agreement, over all and by what they may be told apart."""

    overall: Agreement
    criteria: dict[str, Agreement]
    editions: dict[str, Agreement]
    engines: dict[str, Agreement]
    languages: dict[str, Agreement]


async def agreement_under(
    session: AsyncSession,
    rubric: str,
    *,
    actor: Actor,
    edition: str | None,
    engine: str | None,
    language: str | None,
    framework: str | None,
) -> Decided:
    """How decisions agree with proposals, in what the caller may read.

    A decision counts where it was made, not where it was carried to. Sample States are not counted, nor
    what the engine did not assess.
    Raises NotFound for a rubric or edition that there is not.
    """
    await _must_exist(session, rubric, edition)
    pairs = _pairs(rubric, framework, actor).subquery()
    rows = select(*pairs.c, func.count().label("times")).group_by(*pairs.c).order_by(*pairs.c)
    for column, wanted in (
        (pairs.c.edition, edition),
        (pairs.c.engine, engine),
        (pairs.c.language, language),
    ):
        if wanted is not None:
            rows = rows.where(column == wanted)
    return _measured((await session.execute(rows)).all())


def _pairs(rubric: str, framework: str | None, actor: Actor) -> Select[*tuple[Any, ...]]:
    """What was proposed and what was decided, with what they are told apart by."""
    return (
        select(
            Finding.criterion,
            func.split_part(Assessment.rubric, "@", 2).label("edition"),
            Assessment.engine,
            func.coalesce(Assessment.languages[1], "und").label("language"),
            Finding.level,
            Finding.applicable,
            Finding.decided["level"].as_integer().label("decided_level"),
            Finding.decided["applicable"].as_boolean().label("decided_applicable"),
        )
        .join(Finding.of)
        .join(Assessment.of)
        .join(State, State.iso3 == Submission.state)
        .where(
            visible_to(actor),
            readable_by(actor),
            ~State.sample,
            func.split_part(Assessment.rubric, "@", 1) == rubric,
            Finding.decided.is_not(None),
            Finding.level.is_not(None) | ~Finding.applicable,
            Finding.decided["carried_from"].as_string().is_(None),
            *Selection(framework).conditions,
        )
    )


async def _must_exist(session: AsyncSession, rubric: str, edition: str | None) -> None:
    editions = set(await session.scalars(select(RubricEdition.edition).where(RubricEdition.key == rubric)))
    if not editions:
        raise NotFound(f"There is no rubric `{rubric}`.")
    if edition is not None and edition not in editions:
        raise NotFound(f"The rubric `{rubric}` has no edition `{edition}`.")


def _measured(rows: Sequence[AnyRow]) -> Decided:
    def by(name: str) -> dict[str, Agreement]:
        groups: dict[str, Pairs] = defaultdict(Counter)
        for row in rows:
            groups[getattr(row, name)][_pair(row)] += row.times
        return {value: agreement.measure(pairs) for value, pairs in sorted(groups.items())}

    overall: Pairs = Counter()
    for row in rows:
        overall[_pair(row)] += row.times
    return Decided(agreement.measure(overall), by("criterion"), by("edition"), by("engine"), by("language"))


def _pair(row: AnyRow) -> tuple[str, str]:
    return (
        agreement.category(row.level, row.applicable),
        agreement.category(row.decided_level, row.decided_applicable),
    )


async def awaiting_review(session: AsyncSession, framework: str) -> Sequence[AnyRow]:
    """Current assessments with findings that nobody has decided on, of all States, the oldest first: `id`,
    `submission`, `state`, `period`, `created`, and how many are `undecided`.
    """
    undecided = _count(Finding.decided.is_(None))
    rows = (
        select(
            Assessment.id,
            Assessment.submission_id.label("submission"),
            Submission.state,
            Submission.period,
            Assessment.created,
            undecided.label("undecided"),
        )
        .join(Assessment.of)
        .where(
            Submission.framework == framework,
            Submission.status == SubmissionStatus.ASSESSED,
            Assessment.revision == Submission.revision,
            ~superseded(),
            undecided > 0,
        )
        .order_by(Assessment.id)
    )
    return (await session.execute(rows)).all()
