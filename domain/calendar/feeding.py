"""Feeds of the calendar, made and revoked."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import TYPE_CHECKING

from domain.access.rules import Actor, digest
from domain.base import new_id
from domain.calendar.models import Feed
from domain.people import queries as people
from schemas.calendar import FeedDraft

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def open_feed(session: AsyncSession, draft: FeedDraft, *, actor: Actor) -> tuple[Feed, str]:
    """A new feed and its token, which is not kept and cannot be shown again.

    Of a key that is bound to a State it shows nothing that concerns another one. The framework of a
    feed must be one that is known.
    """
    subject = draft.subject
    if subject.id is not None:
        await people.known_person(session, subject.id, state=actor.state, pointer="/subject/id")
    elif subject.kind == "committee":
        await people.known_committee(session, subject.key or "", pointer="/subject/key")
    token = secrets.token_urlsafe(32)
    feed = Feed(
        id=new_id(),
        digest=digest(token),
        kind=subject.kind,
        person=subject.id,
        committee=subject.key if subject.kind == "committee" else None,
        framework=subject.key if subject.kind == "framework" else None,
        state=actor.state,
        alarms=draft.alarms,
        deadlines=draft.deadlines,
        language=draft.language,
        made_by=actor.name,
    )
    session.add(feed)
    await session.flush()
    await session.refresh(feed)
    return feed, token


def revoke(feed: Feed, *, now: datetime) -> None:
    """From now on the address opens nothing. Revoking twice keeps the first moment."""
    feed.revoked_at = feed.revoked_at or now
