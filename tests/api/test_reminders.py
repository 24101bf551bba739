"""Reminders: in the ledger from the start, sent once when due, skipped with the reason when too late."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from services.database import Sessions
from tests.api.given import pointers, problem_of, series
from tests.api.reminding import (
    HOUR,
    START,
    WEEK,
    Found,
    PostOffice,
    at,
    called,
    change,
    ledger,
    reminded,
    rule_for,
    statuses,
    try_again_now,
)
from tests.worker_in_process import Worker


async def test_every_message_is_in_the_ledger_from_the_start(admin: httpx.AsyncClient, address: str):
    rule = await reminded(admin, await called(admin), address, f"b-{address}")

    found = await ledger(admin, rule)

    assert [(item["offset"], item["recipient"]) for item in found] == [
        ("-P7D", address),
        ("-P7D", f"b-{address}"),
        ("-PT1H", address),
        ("-PT1H", f"b-{address}"),
    ]
    assert [datetime.fromisoformat(item["due_at"]) for item in found] == [START - WEEK] * 2 + [
        START - HOUR
    ] * 2
    assert {item["status"] for item in found} == {"scheduled"}
    assert len({item["message_id"] for item in found}) == 4
    read = await admin.get(f"/v1/reminder-rules/{rule}")
    assert read.json()["offsets"] == ["-P7D", "-PT1H"]


@pytest.mark.parametrize("changes", [{"title": "Another name"}, {"start": (START + WEEK).isoformat()}])
async def test_a_rule_about_one_meeting_tells_of_no_other(
    admin: httpx.AsyncClient, address: str, changes: Found
):
    rule = await reminded(admin, await called(admin), address)
    before = await ledger(admin, rule)
    await change(admin, await called(admin), **changes)
    assert await ledger(admin, rule) == before


async def test_each_reminder_is_sent_once_when_it_is_due(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    rule = await reminded(admin, await called(admin, title="Dialogue in Geneva"), address)

    await at(worker, START - WEEK - HOUR)
    assert office.letters_to(address) == []
    for moment in (START - WEEK, START - WEEK, START - WEEK + HOUR):
        await at(worker, moment)
    assert len(office.letters_to(address)) == 1
    for moment in (START - HOUR, START - HOUR, START, START + WEEK):
        await at(worker, moment)

    letters = office.letters_to(address)
    found = await ledger(admin, rule)
    assert [letter["Message-ID"] for letter in letters] == [item["message_id"] for item in found]
    assert all("Dialogue in Geneva" in letter["Subject"] for letter in letters)
    assert [(item["status"], item["attempts"]) for item in found] == [("sent", 1)] * 2
    assert [datetime.fromisoformat(item["sent_at"]) for item in found] == [START - WEEK, START - HOUR]


async def test_a_series_reminds_of_each_of_its_meetings(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    made = await admin.post("/v1/meeting-series", json=series())
    meetings = (await admin.get(f"/v1/meetings?series={made.json()['id']}")).json()["items"]
    rule = await reminded(admin, made.headers["location"], address, offsets=("-P1D",))
    assert len(await ledger(admin, rule)) == len(meetings)

    for item in meetings[:2]:
        await at(worker, datetime.fromisoformat(item["start"]) - timedelta(hours=2))

    assert [item["status"] for item in await ledger(admin, rule)][:3] == ["sent", "sent", "scheduled"]
    assert len(office.letters_to(address)) == 2


async def test_a_missed_reminder_is_made_good_while_it_is_of_use(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    rule = await reminded(admin, await called(admin), address)

    await at(worker, START - WEEK + timedelta(days=2))

    assert statuses(await ledger(admin, rule)) == {"-P7D": "sent", "-PT1H": "scheduled"}
    assert len(office.letters_to(address)) == 1


async def test_of_several_missed_reminders_the_last_is_sent(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    rule = await reminded(admin, await called(admin), address)

    await at(worker, START - timedelta(minutes=30))

    found = await ledger(admin, rule)
    assert statuses(found) == {"-P7D": "skipped", "-PT1H": "sent"}
    assert found[0]["detail"]
    assert len(office.letters_to(address)) == 1


async def test_a_reminder_after_the_meeting_has_begun_is_skipped_with_the_reason(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    rule = await reminded(admin, await called(admin), address)

    await at(worker, START + timedelta(minutes=1))

    found = await ledger(admin, rule)
    assert statuses(found) == {"-P7D": "skipped", "-PT1H": "skipped"}
    assert all("begun" in item["detail"] for item in found)
    assert office.letters_to(address) == []


async def test_moving_a_meeting_moves_what_is_unsent(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    path = await called(admin)
    rule = await reminded(admin, path, address)
    await at(worker, START - WEEK)
    later = START + timedelta(days=14)

    moved = await change(admin, path, start=later.isoformat())

    found = [item for item in await ledger(admin, rule) if item["cause"] == "reminder"]
    assert moved["status"] == "moved"
    assert [(item["status"], datetime.fromisoformat(item["due_at"])) for item in found] == [
        ("sent", START - WEEK),
        ("scheduled", later - WEEK),
        ("scheduled", later - HOUR),
    ]
    await at(worker, START - HOUR)
    assert len(office.letters_to(address)) == 2
    await at(worker, later - WEEK)
    assert len(office.letters_to(address)) == 3


async def test_the_new_time_is_told_although_the_old_one_was(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    path = await called(admin)
    rule = await reminded(admin, path, address, offsets=("-P7D",))
    await at(worker, START - WEEK)

    await change(admin, path, start=(START - timedelta(days=1)).isoformat())
    await at(worker, START - WEEK + HOUR)

    lines = {(item["cause"], item["occurrence"]): item["status"] for item in await ledger(admin, rule)}
    assert list(lines.values()).count("sent") == len(office.letters_to(address)) == 2


async def test_a_meeting_moved_away_and_back_is_told_to_those_who_were_not_told(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, sessions: Sessions, address: str
):
    path = await called(admin)
    rule = await reminded(admin, path, address, offsets=("-P7D",))
    office.closed = True
    await at(worker, START - WEEK)
    office.closed = False

    await change(admin, path, start=(START + WEEK).isoformat())
    await try_again_now(worker, sessions)
    away = {item["due_at"]: item["status"] for item in await ledger(admin, rule)}
    await change(admin, path, start=START.isoformat())
    await at(worker, START - WEEK + HOUR)

    [told] = await ledger(admin, rule)
    assert list(away.values()) == ["skipped", "scheduled"]
    assert (told["status"], told["detail"]) == ("sent", None)
    assert len(office.letters_to(address)) == 1


async def test_renaming_a_meeting_leaves_its_reminders(admin: httpx.AsyncClient, address: str):
    path = await called(admin)
    rule = await reminded(admin, path, address)
    before = await ledger(admin, rule)

    await change(admin, path, title="Another name")

    assert await ledger(admin, rule) == before


async def test_a_meeting_called_off_reminds_nobody(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    path = await called(admin)
    rule = await reminded(admin, path, address)

    await change(admin, path, status="cancelled")
    await at(worker, START - HOUR)

    found = await ledger(admin, rule)
    assert statuses(found) == {"-P7D": "skipped", "-PT1H": "skipped"}
    assert all("called off" in item["detail"] for item in found)
    assert office.letters_to(address) == []


async def test_a_mailbox_that_does_not_exist_fails_for_good(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    office.unknown.add(address)
    other = f"{uuid4().hex}@example.org"
    rule = await reminded(admin, await called(admin), address, other, offsets=("-PT1H",))

    for _ in range(2):
        await at(worker, START - HOUR)

    found = {item["recipient"]: item for item in await ledger(admin, rule)}
    assert (found[address]["status"], found[address]["attempts"]) == ("failed", 1)
    assert "550" in found[address]["detail"]
    assert found[other]["status"] == "sent"


async def test_a_closed_post_office_is_tried_again_with_the_same_letter(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, sessions: Sessions, address: str
):
    rule = await reminded(admin, await called(admin), address, offsets=("-PT1H",))
    office.closed = True
    await at(worker, START - HOUR)
    [waiting] = await ledger(admin, rule)

    office.closed = False
    await try_again_now(worker, sessions)

    [sent] = await ledger(admin, rule)
    assert (waiting["status"], waiting["attempts"], sent["status"], sent["attempts"]) == (
        "scheduled",
        1,
        "sent",
        2,
    )
    assert [letter["Message-ID"] for letter in office.letters_to(address)] == [sent["message_id"]]


async def test_letters_are_in_the_language_of_their_reader(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    languages = ("fr", "es", "en")
    rule = rule_for(await called(admin), offsets=("-PT1H",))
    rule["recipients"] = [
        {"email": f"{language}-{address}", "name": "Ana", "language": language} for language in languages
    ]
    await admin.post("/v1/reminder-rules", json=rule)

    await at(worker, START - HOUR)

    bodies = {
        language: str(office.letters_to(f"{language}-{address}")[0].get_body(("plain",)))
        for language in languages
    }
    assert len(set(bodies.values())) == 3
    assert all("Ana" in body for body in bodies.values())


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"offsets": []}, "/offsets"),
        ({"offsets": ["a week before"]}, "/offsets/0"),
        ({"offsets": ["-P400D"]}, "/offsets/0"),
        ({"offsets": ["-P7D", "-P1W"]}, "/offsets"),
        ({"recipients": []}, "/recipients"),
        ({"recipients": [{"email": "nobody"}]}, "/recipients/0/email"),
        ({"recipients": [{"email": "A@example.org"}, {"email": "a@example.org"}]}, "/recipients"),
        ({"channel": "pigeon"}, "/channel"),
        ({"subject": {"kind": "treaty", "id": str(uuid4())}}, "/subject/kind"),
    ],
)
async def test_a_rule_that_cannot_be_followed_is_refused(
    admin: httpx.AsyncClient, changes: Found, pointer: str
):
    draft = rule_for(f"/v1/meetings/{uuid4()}", "a@example.org") | changes

    answer = await admin.post("/v1/reminder-rules", json=draft)

    assert list(pointers(problem_of(answer, 422, "validation-failed"))) == [pointer]


@pytest.mark.parametrize("kind", ["meetings", "meeting-series"])
async def test_a_rule_is_about_something_that_exists(admin: httpx.AsyncClient, kind: str):
    draft = rule_for(f"/v1/{kind}/{uuid4()}", "a@example.org")

    problem_of(await admin.post("/v1/reminder-rules", json=draft), 404, "not-found")


async def test_a_rule_may_ask_for_thousands_of_messages(admin: httpx.AsyncClient, address: str):
    path = await called(admin)
    people = [f"{number}-{address}" for number in range(1_000)]
    rule = await reminded(admin, path, *people, offsets=("-P7D", "-P1D", "-PT1H"))

    entered = await whole_ledger(admin, rule)
    await change(admin, path, status="cancelled")

    assert {item["status"] for item in entered} == {"scheduled"}
    assert len({(item["recipient"], item["offset"]) for item in entered}) == len(entered) == 3_000
    assert {item["status"] for item in await whole_ledger(admin, rule)} == {"skipped"}


async def whole_ledger(client: httpx.AsyncClient, rule: str) -> list[Found]:
    query: dict[str, str | int] = {"rule": rule, "limit": 500}
    items: list[Found] = []
    while True:
        page = (await client.get("/v1/deliveries", params=query)).json()
        items += page["items"]
        if page["next"] is None:
            return items
        query["cursor"] = page["next"]
