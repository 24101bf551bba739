"""What rules may be about, whom they may tell, and how they are changed and withdrawn."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import uuid4

import httpx
import pytest

from schemas.access import Scope
from services.database import Sessions
from tests.api.given import meeting, pointers, problem_of
from tests.api.reminding import (
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
    rule_for,
    ruled,
    told_of,
)
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker

DAY = date(2040, 4, 30)
NINE = datetime.fromisoformat("2040-04-30T09:00:00+02:00")


async def person(client: httpx.AsyncClient, email: str, **facts: object) -> str:
    made = await client.post("/v1/persons", json={"name": "Ana", "email": email} | facts)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def committee(client: httpx.AsyncClient, *members: Found) -> str:
    key = f"c-{uuid4().hex[:8]}"
    await client.put(f"/v1/committees/{key}", json={"title": {"en": "Coordination"}})
    for member in members:
        made = await client.post(f"/v1/committees/{key}/members", json={"since": "2020-01-01"} | member)
        assert made.status_code == 201, made.text
    return key


def told(lines: list[Found]) -> list[str]:
    return sorted({item["recipient"] for item in lines})


@pytest.mark.parametrize("kind", ["obligation", "information-request", "action-item", "review", "milestone"])
async def test_a_rule_may_be_about_anything_with_a_date(
    admin: httpx.AsyncClient, sessions: Sessions, address: str, kind: str
):
    thing = await entered(sessions, DAY, kind=kind)
    rule = await ruled(admin, {"kind": kind, "id": str(thing)}, {"email": address}, offsets=["-P7D", "P2D"])

    found = await ledger(admin, rule)

    assert [datetime.fromisoformat(item["due_at"]) for item in found] == [
        NINE - WEEK,
        NINE + timedelta(days=2),
    ]
    assert [(item["entry"], item["meeting"]) for item in found] == [(str(thing), None)] * 2


async def test_a_rule_about_all_of_a_kind_tells_of_those_there_are_and_those_to_come(
    admin: httpx.AsyncClient, sessions: Sessions, address: str
):
    mine = {"framework": "ccm", "state": "XAA"}
    there = await entered(sessions, DAY, **mine)
    await entered(sessions, DAY, framework="crpd", state="XAA")
    await entered(sessions, DAY, kind="action-item", **mine)
    await entered(sessions, DAY, status="done", reason="submitted", **mine)
    rule = await ruled(admin, {"kind": "obligations", **mine}, {"email": address})

    to_come = await entered(sessions, DAY, **mine)
    await entered(sessions, DAY, framework="ccm", state="XBB")

    read = (await admin.get(f"/v1/reminder-rules/{rule}")).json()
    assert read["subject"] == {"kind": "obligations", "id": None, **mine}
    assert sorted(item["entry"] for item in await ledger(admin, rule)) == sorted([str(there), str(to_come)])


@pytest.mark.parametrize(
    ("subject", "status", "code"),
    [
        ({"kind": "obligation", "id": str(uuid4())}, 404, "not-found"),
        ({"kind": "obligations", "framework": "no-such"}, 422, "unknown-framework"),
        ({"kind": "obligations", "state": "QQQ"}, 422, "unknown-state"),
    ],
)
async def test_a_rule_about_what_there_is_not_is_refused(
    admin: httpx.AsyncClient, address: str, subject: Found, status: int, code: str
):
    draft = {"subject": subject, "offsets": ["-P7D"], "recipients": [{"email": address}]}

    problem_of(await admin.post("/v1/reminder-rules", json=draft), status, code)


async def test_a_meeting_is_no_obligation(admin: httpx.AsyncClient, address: str):
    path = await called(admin)
    draft = rule_for(path, address)
    draft["subject"]["kind"] = "obligation"

    problem_of(await admin.post("/v1/reminder-rules", json=draft), 404, "not-found")


@pytest.mark.parametrize(
    ("recipient", "code", "pointer"),
    [
        ({"person": str(uuid4())}, "unknown-person", "/recipients/0/person"),
        ({"committee": "no-such"}, "unknown-committee", "/recipients/0/committee"),
    ],
)
async def test_recipients_must_be_known(
    admin: httpx.AsyncClient, address: str, recipient: Found, code: str, pointer: str
):
    draft = rule_for(await called(admin), address) | {"recipients": [recipient]}

    problem = problem_of(await admin.post("/v1/reminder-rules", json=draft), 422, code)

    assert list(pointers(problem)) == [pointer]


async def test_recipients_of_an_escalation_must_be_known_too(admin: httpx.AsyncClient, address: str):
    step = {"offset": "P1D", "recipients": [{"committee": "no-such"}]}
    draft = rule_for(await called(admin), address) | {"escalations": [step]}

    problem = problem_of(await admin.post("/v1/reminder-rules", json=draft), 422, "unknown-committee")

    assert list(pointers(problem)) == ["/escalations/0/recipients/0/committee"]


async def test_a_webhook_that_there_is_not_cannot_be_told(admin: httpx.AsyncClient, address: str):
    draft = rule_for(await called(admin), address)
    draft |= {"channel": "webhook", "recipients": [{"webhook": str(uuid4())}]}

    problem_of(await admin.post("/v1/reminder-rules", json=draft), 422, "unknown-webhook")


async def test_a_person_is_told_in_their_language_zone_and_hours(admin: httpx.AsyncClient, address: str):
    hours = {"start": "08:30", "end": "16:30", "weekdays": ["MO", "TU", "WE", "TH", "FR"]}
    ana = await person(admin, address, language="es", time_zone="America/Bogota", working_hours=hours)
    path = await called(admin)
    rule = await ruled(admin, {"kind": "meeting", "id": path.rpartition("/")[2]}, {"person": ana})

    [line] = await ledger(admin, rule)

    assert (line["recipient"], line["person"]) == (address, ana)
    assert datetime.fromisoformat(line["due_at"]) == datetime.fromisoformat("2040-02-29T08:30:00-05:00")


async def test_a_committee_is_told_as_it_is_composed_on_the_day_of_the_thing(
    admin: httpx.AsyncClient, address: str
):
    people = {name: await person(admin, f"{name}-{address}") for name in ("stays", "went", "comes", "left")}
    await change(admin, f"/v1/persons/{people['left']}", left="2039-01-01")
    key = await committee(
        admin,
        {"person": people["stays"]},
        {"person": people["went"], "until": "2040-03-06"},
        {"person": people["comes"], "since": "2040-03-07"},
        {"person": people["left"]},
    )
    path = await called(admin)

    rule = await ruled(admin, {"kind": "meeting", "id": path.rpartition("/")[2]}, {"committee": key})

    assert told(await ledger(admin, rule)) == [f"comes-{address}", f"stays-{address}"]


async def test_whoever_owns_a_thing_is_told_of_it(admin: httpx.AsyncClient, sessions: Sessions, address: str):
    owner = await person(admin, address)
    thing = await entered(sessions, DAY, kind="action-item", owner=owner)
    nobodys = await entered(sessions, DAY, kind="action-item")
    rules = [
        await ruled(admin, {"kind": "action-item", "id": str(one)}, {"role": "owner"})
        for one in (thing, nobodys)
    ]

    assert [told(await ledger(admin, rule)) for rule in rules] == [[address], []]

    other = await person(admin, f"b-{address}")
    await told_of(sessions, thing, DAY, kind="action-item", owner=other)

    assert told(await ledger(admin, rules[0])) == [f"b-{address}"]


async def test_an_address_that_is_named_in_two_ways_is_told_once(admin: httpx.AsyncClient, address: str):
    ana = await person(admin, address)
    key = await committee(admin, {"person": ana})
    path = await called(admin)

    rule = await ruled(
        admin,
        {"kind": "meeting", "id": path.rpartition("/")[2]},
        {"email": address.upper()},
        {"committee": key},
        {"person": ana},
    )

    assert len(await ledger(admin, rule)) == 1


async def test_what_is_unsent_follows_a_person_and_a_committee(admin: httpx.AsyncClient, address: str):
    ana, ben = await person(admin, address), await person(admin, f"b-{address}")
    key = await committee(admin, {"person": ana})
    path = await called(admin)
    rule = await ruled(admin, {"kind": "meeting", "id": path.rpartition("/")[2]}, {"committee": key})

    await change(admin, f"/v1/persons/{ana}", email=f"new-{address}")
    await admin.post(f"/v1/committees/{key}/members", json={"person": ben, "since": "2026-01-01"})
    assert told(await ledger(admin, rule)) == [f"b-{address}", f"new-{address}"]

    await change(admin, f"/v1/persons/{ben}", left="2039-01-01")
    assert told(await ledger(admin, rule)) == [f"new-{address}"]


async def test_what_is_unsent_follows_a_changed_rule(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    path = await called(admin)
    rule = await reminded(admin, path, address, offsets=("-P7D", "-P2D", "-PT1H"))
    await at(worker, START - WEEK)

    changed = await change(
        admin, f"/v1/reminder-rules/{rule}", offsets=["-P1D"], recipients=[{"email": f"b-{address}"}]
    )

    assert changed["offsets"] == ["-P1D"]
    assert [(item["offset"], item["recipient"], item["status"]) for item in await ledger(admin, rule)] == [
        ("-P7D", address, "sent"),
        ("-P1D", f"b-{address}", "scheduled"),
    ]


async def test_a_rule_is_changed_by_whoever_saw_its_present_version(admin: httpx.AsyncClient, address: str):
    path = f"/v1/reminder-rules/{await reminded(admin, await called(admin), address)}"
    tag = (await admin.get(path)).headers["etag"]
    draft = {"offsets": ["-P1D"]}

    problem_of(await admin.patch(path, json=draft), 428, "precondition-required")
    assert (await admin.patch(path, json=draft, headers={"If-Match": tag})).status_code == 200
    problem_of(await admin.patch(path, json=draft, headers={"If-Match": tag}), 412, "stale")
    problem_of(await admin.delete(path, headers={"If-Match": tag}), 412, "stale")


async def test_the_channel_of_a_rule_stays(admin: httpx.AsyncClient, address: str):
    path = f"/v1/reminder-rules/{await reminded(admin, await called(admin), address)}"
    tag = (await admin.get(path)).headers["etag"]

    answer = await admin.patch(
        path, json={"recipients": [{"webhook": str(uuid4())}]}, headers={"If-Match": tag}
    )

    problem_of(answer, 422, "wrong-channel")


async def test_a_withdrawn_rule_tells_nobody_any_more_and_its_ledger_stays(
    admin: httpx.AsyncClient, worker: Worker, office: PostOffice, address: str
):
    path = await called(admin)
    rule = await reminded(admin, path, address)
    await at(worker, START - WEEK)

    answers = [await admin.delete(f"/v1/reminder-rules/{rule}") for _ in range(2)]
    await change(admin, path, start=(START + WEEK).isoformat())
    await at(worker, START - timedelta(hours=1))

    assert [bool(answer.json()["withdrawn_at"]) for answer in answers] == [True, True]
    assert [(item["status"], item["reason"]) for item in await ledger(admin, rule)] == [
        ("sent", None),
        ("skipped", "withdrawn"),
    ]
    read = await admin.get(f"/v1/reminder-rules/{rule}")
    assert read.json()["withdrawn_at"]
    stale = await admin.patch(
        f"/v1/reminder-rules/{rule}", json={"notices": False}, headers={"If-Match": read.headers["etag"]}
    )
    problem_of(stale, 409, "rule-withdrawn")
    listed = await admin.get("/v1/reminder-rules", params={"entry": path.rpartition("/")[2]})
    assert listed.json()["items"] == []
    assert len(office.letters_to(address)) == 1


async def test_a_rule_made_again_with_the_same_key_is_one(admin: httpx.AsyncClient, address: str):
    draft = rule_for(await called(admin), address)
    answers = [
        await admin.post("/v1/reminder-rules", json=draft, headers={"Idempotency-Key": address})
        for _ in range(2)
    ]

    assert len({answer.json()["id"] for answer in answers}) == 1


async def test_rules_and_the_ledger_are_for_those_who_keep_the_calendar(
    anonymous: httpx.AsyncClient, client_with: ClientMaker
):
    reader = await client_with(Scope.SUBMISSIONS_WRITE)
    of_a_state = await client_with(Scope.MEETINGS_WRITE, state="XAA")
    paths = (
        "/v1/reminder-rules",
        f"/v1/reminder-rules/{uuid4()}",
        "/v1/deliveries",
        f"/v1/deliveries/{uuid4()}",
    )

    for path in paths:
        problem_of(await anonymous.get(path), 401, "unauthenticated")
        assert (await reader.get(path)).status_code == 403
        problem_of(await of_a_state.get(path), 403, "other-state")


async def test_a_meeting_of_a_series_is_told_by_rules_about_it_its_series_and_all_meetings(
    admin: httpx.AsyncClient, address: str
):
    made = await admin.post("/v1/meetings", json=meeting(START.isoformat(), framework="crpd"))
    one = made.json()["id"]
    rules = [
        await ruled(admin, {"kind": "meeting", "id": one}, {"email": address}),
        await ruled(admin, {"kind": "meetings", "framework": "crpd"}, {"email": address}),
    ]

    lines = (await admin.get("/v1/deliveries", params={"entry": one})).json()["items"]

    assert sorted(item["rule"] for item in lines) == sorted(rules)
