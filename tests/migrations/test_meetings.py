"""Series and meetings that the release before does not know survive going back to it, and forward again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg
import httpx
from alembic import command

from tests.api.given import series
from tests.api.scheduling import WEEKLY, change, change_series, founded, meetings_of
from tests.conftest import Servers
from tests.migrations.test_migrations import migrated

THREE = WEEKLY | {"rrule": "FREQ=WEEKLY;BYDAY=WE;COUNT=3"}


async def rows(place: Servers, query: str, *values: object) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(place.database_url.replace("+asyncpg", ""))
    try:
        return await connection.fetch(query, *values)
    finally:
        await connection.close()


async def test_going_back_keeps_what_follows_two_meetings_on_one_day(
    place: Servers, admin: httpx.AsyncClient
):
    day = (datetime.now(UTC) + timedelta(days=30)).date()
    additions = [f"{day + timedelta(days=6)}T12:00:00"]
    lead = series(anchor=f"{day}T01:00:00", rrule="FREQ=WEEKLY;COUNT=2", additions=additions)
    made = (await admin.post("/v1/meeting-series", json=lead)).json()
    draft = {"title": "After", "time_zone": "America/New_York"}
    relative = {"relative_to": {"series": made["id"], "offset": "P7D"}}
    follower = (await admin.post("/v1/meeting-series", json=draft | relative)).json()
    kinds = "SELECT kind FROM meetings WHERE series = $1 ORDER BY start"
    before = await rows(place, kinds, UUID(follower["id"]))

    await migrated(place, command.downgrade, "0014")
    back = await rows(place, kinds, UUID(follower["id"]))
    await migrated(place, command.upgrade, "head")

    assert len(before) == 3
    assert [row["kind"] for row in back] == [before[0]["kind"], before[1]["kind"], "additional"]


async def test_going_back_keeps_every_meeting_and_going_forward_gives_each_its_kind(
    place: Servers, admin: httpx.AsyncClient
):
    made = (await admin.post("/v1/meeting-series", json=series())).json()
    first = (await admin.get("/v1/meetings", params={"series": made["id"]})).json()["items"][0]
    beside = {"series": made["id"], "start": first["start"]}
    assert (await admin.post("/v1/meetings", json=beside)).status_code == 201
    before = {"title": "Before", "relative_to": {"series": made["id"], "offset": "-P1W"}}
    follower = (await admin.post("/v1/meeting-series", json=before)).json()
    count = "SELECT count(*) FROM meetings"
    [(was,)] = await rows(place, count)

    await migrated(place, command.downgrade, "0009")
    [(now,)] = await rows(place, count)
    [(rule, still)] = await rows(
        place,
        "SELECT rrule, scheduled_until > '2100-01-01' FROM meeting_series WHERE id = $1",
        UUID(follower["id"]),
    )
    await migrated(place, command.upgrade, "head")

    assert (now, still) == (was, True)
    assert rule == "FREQ=DAILY;COUNT=1"
    kinds = await rows(place, "SELECT DISTINCT kind FROM meetings WHERE series = $1", UUID(made["id"]))
    assert [row["kind"] for row in kinds] == ["gfp-quarterly"]


async def test_what_meetings_were_given_by_themselves_is_known_after_going_back_and_forward(
    place: Servers, admin: httpx.AsyncClient
):
    made = await founded(admin, **THREE, location="Geneva", notes="By train.")
    first, second, _ = await meetings_of(admin, made)
    await change(admin, f"/v1/meetings/{first['id']}", location="Vienna", notes=None)
    beside = {"series": made["id"], "start": second["start"], "location": "Rome"}
    assert (await admin.post("/v1/meetings", json=beside)).status_code == 201
    own = "SELECT own FROM meetings WHERE series = $1 ORDER BY start, kind DESC"
    before = await rows(place, own, UUID(made["id"]))

    await migrated(place, command.downgrade, "0019")
    await migrated(place, command.upgrade, "head")

    after = await rows(place, own, UUID(made["id"]))
    assert [row["own"] for row in before] == [["location", "notes"], [], [], []]
    assert after == before
    await change_series(admin, made, location="Paris", notes="By bus.")
    found = [(item["location"], item["notes"]) for item in await meetings_of(admin, made)]
    expected = [("Vienna", None), ("Paris", "By bus."), ("Rome", None), ("Paris", "By bus.")]
    assert sorted(found, key=str) == sorted(expected, key=str)


async def test_what_is_to_be_from_a_later_day_on_does_not_make_a_gift_of_what_is_so_before(
    place: Servers, admin: httpx.AsyncClient
):
    """What is never changed, or once together with others, was given nothing by itself."""
    untouched = await founded(admin, **THREE, location="Geneva")
    renamed = await founded(admin, **THREE, location="Geneva")
    await change_series(admin, renamed, title="Renamed")
    given = await founded(admin, **THREE, location="Geneva")
    for item in await meetings_of(admin, given):
        await change(admin, f"/v1/meetings/{item['id']}", location="Vienna")
    both = await founded(admin, **THREE, location="Geneva")
    await change(admin, f"/v1/meetings/{(await meetings_of(admin, both))[0]['id']}", location="Vienna")
    await change_series(admin, both, title="Renamed")
    made = [untouched, renamed, given, both]
    for one in made:
        last = (await meetings_of(admin, one))[2]["start"][:10]
        await change_series(admin, one, location="New York", **{"from": last})

    await migrated(place, command.downgrade, "0019")
    await migrated(place, command.upgrade, "head")

    own = [[item["own"] for item in await meetings_of(admin, one)] for one in made]
    assert own == [[[], [], []], [[], [], []], [["location"]] * 3, [["location"], [], []]]
    for one in made:
        await change_series(admin, one, location="Paris")
    found = [[item["location"] for item in await meetings_of(admin, one)] for one in made]
    assert found == [["Paris"] * 3, ["Paris"] * 3, ["Vienna"] * 3, ["Vienna", "Paris", "Paris"]]


async def test_a_process_of_the_release_before_goes_on_entering_meetings_of_a_series(
    place: Servers, admin: httpx.AsyncClient
):
    made = await founded(admin, **THREE, location="Geneva")
    await rows(
        place,
        "INSERT INTO meetings (id, series, kind, occurrence, title, framework, start, time_zone,"
        " duration_minutes, location, status, sequence, version) SELECT gen_random_uuid(), series, kind,"
        " occurrence + interval '1 day', title, framework, start + interval '1 day', time_zone,"
        " duration_minutes, location, status, 0, 1 FROM meetings WHERE series = $1",
        UUID(made["id"]),
    )

    await change_series(admin, made, location="Paris")

    assert [item["location"] for item in await meetings_of(admin, made)] == ["Paris"] * 6
