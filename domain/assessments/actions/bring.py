"""Rubrics and thesauri come in. Their editions are immutable."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel
from sqlalchemy import select

from domain.assessments import queries, rules
from domain.assessments.actions.renewal import retire_outdated
from domain.assessments.models import RubricEdition, ThesaurusEdition
from domain.base import new_id
from domain.errors import Conflict, Invalid, NotFound, Problem
from domain.frameworks import editions
from domain.frameworks import queries as frameworks
from domain.reading.lexicon import Lexicon
from schemas.rubrics import Rubric
from schemas.thesauri import Thesaurus

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

Outcome = Literal["created", "unchanged"]


def _fingerprint(document: BaseModel) -> str:
    canonical = json.dumps(document.model_dump(mode="json"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _same(name: str, before: str, mark: str) -> Outcome:
    if before != mark:
        raise Conflict(f"{name} is in use; a changed document needs a new edition.", code="edition-published")
    return "unchanged"


async def bring_rubric(session: AsyncSession, rubric: Rubric) -> tuple[RubricEdition, Outcome]:
    """A rubric edition, immutable; what was proposed by older ones becomes obsolete.

    Raises Invalid with every provision and concept that it names in vain. It may
    name what an earlier edition of a framework held: rubrics outlive editions.
    """
    mark = _fingerprint(rubric)
    before = await session.scalar(
        select(RubricEdition).where(RubricEdition.key == rubric.key, RubricEdition.edition == rubric.edition)
    )
    if before is not None:
        return before, _same(f"Edition {rubric.edition} of `{rubric.key}`", before.fingerprint, mark)
    dangling = await _named_in_vain(session, rubric)
    if dangling:
        raise Invalid("The rubric names what does not exist.", dangling, code="invalid-rubric")
    edition = RubricEdition(
        id=new_id(),
        key=rubric.key,
        edition=rubric.edition,
        framework=rubric.framework,
        document=rubric.model_dump(mode="json"),
        fingerprint=mark,
    )
    session.add(edition)
    await session.flush()
    await retire_outdated(session)
    return edition, "created"


async def _named_in_vain(session: AsyncSession, rubric: Rubric) -> list[Problem]:
    known = {*await frameworks.assessable(session), *await editions.dropped(session)}
    thesaurus = await queries.latest_thesaurus(session)
    lexicon = Lexicon(Thesaurus.model_validate(thesaurus.document))
    return (
        await _unknown_framework(session, rubric)
        + [
            Problem(
                f"/criteria/{number}/provisions",
                "dangling-reference",
                f"There is no provision `{reference}`.",
            )
            for number, criterion in enumerate(rubric.criteria)
            for reference in criterion.provisions
            if reference not in known
        ]
        + [
            Problem("/criteria", "unknown-concept", f"Thesaurus {thesaurus.key} has no concept `{key}`.")
            for key in rules.unknown_concepts(rubric, lexicon)
        ]
    )


async def _unknown_framework(session: AsyncSession, rubric: Rubric) -> list[Problem]:
    try:
        await frameworks.find(session, rubric.framework)
    except NotFound as refusal:
        return [Problem("/framework", "unknown-framework", refusal.message)]
    return []


async def bring_thesaurus(session: AsyncSession, thesaurus: Thesaurus) -> Outcome:
    """A thesaurus edition, immutable; what was proposed by older ones becomes obsolete."""
    mark = _fingerprint(thesaurus)
    before = await session.get(ThesaurusEdition, thesaurus.key)
    if before is not None:
        return _same(f"Thesaurus {thesaurus.key}", before.fingerprint, mark)
    document = thesaurus.model_dump(mode="json")
    session.add(ThesaurusEdition(key=thesaurus.key, document=document, fingerprint=mark))
    await session.flush()
    await retire_outdated(session)
    return "created"
