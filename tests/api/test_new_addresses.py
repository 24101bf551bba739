"""People who get another address: what they were told counts as told, and news reach them where they are."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from domain.reminders.ledger import claiming
from domain.reminders.ledger.claiming import Result
from services.database import Sessions
from tests.api.reminding import HOUR, START, WEEK, PostOffice, at, called, change, ledger, ruled, somebody
from tests.api.test_news import causes
from tests.api.test_who_is_told import known, meeting_of, outline, person_of
from tests.worker_in_process import Worker

SOON = START - WEEK + HOUR


async def test_what_was_sent_to_a_person_is_not_sent_again_to_another_address(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    person, path = await known(admin, address), await called(admin)
    rule = await ruled(admin, meeting_of(path), person_of(person), offsets=["-P9D", "-P7D", "-P1D"])
    await at(worker, START - WEEK)
    worker.now, moved_to = SOON, somebody()

    await change(admin, person, email=moved_to)
    await at(worker, SOON)
    await change(admin, f"/v1/reminder-rules/{rule}", digest=False, offsets=["-P9D", "-P8D", "-P7D", "-P1D"])
    await at(worker, SOON)

    assert office.letters_to(moved_to) == []
    assert outline(await ledger(admin, rule)) == [
        (address, "-P9D", "superseded"),
        (address, "-P7D", "sent"),
        (moved_to, "-P1D", "scheduled"),
    ]


async def test_what_never_reached_a_person_is_sent_to_their_new_address(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    office.unknown.add(address)
    person, path = await known(admin, address), await called(admin)
    await ruled(admin, meeting_of(path), person_of(person), offsets=["-P7D", "-P1D"])
    await at(worker, START - WEEK)
    worker.now, moved_to = SOON, somebody()

    await change(admin, person, email=moved_to)
    await at(worker, SOON)

    assert len(office.letters_to(moved_to)) == 1


@pytest.mark.parametrize(
    ("changes", "subject", "method"),
    [
        ({"start": (START + HOUR).isoformat()}, "Réunion déplacée\xa0: ", "REQUEST"),
        ({"location": "Room XX"}, "Réunion modifiée\xa0: ", "REQUEST"),
        ({"status": "cancelled"}, "Réunion annulée\xa0: ", "CANCEL"),
    ],
)
async def test_news_reach_a_person_at_the_address_and_in_the_language_of_today(
    admin: httpx.AsyncClient,
    worker: Worker,
    office: PostOffice,
    address: str,
    changes: dict[str, str],
    subject: str,
    method: str,
):
    person, path = await known(admin, address), await called(admin)
    await ruled(admin, meeting_of(path), person_of(person))
    await at(worker, START - WEEK)
    worker.now, moved_to = SOON, somebody()
    await change(admin, person, email=moved_to, language="fr")

    await change(admin, path, **changes)
    await at(worker, SOON)

    assert len(office.letters_to(address)) == 1
    [letter] = office.letters_to(moved_to)
    assert str(letter["Subject"]).startswith(subject)
    [calendar] = letter.iter_attachments()
    assert calendar.get_param("method") == method


@pytest.mark.parametrize("changes", [{"start": (START + HOUR).isoformat()}, {"status": "cancelled"}])
async def test_news_that_are_not_sent_yet_follow_a_person(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str, changes: dict[str, str]
):
    person, path = await known(admin, address), await called(admin)
    rule = await ruled(admin, meeting_of(path), person_of(person))
    await at(worker, START - WEEK)
    worker.now, moved_to = SOON, somebody()
    await change(admin, path, **changes)

    await change(admin, person, email=moved_to)
    await at(worker, SOON)

    news = [item for item in await ledger(admin, rule) if item["cause"] in ("moved", "cancelled")]
    assert [(item["recipient"], item["status"]) for item in news] == [(moved_to, "sent")]


async def test_news_are_told_to_a_person_once_though_they_were_told_at_two_addresses(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    person, path = await known(admin, address), await called(admin)
    rule = await ruled(admin, meeting_of(path), person_of(person), offsets=["-P7D", "-P6D"])
    await at(worker, START - WEEK)
    worker.now, moved_to = SOON, somebody()
    await change(admin, person, email=moved_to)
    await at(worker, START - timedelta(days=6))
    worker.now = START - timedelta(days=5)

    await change(admin, path, status="cancelled")
    await at(worker, worker.now)

    assert causes(await ledger(admin, rule)) == [("reminder", "sent")] * 2 + [("cancelled", "sent")]
    assert len(office.letters_to(moved_to)) == 2


async def test_a_person_is_not_told_the_new_time_while_the_old_one_is_under_way_to_another_address(
    admin: httpx.AsyncClient, sessions: Sessions, worker: Worker, office: PostOffice, address: str
):
    person, path = await known(admin, address), await called(admin)
    await ruled(admin, meeting_of(path), person_of(person))
    worker.now, moved_to = SOON, somebody()
    async with sessions.begin() as session:
        lease = timedelta(minutes=5)
        claimed = await claiming.claim(session, owner="another", lease=lease, most=100, now=SOON)
    [held] = [one for one in claimed.letters if one.lines[0].recipient == address]

    await change(admin, person, email=moved_to)
    await change(admin, path, start=(START + HOUR).isoformat())
    await at(worker, SOON)
    assert office.letters_to(moved_to) == []
    async with sessions.begin() as session:
        await claiming.record(session, [Result(held, "sent", SOON)], owner="another")
    await at(worker, SOON)

    assert [str(letter["Subject"])[:6] for letter in office.letters_to(moved_to)] == ["Moved:"]


async def test_a_change_on_which_no_letter_depends_leaves_the_ledger_as_it_is(
    admin: httpx.AsyncClient, address: str
):
    person, path = await known(admin, address), await called(admin)
    rule = await ruled(admin, meeting_of(path), person_of(person))
    before = await ledger(admin, rule)

    await change(admin, person, telephone="+41 22 000 00 00")
    assert await ledger(admin, rule) == before
    await change(admin, person, working_hours={"start": "12:00"})

    assert [item["due_at"] for item in await ledger(admin, rule)] != [item["due_at"] for item in before]
