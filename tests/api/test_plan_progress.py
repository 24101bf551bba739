"""How far plans are: rolled up the tree, and quarter by quarter."""

from __future__ import annotations

from datetime import UTC, datetime

import httpx
import pytest
from sqlalchemy import text

from services.database import Sessions
from tests.api.given import pointers, problem_of
from tests.api.planning import changed, drawn_up, items

NOTES = text(
    """
    INSERT INTO plan_item_notes (id, item_id, "on", text, evidence, by, at)
    SELECT time_ordered_id(), id, '2024-02-10', 'Called.', '{}', 'test', now()
    FROM plan_items, generate_series(1, :many) WHERE plan_id = :plan AND ref = 'act-a'
    """
)

RECORDED_EARLIER = text(
    """
    UPDATE plan_item_changes SET at = '2024-05-05' FROM plan_items
    WHERE item_id = plan_items.id AND plan_id = :plan AND ref = 'act-a'
    """
)


async def by_quarter(client: httpx.AsyncClient, path: str, **asked: str) -> list[str]:
    answer = await client.get(f"{path}/progress", params={"by": "quarter"} | asked)
    assert answer.status_code == 200, answer.text
    return [quarter["period"] for quarter in answer.json()["quarters"]]


async def test_progress_is_rolled_up_the_tree_and_what_was_dropped_is_out(admin: httpx.AsyncClient):
    path = await drawn_up(admin)
    leaves = [item["ref"] for item in await items(admin, path, under="s1.a1") if item["counts"]]
    await changed(admin, f"{path}/items/{leaves[0]}", status="done")
    await changed(admin, f"{path}/items/{leaves[1]}", status="dropped")
    await changed(admin, f"{path}/items/{leaves[2]}", status="under-way")
    await changed(admin, f"{path}/items/s1.a1", status="done")

    found = (await admin.get(f"{path}/progress")).json()

    lines = {line["ref"]: line for line in found["items"]}
    for line in (found, lines["s1"], lines["s1.a1"]):
        assert (line["done"], line["dropped"], line["under_way"]) == (1, 1, 1)
    assert found["counted"] == 50
    assert found["share_done"] == 0.02
    assert lines["s1.a1"]["counted"] == len(leaves) - 1
    assert lines["s1.a1"]["share_done"] == round(1 / (len(leaves) - 1), 4)
    assert (found["rule"], found["reason"]) == ("leaves", None)
    assert lines[leaves[1]]["share_done"] is None
    assert lines["s2"]["done"] == 0


async def test_a_share_is_one_only_when_nothing_is_left(admin: httpx.AsyncClient):
    path = await drawn_up(admin, framework="ccm-gfp-tor", rollup="weighted")
    await changed(admin, f"{path}/items/act-a", status="done", weight=999_999)
    for letter in "bcdefg":
        await changed(admin, f"{path}/items/act-{letter}", status="dropped")

    found = (await admin.get(f"{path}/progress")).json()
    drawing = (await admin.get(f"{path}/charts/progress")).json()

    assert (found["share_done"], found["status"]) == (0.9999, "under-way")
    assert "99.9\u00a0%" in drawing["description"]
    await changed(admin, f"{path}/items/act-h", status="done")
    assert (await admin.get(f"{path}/progress")).json()["share_done"] == 1.0


async def test_progress_is_told_by_quarters_with_what_was_noted(admin: httpx.AsyncClient):
    today = datetime.now(UTC).date()
    path = await drawn_up(admin, framework="ccm-gfp-tor", start="2024-01-01", end="2024-12-31")
    for day in ("2024-02-10", "2024-05-05", "2024-01-20"):
        await admin.post(f"{path}/items/act-a/notes", json={"text": f"On {day}", "on": day})
    await changed(admin, f"{path}/items/act-a", status="done")

    found = (await admin.get(f"{path}/progress?by=quarter")).json()

    named = [quarter["period"] for quarter in found["quarters"]]
    assert named[:4] == ["2024-Q1", "2024-Q2", "2024-Q3", "2024-Q4"]
    assert named[4:] == [f"{today.year}-Q{(today.month + 2) // 3}"], "in which the change was recorded"
    assert [quarter["notes"] for quarter in found["quarters"]] == [2, 1, 0, 0, 0]
    assert [quarter["changes"] for quarter in found["quarters"]] == [0, 0, 0, 0, 1]
    assert [quarter["share_done"] for quarter in found["quarters"]] == [0.0, 0.0, 0.0, 0.0, 0.125]
    [activity] = [line for line in found["items"] if line["ref"] == "act-a"]
    assert [quarter["status"] for quarter in activity["quarters"]] == ["not-started"] * 4 + ["done"]
    assert [note["text"] for note in activity["quarters"][0]["notes"]] == ["On 2024-01-20", "On 2024-02-10"]
    assert {len(line["quarters"]) for line in found["items"]} == {5}
    plain = (await admin.get(f"{path}/progress")).json()
    assert (plain["quarters"], plain["items"][0]["quarters"]) == (None, None)
    earlier = (await admin.get(f"{path}/progress?by=quarter&as_of=2024-05-31")).json()
    assert [(one["period"], one["notes"]) for one in earlier["quarters"]] == [("2024-Q1", 2), ("2024-Q2", 1)]
    problem_of(await admin.get(f"{path}/progress?by=month"), 422, "validation-failed")


