"""Persons and committees: who is written to, and who may know of it."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
import pytest

from domain.people import queries
from schemas.access import Scope
from services.database import Sessions
from tests.api.given import meeting, pointers, problem_of
from tests.conftest import ClientMaker

Found = dict[str, Any]
NOBODY = "00000000-0000-0000-0000-000000000000"


def person(email: str, /, **changes: Any) -> Found:
    return {"name": "Ana Horvat", "email": email} | changes


async def entered(client: httpx.AsyncClient, email: str, **changes: Any) -> Found:
    made = await client.post("/v1/persons", json=person(email, **changes))
    assert made.status_code == 201, made.text
    found: Found = made.json()
    assert made.headers["location"] == f"/v1/persons/{found['id']}"
    return found


async def change(client: httpx.AsyncClient, path: str, **changes: Any) -> httpx.Response:
    seen = {"If-Match": (await client.get(path)).headers["etag"]}
    return await client.patch(path, json=changes, headers=seen)


async def founded(client: httpx.AsyncClient, key: str, **changes: Any) -> str:
    draft = {"title": {"en": "Coordination Committee"}} | changes
    made = await client.put(f"/v1/committees/{key}", json=draft)
    assert made.status_code == 201, made.text
    return f"/v1/committees/{key}"


async def admitted(client: httpx.AsyncClient, committee: str, person_id: str, **changes: Any) -> str:
    draft = {"person": person_id, "since": "2026-01-01"} | changes
    made = await client.post(f"{committee}/members", json=draft)
    assert made.status_code == 201, made.text
    return str(made.headers["location"])


async def names(client: httpx.AsyncClient, path: str) -> list[str]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return [item["name"] for item in answer.json()["items"]]


async def test_a_person_is_entered_with_all_that_is_known(admin: httpx.AsyncClient):
    hours = {"start": "08:30", "end": "16:30", "weekdays": ["MO", "TU", "WE", "TH"]}
    facts = {
        "language": "fr",
        "time_zone": "Europe/Zagreb",
        "working_hours": hours,
        "state": "HRV",
        "organisation": "Ministry of Foreign Affairs",
        "role": "Gender focal point",
        "telephone": "+385 (0)1 456-9964",
        "left": None,
    }

    made = await entered(admin, "all@example.org", **facts)

    assert {name: made[name] for name in facts} == facts
    assert (await admin.get(f"/v1/persons/{made['id']}")).json() == made


async def test_working_hours_are_nine_to_five_from_monday_to_friday_unless_said(admin: httpx.AsyncClient):
    made = await entered(admin, "hours@example.org", working_hours={})

    weekdays = ["MO", "TU", "WE", "TH", "FR"]
    assert made["working_hours"] == {"start": "09:00", "end": "17:00", "weekdays": weekdays}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"name": " "}, "/name"),
        ({"name": "Ana\nHorvat"}, "/name"),
        ({"email": "ana"}, "/email"),
        ({"email": "ana@example.org\r\nBcc: all@example.org"}, "/email"),
        ({"language": "french"}, "/language"),
        ({"time_zone": "Zagreb"}, "/time_zone"),
        ({"working_hours": {"start": "17:00", "end": "09:00"}}, "/working_hours"),
        ({"working_hours": {"start": "9:00"}}, "/working_hours/start"),
        ({"working_hours": {"end": "24:00"}}, "/working_hours/end"),
        ({"working_hours": {"weekdays": []}}, "/working_hours/weekdays"),
        ({"working_hours": {"weekdays": ["MO", "MO"]}}, "/working_hours"),
        ({"state": "Croatia"}, "/state"),
        ({"telephone": "call me"}, "/telephone"),
        ({"telephone": "--"}, "/telephone"),
        ({"left": "2026-07-01T10:00:00Z"}, "/left"),
        ({"sex": "F"}, "/sex"),
    ],
)
async def test_what_cannot_be_of_a_person_is_refused(admin: httpx.AsyncClient, changes: Found, pointer: str):
    answer = await admin.post("/v1/persons", json=person("bad@example.org", **changes))

    assert pointer in pointers(problem_of(answer, 422, "validation-failed"))


async def test_a_person_works_for_a_state_that_is_known(admin: httpx.AsyncClient):
    answer = await admin.post("/v1/persons", json=person("nowhere@example.org", state="ZZZ"))

    assert pointers(problem_of(answer, 422, "unknown-state")) == {"/state": "unknown-state"}


async def test_one_address_is_one_person_in_capitals_or_not(admin: httpx.AsyncClient):
    first = await entered(admin, "Twice@example.org")
    other = await entered(admin, "once@example.org")

    again = await admin.post("/v1/persons", json=person("tWICE@EXAMPLE.ORG"))
    changed = await change(admin, f"/v1/persons/{other['id']}", email="twice@example.org")

    for refused in (again, changed):
        assert pointers(problem_of(refused, 409, "email-taken")) == {"/email": "email-taken"}
    own = await change(admin, f"/v1/persons/{first['id']}", email="twice@example.org")
    assert (own.status_code, own.json()["email"]) == (200, "twice@example.org")


async def test_a_change_leaves_the_rest_and_null_takes_away(admin: httpx.AsyncClient):
    made = await entered(admin, "change@example.org", role="Official", working_hours={"end": "15:00"})
    path = f"/v1/persons/{made['id']}"

    changed = await change(admin, path, time_zone="America/New_York", working_hours=None)

    assert changed.json() == made | {
        "time_zone": "America/New_York",
        "working_hours": None,
        "updated_at": changed.json()["updated_at"],
    }
    for empty in ({}, {"name": None}, {"email": None}):
        problem_of(await change(admin, path, **empty), 422, "validation-failed")


async def test_several_people_change_a_person_one_after_the_other(admin: httpx.AsyncClient):
    made = await entered(admin, "version@example.org")
    path = f"/v1/persons/{made['id']}"
    seen = {"If-Match": (await admin.get(path)).headers["etag"]}

    problem_of(await admin.patch(path, json={"role": "A"}), 428, "precondition-required")
    assert (await admin.patch(path, json={"role": "A"}, headers=seen)).status_code == 200
    problem_of(await admin.patch(path, json={"role": "B"}, headers=seen), 412, "stale")


async def test_persons_are_found_by_state_committee_and_address(admin: httpx.AsyncClient):
    await entered(admin, "a@found.example", name="A", state="NOR")
    there = await entered(admin, "b@found.example", name="B", state="NOR")
    committee = await founded(admin, "found")
    today = datetime.now(UTC).date()
    await admitted(admin, committee, there["id"], since=str(today), until=str(today + timedelta(days=9)))

    assert await names(admin, "/v1/persons?state=NOR") == ["B", "A"]
    assert await names(admin, "/v1/persons?email=A@FOUND.example") == ["A"]
    assert await names(admin, "/v1/persons?committee=found") == ["B"]
    assert await names(admin, f"/v1/persons?committee=found&as_of={today + timedelta(days=10)}") == []
    first = (await admin.get("/v1/persons?state=NOR&limit=1")).json()
    assert await names(admin, f"/v1/persons?state=NOR&limit=1&cursor={first['next']}") == ["A"]


async def test_a_key_of_a_state_knows_of_its_own_persons_only(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    peru = await client_with(Scope.MEETINGS_WRITE, state="PER")
    foreign = await entered(admin, "chl@state.example", name="Foreign", state="CHL")
    of_none = await entered(admin, "none@state.example", name="ISU")
    own = await entered(peru, "per@state.example", name="Own", state="PER")
    committee = await founded(admin, "of-states")
    for somebody in (foreign, own):
        await admitted(admin, committee, somebody["id"])

    assert await names(peru, "/v1/persons") == ["Own"]
    assert await names(peru, "/v1/persons?state=CHL") == []
    assert await names(peru, "/v1/persons?email=chl@state.example") == []
    for other in (foreign, of_none):
        problem_of(await peru.get(f"/v1/persons/{other['id']}"), 404, "not-found")
        tag = {"If-Match": "*"}
        answer = await peru.patch(f"/v1/persons/{other['id']}", json={"role": "A"}, headers=tag)
        problem_of(answer, 404, "not-found")
    shown = (await peru.get(f"{committee}/members")).json()["items"]
    assert [item["person"]["name"] for item in shown] == ["Own"]


async def test_a_key_of_a_state_writes_its_own_persons_only(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    kenya = await client_with(Scope.MEETINGS_WRITE, state="KEN")
    for state in ("CHL", None):
        answer = await kenya.post("/v1/persons", json=person("x@write.example", state=state))
        problem_of(answer, 403, "other-state")
    own = await entered(kenya, "ken@write.example", state="KEN")
    path = f"/v1/persons/{own['id']}"

    for state in ("CHL", None):
        problem_of(await change(kenya, path, state=state), 403, "other-state")
    assert (await change(kenya, path, role="Official")).status_code == 200
    problem_of(await kenya.put("/v1/committees/kenya", json={"title": {"en": "A"}}), 403, "other-state")


async def test_who_may_only_read_writes_nothing(client_with: ClientMaker):
    reader = await client_with(Scope.SUBMISSIONS_WRITE)

    for method, path in (("POST", "/v1/persons"), ("PUT", "/v1/committees/a")):
        answer = await reader.request(method, path, json=person("a@example.org"))
        assert answer.status_code in (403, 422)
    answer = await reader.post("/v1/persons", json=person("a@example.org"))
    assert problem_of(answer, 403, "scope-missing")["scope"] == "meetings:write"


async def test_a_committee_is_founded_once_and_renamed_by_who_saw_it(admin: httpx.AsyncClient):
    path = await founded(admin, "renamed", framework="ccm")
    seen = {"If-Match": (await admin.get(path)).headers["etag"]}
    draft = {"title": {"en": "Bureau", "fr": "Bureau"}}

    problem_of(await admin.put(path, json=draft), 428, "precondition-required")
    renamed = await admin.put(path, json=draft, headers=seen)
    problem_of(await admin.put(path, json=draft, headers=seen), 412, "stale")

    assert (renamed.status_code, renamed.json()["title"]) == (200, draft["title"])
    assert renamed.json()["framework"] is None
    problem_of(await admin.put("/v1/committees/none", json=draft, headers=seen), 404, "not-found")


async def test_a_committee_meets_under_a_framework_that_is_known(admin: httpx.AsyncClient):
    answer = await admin.put("/v1/committees/odd", json={"title": {"en": "A"}, "framework": "no-such"})

    assert pointers(problem_of(answer, 422, "unknown-framework")) == {"/framework": "unknown-framework"}
    problem_of(await admin.get("/v1/committees/odd"), 404, "not-found")


async def test_committees_are_listed_by_key(admin: httpx.AsyncClient):
    for key in ("list-b", "list-a"):
        await founded(admin, key, framework="crpd")

    items = (await admin.get("/v1/committees?framework=crpd")).json()["items"]
    first = (await admin.get("/v1/committees?framework=crpd&limit=1")).json()
    second = (await admin.get(f"/v1/committees?framework=crpd&limit=1&cursor={first['next']}")).json()

    assert [item["key"] for item in items] == ["list-a", "list-b"]
    assert [item["key"] for item in (*first["items"], *second["items"])] == ["list-a", "list-b"]


async def test_members_belong_from_their_first_day_to_their_last(admin: httpx.AsyncClient):
    committee = await founded(admin, "days")
    ana = await entered(admin, "ana@days.example", name="Ana")
    ben = await entered(admin, "ben@days.example", name="Ben")
    await admitted(admin, committee, ana["id"], since="2026-01-01", until="2026-06-30", role="Coordinator")
    await admitted(admin, committee, ben["id"], since="2026-06-30")

    async def on(day: str) -> list[str]:
        found = (await admin.get(f"{committee}/members?as_of={day}")).json()["items"]
        return [item["person"]["name"] for item in found]

    assert await on("2025-12-31") == []
    assert await on("2026-01-01") == ["Ana"]
    assert await on("2026-06-30") == ["Ana", "Ben"]
    assert await on("2026-07-01") == ["Ben"]
    everybody = (await admin.get(f"{committee}/members")).json()["items"]
    assert [(item["role"], item["until"]) for item in everybody] == [
        ("Coordinator", "2026-06-30"),
        (None, None),
    ]


async def test_a_membership_ends_and_begins_again(admin: httpx.AsyncClient):
    committee = await founded(admin, "again")
    ana = await entered(admin, "ana@again.example")
    first = await admitted(admin, committee, ana["id"], since="2026-01-01")
    assert (await admin.get(first)).json()["person"] == ana

    answer = await admin.post(f"{committee}/members", json={"person": ana["id"], "since": "2026-09-01"})
    problem_of(answer, 409, "member-already")
    ended = await change(admin, first, until="2026-08-31")
    second = await admitted(admin, committee, ana["id"], since="2026-09-01", until="2027-08-31")

    assert (ended.status_code, ended.json()["until"]) == (200, "2026-08-31")
    problem_of(await change(admin, first, until=None), 409, "member-already")
    problem_of(await change(admin, second, since="2026-08-31"), 409, "member-already")
    answer = await change(admin, second, until="2026-08-30")
    assert pointers(problem_of(answer, 422, "ends-before-it-begins")) == {"/until": "ends-before-it-begins"}
    problem_of(await admin.patch(first, json={"role": "A"}), 428, "precondition-required")


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"person": NOBODY}, 422, "unknown-person"),
        ({"until": "2025-12-31"}, 422, "validation-failed"),
        ({"since": None}, 422, "validation-failed"),
        ({"since": "1 January"}, 422, "validation-failed"),
    ],
)
async def test_a_membership_that_cannot_be_is_refused(
    admin: httpx.AsyncClient, changes: Found, status: int, code: str
):
    made = (await admin.get("/v1/persons?email=bad@member.example")).json()["items"]
    ana = made[0] if made else await entered(admin, "bad@member.example")
    await admin.put("/v1/committees/bad", json={"title": {"en": "A"}})
    draft = {"person": ana["id"], "since": "2026-01-01"} | changes

    problem_of(await admin.post("/v1/committees/bad/members", json=draft), status, code)


async def test_what_is_not_there_is_not_found(admin: httpx.AsyncClient):
    committee = await founded(admin, "there")
    await founded(admin, "elsewhere")
    ana = await entered(admin, "ana@there.example")
    member = await admitted(admin, committee, ana["id"])

    for path in (
        f"/v1/persons/{NOBODY}",
        "/v1/committees/nowhere",
        "/v1/committees/nowhere/members",
        f"{committee}/members/{NOBODY}",
        member.replace("there", "elsewhere"),
    ):
        problem_of(await admin.get(path), 404, "not-found")


async def test_who_has_left_is_no_member_for_letters(admin: httpx.AsyncClient, sessions: Sessions):
    committee = await founded(admin, "left")
    for name, left in (("Ana", None), ("Ben", "2026-03-01"), ("Cleo", "2026-03-02")):
        somebody = await entered(admin, f"{name}@left.example", name=name, left=left)
        await admitted(admin, committee, somebody["id"])

    async with sessions() as session:
        present = await queries.members(session, "left", date(2026, 3, 1))

    assert [somebody.name for somebody in present] == ["Ana", "Cleo"]


async def reminded(client: httpx.AsyncClient, recipient: Found) -> str:
    """The address of a rule about a meeting of its own, for one recipient."""
    called = (await client.post("/v1/meetings", json=meeting(start="2030-03-06T10:00:00+01:00"))).json()
    rule = {
        "subject": {"kind": "meeting", "id": called["id"]},
        "offsets": ["-P1D"],
        "recipients": [recipient],
        "channel": "email",
    }
    made = await client.post("/v1/reminder-rules", json=rule)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def planned(client: httpx.AsyncClient, rule: str) -> list[str]:
    """Who is to be written to."""
    items = (await client.get(f"/v1/deliveries?rule={rule}&status=scheduled")).json()["items"]
    return [item["recipient"] for item in items]


async def test_reminders_that_are_not_sent_yet_follow_a_person(admin: httpx.AsyncClient):
    ana = await entered(admin, "old@follow.example")
    rule = await reminded(admin, {"person": ana["id"]})
    assert await planned(admin, rule) == ["old@follow.example"]

    await change(admin, f"/v1/persons/{ana['id']}", email="new@follow.example")

    assert await planned(admin, rule) == ["new@follow.example"]


async def test_reminders_that_are_not_sent_yet_follow_who_belongs_to_a_committee(admin: httpx.AsyncClient):
    committee = await founded(admin, "followed")
    ana = await entered(admin, "ana@followed.example")
    rule = await reminded(admin, {"committee": "followed"})
    assert await planned(admin, rule) == []

    member = await admitted(admin, committee, ana["id"])
    assert await planned(admin, rule) == ["ana@followed.example"]
    await change(admin, member, until="2026-01-31")

    assert await planned(admin, rule) == []


async def test_an_address_that_is_entered_five_times_at_once_is_one_person(admin: httpx.AsyncClient):
    draft = person("at-once@example.org")

    answers = await asyncio.gather(*(admin.post("/v1/persons", json=draft) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
    assert await names(admin, "/v1/persons?email=at-once@example.org") == ["Ana Horvat"]


async def test_a_person_who_is_admitted_five_times_at_once_is_one_member(admin: httpx.AsyncClient):
    committee = await founded(admin, "at-once")
    ana = await entered(admin, "member@at-once.example")
    draft = {"person": ana["id"], "since": "2026-01-01"}

    answers = await asyncio.gather(*(admin.post(f"{committee}/members", json=draft) for _ in range(5)))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409, 409]
