"""A draft of the report under another framework, from what this one says already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select

from domain.access.rules import Actor
from domain.assessments import queries as assessments
from domain.assessments.models import Finding
from domain.crosswalks import queries
from domain.crosswalks.passages import Place, Text, texts
from domain.crosswalks.quoting import Answer, homes, shared
from domain.frameworks import queries as frameworks
from domain.frameworks.models import Provision
from domain.submissions.models import Submission
from schemas.crosswalks import CrosswalkItem
from schemas.reuse import Basis, DraftSection, Heading, Quotation, QuotedElsewhere, Reuse, Supports

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
    quotations = await _quotations(session, submission, actor)
    offered = to in view.bound or all_frameworks
    derived = [CrosswalkItem.model_validate(item) for item in view.items.get(to, [])] if offered else []
    items = {item.provision: item for item in derived}
    sections = list(_sections(tree, items, quotations))
    answered = {section.provision for section in sections}
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
        languages=sorted({quotation.language for quotation in quotations.values()}),
        sections=sections,
        unanswered=[
            _heading(row) for row in tree if row.assessable and row.reference not in answered and offered
        ],
    )


def _sections(
    tree: Sequence[Provision], items: Mapping[str, CrosswalkItem], quotations: Mapping[str, Quotation]
) -> Iterator[DraftSection]:
    by_ref = {row.ref: row for row in tree}
    titles = {row.reference: row.title for row in tree}
    answers = {
        row.reference: Answer(row.themes, items[row.reference], _quoted(items[row.reference], quotations))
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
                **_placed(row, answers[row.reference], home, titles),
            )


def _quoted(item: CrosswalkItem, quotations: Mapping[str, Quotation]) -> list[Quotation]:
    return [quotations[evidence] for evidence in item.reuse if evidence in quotations]


def _placed(
    row: Provision, answer: Answer, home: Mapping[str, str], titles: Mapping[str, dict[str, str]]
) -> dict[str, Any]:
    """What is quoted on a provision, what shares most themes with it first; and where the rest is quoted."""
    own = [one for one in answer.quotations if home[one.evidence] == row.reference]
    others: dict[str, list[str]] = defaultdict(list)
    for one in answer.quotations:
        if home[one.evidence] != row.reference:
            others[home[one.evidence]].append(one.evidence)
    return {
        "quotations": sorted(own, key=lambda one: -shared(one, answer.themes)),
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


async def _quotations(session: AsyncSession, submission: Submission, actor: Actor) -> dict[str, Quotation]:
    """All evidence of the current assessment that the caller may read, by its id."""
    assessment_id = await assessments.current_id(session, submission, actor=actor)
    findings = await session.scalars(
        select(Finding).where(Finding.assessment_id == assessment_id).order_by(Finding.position)
    )
    names = {document.id: document.name for document in submission.documents}
    read = await texts(session, submission.id, submission.revision)
    found: dict[str, Quotation] = {}
    for finding in findings:
        if finding.decided_applicable:
            for item in finding.decided_evidence:
                quotation = found.setdefault(item["id"], _quotation(item, names, read))
                quotation.supports.append(Supports(criterion=finding.criterion, level=finding.decided_level))
    return found


def _quotation(item: Mapping[str, Any], names: Mapping[UUID, str], read: Mapping[Place, Text]) -> Quotation:
    document = UUID(item["document"]) if item["document"] else None
    text = read.get((document, item["section"]))
    passage = text.at(item["start"]) if text else None
    return Quotation(
        evidence=item["id"],
        document=document,
        name=names.get(document) if document else None,
        paragraph=passage.paragraph if passage else None,
        themes=passage.themes if passage else [],
        supports=[],
        **{name: item[name] for name in ("text", "language", "section", "page", "start", "end")},
    )
