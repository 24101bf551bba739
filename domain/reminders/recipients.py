"""Who is meant by the recipients of a rule: persons, members of committees, owners, addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.calendar.models import Entry
from domain.errors import Invalid, NotFound, Problem
from domain.people import queries as people
from domain.people.models import Person
from domain.reminders.rules import WorkingHours, hours_of
from domain.reminders.webhooks import endpoints
from schemas.reminders import Recipient, ReminderRuleChange, ReminderRuleDraft

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is told, at an e-mail address or as a webhook."""

    address: str
    name: str | None = None
    language: str | None = None
    time_zone: str | None = None
    hours: WorkingHours | None = None
    person: UUID | None = None
    state: str | None = None
    left: date | None = None
    """From this day on, by their clocks, they are told nothing."""


def reader_of(person: Person) -> Reader:
    hours = hours_of(person.working_hours)
    return Reader(
        person.email,
        person.name,
        person.language,
        person.time_zone,
        hours,
        person.id,
        person.state,
        person.left,
    )


class Directory:
    """Looks each person and committee up once, for as long as it is kept: within one transaction."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session
        self._persons: dict[UUID, Person | None] = {}
        self._committees: dict[tuple[str, date], Sequence[Person]] = {}

    async def readers(self, recipients: Iterable[Mapping[str, Any]], entry: Entry) -> list[Reader]:
        """Who they are on the day of the thing, each address once: by itself where it is named so.

        A committee is as it is composed on that day, and nobody is told who will have left by then. A person
        of a State is told of what belongs to a plan only if the State sees it, they own it, or their
        committee meets.
        """
        day = entry.start.astimezone(ZoneInfo(entry.time_zone)).date()
        found: dict[str, Reader] = {}
        for recipient in sorted(recipients, key=_is_of_people):
            invited = entry.committee is not None and recipient.get("committee") == entry.committee
            for reader in await self._named(recipient, entry, day):
                if not (invited or _sees(reader, entry)):
                    continue
                found.setdefault(reader.address.casefold(), reader)
        return list(found.values())

    async def _named(self, recipient: Mapping[str, Any], entry: Entry, day: date) -> list[Reader]:
        if email := recipient.get("email"):
            facts = (recipient.get(name) for name in ("name", "language", "time_zone"))
            return [Reader(email, *facts)]
        if webhook := recipient.get("webhook"):
            return [Reader(webhook)]
        if committee := recipient.get("committee"):
            return [reader_of(person) for person in await self._members(committee, day)]
        person_id = entry.owner if recipient.get("role") else UUID(recipient["person"])
        person = await self.person(person_id) if person_id else None
        left = person is not None and person.left is not None and person.left <= day
        return [reader_of(person)] if person is not None and not left else []

    async def _members(self, committee: str, day: date) -> Sequence[Person]:
        key = committee, day
        if key not in self._committees:
            self._committees[key] = await people.members(self._session, committee, day)
        return self._committees[key]

    async def person(self, person: UUID) -> Person | None:
        if person not in self._persons:
            self._persons[person] = await self._session.get(Person, person)
        return self._persons[person]


def _is_of_people(recipient: Mapping[str, Any]) -> bool:
    """Nobody who comes to have an address speaks for those who are written to at it by itself."""
    return "email" not in recipient


def _sees(reader: Reader, entry: Entry) -> bool:
    is_owner = reader.person is not None and reader.person == entry.owner
    return reader.state is None or entry.seen_by is None or is_owner or reader.state in entry.seen_by


async def must_be_known(session: AsyncSession, asked: ReminderRuleDraft | ReminderRuleChange) -> None:
    """Raises Invalid when recipients are named, by a rule or its escalations, whom there are not."""
    steps = asked.escalations or []
    for pointer, recipients in (
        ("/recipients", asked.recipients or []),
        *((f"/escalations/{number}/recipients", step.recipients) for number, step in enumerate(steps)),
    ):
        for number, recipient in enumerate(recipients):
            await _must_be_known(session, recipient, f"{pointer}/{number}")


async def _must_be_known(session: AsyncSession, recipient: Recipient, pointer: str) -> None:
    if recipient.person is not None:
        await people.known_person(session, recipient.person, pointer=f"{pointer}/person")
    if recipient.committee is not None:
        await people.known_committee(session, recipient.committee, pointer=f"{pointer}/committee")
    if recipient.webhook is not None:
        await _known_webhook(session, recipient.webhook, pointer=f"{pointer}/webhook")


async def _known_webhook(session: AsyncSession, webhook: UUID, *, pointer: str) -> None:
    try:
        await endpoints.find(session, webhook)
    except NotFound as missing:
        problem = Problem(pointer, "unknown-webhook", "No webhook with this id is known here.")
        raise Invalid(missing.message, [problem], code="unknown-webhook") from None
