"""Agendas are there before anybody asks for them: drafted some time before their meetings begin."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from domain.agendas import queries
from domain.agendas.actions.drafting import draft
from domain.meetings import queries as meetings

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


async def draft_ahead(session: AsyncSession, meeting_id: UUID, *, until: datetime, now: datetime) -> None:
    """Draft the agenda of a meeting that begins by `until`, unless it has one or takes place no more.

    Whoever drafts, edits or calls off at the same moment goes first or waits: it is looked at anew when the
    meeting is held.
    """
    meeting = await meetings.find(session, meeting_id, lock=True)
    if await queries.awaiting_agendas(session, only=meeting_id, until=until, now=now):
        await draft(session, meeting, now=now)
