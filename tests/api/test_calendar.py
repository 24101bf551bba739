"""The calendar as calendar programs read it: what is shown to whom, and addresses that can be closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from icalendar import Calendar

from domain.calendar.actions import Dated, due
from domain.reminders.announcing import announce
from schemas.access import Scope
from services.database import Sessions
from services.settings import Settings
from tests.api.given import meeting, pointers, problem_of, series
from tests.conftest import ClientMaker

Found = dict[str, Any]
NOBODY = "00000000-0000-0000-0000-000000000000"
TODAY = datetime.now(UTC).date()


def met(title: str, *, in_days: int = 30, **more: Any) -> Dated:
    start = datetime.combine(TODAY, datetime.min.time(), UTC) + timedelta(days=in_days, hours=9)
    thing = uuid4()
    return Dated(
        id=thing, kind="meeting", title=title, start=start, over=start, time_zone="Europe/Zurich",
        duration_minutes=60, path=f"/v1/meetings/{thing}", **more,
    )  # fmt: skip


def owed(title: str, *, in_days: int = 30, kind: str = "obligation", **more: Any) -> Dated:
    thing, day = uuid4(), TODAY + timedelta(days=in_days)
    path = f"/v1/things/{thing}"
    return due(id=thing, kind=kind, title=title, day=day, time_zone="Europe/Zurich", path=path, **more)


async def announced(sessions: Sessions, *things: Dated) -> None:
    async with sessions.begin() as session:
        for thing in things:
            await announce(session, thing)


async def subscribed(client: httpx.AsyncClient, kind: str, named: str | None = None, **more: Any) -> Found:
    """A feed just made, with the path of its address."""
    named_by = {"person": "id", "committee": "key", "framework": "key"}.get(kind)
    subject = {"kind": kind} | ({named_by: named} if named_by else {})
    made = await client.post("/v1/calendar-feeds", json={"subject": subject} | more)
    assert made.status_code == 201, made.text
    found: Found = made.json()
    assert made.headers["location"] == f"/v1/calendar-feeds/{found['id']}"
    return found | {"path": path_of(found["address"])}


def path_of(address: str) -> str:
    return httpx.URL(address).raw_path.decode()


async def read(client: httpx.AsyncClient, path: str = "/v1/calendar.ics") -> Calendar:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "private" in answer.headers["cache-control"]
    calendar = Calendar.from_ical(answer.content)
    assert isinstance(calendar, Calendar)
    return calendar


async def titles(client: httpx.AsyncClient, path: str) -> list[str]:
    calendar = await read(client, path)
    return sorted(str(entry["SUMMARY"]) for entry in (*calendar.events, *calendar.todos))


async def entered(client: httpx.AsyncClient, email: str, **more: Any) -> str:
    made = await client.post("/v1/persons", json={"name": "Ana Horvat", "email": email} | more)
    assert made.status_code == 201, made.text
    return str(made.json()["id"])


async def founded(client: httpx.AsyncClient, key: str, **more: Any) -> str:
    draft = {"title": {"en": "Coordination Committee", "fr": "Comité de coordination"}} | more
    assert (await client.put(f"/v1/committees/{key}", json=draft)).status_code == 201
    return key


async def test_the_calendar_is_read_back_as_it_was_entered(admin: httpx.AsyncClient):
    made = (
        await admin.post("/v1/meeting-series", json=series(framework="crpd", title="Séance, d'été; «hiver»"))
    ).json()
    meetings = (await admin.get(f"/v1/meetings?series={made['id']}")).json()["items"]
    first = f"/v1/meetings/{meetings[0]['id']}"
    seen = {"If-Match": (await admin.get(first)).headers["etag"]}
    await admin.patch(first, json={"status": "cancelled"}, headers=seen)

    calendar = await read(admin, "/v1/calendar.ics?framework=crpd")

    events = {str(event["UID"]): event for event in calendar.events}
    assert events.keys() == {item["uid"] for item in meetings}
    for item in meetings:
        event = events[item["uid"]]
        assert event.start == datetime.fromisoformat(item["start"])
        assert event.end == datetime.fromisoformat(item["end"])
        assert (event.start.hour, str(event.start.tzinfo)) == (10, "Europe/Zurich")
        assert str(event["SUMMARY"]) == "Séance, d'été; «hiver»"
    assert [str(events[item["uid"]]["STATUS"]) for item in meetings[:2]] == ["CANCELLED", "CONFIRMED"]
    assert [events[item["uid"]]["SEQUENCE"] for item in meetings[:2]] == [1, 0]


async def test_a_key_and_the_token_of_its_holder_open_the_same_calendar(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient
):
    await admin.post("/v1/meetings", json=meeting())
    path = path_of((await admin.get("/v1/me")).json()["calendar"])

    by_token = await anonymous.get(path)
    by_key = await admin.get("/v1/calendar.ics")

    assert by_token.status_code == 200
    assert by_token.content == by_key.content
    assert by_token.headers["content-disposition"] == 'inline; filename="focalpoint.ics"'


async def test_the_calendar_is_closed_to_strangers(anonymous: httpx.AsyncClient, admin: httpx.AsyncClient):
    problem_of(await anonymous.get("/v1/calendar.ics"), 401, "unauthenticated")
    for wrong in ("wrong", "", "%EF%BF%BD"):
        answer = await anonymous.get(f"/v1/calendar.ics?token={wrong}")
        problem_of(answer, 401, "invalid-calendar-token")
    key = (await admin.post("/v1/api-keys", json={"name": "a", "scopes": ["meetings:write"]})).json()
    own = {"Authorization": f"Bearer {key['secret']}"}
    path = path_of((await anonymous.get("/v1/me", headers=own)).json()["calendar"])
    assert (await anonymous.get(path)).status_code == 200

    await admin.delete(f"/v1/api-keys/{key['id']}")

    problem_of(await anonymous.get(path), 401, "invalid-calendar-token")


async def test_a_calendar_of_a_framework_that_is_not_there_is_not_found(admin: httpx.AsyncClient):
    problem_of(await admin.get("/v1/calendar.ics?framework=nope"), 404, "not-found")


async def test_programs_may_look_before_they_fetch(admin: httpx.AsyncClient):
    looked, fetched = await admin.head("/v1/calendar.ics"), await admin.get("/v1/calendar.ics")

    assert (looked.status_code, looked.content) == (200, b"")
    assert looked.headers["etag"] == fetched.headers["etag"]
    assert looked.headers["content-type"] == fetched.headers["content-type"]


async def test_deadlines_are_to_dos_and_link_to_what_is_due(
    admin: httpx.AsyncClient, sessions: Sessions, settings: Settings
):
    report = owed("Article 7 report", framework="apmbc", state="HRV")
    await announced(sessions, report, met("Intersessional", framework="apmbc", location="Palais, room XVI"))

    calendar = await read(admin, "/v1/calendar.ics?framework=apmbc")

    [todo], [event] = calendar.todos, calendar.events
    assert todo["DUE"].dt == report.due_on
    assert str(todo["URL"]) == f"{settings.address}{report.path}"
    assert str(event["LOCATION"]) == "Palais, room XVI"
    assert str(calendar["NAME"]) == "focalpoint: apmbc"


async def test_what_has_not_changed_is_not_sent_again(admin: httpx.AsyncClient, sessions: Sessions):
    path = "/v1/calendar.ics?framework=oap"
    report = owed("Report", framework="oap")
    await announced(sessions, report)
    first = await admin.get(path)
    seen = {"If-None-Match": first.headers["etag"]}

    again = await admin.get(path, headers=seen)
    await announced(sessions, replace(report, status="done", reason="submitted"))
    changed = await admin.get(path, headers=seen)

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == first.headers["etag"]
    assert changed.status_code == 200
    assert b"STATUS:COMPLETED" in changed.content
    assert changed.headers["last-modified"].endswith("GMT")
    assert (await admin.get(path)).headers["etag"] == changed.headers["etag"]


async def test_what_is_long_over_is_left_out_and_what_is_still_due_is_not(
    admin: httpx.AsyncClient, sessions: Sessions
):
    await announced(
        sessions,
        met("Held long ago", in_days=-366, framework="dap"),
        met("Held lately", in_days=-360, framework="dap"),
        owed("Done long ago", in_days=-400, framework="dap", status="done"),
        owed("Still due", in_days=-400, framework="dap"),
    )

    assert await titles(admin, "/v1/calendar.ics?framework=dap") == ["Held lately", "Still due"]


async def test_a_key_of_a_state_sees_nothing_of_other_states(
    client_with: ClientMaker, anonymous: httpx.AsyncClient, sessions: Sessions
):
    peru = await client_with(Scope.MEETINGS_WRITE, state="PER")
    things = [owed(name, framework="lap", state=state) for name, state in (("Peru", "PER"), ("Chile", "CHL"))]
    await announced(sessions, *things, met("All", framework="lap"))
    feed = await subscribed(peru, "framework", "lap")

    for path in (
        "/v1/calendar.ics?framework=lap",
        path_of((await peru.get("/v1/me")).json()["calendar"]) + "&framework=lap",
        feed["path"],
    ):
        assert await titles(peru if "token" not in path else anonymous, path) == ["All", "Peru"]
    assert feed["state"] == "PER"


async def test_the_feed_of_a_person_shows_what_concerns_them(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, sessions: Sessions
):
    ana = await entered(admin, "ana@person.example")
    committee = await founded(admin, "person-committee")
    past = await founded(admin, "person-past")
    member = {"person": ana, "since": str(TODAY - timedelta(days=100))}
    await admin.post(f"/v1/committees/{committee}/members", json=member)
    until = str(TODAY + timedelta(days=10))
    await admin.post(f"/v1/committees/{past}/members", json=member | {"until": until})
    reminded = met("Reminded of")
    await announced(
        sessions,
        owed("Owned", kind="action-item", owner=UUID(ana)),
        met("Of the committee", committee=committee),
        owed("Milestone", kind="milestone", committee=committee),
        owed("Somebody else's", kind="action-item", committee=committee),
        met("While a member", in_days=8, committee=past),
        met("After leaving", in_days=13, committee=past),
        met("Before joining", in_days=-103, committee=committee),
        reminded,
        met("Of others"),
    )
    rule = {
        "subject": {"kind": "meeting", "id": str(reminded.id)},
        "offsets": ["-P1D"],
        "recipients": [{"person": ana}],
        "channel": "email",
    }
    assert (await admin.post("/v1/reminder-rules", json=rule)).status_code == 201

    feed = await subscribed(admin, "person", ana)

    assert await titles(anonymous, feed["path"]) == [
        "Milestone", "Of the committee", "Owned", "Reminded of", "While a member",
    ]  # fmt: skip
    assert str((await read(anonymous, feed["path"]))["NAME"]) == "focalpoint: Ana Horvat"


async def test_the_feed_of_a_person_ends_when_they_have_left(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient
):
    ana = await entered(admin, "ana@leaving.example", left=str(TODAY + timedelta(days=2)))
    feed = await subscribed(admin, "person", ana)
    assert (await anonymous.get(feed["path"])).status_code == 200

    await admin.patch(f"/v1/persons/{ana}", json={"left": str(TODAY)}, headers={"If-Match": "*"})

    problem_of(await anonymous.get(feed["path"]), 401, "invalid-calendar-token")


async def test_the_feed_of_a_committee_shows_its_meetings_and_milestones(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, sessions: Sessions
):
    committee = await founded(admin, "committee-feed")
    await announced(
        sessions,
        met("Meeting", committee=committee),
        owed("Milestone", kind="milestone", committee=committee),
        owed("Action", kind="action-item", committee=committee),
        met("Elsewhere"),
    )

    feed = await subscribed(admin, "committee", committee, language="fr-CH")

    assert await titles(anonymous, feed["path"]) == ["Meeting", "Milestone"]
    assert str((await read(anonymous, feed["path"]))["NAME"]) == "focalpoint: Comité de coordination"
    answer = await anonymous.get(feed["path"])
    assert answer.headers["content-disposition"] == 'inline; filename="committee-feed.ics"'


async def test_a_feed_rings_and_shows_deadlines_as_it_was_asked_to(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, sessions: Sessions
):
    await announced(sessions, owed("Report", framework="gcm"), met("Meeting", framework="gcm"))
    quiet = await subscribed(admin, "framework", "gcm", alarms=[])
    loud = await subscribed(admin, "framework", "gcm", alarms=["-P1W", "-PT1H"], deadlines="events")

    silent, ringing = await read(anonymous, quiet["path"]), await read(anonymous, loud["path"])

    assert [len(one.subcomponents) for one in (*silent.events, *silent.todos)] == [0, 0]
    assert [len(one.subcomponents) for one in (*ringing.events, *ringing.todos)] == [2, 2]
    assert (len(ringing.events), len(ringing.todos)) == (2, 0)
    tags = {(await anonymous.get(feed["path"])).headers["etag"] for feed in (quiet, loud)}
    assert len(tags) == 2


async def test_a_revoked_feed_is_closed_at_once_and_for_good(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient
):
    feed, other = await subscribed(admin, "all"), await subscribed(admin, "all")
    path = f"/v1/calendar-feeds/{feed['id']}"
    tag = (await anonymous.get(feed["path"])).headers["etag"]

    revoked = await admin.delete(path)

    assert revoked.status_code == 200
    for seen in ({}, {"If-None-Match": tag}):
        problem_of(await anonymous.get(feed["path"], headers=seen), 401, "invalid-calendar-token")
    assert (await anonymous.get(other["path"])).status_code == 200
    again = await admin.delete(path)
    assert again.json()["revoked_at"] == revoked.json()["revoked_at"] is not None
    assert (await admin.get(path)).json() == revoked.json()


async def test_the_address_of_a_feed_is_shown_once(admin: httpx.AsyncClient):
    draft = {"subject": {"kind": "all"}}
    key = {"Idempotency-Key": "one feed"}

    made = await admin.post("/v1/calendar-feeds", json=draft, headers=key)
    again = await admin.post("/v1/calendar-feeds", json=draft, headers=key)

    assert made.headers["cache-control"] == "no-store"
    assert again.json() == made.json() | {"address": None}
    token = made.json()["address"].partition("token=")[2]
    for path in (made.headers["location"], "/v1/calendar-feeds"):
        answer = await admin.get(path)
        assert answer.status_code == 200
        assert token not in answer.text
    listed = (await admin.get("/v1/calendar-feeds?limit=1")).json()["items"]
    assert listed == [{name: value for name, value in made.json().items() if name != "address"}]


@pytest.mark.parametrize(
    ("draft", "pointer"),
    [
        ({}, "/subject"),
        ({"subject": {"kind": "State"}}, "/subject/kind"),
        ({"subject": {"kind": "person"}}, "/subject"),
        ({"subject": {"kind": "person", "id": NOBODY, "key": "ccm"}}, "/subject"),
        ({"subject": {"kind": "committee", "id": NOBODY}}, "/subject"),
        ({"subject": {"kind": "all", "key": "ccm"}}, "/subject"),
        ({"subject": {"kind": "all"}, "alarms": ["one day"]}, "/alarms/0"),
        ({"subject": {"kind": "all"}, "alarms": ["-P7D", "-P1W"]}, "/alarms"),
        ({"subject": {"kind": "all"}, "alarms": [f"-P{days}D" for days in range(1, 7)]}, "/alarms"),
        ({"subject": {"kind": "all"}, "deadlines": "never"}, "/deadlines"),
        ({"subject": {"kind": "all"}, "language": "French"}, "/language"),
        ({"subject": {"kind": "all"}, "token": "mine"}, "/token"),
    ],
)
async def test_a_feed_that_cannot_be_is_refused(admin: httpx.AsyncClient, draft: Found, pointer: str):
    answer = await admin.post("/v1/calendar-feeds", json=draft)

    assert pointer in pointers(problem_of(answer, 422, "validation-failed"))


@pytest.mark.parametrize(
    ("subject", "pointer", "code"),
    [
        ({"kind": "person", "id": NOBODY}, "/subject/id", "unknown-person"),
        ({"kind": "committee", "key": "no-such"}, "/subject/key", "unknown-committee"),
        ({"kind": "framework", "key": "no-such"}, "/subject/key", "unknown-framework"),
    ],
)
async def test_a_feed_is_of_somebody_or_something_known(
    admin: httpx.AsyncClient, subject: Found, pointer: str, code: str
):
    answer = await admin.post("/v1/calendar-feeds", json={"subject": subject})

    assert pointers(problem_of(answer, 422, code)) == {pointer: code}


async def test_feeds_are_made_and_listed_by_those_who_keep_the_calendar(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    reader = await client_with(Scope.SUBMISSIONS_WRITE)
    kenya = await client_with(Scope.MEETINGS_WRITE, state="KEN")
    foreign = await entered(admin, "ana@feeds.example", state="HRV")
    feed = await subscribed(admin, "all")
    path = f"/v1/calendar-feeds/{feed['id']}"
    draft = {"subject": {"kind": "all"}}

    for refused in (
        await reader.post("/v1/calendar-feeds", json=draft),
        await reader.get("/v1/calendar-feeds"),
        await reader.delete(path),
    ):
        problem_of(refused, 403, "scope-missing")
    of_foreign = {"subject": {"kind": "person", "id": foreign}}
    problem_of(await kenya.post("/v1/calendar-feeds", json=of_foreign), 422, "unknown-person")
    for refused in (await kenya.get(path), await kenya.delete(path)):
        problem_of(refused, 404, "not-found")
    own = await subscribed(kenya, "all")
    assert [item["id"] for item in (await kenya.get("/v1/calendar-feeds")).json()["items"]] == [own["id"]]
