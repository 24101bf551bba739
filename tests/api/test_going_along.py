"""Meetings that go with others, while those are moved, after those are over, and many deep."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from domain.meetings import actions, queries
from schemas.meetings import MeetingChange
from schemas.series import SeriesChange
from services.database import Sessions
from tests.api.given import meeting, pointers, problem_of
from tests.api.scheduling import YEAR, Found, change, change_series, entry_of, founded, meetings_of, when

WAITING = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
WEEKS_APART = {"rrule": "FREQ=WEEKLY;COUNT=3", "time_zone": "UTC"}


async def called(client: httpx.AsyncClient, start: str, **facts: object) -> Found:
    made = await client.post("/v1/meetings", json=meeting(start, **facts))
    assert made.status_code == 201, made.text
    found: Found = made.json()
    return found


def preparation(lead: Found, offset: str = "-P1W") -> Found:
    return {"title": "Preparation", "relative_to": {"meeting": lead["id"], "offset": offset}}


async def following(client: httpx.AsyncClient, lead: Found, offset: str, **facts: str) -> Found:
    draft = {"title": "Minutes", "relative_to": {"series": lead["id"], "offset": offset}} | facts
    made = await client.post("/v1/meeting-series", json=draft)
    assert made.status_code == 201, made.text
    found: Found = made.json()
    return found


async def weekly(client: httpx.AsyncClient) -> Found:
    tomorrow = datetime.now(UTC) + timedelta(days=1)
    return await founded(client, **WEEKS_APART, anchor=tomorrow.strftime("%Y-%m-%dT%H:%M:00"))


async def has_taken_place(sessions: Sessions, item: Found) -> None:
    """As it is three days later: a meeting is known by when the one with which it goes was to be."""
    async with sessions.begin() as session:
        for earlier in (
            "start = start - interval '3 days' WHERE id = :id",
            "occurrence = occurrence - interval '3 days' WHERE :id IN (id, follows)",
        ):
            await session.execute(text(f"UPDATE meetings SET {earlier}"), {"id": UUID(item["id"])})


async def waits(task: asyncio.Task[Any], sessions: Sessions) -> None:
    """Until what a task asks for waits for a lock, or has been answered without waiting."""
    for _ in range(1_000):
        if task.done() or await _is_waited_for(sessions):
            return
        await asyncio.sleep(0.01)
    pytest.fail("it neither waited nor ended")


async def _is_waited_for(sessions: Sessions) -> bool:
    """In a transaction of its own: within one, the same is seen again."""
    async with sessions() as session:
        return bool(await session.scalar(WAITING))


def days_after(items: list[Found], leads: list[Found]) -> list[int]:
    starts = [
        (datetime.fromisoformat(one["start"]), datetime.fromisoformat(led["start"]))
        for one, led in zip(items, leads, strict=True)
    ]
    return [(start - led).days for start, led in starts]


# While the other one changes


async def test_a_meeting_called_while_the_other_is_being_moved_goes_where_that_went(
    admin: httpx.AsyncClient, sessions: Sessions
):
    lead = await called(admin, f"{YEAR}-07-05T10:00:00Z")
    async with sessions.begin() as session:
        row = await queries.find(session, UUID(lead["id"]), lock=True)
        moved = MeetingChange.model_validate({"start": f"{YEAR}-07-20T10:00:00Z"})
        await actions.change(session, row, moved, now=datetime.now(UTC))
        calling = asyncio.create_task(admin.post("/v1/meetings", json=preparation(lead, "-P1D")))
        await waits(calling, sessions)

    assert (await calling).json()["start"][:10] == f"{YEAR}-07-19"


async def test_nothing_is_called_to_go_with_a_meeting_that_is_being_called_off(
    admin: httpx.AsyncClient, sessions: Sessions
):
    lead = await called(admin, f"{YEAR}-07-05T10:00:00Z")
    async with sessions.begin() as session:
        row = await queries.find(session, UUID(lead["id"]), lock=True)
        await actions.call_off(session, row, now=datetime.now(UTC))
        calling = asyncio.create_task(admin.post("/v1/meetings", json=preparation(lead)))
        await waits(calling, sessions)

    problem_of(await calling, 422, "cancelled-meeting")


async def test_a_series_founded_while_meetings_of_the_other_change_goes_where_those_went(
    admin: httpx.AsyncClient, sessions: Sessions
):
    lead = await weekly(admin)
    first, second, third = await meetings_of(admin, lead)
    now = datetime.now(UTC)
    async with sessions.begin() as session:
        off = await queries.find(session, UUID(first["id"]), lock=True)
        await actions.call_off(session, off, now=now)
        row = await queries.find(session, UUID(second["id"]), lock=True)
        later = datetime.fromisoformat(second["start"]) + timedelta(days=2)
        await actions.change(session, row, MeetingChange(start=later), now=now)
        founding = asyncio.create_task(following(admin, lead, "P1D"))
        await waits(founding, sessions)

    items = await meetings_of(admin, await founding)
    assert [item["relative_to"]["meeting"] for item in items] == [second["id"], third["id"]]
    assert datetime.fromisoformat(items[0]["start"]) == later + timedelta(days=1)


async def test_a_series_founded_while_the_other_changes_has_what_that_has_then(
    admin: httpx.AsyncClient, sessions: Sessions
):
    lead = await weekly(admin)
    async with sessions.begin() as session:
        row = await queries.find_series(session, UUID(lead["id"]), lock=True)
        zone = SeriesChange(time_zone="Pacific/Apia", duration_minutes=45)
        await actions.edit(session, row, zone, now=datetime.now(UTC))
        founding = asyncio.create_task(following(admin, lead, "P1D"))
        await waits(founding, sessions)

    made = await founding
    assert (made["time_zone"], made["duration_minutes"]) == ("Pacific/Apia", 45)
    leads = await meetings_of(admin, lead)
    assert days_after(await meetings_of(admin, made), leads) == [1] * len(leads)


@pytest.mark.parametrize(
    ("by_itself", "day", "status"),
    [({"start": f"{YEAR}-06-01T10:00:00Z"}, "06-01", "moved"), ({"status": "held"}, "06-28", "held")],
)
async def test_a_meeting_that_is_being_changed_by_itself_does_not_go_with_the_other(
    admin: httpx.AsyncClient, sessions: Sessions, by_itself: Found, day: str, status: str
):
    lead = await called(admin, f"{YEAR}-07-05T10:00:00Z")
    one = (await admin.post("/v1/meetings", json=preparation(lead))).json()
    async with sessions.begin() as session:
        row = await queries.find(session, UUID(one["id"]), lock=True)
        await actions.change(session, row, MeetingChange.model_validate(by_itself), now=datetime.now(UTC))
        path = f"/v1/meetings/{lead['id']}"
        moving = asyncio.create_task(change(admin, path, start=f"{YEAR}-07-20T10:00:00Z"))
        await waits(moving, sessions)

    assert (await moving).status_code == 200
    found = (await admin.get(f"/v1/meetings/{one['id']}")).json()
    assert (found["start"][5:10], found["status"]) == (day, status)


async def test_those_who_change_a_meeting_and_the_one_it_goes_with_do_not_wait_for_each_other(
    admin: httpx.AsyncClient, sessions: Sessions
):
    lead = await called(admin, f"{YEAR}-07-05T10:00:00Z")
    one = (await admin.post("/v1/meetings", json=preparation(lead))).json()
    async with sessions.begin() as session:
        row = await queries.find(session, UUID(one["id"]), lock=True)
        path = f"/v1/meetings/{lead['id']}"
        moving = asyncio.create_task(change(admin, path, start=f"{YEAR}-07-20T10:00:00Z"))
        await waits(moving, sessions)
        await actions.change(session, row, MeetingChange(status="held"), now=datetime.now(UTC))

    assert (await moving).json()["start"][:10] == f"{YEAR}-07-20"
    assert (await admin.get(f"/v1/meetings/{one['id']}")).json()["status"] == "held"


async def west_of_zurich(client: httpx.AsyncClient, time_zone: str) -> tuple[Found, Found]:
    """A series an hour after midnight in Zurich with an addition the day before, and one that follows it."""
    lead = await founded(
        client,
        anchor=f"{YEAR}-07-07T01:00:00",
        rrule="FREQ=WEEKLY;COUNT=3",
        additions=[f"{YEAR}-07-13T12:00:00"],
    )
    assert len(await meetings_of(client, lead)) == 4
    return lead, await following(client, lead, "-P7D", time_zone=time_zone)


async def test_a_series_follows_each_of_two_that_are_one_day_in_its_own_zone(admin: httpx.AsyncClient):
    lead, follower = await west_of_zurich(admin, "America/New_York")

    led_by = [item["relative_to"]["meeting"] for item in await meetings_of(admin, follower)]
    assert sorted(led_by) == sorted(item["id"] for item in await meetings_of(admin, lead))


async def test_a_series_that_follows_another_goes_to_a_zone_where_two_are_one_day(admin: httpx.AsyncClient):
    _, follower = await west_of_zurich(admin, "Europe/Zurich")

    await change_series(admin, follower, time_zone="America/New_York")

    assert {item["time_zone"] for item in await meetings_of(admin, follower)} == {"America/New_York"}


async def test_many_called_and_moved_at_once_end_where_the_other_one_is(admin: httpx.AsyncClient):
    for _ in range(5):
        lead = await called(admin, f"{YEAR}-07-05T10:00:00Z")
        draft = preparation(lead, "-P1D")
        path = f"/v1/meetings/{lead['id']}"
        _, *made = await asyncio.gather(
            change(admin, path, start=f"{YEAR}-07-20T10:00:00Z"),
            *(admin.post("/v1/meetings", json=draft) for _ in range(3)),
        )
        found = [(await admin.get(answer.headers["location"])).json() for answer in made]
        assert {item["start"][:10] for item in found} == {f"{YEAR}-07-19"}


async def test_what_stands_elsewhere_than_its_lead_leads_is_brought_there_within_the_hour(
    admin: httpx.AsyncClient, sessions: Sessions
):
    """As a process of the release before moves and calls off meetings: it knows of none that go with them."""
    leads = [await called(admin, f"{YEAR}-10-0{day}T10:00:00+02:00") for day in (5, 6, 7)]
    made = [(await admin.post("/v1/meetings", json=preparation(lead))).json() for lead in leads]
    below = (await admin.post("/v1/meetings", json=preparation(made[0]))).json()
    async with sessions.begin() as session:
        for change_of, lead in (("start = start + interval '2 days'", 0), ("status = 'cancelled'", 1)):
            await session.execute(
                text(f"UPDATE meetings SET {change_of} WHERE id = :id"), {"id": UUID(leads[lead]["id"])}
            )

    for _ in range(2):
        async with sessions.begin() as session:
            await actions.all_series_ahead(session, now=datetime.now(UTC))

    paths = [f"/v1/meetings/{item['id']}" for item in (*made, below)]
    found = [(await admin.get(path)).json() for path in paths]
    assert when(found) == [
        "09-30T10:00 scheduled",
        "09-29T10:00 cancelled",
        "09-30T10:00 scheduled",
        "09-23T10:00 scheduled",
    ]
    assert [item["sequence"] for item in found] == [1, 1, 0, 1]
    assert (await entry_of(sessions, found[0])).start == datetime.fromisoformat(found[0]["start"])


# After the other one is over


async def test_what_lies_ahead_of_a_meeting_that_is_over_changes_with_its_series(
    admin: httpx.AsyncClient, sessions: Sessions
):
    lead = await weekly(admin)
    made = await following(admin, lead, "P3W")
    await has_taken_place(sessions, (await meetings_of(admin, lead))[0])

    await change_series(admin, made, title="Minutes, agreed", relative_to={"offset": "P4W"})

    items, leads = await meetings_of(admin, made), await meetings_of(admin, lead)
    assert {item["title"] for item in items} == {"Minutes, agreed"}
    assert days_after(items, leads) == [28, 28, 28]


async def test_what_lies_ahead_of_a_meeting_that_is_over_ends_with_its_series(
    admin: httpx.AsyncClient, sessions: Sessions
):
    lead = await weekly(admin)
    made = await following(admin, lead, "P3W")
    await has_taken_place(sessions, (await meetings_of(admin, lead))[0])

    await change_series(admin, made, ends_on=datetime.now(UTC).date().isoformat())

    assert {item["status"] for item in await meetings_of(admin, made)} == {"cancelled"}


async def test_a_series_has_meetings_that_lie_ahead_of_the_others_that_are_over(
    admin: httpx.AsyncClient, sessions: Sessions
):
    lead = await weekly(admin)
    first, *_ = await meetings_of(admin, lead)
    await has_taken_place(sessions, first)

    items = await meetings_of(admin, await following(admin, lead, "P1W"))

    assert len(items) == 3
    assert items[0]["relative_to"]["meeting"] == first["id"]


async def test_a_change_begins_on_the_date_of_the_meeting_that_changes(admin: httpx.AsyncClient):
    lead = await founded(admin, rrule="FREQ=MONTHLY;BYMONTHDAY=1;COUNT=4", anchor=f"{YEAR}-07-01T10:00:00")
    made = await following(admin, lead, "-P3W")
    before = await meetings_of(admin, made)

    await change_series(admin, made, relative_to={"offset": "-P1W"}, **{"from": f"{YEAR}-08-20"})

    after, leads = await meetings_of(admin, made), await meetings_of(admin, lead)
    assert after[:3] == before[:3]  # of 10 June, 11 July and 11 August
    assert days_after(after[3:], leads[3:]) == [-7]


async def test_what_lies_after_the_end_of_its_series_does_not_stand_again_with_the_other(
    admin: httpx.AsyncClient,
):
    lead = await weekly(admin)
    made = await following(admin, lead, "P3W")
    await change_series(admin, made, ends_on=datetime.now(UTC).date().isoformat())
    first = (await meetings_of(admin, lead))[0]
    later = datetime.fromisoformat(first["start"]) + timedelta(hours=1)

    await change(admin, f"/v1/meetings/{first['id']}", start=later.isoformat())

    assert {item["status"] for item in await meetings_of(admin, made)} == {"cancelled"}


# Many deep


async def test_a_chain_has_ten_meetings_after_the_first_and_moves_with_it(admin: httpx.AsyncClient):
    chain = [await called(admin, f"{YEAR}-09-15T10:00:00+02:00")]
    for _ in range(10):
        chain.append((await admin.post("/v1/meetings", json=preparation(chain[-1], "-P1D"))).json())

    answer = await admin.post("/v1/meetings", json=preparation(chain[-1], "-P1D"))

    problem = problem_of(answer, 422, "chain-too-long")
    assert pointers(problem) == {"/relative_to/meeting": "chain-too-long"}
    moved = await change(admin, f"/v1/meetings/{chain[0]['id']}", start=f"{YEAR}-09-16T10:00:00+02:00")
    assert moved.status_code == 200
    last = (await admin.get(f"/v1/meetings/{chain[-1]['id']}")).json()
    assert last["start"][:10] == f"{YEAR}-09-06"


async def test_a_chain_of_series_has_ten_after_the_first(admin: httpx.AsyncClient):
    chain = [await founded(admin, rrule="FREQ=WEEKLY;COUNT=1", anchor=f"{YEAR}-09-15T10:00:00")]
    for _ in range(10):
        chain.append(await following(admin, chain[-1], "-P1D"))
    draft = {"title": "Before", "relative_to": {"series": chain[-1]["id"], "offset": "-P1D"}}

    answer = await admin.post("/v1/meeting-series", json=draft)

    assert pointers(problem_of(answer, 422, "chain-too-long")) == {"/relative_to/series": "chain-too-long"}
    [last] = await meetings_of(admin, chain[-1])
    answer = await admin.post("/v1/meetings", json=preparation(last))
    problem_of(answer, 422, "chain-too-long")
    await change_series(admin, chain[0], additions=[f"{YEAR}-10-15T10:00:00"])
    assert when(await meetings_of(admin, chain[-1])) == ["09-05T10:00 scheduled", "10-05T10:00 scheduled"]
