"""Whom rules reach as people change: their working hours, their address, their wish, their last day."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from domain.reminders.ledger import planning
from services.database import Sessions
from tests.api.given import pointers, problem_of
from tests.api.reminding import (
    START,
    WEEK,
    Found,
    PostOffice,
    at,
    called,
    change,
    ledger,
    reminded,
    ruled,
    somebody,
)
from tests.worker_in_process import Worker

WEEKDAYS = ["MO", "TU", "WE", "TH", "FR"]


async def known(client: httpx.AsyncClient, address: str, **facts: Any) -> str:
    """The path of a person."""
    made = await client.post("/v1/persons", json={"name": "Ana Horvat", "email": address, **facts})
    assert made.status_code == 201, made.text
    return str(made.headers["location"])


def meeting_of(path: str) -> Found:
    return {"kind": "meeting", "id": path.rpartition("/")[2]}


def person_of(path: str) -> Found:
    return {"person": path.rpartition("/")[2]}


async def opted_out(client: httpx.AsyncClient, address: str, **facts: Any) -> str:
    made = await client.post("/v1/opt-outs", json={"address": address, "scope": "all"} | facts)
    assert made.status_code == 201, made.text
    return str(made.headers["location"])


def outline(lines: list[Found]) -> list[tuple[str, str, str]]:
    return [(item["recipient"], item["offset"], item["reason"] or item["status"]) for item in lines]


@pytest.mark.parametrize(
    ("given", "whole"),
    [
        ({"start": "09:30", "end": "17:00"}, {"start": "09:30", "end": "17:00", "weekdays": WEEKDAYS}),
        ({"weekdays": ["MO"]}, {"start": "09:00", "end": "17:00", "weekdays": ["MO"]}),
        ({}, {"start": "09:00", "end": "17:00", "weekdays": WEEKDAYS}),
    ],
)
async def test_working_hours_that_are_changed_in_part_are_whole(
    admin: httpx.AsyncClient, address: str, given: Found, whole: Found
):
    person = await known(admin, address)
    path = await called(admin)
    rule = await ruled(admin, meeting_of(path), person_of(person))

    assert (await change(admin, person, working_hours=given))["working_hours"] == whole
    changed = await change(admin, f"/v1/reminder-rules/{rule}", working_hours=given)
    assert changed["working_hours"] == whole

    await change(admin, path, start=(START + WEEK).isoformat())
    assert len(await ledger(admin, rule)) == 1


async def test_working_hours_that_were_kept_in_part_hinder_nobody(
    admin: httpx.AsyncClient, sessions: Sessions, address: str
):
    path = await called(admin)
    rule = await ruled(admin, meeting_of(path), person_of(await known(admin, address)))
    async with sessions.begin() as session:
        await session.execute(
            text('UPDATE persons SET working_hours = \'{"start": "10:00"}\' WHERE email = :email'),
            {"email": address},
        )

    await change(admin, path, start=(START + WEEK).isoformat())

    [line] = await ledger(admin, rule)
    assert line["status"] == "scheduled"


async def test_an_opt_out_that_is_taken_back_revives_only_what_the_rule_still_asks_for(
    admin: httpx.AsyncClient, address: str
):
    path = await called(admin)
    rule = await reminded(admin, path, address, f"b-{address}", offsets=("-P7D", "-P1D"))
    opt_out = await opted_out(admin, address)
    await change(admin, path, title="Dialogue, again")
    await change(admin, f"/v1/reminder-rules/{rule}", offsets=["-P1D"])
    assert outline(await ledger(admin, rule)) == [
        (address, "-P1D", "opted-out"),
        (f"b-{address}", "-P1D", "scheduled"),
    ]

    await change(admin, f"/v1/reminder-rules/{rule}", recipients=[{"email": f"b-{address}"}])
    await admin.delete(opt_out)

    assert outline(await ledger(admin, rule)) == [(f"b-{address}", "-P1D", "scheduled")]


async def test_an_opt_out_that_is_taken_back_revives_what_is_ahead_and_nothing_that_is_past(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    opt_out = await opted_out(admin, address)
    path = await called(admin)
    rule = await reminded(admin, path, address, offsets=("-P7D", "-P1D"))
    await at(worker, START - WEEK + timedelta(hours=1))

    await admin.delete(opt_out)
    await change(admin, path, title="Dialogue, again")
    await at(worker, START - WEEK + timedelta(hours=2))

    assert outline(await ledger(admin, rule)) == [
        (address, "-P7D", "opted-out"),
        (address, "-P1D", "scheduled"),
    ]
    assert office.letters_to(address) == []


async def test_an_opt_out_that_is_taken_back_revives_nothing_that_was_withdrawn_or_called_off(
    admin: httpx.AsyncClient, address: str
):
    opt_out = await opted_out(admin, address)
    off, on = await called(admin), await called(admin)
    rules = [await reminded(admin, path, address, offsets=("-P7D",)) for path in (off, on)]
    await change(admin, off, status="cancelled")
    await admin.delete(f"/v1/reminder-rules/{rules[1]}")

    await admin.delete(opt_out)

    lines = [line for rule in rules for line in await ledger(admin, rule)]
    assert [item["status"] for item in lines] == ["skipped", "skipped"]


async def test_an_opt_out_follows_the_person_to_another_address(admin: httpx.AsyncClient, address: str):
    person = await known(admin, address)
    rule = await ruled(admin, meeting_of(await called(admin)), person_of(person))
    await opted_out(admin, address.upper())
    moved_to = somebody()

    await change(admin, person, email=moved_to)

    assert outline(await ledger(admin, rule)) == [(moved_to, "-P7D", "opted-out")]
    [entered] = (await admin.get("/v1/opt-outs", params={"address": moved_to})).json()["items"]
    assert entered["scope"] == "all"


async def test_whoever_has_left_is_told_nothing_from_that_day_on(admin: httpx.AsyncClient, address: str):
    left = (START + timedelta(days=5)).date()
    person = await known(admin, address, left=left.isoformat())
    rule = await ruled(
        admin,
        meeting_of(await called(admin)),
        person_of(person),
        offsets=["-P1D", "P4D", "P5D", "P14D"],
        escalations=[{"offset": "P6D", "recipients": [person_of(person)]}],
    )

    assert [item["offset"] for item in await ledger(admin, rule)] == ["-P1D", "P4D"]


async def test_news_do_not_reach_whoever_has_left_meanwhile(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    person = await known(admin, address)
    path = await called(admin)
    rule = await ruled(admin, meeting_of(path), person_of(person))
    await at(worker, START - WEEK)
    await change(admin, person, left=(START - timedelta(days=3)).date().isoformat())
    worker.now = START - timedelta(days=2)

    await change(admin, path, status="cancelled")
    await at(worker, START - timedelta(days=2))

    assert len(office.letters_to(address)) == 1
    [told, news] = await ledger(admin, rule)
    assert (told["status"], news["status"], news["reason"]) == ("sent", "skipped", "left")


async def test_whoever_is_named_at_one_moment_twice_is_told_once(admin: httpx.AsyncClient, address: str):
    rule = await ruled(
        admin,
        meeting_of(await called(admin)),
        {"email": address},
        offsets=["P1D"],
        escalations=[{"offset": "P1D", "recipients": [{"email": address.upper()}]}],
    )

    assert [item["cause"] for item in await ledger(admin, rule)] == ["reminder"]


async def test_a_rule_that_asks_for_too_many_messages_is_refused_with_their_number(
    admin: httpx.AsyncClient, address: str
):
    series = {
        "title": "Daily", "framework": "ccm", "rrule": "FREQ=DAILY", "time_zone": "Europe/Zurich",
        "anchor": "2026-03-04T10:00:00", "duration_minutes": 30,
    }  # fmt: skip
    made = await admin.post("/v1/meeting-series", json=series)
    assert made.status_code == 201, made.text
    asked = {
        "subject": {"kind": "meeting-series", "id": made.json()["id"]},
        "offsets": [f"-P{day}D" for day in range(1, 21)],
        "recipients": [{"email": f"{number}-{address}"} for number in range(20)],
    }

    refused = problem_of(await admin.post("/v1/reminder-rules", json=asked), 422, "too-many-messages")
    assert refused["asked_for"] > refused["most"] == 50_000
    assert pointers(refused) == {"/recipients": "too-many-messages"}

    small = asked | {"recipients": [{"email": address}], "offsets": ["-P1D"]}
    rule = (await admin.post("/v1/reminder-rules", json=small)).headers["location"]
    tag = (await admin.get(rule)).headers["etag"]
    grown = {name: asked[name] for name in ("offsets", "recipients")}
    problem_of(await admin.patch(rule, json=grown, headers={"If-Match": tag}), 422, "too-many-messages")
    assert len((await admin.get(rule)).json()["offsets"]) == 1


async def test_a_rule_that_has_come_to_ask_for_too_many_messages_may_ask_for_fewer(
    admin: httpx.AsyncClient, address: str, monkeypatch: pytest.MonkeyPatch
):
    """What comes later of a series or kind is added without a limit."""
    path = await called(admin)
    rule = await reminded(admin, path, address, f"b-{address}", offsets=("-P7D", "-P1D"))
    monkeypatch.setattr(planning, "MOST_MESSAGES", 1)
    at_rule = f"/v1/reminder-rules/{rule}"

    await change(admin, at_rule, notices=False)
    await change(admin, at_rule, offsets=["-P1D"])

    assert len(await ledger(admin, rule)) == 2
    tag = (await admin.get(at_rule)).headers["etag"]
    more = {"offsets": ["-P1D", "-P2D"]}
    problem_of(await admin.patch(at_rule, json=more, headers={"If-Match": tag}), 422, "too-many-messages")


async def test_an_opt_out_of_a_rule_that_there_is_not_is_refused(admin: httpx.AsyncClient, address: str):
    asked = {"address": address, "scope": "rule", "rule": "0198c0de-0000-7000-8000-00000000ffff"}

    refused = problem_of(await admin.post("/v1/opt-outs", json=asked), 422, "unknown-rule")
    assert pointers(refused) == {"/rule": "unknown-rule"}
