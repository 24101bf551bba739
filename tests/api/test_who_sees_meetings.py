"""What others agree among themselves, the key of a State reads nowhere: next meetings, agendas, packs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from schemas.access import Scope
from tests.api.convening import Found, called, change, drafted, entered, path_of
from tests.api.given import problem_of
from tests.api.scheduling import YEAR, founded, meetings_of
from tests.conftest import ClientMaker


@pytest.fixture(scope="module")
async def croatia(client_with: ClientMaker) -> httpx.AsyncClient:
    return await client_with(Scope.PLANS_WRITE, state="HRV")


@pytest.fixture(scope="module")
async def austria(client_with: ClientMaker) -> httpx.AsyncClient:
    return await client_with(Scope.PLANS_WRITE, state="AUT")


async def made(client: httpx.AsyncClient, path: str, **facts: Any) -> Found:
    answer = await client.post(f"/v1/{path}", json=facts)
    assert answer.status_code in (200, 201), answer.text
    found: Found = answer.json()
    return found


async def summary_of(client: httpx.AsyncClient, of: Found) -> Found:
    answer = await client.get(f"{path_of(of)}/summary")
    assert answer.status_code == 200, answer.text
    found: Found = answer.json()
    return found


async def next_of(client: httpx.AsyncClient, of: Found) -> str | None:
    following = (await summary_of(client, of))["next_meeting"]
    return following["id"] if following else None


async def review_of_a_plan(client: httpx.AsyncClient, **plan: Any) -> Found:
    """The first meeting that the period of a plan asks for."""
    period = {"start": f"{YEAR}-01-01", "end": f"{YEAR + 3}-12-31"}
    drawn = await made(client, "plans", **{"framework": "cim-plan"} | period | plan)
    calendar = await made(client, f"plans/{drawn['id']}/calendar", time_zone="America/New_York")
    found: Found = next(item for item in calendar["items"] if item["kind"] == "annual-review")
    return found


async def test_the_next_meeting_is_the_next_that_the_series_names(
    admin: httpx.AsyncClient, croatia: httpx.AsyncClient
):
    first, second = (await meetings_of(admin, await founded(admin)))[:2]
    between = (datetime.fromisoformat(first["start"]) + timedelta(days=8)).isoformat()
    beside = {"series": first["series"], "state": "AUT", "title": "Bilateral with Austria"}
    await made(admin, "meetings", **beside, start=between)

    assert await next_of(admin, first) == second["id"]
    assert await next_of(croatia, first) == second["id"]


async def test_the_next_meeting_is_none_that_the_caller_may_not_see(
    admin: httpx.AsyncClient, croatia: httpx.AsyncClient
):
    review = await review_of_a_plan(admin, owner="OAS")
    problem_of(await croatia.get(path_of(review)), 404, "not-found")
    alone = await called(admin, f"{YEAR}-01-05T10:00:00Z", kind="annual-review", framework="cim-plan")
    later = await called(admin, f"{YEAR + 5}-01-05T10:00:00Z", kind="annual-review", framework="cim-plan")

    assert await next_of(croatia, alone) == later["id"]
    assert await next_of(admin, alone) == later["id"]
    assert (await summary_of(admin, review))["next_meeting"]["plan"] == review["plan"]


async def test_what_meetings_of_a_plan_left_is_on_agendas_for_those_who_see_the_plan(
    admin: httpx.AsyncClient, croatia: httpx.AsyncClient
):
    of_organisation = await review_of_a_plan(admin, owner="OAS of agendas")
    await entered(admin, "decisions", of_organisation, text="Among ourselves.")
    await entered(admin, "action-items", of_organisation, text="To be done among ourselves.")
    later = await called(admin, f"{YEAR + 9}-01-05T10:00:00Z", framework="cim-plan")
    agenda = f"{path_of(later)}/agenda"
    await drafted(admin, later)

    assert "mong ourselves" not in (await croatia.get(agenda)).text
    assert "mong ourselves" not in (await summary_text(croatia, later))
    assert (await admin.get(agenda)).text.count("mong ourselves") == 2


async def summary_text(client: httpx.AsyncClient, of: Found) -> str:
    answer = await client.get(f"{path_of(of)}/summary", headers={"Accept": "text/markdown"})
    assert answer.status_code == 200, answer.text
    return answer.text


async def test_a_holder_finds_in_the_pack_what_its_key_may_see(
    admin: httpx.AsyncClient, croatia: httpx.AsyncClient, austria: httpx.AsyncClient
):
    soon = (datetime.now(UTC) + timedelta(days=30)).replace(microsecond=0)
    terms = {"framework": "ccm", "terms": "ccm-gfp-tor", "from": "2026-01-01", "until": None}
    mandate = await made(admin, "mandates", **terms, holders=[{"state": "HRV"}])
    private = await made(
        austria,
        "plans",
        framework="ccm",
        owner="AUT",
        title="Of Austria",
        start="2026-01-01",
        end="2040-12-31",
    )
    items = (await austria.get(f"/v1/plans/{private['id']}/items")).json()["items"]
    item = f"/v1/plans/{private['id']}/items/{items[3]['ref']}"
    assert (await change(austria, item, due=soon.date().isoformat())).status_code == 200
    bilateral = await called(admin, soon.isoformat(), title="Bilateral of Austria", state="AUT")
    await entered(admin, "decisions", bilateral, text="Austria decides.")
    await called(admin, soon.isoformat(), title="For everyone")
    await called(admin, soon.isoformat(), title="Bilateral of Croatia", state="HRV")
    pack = f"/v1/mandates/{mandate['id']}/handover"

    seen, whole = (await croatia.get(pack)).json(), (await admin.get(pack)).json()

    assert "Austria" not in str((seen["calendar"], seen["open_work"]))
    assert {"For everyone", "Bilateral of Croatia"} <= {one["title"] for one in seen["calendar"]}
    assert {"Bilateral of Austria", "For everyone"} <= {one["title"] for one in whole["calendar"]}
    assert "Austria decides." in str(whole["open_work"])
    for one in seen["calendar"]:
        assert (await croatia.get(one["path"])).status_code == 200, one


async def test_activities_of_a_mandate_are_listed_for_those_who_hold_it(
    admin: httpx.AsyncClient, croatia: httpx.AsyncClient, austria: httpx.AsyncClient
):
    terms = {"framework": "crc", "terms": "ccm-gfp-tor", "from": "2026-01-01", "until": None}
    await made(admin, "mandates", **terms, holders=[{"state": "HRV"}])
    meeting = await called(admin, f"{YEAR}-02-05T10:00:00Z", framework="crc", kind="gfp-quarterly")
    await drafted(admin, meeting)

    def idle(agenda: httpx.Response) -> int:
        points = agenda.json()["items"]
        return sum(len(point["below"]) for point in points if point["kind"] == "idle-activities")

    path = f"{path_of(meeting)}/agenda"
    assert [idle(await one.get(path)) for one in (croatia, austria, admin)] == [8, 0, 8]
