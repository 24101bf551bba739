"""Rules, meetings and persons that change at the same moment: each waits for what concerns it only."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from domain.calendar.models import Entry
from domain.people import actions as people
from domain.people import queries as persons
from domain.reminders import optouts
from domain.reminders.ledger import planning
from domain.reminders.recipients import reader_of
from schemas.people import MemberDraft, PersonChange
from services.database import Sessions
from tests.api.given import meeting
from tests.api.reminding import START, called, ledger, ruled, somebody
from tests.api.scheduling import WEEKLY, founded, meetings_of
from tests.api.test_reminder_rules import committee
from tests.api.test_who_is_told import known, meeting_of, opted_out, outline, person_of
from tests.worker_in_process import Worker

NOW = datetime(2039, 1, 1, tzinfo=UTC)
LATER = START + timedelta(days=1)
SOON = 10
"""Seconds: less than anything waits for a lock before it is given up."""


def of(path: str) -> UUID:
    return UUID(path.rpartition("/")[2])


async def waiting(request: Awaitable[httpx.Response]) -> asyncio.Future[httpx.Response]:
    """A request that cannot go on while the test's own transaction is open."""
    asked = asyncio.ensure_future(request)
    done, _ = await asyncio.wait({asked}, timeout=0.5)
    assert not done, asked.result().text
    return asked


async def done(request: Awaitable[httpx.Response]) -> httpx.Response:
    async with asyncio.timeout(SOON):
        answer = await request
    assert answer.status_code in (200, 201), answer.text
    return answer


def edit(client: httpx.AsyncClient, path: str, **changes: object) -> Awaitable[httpx.Response]:
    return client.patch(path, json=changes, headers={"If-Match": "*"})


async def moved(session: AsyncSession, path: str) -> None:
    """As whoever owns the meeting moves it."""
    entry = await session.get_one(Entry, of(path), with_for_update=True)
    entry.start = entry.over = LATER
    entry.updated_at = NOW
    await session.flush()
    await planning.follow(session, [entry], now=NOW)


async def given_address(session: AsyncSession, path: str, email: str) -> None:
    person = await persons.find_person(session, of(path), lock=True)
    before = reader_of(person)
    await people.change(session, person, PersonChange(email=email))
    await planning.person_changed(session, person, before, now=NOW)


async def test_a_meeting_that_is_called_while_a_person_changes_tells_them_at_the_new_address(
    admin: httpx.AsyncClient, sessions: Sessions, address: str
):
    person, moved_to = await known(admin, address), somebody()
    rule = await ruled(admin, {"kind": "meetings", "framework": "lap"}, person_of(person))
    async with sessions.begin() as session:
        await given_address(session, person, moved_to)
        called_too = await waiting(
            admin.post("/v1/meetings", json=meeting(START.isoformat(), framework="lap"))
        )
    await done(called_too)

    assert outline(await ledger(admin, rule)) == [(moved_to, "-P7D", "scheduled")]


async def test_a_person_who_changes_while_a_meeting_is_moved_is_told_of_its_new_time(
    admin: httpx.AsyncClient, sessions: Sessions, address: str
):
    person, path, moved_to = await known(admin, address), await called(admin), somebody()
    rule = await ruled(admin, meeting_of(path), person_of(person))
    async with sessions.begin() as session:
        await moved(session, path)
        changed = await waiting(edit(admin, person, email=moved_to))
    await done(changed)

    [line] = await ledger(admin, rule)
    assert (line["recipient"], datetime.fromisoformat(line["occurrence"])) == (moved_to, LATER)


async def test_a_member_who_is_admitted_while_a_meeting_is_called_is_told_of_it(
    admin: httpx.AsyncClient, sessions: Sessions, address: str
):
    person, key = await known(admin, address), await committee(admin)
    rule = await ruled(admin, {"kind": "meetings", "framework": "lap"}, {"committee": key})
    async with sessions.begin() as session:
        body = await persons.find_committee(session, key)
        admitted = MemberDraft(person=of(person), since=NOW.date())
        await people.admit(session, body, admitted)
        await planning.membership_changed(session, key, of(person), now=NOW)
        called_too = await waiting(
            admin.post("/v1/meetings", json=meeting(START.isoformat(), framework="lap"))
        )
    made = await done(called_too)

    lines = await ledger(admin, rule, entry=made.json()["id"])
    assert outline(lines) == [(address, "-P7D", "scheduled")]


