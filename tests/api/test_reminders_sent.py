"""What is sent besides the plain reminder: news of changes, digests, escalations; and what stops it."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import httpx
import pytest

from services.database import Sessions
from tests.api.given import problem_of
from tests.api.reminding import (
    HOUR,
    START,
    WEEK,
    Found,
    PostOffice,
    at,
    called,
    change,
    entered,
    ledger,
    reminded,
    ruled,
    told_of,
    try_again_now,
)
from tests.worker_in_process import Worker

DAY = date(2040, 4, 30)
NINE = datetime.fromisoformat("2040-04-30T09:00:00+02:00")


def outline(lines: list[Found]) -> list[tuple[Any, ...]]:
    return [(item["cause"], item["offset"], item["status"], item["reason"]) for item in lines]


def methods(office: PostOffice, address: str) -> list[str]:
    """The iCalendar methods of the letters to an address, in the order in which they were sent."""
    parts = (part for letter in office.letters_to(address) for part in letter.iter_attachments())
    return [str(part.get_param("method")) for part in parts]


async def test_whoever_was_told_of_a_meeting_is_told_at_once_that_it_has_moved(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    path = await called(admin)
    rule = await reminded(admin, path, address, offsets=("-P7D",))
    await at(worker, START - WEEK)

    await change(admin, path, start=(START + 2 * WEEK).isoformat())
    await at(worker, START - WEEK)

    lines = await ledger(admin, rule)
    assert outline(lines) == [
        ("reminder", "-P7D", "sent", None),
        ("moved", None, "sent", None),
        ("reminder", "-P7D", "scheduled", None),
    ]
    assert len({item["message_id"] for item in lines}) == 3
    assert methods(office, address) == ["REQUEST", "REQUEST"]


async def test_the_news_of_a_move_says_which_time_it_was_that_was_told(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    """Though it was moved twice in between: the reader knows of the first time only."""
    path = await called(admin)
    await reminded(admin, path, address, offsets=("-P7D",))
    await at(worker, START - WEEK)
    worker.now = START - WEEK + HOUR

    for days in (1, 2):
        await change(admin, path, start=(START + timedelta(days=days)).isoformat())
    await at(worker, worker.now)

    letter = office.letters_to(address)[-1].get_body(("plain",))
    assert letter is not None
    assert "It now takes place on Friday 9 March 2040, 10:00" in letter.get_content()
    assert "Instead of: Wednesday 7 March 2040, 10:00" in letter.get_content()


async def test_nobody_hears_of_a_change_who_had_not_been_told(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    path = await called(admin)
    rule = await reminded(admin, path, address, offsets=("-P7D",))

    await change(admin, path, start=(START + WEEK).isoformat())
    await change(admin, path, status="cancelled")
    await at(worker, START - WEEK)

    assert outline(await ledger(admin, rule)) == [("reminder", "-P7D", "skipped", "closed")]
    assert office.letters_to(address) == []


async def test_a_meeting_that_is_moved_and_back_before_the_news_was_sent_is_no_news(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    path = await called(admin)
    rule = await reminded(admin, path, address, offsets=("-P7D",))
    await at(worker, START - WEEK)

    await change(admin, path, start=(START + WEEK).isoformat())
    await change(admin, path, start=START.isoformat())
    await at(worker, START - WEEK + HOUR)

    assert outline(await ledger(admin, rule)) == [("reminder", "-P7D", "sent", None)]
    assert len(office.letters_to(address)) == 1


async def test_of_a_new_time_whose_reminder_would_be_due_too_only_the_news_is_told(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    path = await called(admin)
    rule = await reminded(admin, path, address, offsets=("-P7D",))
    await at(worker, START - WEEK)

    await change(admin, path, start=(START - timedelta(days=1)).isoformat())
    await at(worker, START - WEEK)

    assert sorted(outline(await ledger(admin, rule))) == [
        ("moved", None, "sent", None),
        ("reminder", "-P7D", "sent", None),
        ("reminder", "-P7D", "skipped", "superseded"),
    ]
    assert len(office.letters_to(address)) == 2


async def test_a_meeting_that_is_called_off_is_taken_back_from_those_who_were_told(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    path = await called(admin)
    rule = await reminded(admin, path, address)
    await at(worker, START - WEEK)

    await change(admin, path, status="cancelled")
    await at(worker, START - WEEK)

    assert outline(await ledger(admin, rule)) == [
        ("reminder", "-P7D", "sent", None),
        ("cancelled", None, "sent", None),
        ("reminder", "-PT1H", "skipped", "closed"),
    ]
    assert methods(office, address) == ["REQUEST", "CANCEL"]


async def test_a_rule_may_leave_changes_untold(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    path = await called(admin)
    subject = {"kind": "meeting", "id": path.rpartition("/")[2]}
    rule = await ruled(admin, subject, {"email": address}, notices=False)
    await at(worker, START - WEEK)

    await change(admin, path, status="cancelled")
    await at(worker, START - WEEK)

    assert outline(await ledger(admin, rule)) == [("reminder", "-P7D", "sent", None)]


async def test_what_changes_after_the_meeting_is_no_news(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    path = await called(admin)
    rule = await reminded(admin, path, address, offsets=("-P7D",))
    await at(worker, START - WEEK)
    worker.now = START + HOUR

    await change(admin, path, start=(START - HOUR).isoformat())
    await change(admin, path, status="held")
    await at(worker, START + HOUR)

    assert len(office.letters_to(address)) == 1
    assert {item["cause"] for item in await ledger(admin, rule)} == {"reminder"}


@pytest.mark.parametrize("reason", ["submitted", "accepted", "answered", "done"])
async def test_what_is_done_is_reminded_of_no_more_and_says_why(
    admin: httpx.AsyncClient,
    worker: Worker,
    office: PostOffice,
    sessions: Sessions,
    address: str,
    reason: str,
):
    thing = await entered(sessions, DAY)
    rule = await ruled(
        admin, {"kind": "obligation", "id": str(thing)}, {"email": address}, offsets=["-P7D", "P2D"]
    )
    await at(worker, NINE - WEEK)

    await told_of(sessions, thing, DAY, status="done", reason=reason)
    await at(worker, NINE + timedelta(days=2))

    first, last = await ledger(admin, rule)
    assert (first["status"], last["status"], last["reason"]) == ("sent", "skipped", "closed")
    assert reason in last["detail"]


async def test_what_is_open_again_is_reminded_of_again(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, sessions: Sessions, address: str
):
    thing = await entered(sessions, DAY)
    rule = await ruled(admin, {"kind": "obligation", "id": str(thing)}, {"email": address})

    await told_of(sessions, thing, DAY, status="done", reason="submitted")
    await told_of(sessions, thing, DAY)
    await at(worker, NINE - WEEK)

    assert outline(await ledger(admin, rule)) == [("reminder", "-P7D", "sent", None)]


async def test_an_escalation_is_sent_only_while_nothing_has_been_done(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, sessions: Sessions, address: str
):
    things = [await entered(sessions, DAY) for _ in range(2)]
    step = {"offset": "P3D", "recipients": [{"email": f"chief-{address}"}]}
    rules = [
        await ruled(
            admin,
            {"kind": "obligation", "id": str(thing)},
            {"email": address},
            offsets=["-P7D", "P1D"],
            escalations=[step],
        )
        for thing in things
    ]

    await at(worker, NINE + timedelta(days=1))
    await told_of(sessions, things[0], DAY, status="done", reason="submitted")
    await at(worker, NINE + timedelta(days=3))

    last = [(await ledger(admin, rule))[-1] for rule in rules]
    assert outline(last) == [
        ("escalation", "P3D", "skipped", "closed"),
        ("escalation", "P3D", "sent", None),
    ]
    assert len(office.letters_to(f"chief-{address}")) == 1


async def test_a_digest_is_one_letter_in_the_morning_with_one_id_for_all_its_lines(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, sessions: Sessions, address: str
):
    state = {"state": "XBB", "framework": "ccm"}
    for number in range(3):
        await entered(sessions, DAY + timedelta(days=number // 2), **state)
    rule = await ruled(
        admin, {"kind": "obligations", **state}, {"email": address}, offsets=["-P7D"], digest=True
    )

    await at(worker, NINE - WEEK)
    await at(worker, NINE - WEEK)

    lines = await ledger(admin, rule)
    assert [item["status"] for item in lines] == ["sent", "sent", "scheduled"]
    assert len({item["message_id"] for item in lines[:2]}) == 1
    [letter] = office.letters_to(address)
    assert letter["Message-ID"] == lines[0]["message_id"]

    await at(worker, NINE - WEEK + timedelta(days=1))
    assert len(office.letters_to(address)) == 2


async def test_a_digest_that_could_not_be_sent_is_sent_again_with_the_same_id(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, sessions: Sessions, address: str
):
    state = {"state": "XCC", "framework": "ccm"}
    for _ in range(2):
        await entered(sessions, DAY, **state)
    rule = await ruled(admin, {"kind": "obligations", **state}, {"email": address}, digest=True)
    office.closed = True
    await at(worker, NINE - WEEK)
    waiting = {item["message_id"] for item in await ledger(admin, rule)}

    office.closed = False
    await entered(sessions, DAY, **state)
    await try_again_now(worker, sessions)

    told = [letter["Message-ID"] for letter in office.letters_to(address)]
    assert len(told) == len(set(told)) == 2
    assert len(waiting) == 1
    assert waiting < set(told)
    assert {item["status"] for item in await ledger(admin, rule)} == {"sent"}


async def test_reminders_wait_for_working_hours(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    path = await called(admin, time_zone="Europe/Zurich")
    subject = {"kind": "meeting", "id": path.rpartition("/")[2]}
    hours = {"start": "09:00", "end": "17:00", "weekdays": ["MO", "TU", "WE", "TH", "FR"]}
    recipient = {"email": address, "time_zone": "America/New_York"}
    await ruled(admin, subject, recipient, offsets=["-P3D"], working_hours=hours)
    opening = datetime.fromisoformat("2040-03-05T09:00:00-05:00")

    await at(worker, opening - timedelta(minutes=1))
    assert office.letters_to(address) == []
    await at(worker, opening)
    assert len(office.letters_to(address)) == 1


@pytest.mark.parametrize("when", ["before", "after"])
async def test_whoever_wants_no_letters_gets_none_whether_they_said_so_before_or_after(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str, when: str
):
    path = await called(admin)
    opt_out = {"address": address.upper(), "scope": "kind", "kind": "meeting"}
    if when == "before":
        await admin.post("/v1/opt-outs", json=opt_out)
    rule = await reminded(admin, path, address, offsets=("-P7D",))
    if when == "after":
        await admin.post("/v1/opt-outs", json=opt_out)

    await at(worker, START - WEEK)

    assert outline(await ledger(admin, rule)) == [("reminder", "-P7D", "skipped", "opted-out")]
    assert office.letters_to(address) == []


async def test_the_ledger_is_asked_by_entry_recipient_cause_status_and_time(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    path = await called(admin)
    rule = await reminded(admin, path, address, f"b-{address}")
    meeting = path.rpartition("/")[2]
    await at(worker, START - WEEK)
    await change(admin, path, status="cancelled")

    counts = {
        name: len(await ledger(admin, rule, **query))
        for name, query in {
            "entry": {"entry": meeting},
            "meeting": {"meeting": meeting},
            "two things": {"entry": meeting, "meeting": rule},
            "recipient": {"recipient": address.upper()},
            "cause": {"cause": "cancelled"},
            "status": {"status": "sent"},
            "after": {"due_after": (START - HOUR).isoformat()},
            "before": {"due_before": (START - HOUR).isoformat()},
        }.items()
    }

    assert counts == {
        "entry": 6, "meeting": 6, "two things": 0, "recipient": 3, "cause": 2, "status": 2,
        "after": 2, "before": 4,
    }  # fmt: skip
    problem_of(await admin.get("/v1/deliveries?status=lost"), 422, "validation-failed")
    problem_of(await admin.get("/v1/deliveries?subject=a"), 422, "unknown-parameter")


async def test_a_line_of_the_ledger_shows_its_attempts_and_what_the_server_said(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, sessions: Sessions, address: str
):
    rule = await reminded(admin, await called(admin), address, offsets=("-P7D",))
    office.closed = True
    await at(worker, START - WEEK)
    office.closed = False
    await try_again_now(worker, sessions)
    [line] = await ledger(admin, rule)

    read = (await admin.get(f"/v1/deliveries/{line['id']}")).json()

    assert {name: read[name] for name in line} == line
    assert [(one["outcome"], one["answer"]) for one in read["history"]] == [
        ("postponed", "421 closed for the night"),
        ("sent", None),
    ]


async def test_what_could_not_be_sent_in_time_is_given_up_with_the_last_answer(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, sessions: Sessions, address: str
):
    rule = await reminded(admin, await called(admin), address, offsets=("-PT1H",))
    office.closed = True

    await at(worker, START - timedelta(seconds=1))

    [line] = await ledger(admin, rule)
    assert outline([line]) == [("reminder", "-PT1H", "failed", "given-up")]
    assert "421" in line["detail"]