async def test_quarters_without_news_end_with_today_whatever_day_is_asked_for(admin: httpx.AsyncClient):
    today = datetime.now(UTC).date()
    draft = {"framework": "ccm", "terms": "ccm-gfp-tor", "holders": [{"state": "XAA"}]}
    given = await admin.post("/v1/mandates", json=draft | {"from": "2024-01-01", "until": None})
    path = f"/v1/plans/{given.json()['plan']}"

    found = await by_quarter(admin, path)

    assert (found[0], found[-1]) == ("2024-Q1", f"{today.year}-Q{(today.month + 2) // 3}")
    assert await by_quarter(admin, path, as_of="2199-12-31") == found
    assert await by_quarter(admin, path, as_of="1800-01-01") == []


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("9999-12-31", "less-than"),
        ("2200-01-01", "less-than"),
        ("1799-12-31", "greater-than-equal"),
        ("0001-01-01", "greater-than-equal"),
    ],
)
async def test_a_day_that_nothing_here_reaches_is_refused(admin: httpx.AsyncClient, day: str, why: str):
    path, of_round = await drawn_up(admin), "/v1/indicator-rounds/mesecvi-indicators/none/table"

    for asked in (f"{path}/progress?by=quarter", f"{path}/charts/progress?of=items", f"{of_round}?"):
        answer = await admin.get(f"{asked}&as_of={day}")
        assert pointers(problem_of(answer, 422, "validation-failed")) == {"?as_of": why}


async def test_quarters_begin_with_the_one_that_is_asked_for_and_know_what_was_before(
    admin: httpx.AsyncClient, sessions: Sessions
):
    path = await drawn_up(admin, framework="ccm-gfp-tor", start="2024-01-01", end="2024-12-31")
    for day in ("2024-02-10", "2024-08-05"):
        await admin.post(f"{path}/items/act-a/notes", json={"text": f"On {day}", "on": day})
    await changed(admin, f"{path}/items/act-a", status="done")
    async with sessions.begin() as session:
        await session.execute(RECORDED_EARLIER, {"plan": path.rpartition("/")[2]})
    whole = (await admin.get(f"{path}/progress?by=quarter")).json()

    late = (await admin.get(f"{path}/progress?by=quarter&from=2024-Q3")).json()

    assert [one["period"] for one in late["quarters"]] == ["2024-Q3", "2024-Q4"]
    assert late["quarters"] == whole["quarters"][2:]
    assert late["quarters"][0]["share_done"] == 0.125
    for line, of_whole in zip(late["items"], whole["items"], strict=True):
        assert line["quarters"] == of_whole["quarters"][2:]
    assert await by_quarter(admin, path, **{"from": "2199-Q4"}) == []


@pytest.mark.parametrize("quarter", ["2024-Q5", "2024", "1799-Q4", "2024-Q1x", "0000-Q1"])
async def test_a_quarter_to_begin_with_is_one_of_the_calendar(admin: httpx.AsyncClient, quarter: str):
    path = await drawn_up(admin)

    answer = await admin.get(f"{path}/progress", params={"by": "quarter", "from": quarter})

    assert pointers(problem_of(answer, 422, "validation-failed")).keys() == {"?from"}


async def test_a_quarter_to_begin_with_needs_an_answer_by_quarters(admin: httpx.AsyncClient):
    path = await drawn_up(admin)

    answer = await admin.get(f"{path}/progress", params={"from": "2024-Q1"})

    assert pointers(problem_of(answer, 422, "no-quarters")) == {"?from": "no-quarters"}


async def test_more_quarters_than_an_answer_has_room_for_are_refused(admin: httpx.AsyncClient):
    path = await drawn_up(admin, framework="ccm-gfp-tor", start="1900-01-01", end="2100-12-31")

    answer = await admin.get(f"{path}/progress?by=quarter")

    assert pointers(problem_of(answer, 422, "too-many-quarters")) == {"?from": "too-many-quarters"}
    newest = await by_quarter(admin, path, **{"from": "1997-Q1"})
    assert (newest[0], len(newest) <= 120) == ("1997-Q1", True)
    assert len(await by_quarter(admin, path, as_of="1929-12-31")) == 120
    assert (await admin.get(f"{path}/progress")).status_code == 200


async def test_more_notes_than_an_answer_has_room_for_are_refused(
    admin: httpx.AsyncClient, sessions: Sessions
):
    path = await drawn_up(admin, framework="ccm-gfp-tor", start="2024-01-01", end="2024-12-31")

    async def noted(many: int) -> None:
        async with sessions.begin() as session:
            await session.execute(NOTES, {"many": many, "plan": path.rpartition("/")[2]})

    await noted(2_000)
    assert await by_quarter(admin, path) == [f"2024-Q{number}" for number in range(1, 5)]
    await noted(1)

    answer = await admin.get(f"{path}/progress?by=quarter")

    assert pointers(problem_of(answer, 422, "too-many-notes")) == {"?from": "too-many-notes"}
    assert await by_quarter(admin, path, **{"from": "2024-Q2"}) == ["2024-Q2", "2024-Q3", "2024-Q4"]
    assert len(await by_quarter(admin, path, as_of="2024-02-09")) == 1