async def test_a_person_who_changes_holds_up_nothing_that_does_not_concern_them(
    admin: httpx.AsyncClient, sessions: Sessions, address: str
):
    person, other, path = await known(admin, address), await known(admin, somebody()), await called(admin)
    await ruled(admin, meeting_of(await called(admin)), person_of(person))
    await ruled(admin, meeting_of(path), person_of(other))
    async with sessions.begin() as session:
        await given_address(session, person, somebody())

        await done(edit(admin, path, location="Room XX"))
        await done(edit(admin, other, email=somebody()))
        await done(admin.post("/v1/meetings", json=meeting(START.isoformat())))


async def test_while_much_is_planned_for_a_person_others_and_their_telephone_may_change(
    admin: httpx.AsyncClient, sessions: Sessions, address: str
):
    person, other, path = await known(admin, address), await known(admin, somebody()), await called(admin)
    rule, moved_to = await ruled(admin, meeting_of(path), person_of(person)), somebody()
    async with sessions.begin() as session:
        await moved(session, path)
        changed = await waiting(edit(admin, person, email=moved_to))

        await done(edit(admin, other, email=somebody()))
        await done(edit(admin, await called(admin), location="Room XX"))
    await done(changed)
    async with sessions.begin() as session:
        await moved(session, path)
        await done(edit(admin, person, telephone="+41 22 000 00 00"))

    assert outline(await ledger(admin, rule)) == [(moved_to, "-P7D", "scheduled")]


async def test_a_rule_that_is_made_while_meetings_change_asks_for_them_as_they_are_then(
    admin: httpx.AsyncClient, sessions: Sessions, address: str
):
    start = START.isoformat()
    paths = [
        (await admin.post("/v1/meetings", json=meeting(start, framework="apmbc"))).headers["location"]
        for _ in range(3)
    ]
    draft = {"subject": {"kind": "meetings", "framework": "apmbc"}, "offsets": ["-P7D"]}
    async with sessions.begin() as session:
        await moved(session, paths[0])
        ended = await session.get_one(Entry, of(paths[1]), with_for_update=True)
        ended.status, ended.updated_at = "cancelled", NOW
        await session.flush()
        await planning.follow(session, [ended], now=NOW)
        made = await waiting(
            admin.post("/v1/reminder-rules", json=draft | {"recipients": [{"email": address}]})
        )
    rule = (await done(made)).json()["id"]

    lines = {
        (item["entry"], datetime.fromisoformat(item["occurrence"])) for item in await ledger(admin, rule)
    }
    assert lines == {(str(of(paths[0])), LATER), (str(of(paths[2])), START)}


async def test_what_is_too_much_for_one_request_is_planned_by_the_worker(
    admin: httpx.AsyncClient,
    sessions: Sessions,
    worker: Worker,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
):
    """In parts, and the meetings that somebody is changing at that moment when they are done."""
    monkeypatch.setattr(planning, "MOST_MESSAGES", 10)
    monkeypatch.setattr(planning, "ENTRIES_AT_ONCE", 2)
    subject, offsets = {"kind": "meetings", "framework": "crpd"}, ["-P2D", "-P1D", "-PT1H"]
    rule = await ruled(admin, subject, {"email": address}, offsets=offsets)
    made = await founded(admin, **WEEKLY, framework="crpd")
    meetings = await meetings_of(admin, made)
    assert len(await ledger(admin, rule)) == 12

    async with sessions.begin() as session:
        await session.get_one(Entry, UUID(meetings[-1]["id"]), with_for_update=True)
        await worker.carry_out_due()
        assert len(await ledger(admin, rule)) == 3 * len(meetings) - 3
    await worker.drain()

    lines = [(item["entry"], item["offset"]) for item in await ledger(admin, rule)]
    assert len(set(lines)) == len(lines) == 3 * len(meetings) == 24


