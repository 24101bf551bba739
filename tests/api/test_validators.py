"""`ETag`, `If-None-Match`, `If-Match`: nothing is sent twice, nothing unseen is overwritten."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.api.given import meeting, problem_of, report
from tests.worker_in_process import Worker


@pytest.fixture(scope="module")
async def things(admin: httpx.AsyncClient) -> dict[str, str]:
    """One of each thing that has an address."""
    filed = await admin.post("/v1/submissions", json=report("HRV"))
    called = await admin.post("/v1/meetings", json=meeting())
    return {
        "submission": filed.headers["location"],
        "section": f"{filed.headers['location']}/sections/report/text",
        "meeting": called.headers["location"],
        "framework": "/v1/frameworks/ccm",
        "provision": "/v1/provisions/ccm:art-7",
        "state": "/v1/states/HRV",
        "mapping set": "/v1/mapping-sets/ccm-synergies",
        "me": "/v1/me",
        "calendar": "/v1/calendar.ics",
    }


KINDS = [
    "submission", "section", "meeting", "framework", "provision", "state", "mapping set", "me", "calendar",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
async def test_a_thing_has_a_tag_and_is_not_sent_twice(
    admin: httpx.AsyncClient, things: dict[str, str], kind: str
):
    read = await admin.get(things[kind])
    tag = read.headers["etag"]

    for seen in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = await admin.get(things[kind], headers={"If-None-Match": seen})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    other = await admin.get(things[kind], headers={"If-None-Match": '"other"'})
    assert (other.status_code, other.content) == (200, read.content)


async def test_formats_of_one_thing_have_tags_of_their_own(admin: httpx.AsyncClient):
    tags = {
        (await admin.get("/v1/mapping-sets/ccm-synergies", headers={"Accept": kind})).headers["etag"]
        for kind in ("application/json", "text/tab-separated-values")
    }

    assert len(tags) == 2


async def test_a_change_needs_the_tag_of_what_was_seen(admin: httpx.AsyncClient):
    made = await admin.post("/v1/meetings", json=meeting())
    path, first = made.headers["location"], made.headers["etag"]

    problem_of(await admin.patch(path, json={"title": "No tag"}), 428, "precondition-required")
    changed = await admin.patch(path, json={"title": "Right tag"}, headers={"If-Match": first})
    stale = await admin.patch(path, json={"title": "Old tag"}, headers={"If-Match": first})

    second = changed.headers["etag"]
    assert (changed.status_code, changed.json()["title"]) == (200, "Right tag")
    assert second != first
    assert problem_of(stale, 412, "stale")["etag"] == second
    read = await admin.get(path)
    assert (read.json()["title"], read.headers["etag"]) == ("Right tag", second)


async def test_any_of_several_tags_will_do(admin: httpx.AsyncClient):
    made = await admin.post("/v1/meetings", json=meeting())
    tags = f'"older", {made.headers["etag"]}'

    changed = await admin.patch(made.headers["location"], json={"title": "A"}, headers={"If-Match": tags})

    assert changed.status_code == 200


async def test_a_draft_is_changed_by_those_who_saw_it(admin: httpx.AsyncClient):
    made = await admin.post("/v1/submissions", json=report("FRA"))
    path, first = made.headers["location"], made.headers["etag"]
    change = {"sections": [{"key": "participation", "text": "Half of the council are women."}]}

    problem_of(await admin.patch(path, json=change), 428, "precondition-required")
    changed = await admin.patch(path, json=change, headers={"If-Match": first})
    stale = await admin.patch(path, json=change, headers={"If-Match": first})

    assert [section["key"] for section in changed.json()["sections"]] == ["participation"]
    assert problem_of(stale, 412, "stale")["etag"] == changed.headers["etag"]
    text = await admin.get(f"{path}/sections/participation/text")
    assert text.text == "Half of the council are women."
    problem_of(await admin.get(f"{path}/sections/report/text"), 404, "not-found")


async def test_every_step_of_a_submission_gives_it_another_tag(admin: httpx.AsyncClient, worker: Worker):
    made = await admin.post("/v1/submissions", json=report("XAA"))
    path, tags = made.headers["location"], [made.headers["etag"]]
    for step in (
        admin.post(f"{path}/submit"),
        worker.drain(),
        admin.post(f"{path}/return", json={"reason": "Please add figures."}),
        admin.post(f"{path}/revisions", json=report("XAA")),
        admin.post(f"{path}/withdraw"),
    ):
        answer = await step
        assert answer is None or answer.is_success, answer.text
        tags.append((await admin.get(path)).headers["etag"])

    assert len(set(tags)) == len(tags)


async def test_of_changes_at_once_exactly_one_wins(admin: httpx.AsyncClient):
    made = await admin.post("/v1/meetings", json=meeting())
    path, tag = made.headers["location"], {"If-Match": made.headers["etag"]}

    answers = await asyncio.gather(
        *(admin.patch(path, json={"title": f"Title {number}"}, headers=tag) for number in range(5))
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412, 412, 412]
    winner = next(answer for answer in answers if answer.status_code == 200)
    assert (await admin.get(path)).json() == winner.json()


async def test_of_decisions_at_once_exactly_one_wins(admin: httpx.AsyncClient, worker: Worker):
    made = (await admin.post("/v1/submissions", json=report("XBB"))).headers["location"]
    await admin.post(f"{made}/submit")
    await worker.drain()
    current = await admin.get(f"{made}/assessment")
    path = f"/v1/assessments/{current.json()['id']}/findings"
    tag = {"If-Match": current.headers["etag"]}

    answers = await asyncio.gather(
        *(
            admin.patch(f"{path}/{criterion}", json={"level": 3, "reason": "Seen."}, headers=tag)
            for criterion in ("budget", "monitoring", "institutions")
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200, 412, 412]
    findings = (await admin.get(f"{made}/assessment")).json()["findings"]
    assert sum(finding["review"] is not None for finding in findings) == 1


async def test_an_error_has_no_tag(admin: httpx.AsyncClient):
    assert "etag" not in (await admin.get("/v1/frameworks/xyz")).headers
