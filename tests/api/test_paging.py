"""Lists come in pages by keyset: nothing twice, nothing missing, whatever is added meanwhile."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from schemas.access import Scope
from tests.api.given import meeting, parts, problem_of, report, series
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker

Item = dict[str, Any]


async def everything(
    client: httpx.AsyncClient,
    path: str,
    limit: int,
    *,
    between: Callable[[], Awaitable[object]] | None = None,
) -> list[Item]:
    """All items, page by page, following the `Link` and checking it against `next`."""
    found: list[Item] = []
    following: str | None = str(httpx.URL(path).copy_merge_params({"limit": limit}))
    while following is not None:
        answer = await client.get(following)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["items"]) == limit or page["next"] is None
        found += page["items"]
        link = re.fullmatch('<(.+)>; rel="next"', answer.headers.get("link", ""))
        following = link[1] if link else None
        assert (following is None) == (page["next"] is None)
        if following is not None:
            assert httpx.URL(following).params["cursor"] == page["next"]
            if between is not None:
                await between()
    return found


def keys(items: list[Item], name: str) -> list[str]:
    found = [item[name] for item in items]
    assert len(set(found)) == len(found), "an item came twice"
    return found


@pytest.mark.parametrize(
    ("path", "key", "limit"),
    [
        ("/v1/frameworks", "key", 2),
        ("/v1/states", "iso3", 61),
        ("/v1/states", "iso3", 197),
        ("/v1/frameworks/ccm/provisions", "ref", 7),
        ("/v1/frameworks/ccm/memberships", "state", 60),
        ("/v1/frameworks/ccm/memberships?status=party&as_of=2021-09-21", "state", 37),
        ("/v1/indicators?framework=sdg", "reference", 3),
        ("/v1/mappings", "id", 9),
    ],
)
async def test_the_pages_together_are_the_whole(
    anonymous: httpx.AsyncClient, path: str, key: str, limit: int
):
    whole = (await anonymous.get(httpx.URL(path).copy_merge_params({"limit": 500}))).json()
    assert whole["next"] is None
    assert len(whole["items"]) > limit

    assert keys(await everything(anonymous, path, limit), key) == keys(whole["items"], key)


async def test_a_list_that_fits_on_its_page_has_no_next(anonymous: httpx.AsyncClient):
    count = len((await anonymous.get("/v1/frameworks?limit=500")).json()["items"])

    exact = await anonymous.get("/v1/frameworks", params={"limit": count})

    assert exact.json()["next"] is None
    assert "link" not in exact.headers


async def test_fifty_is_what_a_page_has_when_nothing_is_said(anonymous: httpx.AsyncClient):
    assert len((await anonymous.get("/v1/states")).json()["items"]) == 50


async def test_the_tree_comes_whole_when_no_limit_is_given(anonymous: httpx.AsyncClient):
    answer = await anonymous.get("/v1/frameworks/crc/provisions")

    assert len(answer.json()["items"]) > 50
    assert answer.json()["next"] is None


async def test_the_next_page_keeps_the_filters(anonymous: httpx.AsyncClient):
    answer = await anonymous.get("/v1/frameworks/ccm/memberships?status=party&limit=3&as_of=2021-09-21")

    link = httpx.URL(re.findall("<(.+)>", answer.headers["link"])[0])
    assert (link.params["status"], link.params["limit"], link.params["as_of"]) == ("party", "3", "2021-09-21")


async def test_submissions_filed_meanwhile_shift_no_page(admin: httpx.AsyncClient):
    for state in ("AUT", "BEL", "BGR", "CZE", "DEU", "DNK", "ESP"):
        made = await admin.post("/v1/submissions", json=report(state, period="2016"))
        assert made.status_code == 201
    before = (await admin.get("/v1/submissions?period=2016")).json()["items"]
    later = iter(("EST", "FIN", "FRA", "GRC", "HRV"))

    async def file_another() -> None:
        await admin.post("/v1/submissions", json=report(next(later), period="2016"))

    found = await everything(admin, "/v1/submissions?period=2016", 2, between=file_another)

    assert keys(found, "state") == ["ESP", "DNK", "DEU", "CZE", "BGR", "BEL", "AUT"]
    assert keys(found, "id") == keys(before, "id")


async def test_meetings_come_in_the_order_of_the_calendar(admin: httpx.AsyncClient):
    for day in (9, 3, 7, 3, 5):
        await admin.post("/v1/meetings", json=meeting(f"2031-03-0{day}T10:00:00Z", framework="apmbc"))
    before = (await admin.get("/v1/meetings?framework=apmbc")).json()["items"]

    async def call_another() -> None:
        await admin.post("/v1/meetings", json=meeting("2031-03-01T10:00:00Z", framework="apmbc"))

    found = await everything(admin, "/v1/meetings?framework=apmbc", 1, between=call_another)

    assert keys(found, "id") == keys(before, "id")
    assert [item["start"][8:10] for item in found] == ["03", "03", "05", "07", "09"]


async def test_a_meeting_that_moves_takes_no_other_along(admin: httpx.AsyncClient):
    for day in range(1, 6):
        await admin.post("/v1/meetings", json=meeting(f"2032-03-0{day}T10:00:00Z", framework="crpd"))
    first = (await admin.get("/v1/meetings?framework=crpd&limit=2")).json()
    last_seen = f"/v1/meetings/{first['items'][-1]['id']}"
    tag = (await admin.get(last_seen)).headers["etag"]

    await admin.patch(last_seen, json={"start": "2032-12-01T10:00:00Z"}, headers={"If-Match": tag})
    rest = await admin.get("/v1/meetings", params={"framework": "crpd", "cursor": first["next"]})

    assert [item["start"][5:10] for item in rest.json()["items"]] == ["03-03", "03-04", "03-05", "12-01"]


async def test_the_meetings_of_a_series_are_all_there(admin: httpx.AsyncClient):
    weekly = series(rrule="FREQ=WEEKLY", framework="cedaw", title="Weekly")
    made = (await admin.post("/v1/meeting-series", json=weekly)).json()
    path = f"/v1/meetings?series={made['id']}"
    whole = (await admin.get(f"{path}&limit=500")).json()["items"]

    found = await everything(admin, path, 17)

    assert len(whole) > 100
    assert keys(found, "id") == keys(whole, "id")


async def test_the_ledger_is_paged_in_the_order_in_which_it_was_planned(admin: httpx.AsyncClient):
    made = (await admin.post("/v1/meetings", json=meeting(framework="crc"))).json()
    rule = {
        "subject": {"kind": "meeting", "id": made["id"]},
        "offsets": ["-P7D", "-PT1H"],
        "recipients": [{"email": f"person{number}@example.org"} for number in range(5)],
    }
    rule_id = (await admin.post("/v1/reminder-rules", json=rule)).json()["id"]

    found = await everything(admin, f"/v1/deliveries?rule={rule_id}", 3)

    assert len(keys(found, "id")) == 10
    assert keys(found, "id") == sorted(keys(found, "id"))


async def test_passages_are_paged_in_reading_order(admin: httpx.AsyncClient, worker: Worker):
    sentences = " ".join(f"In 2024, {number} women attended session {number}." for number in range(1, 12))
    text = sentences.encode()
    filing = parts("XCC", ("a.txt", text, "text/plain"), ("b.txt", text, "text/plain"), period="2015")
    made = (await admin.post("/v1/submissions", files=filing)).headers["location"]
    await admin.post(f"{made}/submit")
    await worker.drain()
    whole = (await admin.get(f"{made}/passages?limit=500")).json()["items"]

    found = await everything(admin, f"{made}/passages", 4)

    assert len(whole) == 22
    assert found == whole
    places = [(item["document"] != whole[0]["document"], item["start"]) for item in found]
    assert places == sorted(places)


async def test_jobs_and_keys_come_newest_first(client_with: ClientMaker, admin: httpx.AsyncClient):
    for state in ("IRL", "ITA", "LTU"):
        made = await admin.post("/v1/submissions", json=report(state, period="2014"))
        await admin.post(f"{made.headers['location']}/submit")
        await client_with(Scope.MEETINGS_WRITE)

    for path in ("/v1/jobs", "/v1/api-keys"):
        found = keys(await everything(admin, path, 1), "id")
        assert len(found) >= 3
        assert found == sorted(found, reverse=True)


async def test_a_page_is_refused_to_those_who_may_not_read_the_list(anonymous: httpx.AsyncClient):
    for path in ("/v1/meetings", "/v1/deliveries", "/v1/jobs", "/v1/api-keys"):
        problem_of(await anonymous.get(path, params={"limit": 1}), 401, "unauthenticated")
