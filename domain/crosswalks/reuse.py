"""A draft of the report under another framework, from what this one says already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from sqlalchemy import select

from domain.access.rules import Actor
from domain.assessments import queries as assessments
from domain.assessments.models import Finding
from domain.crosswalks import evidence, queries
from domain.crosswalks.evidence import Recognised
from domain.crosswalks.fitting import Asked, Piece, asked, unrecognised
from domain.crosswalks.passages import Place, Text, texts
from domain.crosswalks.quoting import Answer, apart, homes, is_gap, shared
from domain.frameworks import queries as frameworks
from domain.frameworks.models import Provision
from domain.mappings.rules import Relation, compose_all
from domain.submissions.models import Submission
from schemas.crosswalks import CrosswalkItem
from schemas.reuse import (
    Basis,
    DraftSection,
    Heading,
    Quotation,
    QuotedApart,
    QuotedElsewhere,
    Reuse,
    Supports,
)

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def draft(
    session: AsyncSession, submission: Submission, to: str, *, actor: Actor, all_frameworks: bool
) -> Reuse:
    """Sections of the other report in the order of its framework; none when it does not bind the State,
    unless all is asked.
    """
    framework, edition = await frameworks.find(session, to), await frameworks.edition(session, to)
    view = await queries.view(session, submission, actor=actor, to=to)
    tree = await frameworks.provisions(session, edition)
    report = await _reported(session, submission, actor)
    shown = view.shown(to, all_frameworks=all_frameworks)
    items = {item.provision: item for item in map(CrosswalkItem.model_validate, shown)}
    unmapped = set(view.unmapped(to, all_frameworks=all_frameworks))
    free = [row for row in tree if row.reference in unmapped]
    asked_of = _asked(tree, await frameworks.subject_themes(session))
    return Reuse(
        submission=submission.id,
        revision=submission.revision,
        framework=submission.framework,
        state=submission.state,
        period=submission.period,
        to=to,
        edition=edition.key,
        title=framework.title,
        party=to in view.bound,
        stale=view.stale,
        languages=sorted({quotation.language for quotation in report.quotations.values()}),
        sections=list(_sections(tree, items, report, asked_of)),
        apart=list(_apart(report, items.values(), free, asked_of)),
        unanswered=[_heading(row) for row in free],
    )


def _sections(
    tree: Sequence[Provision],
    items: Mapping[str, CrosswalkItem],
    report: _Report,
    asked_of: Mapping[str, Asked],
) -> Iterator[DraftSection]:
    by_ref = {row.ref: row for row in tree}
    titles = {row.reference: row.title for row in tree}
    answers = {
        row.reference: Answer(
            row.themes, items[row.reference], _quoted(items[row.reference], report.quotations)
        )
        for row in tree
        if row.reference in items
    }
    home = homes(answers)
    for row in tree:
        if row.reference in answers:
            item = answers[row.reference].item
            yield DraftSection(
                provision=row.reference,
                title=row.title,
                under=[_heading(above) for above in _above(row, by_ref)],
                established=item.established,
                basis=basis_of(item),
                statement=item.statement,
                override=item.override,
                unrecognised=_unrecognised(item, asked_of.get(row.reference, Asked()), report),
                unfitting=[one for one in report.behind([item]) if one not in item.reuse],
                **_placed(row, answers[row.reference], home, titles),
            )


def _unrecognised(item: CrosswalkItem, provision: Asked, report: _Report) -> list[str]:
    """Nothing, too, where everything fits, for something that was reported on asks for the same."""
    for path in item.paths:
        same = compose_all([Relation(relation) for relation in path.relations])
        if path.jointly is None and same in (Relation.EQUAL, Relation.EQUIVALENT):
            return []
    crossing = {criterion for path in item.paths for criterion in path.from_findings}
    criteria = [report.recognised.criteria[criterion] for criterion in crossing]
    return unrecognised(provision, report.recognised.subjects, criteria)


def _quoted(item: CrosswalkItem, quotations: Mapping[str, Quotation]) -> list[Quotation]:
    return [quotations[evidence] for evidence in item.reuse if evidence in quotations]


def _placed(
    row: Provision, answer: Answer, home: Mapping[str, str], titles: Mapping[str, dict[str, str]]
) -> dict[str, Any]:
    """What is quoted on a provision, what shares most themes with it first, stated gaps last; and where the
    rest is quoted.
    """
    own = [one for one in answer.quotations if home[one.evidence] == row.reference]
    others: dict[str, list[str]] = defaultdict(list)
    for one in answer.quotations:
        if home[one.evidence] != row.reference:
            others[home[one.evidence]].append(one.evidence)
    return {
        "quotations": sorted(own, key=lambda one: (is_gap(one), -shared(one, answer.themes))),
        "elsewhere": [
            QuotedElsewhere(provision=provision, title=titles[provision], evidence=evidence)
            for provision, evidence in others.items()
        ],
    }


def _above(row: Provision, by_ref: Mapping[str, Provision]) -> list[Provision]:
    """What it stands under, outermost first."""
    above: list[Provision] = []
    while row.parent is not None:
        row = by_ref[row.parent]
        above.insert(0, row)
    return above


def _heading(row: Provision) -> Heading:
    return Heading(provision=row.reference, title=row.title)


def basis_of(item: CrosswalkItem) -> Basis:
    """What the word on a provision rests on."""
    if item.override is not None:
        return "person"
    match item.established:
        case "conflict" | "indication":
            return item.established
        case "unknown":
            return "nothing"
        case _:
            return "proof"


class _Report(NamedTuple):
    """What there is to quote, by the id of the evidence."""

    quotations: Mapping[str, Quotation]
    pieces: Mapping[str, Sequence[Piece]]
    recognised: Recognised

    def behind(self, items: Collection[CrosswalkItem]) -> list[str]:
        """All that the findings rest on that cross to the items."""
        crossing = {criterion for item in items for path in item.paths for criterion in path.from_findings}
        return [
            evidence
            for evidence, quotation in self.quotations.items()
            if any(one.criterion in crossing for one in quotation.supports)
        ]


def _asked(tree: Sequence[Provision], subjects: frozenset[str]) -> dict[str, Asked]:
    themes = {row.reference: frozenset(row.themes) for row in tree if row.assessable}
    return asked(
        {reference: of & subjects for reference, of in themes.items()},
        {reference: of - subjects for reference, of in themes.items()},
    )


def _apart(
    report: _Report,
    items: Collection[CrosswalkItem],
    free: Sequence[Provision],
    asked_of: Mapping[str, Asked],
) -> Iterator[QuotedApart]:
    """What stands behind the items and fits none."""
    placed = {evidence for item in items for evidence in item.reuse}
    rest = {one: report.pieces[one] for one in report.behind(items) if one not in placed}
    rows = {row.reference: row for row in free}
    addressed = next((one.addressed for one in asked_of.values()), frozenset[str]())
    for group in apart(rest, {ref: asked_of[ref] for ref in rows}, addressed):
        yield QuotedApart(
            reason=group.reason,
            near=[_heading(rows[reference]) for reference in group.near],
            quotations=[report.quotations[evidence] for evidence in group.evidence],
        )


async def _reported(session: AsyncSession, submission: Submission, actor: Actor) -> _Report:
    """All evidence of the current assessment that the caller may read."""
    assessment_id = await assessments.current_id(session, submission, actor=actor)
    findings = await session.scalars(
        select(Finding).where(Finding.assessment_id == assessment_id).order_by(Finding.position)
    )
    names = {document.id: document.name for document in submission.documents}
    read = await texts(session, submission.id, submission.revision)
    pieces = await _pieces(session, assessment_id)
    found: dict[str, Quotation] = {}
    for finding in findings:
        if finding.decided_applicable:
            for item in finding.decided_evidence:
                quotation = found.setdefault(item["id"], _quotation(item, names, read, pieces[item["id"]]))
                quotation.supports.append(Supports(criterion=finding.criterion, level=finding.decided_level))
    return _Report(found, pieces, await evidence.recognised(session, assessment_id))


async def _pieces(session: AsyncSession, assessment_id: UUID) -> dict[str, list[Piece]]:
    """What each piece of evidence is about, for each finding that rests on it."""
    pieces: dict[str, list[Piece]] = defaultdict(list)
    for finding in await evidence.reported(session, assessment_id):
        for quoted, piece in finding.evidence.items():
            pieces[quoted].append(piece)
    return pieces


def _quotation(
    item: Mapping[str, Any],
    names: Mapping[UUID, str],
    read: Mapping[Place, Text],
    pieces: Sequence[Piece],
) -> Quotation:
    document = UUID(item["document"]) if item["document"] else None
    text = read.get((document, item["section"]))
    passage = text.at(item["start"]) if text else None
    return Quotation(
        evidence=item["id"],
        document=document,
        name=names.get(document) if document else None,
        paragraph=passage.paragraph if passage else None,
        themes=sorted(frozenset().union(*(piece.about.subjects | piece.about.people for piece in pieces))),
        supports=[],
        **{name: item[name] for name in ("text", "language", "section", "page", "start", "end")},
    )