async def test_a_rule_that_names_a_person_no_more_and_the_person_who_changes_meanwhile_agree(
    admin: httpx.AsyncClient, sessions: Sessions, address: str
):
    person, path = await known(admin, address), await called(admin)
    rule = await ruled(admin, meeting_of(path), person_of(person), {"email": somebody()})
    remaining = somebody()
    async with sessions.begin() as session:
        await given_address(session, person, somebody())
        changed = await waiting(edit(admin, f"/v1/reminder-rules/{rule}", recipients=[{"email": remaining}]))
    await done(changed)

    assert outline(await ledger(admin, rule)) == [(remaining, "-P7D", "scheduled")]


async def test_an_opt_out_that_is_taken_back_while_the_meeting_moves_waits_and_revives_the_new_time(
    admin: httpx.AsyncClient, sessions: Sessions, address: str
):
    """With a rule about all of a kind and one about the meeting, which are locked in different ways."""
    opt_out = await opted_out(admin, address)
    made = await admin.post("/v1/meetings", json=meeting(START.isoformat(), framework="oap"))
    path = made.headers["location"]
    subjects = ({"kind": "meetings", "framework": "oap"}, meeting_of(path))
    rules = [await ruled(admin, subject, {"email": address}) for subject in subjects]
    async with sessions.begin() as session:
        await moved(session, path)
        taken_back = await waiting(admin.delete(opt_out))
        await moved(session, path)
    await done(taken_back)

    lines = [line for rule in rules for line in await ledger(admin, rule)]
    assert [(item["status"], datetime.fromisoformat(item["occurrence"])) for item in lines] == [
        ("scheduled", LATER),
        ("scheduled", LATER),
    ]


async def test_a_meeting_that_moves_while_an_opt_out_is_taken_back_is_told(
    admin: httpx.AsyncClient, sessions: Sessions, address: str
):
    opt_out, path = await opted_out(admin, address), await called(admin)
    rule = await ruled(admin, meeting_of(path), {"email": address})
    async with sessions.begin() as session:
        await optouts.take_back(session, await optouts.find(session, of(opt_out)), now=NOW)
        changed = await waiting(edit(admin, path, start=LATER.isoformat()))
    await done(changed)

    [line] = await ledger(admin, rule)
    assert (line["status"], datetime.fromisoformat(line["occurrence"])) == ("scheduled", LATER)


async def test_a_rule_is_withdrawn_for_a_person_who_changes_meanwhile(
    admin: httpx.AsyncClient, sessions: Sessions, address: str
):
    person, path = await known(admin, address), await called(admin)
    rule = await ruled(admin, meeting_of(path), person_of(person))
    async with sessions.begin() as session:
        await given_address(session, person, somebody())
        withdrawn = await waiting(admin.delete(f"/v1/reminder-rules/{rule}"))
    await done(withdrawn)

    assert {item["reason"] for item in await ledger(admin, rule)} == {"withdrawn"}


async def test_persons_meetings_and_rules_that_change_in_a_crowd_turn_nobody_away(admin: httpx.AsyncClient):
    members = [await known(admin, somebody()) for _ in range(4)]
    ids = [f"{of(path)}@example.org" for path in members]
    key = await committee(admin, *(person_of(path) for path in members))
    rule = await ruled(admin, {"kind": "meetings", "framework": "wps"}, {"committee": key})
    for turn in range(3):
        edits = [
            *(edit(admin, path, email=f"{turn}-{of(path)}@example.org") for path in members),
            *(admin.post("/v1/meetings", json=meeting(START.isoformat(), framework="wps")) for _ in range(2)),
            edit(admin, f"/v1/reminder-rules/{rule}", offsets=[f"-P{turn + 1}D"]),
            admin.post(
                f"/v1/committees/{key}/members",
                json={"person": str(of(await known(admin, somebody()))), "since": "2030-01-01"},
            ),
        ]
        answers = await asyncio.gather(*edits)
        assert {answer.status_code for answer in answers} <= {200, 201}, [one.text for one in answers]

    told = {item["recipient"] for item in await ledger(admin, rule)}
    assert {one for one in told if str(one).endswith(tuple(ids))} == {f"2-{one}" for one in ids}
