"""A person's word on a provision, beside what is derived and never instead of it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert

from domain.access.rules import Actor
from domain.base import new_id
from domain.crosswalks import queries
from domain.crosswalks.models import CrosswalkOverride
from domain.errors import Invalid, NotFound, Problem
from domain.frameworks import queries as frameworks
from domain.submissions.models import Submission
from schemas.crosswalks import CrosswalkItem, Override, OverrideDraft

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def give(
    session: AsyncSession,
    submission: Submission,
    item: CrosswalkItem,
    draft: OverrideDraft,
    *,
    actor: Actor,
    now: datetime,
) -> CrosswalkItem:
    """Let the person's word hold, in the place of one given before; the item with it."""
    said = {
        "revision": submission.revision,
        "established": draft.established,
        "reason": draft.reason,
        "by": actor.name,
        "at": now,
        "derived_then": item.established,
    }
    place = {"submission_id": submission.id, "provision": item.provision}
    await session.execute(
        insert(CrosswalkOverride)
        .values(id=new_id(), key=actor.id, **place, **said)
        .on_conflict_do_update(index_elements=list(place), set_=said | {"key": actor.id})
    )
    return item.model_copy(update={"override": Override.model_validate(said | {"differs_now": False})})


async def take_back(session: AsyncSession, submission: Submission, item: CrosswalkItem) -> CrosswalkItem:
    """The item without the person's word. Raises NotFound where nobody has said anything."""
    if item.override is None:
        raise NotFound(f"Nobody has said anything about `{item.provision}`.", code="no-override")
    await session.execute(
        delete(CrosswalkOverride).where(
            CrosswalkOverride.submission_id == submission.id, CrosswalkOverride.provision == item.provision
        )
    )
    return item.model_copy(update={"override": None})


async def subject(
    session: AsyncSession, submission: Submission, reference: str, *, actor: Actor
) -> CrosswalkItem:
    """What there is to override: an assessable provision of another framework, mapped or not."""
    provision = await frameworks.provision(session, reference)
    if not provision.assessable or provision.framework == submission.framework:
        raise Invalid(
            f"`{reference}` is a heading, or of the report's own framework.",
            [Problem("/provision", "not-to-be-established", "A crosswalk says nothing about it.")],
            code="not-to-be-established",
        )
    try:
        return await queries.to_provision(session, submission, provision.reference, actor=actor)
    except NotFound:
        titles = {provision.reference: provision.title["en"]} if "en" in provision.title else {}
        return CrosswalkItem.model_validate(queries.nothing_derived(provision.reference, titles))
