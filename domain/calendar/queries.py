"""Which entries calendars show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true, union_all
from sqlalchemy.orm import aliased

from domain.access import rules as access
from domain.calendar.models import Entry, Feed
from domain.errors import NotFound
from domain.people.models import CommitteeMember, Person

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession

PAST = timedelta(days=365)
"""How long what is over stays in calendars. What is overdue stays until it is done."""

DONE_TOGETHER = ("meeting", "milestone")
"""What the members of a committee have to do with; its action items are their owners'."""

DAY_BEGINS_FIRST, DAY_ENDS_LAST = timedelta(hours=14), timedelta(hours=12)
"""A day lasts from 14 hours before it begins in UTC, where it is first, until 12 hours after it has ended."""

Shown = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Extent:
    """What there is to show, without its being read: as long as the fingerprint is the same, it is too."""

    count: int
    latest_change: datetime | None
    fingerprint: str


def shown_by(feed: Feed, *, told: Select[UUID]) -> Shown:
    """What the feed's subject has to do with; `told` are the entries of which its person is reminded."""
    if feed.person is not None:
        ids = union_all(_owned_by(feed.person), _with_committees_of(feed.person), told)
        return Entry.id.in_(ids)
    if feed.committee is not None:
        return and_(Entry.committee == feed.committee, Entry.kind.in_(DONE_TOGETHER))
    if feed.framework is not None:
        return Entry.framework == feed.framework
    return everything()


def everything() -> Shown:
    return true()


def _owned_by(person: UUID) -> Select[UUID]:
    owned = aliased(Entry)
    return select(owned.id).where(owned.owner == person)


def _with_committees_of(person: UUID) -> Select[UUID]:
    """What committees do on the days on which the person belongs to them, wherever it is that day."""
    done = aliased(Entry)
    start = func.timezone("UTC", done.start)
    ended = CommitteeMember.until + timedelta(days=1) + DAY_ENDS_LAST
    return (
        select(done.id)
        .join(CommitteeMember, CommitteeMember.committee == done.committee)
        .where(
            CommitteeMember.person == person,
            done.kind.in_(DONE_TOGETHER),
            start >= CommitteeMember.since - DAY_BEGINS_FIRST,
            or_(CommitteeMember.until.is_(None), start < ended),
        )
    )


def seen_by(state: str) -> Shown:
    """What concerns the State or none, and what belongs to plans that it sees."""
    concerned = or_(Entry.state.is_(None), Entry.state == state)
    return or_(Entry.seen_by.contains([state]), and_(Entry.seen_by.is_(None), concerned))


def current(*, state: str | None, framework: str | None, now: datetime) -> Shown:
    """What is not long over; with `state`, nothing that concerns another State or that it does not see."""
    still_due = and_(Entry.status == "open", Entry.kind != "meeting")
    conditions = [or_(Entry.start >= now - PAST, still_due)]
    if state is not None:
        conditions.append(seen_by(state))
    if framework is not None:
        conditions.append(Entry.framework == framework)
    return and_(*conditions)


async def extent(session: AsyncSession, *shown: Shown) -> Extent:
    moment = func.extract("epoch", Entry.updated_at)
    each = func.hashtextextended(func.concat(Entry.id, ".", Entry.sequence, ".", moment), 0)
    found = select(func.count(), func.max(Entry.updated_at), func.coalesce(func.sum(each), 0)).where(*shown)
    count, latest, fingerprint = (await session.execute(found)).one()
    return Extent(count, latest, str(fingerprint))


async def entries(session: AsyncSession, *shown: Shown, limit: int) -> Sequence[Entry]:
    """In order of time."""
    rows = select(Entry).where(*shown).order_by(Entry.start, Entry.id).limit(limit)
    return (await session.scalars(rows)).all()


async def feed_by_token(session: AsyncSession, token: str, *, now: datetime) -> Feed | None:
    """The feed that the token opens; a revoked one, or that of a person who has left, opens no more."""
    there = or_(Person.left.is_(None), Person.left > now.date())
    found = select(Feed).outerjoin(Person, Person.id == Feed.person)
    return await session.scalar(
        found.where(Feed.digest == access.digest(token), Feed.revoked_at.is_(None), there)
    )


async def find_feed(
    session: AsyncSession, feed_id: UUID, *, state: str | None = None, lock: bool = False
) -> Feed:
    """The feed; with `state`, only if a key of that State made it."""
    wanted = select(Feed).where(Feed.id == feed_id, *_of_state(state))
    found = await session.scalar(wanted.with_for_update() if lock else wanted)
    if found is None:
        raise NotFound(f"There is no calendar feed {feed_id}.")
    return found


async def feeds(
    session: AsyncSession, *, state: str | None, before: UUID | None, limit: int
) -> Sequence[Feed]:
    """Newest first, revoked ones too."""
    rows = select(Feed).where(*_of_state(state)).order_by(Feed.id.desc()).limit(limit)
    if before is not None:
        rows = rows.where(Feed.id < before)
    return (await session.scalars(rows)).all()


def _of_state(state: str | None) -> list[Shown]:
    return [] if state is None else [Feed.state == state]
