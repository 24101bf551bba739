"""Mapping sets that are brought again: what says the same stays, what rests on them is derived anew."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from services.database import Sessions
from services.loading import SHIPPED, load
from tests.api.given import assessed, problem_of, report
from tests.worker_in_process import Worker

Found = dict[str, Any]

SYNERGIES = "/v1/mapping-sets/ccm-synergies"


def mapping(subject: str, target: str, **changes: Any) -> Found:
    return {
        "subject_id": subject,
        "predicate_id": "skos:relatedMatch",
        "object_id": target,
        "mapping_justification": "semapv:ManualMappingCuration",
        "confidence": 0.5,
    } | changes


def mapping_set(*mappings: Found, **changes: Any) -> Found:
    return {
        "mapping_set_id": "https://example.org/mappings/mine",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "mappings": list(mappings),
    } | changes


async def ids(client: httpx.AsyncClient, key: str) -> dict[tuple[str, str, str], str]:
    """The id of each mapping, by what it says."""
    answer = await client.get("/v1/mappings", params={"set": key, "limit": 500})
    return {
        (item["subject"], item["relation"], item["object"]): item["id"] for item in answer.json()["items"]
    }


async def crosswalk(client: httpx.AsyncClient, path: str, to: str) -> list[Found]:
    answer = await client.get(f"{path}/crosswalk", params={"to": to, "all": True})
    found: list[Found] = answer.json()["items"]
    return found


async def assess_again(client: httpx.AsyncClient, worker: Worker, path: str) -> None:
    assert (await client.post(f"{path}/assessments")).status_code == 202
    await worker.drain()


async def test_a_changed_file_makes_crosswalks_stale_until_they_are_derived_anew(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions, tmp_path: Path
):
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("XAA")))
    before = await crosswalk(admin, path, "crpd")
    shipped = (SHIPPED / "mappings" / "ccm-synergies.sssom.tsv").read_text()
    file = tmp_path / "ccm-synergies.sssom.tsv"
    file.write_text(shipped.replace('"2021.1"', '"2021.2"'))

    await load(sessions, file)
    stale = await crosswalk(admin, path, "crpd")
    await assess_again(admin, worker, path)

    assert {item["stale"] for item in before} == {False}
    assert stale == [item | {"stale": True} for item in before]
    assert await crosswalk(admin, path, "crpd") == before


async def test_a_changed_set_makes_crosswalks_stale_until_they_are_derived_anew(
    admin: httpx.AsyncClient, worker: Worker
):
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("XBB")))
    before = await crosswalk(admin, path, "crpd")
    synergies = (await admin.get(SYNERGIES)).json()
    kept = [item for item in synergies["mappings"] if not item["object_id"].startswith("crpd:")]

    changed = await admin.put(SYNERGIES, json=synergies | {"mappings": kept})
    stale = await crosswalk(admin, path, "crpd")
    await assess_again(admin, worker, path)

    assert changed.status_code == 200
    assert before
    assert stale == [item | {"stale": True} for item in before]
    assert await crosswalk(admin, path, "crpd") == []
    assert {item["stale"] for item in await crosswalk(admin, path, "apmbc")} == {False}


async def test_the_same_set_again_makes_nothing_stale(admin: httpx.AsyncClient, worker: Worker):
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("XCC")))
    synergies = (await admin.get(SYNERGIES)).json()
    await admin.put(SYNERGIES, json=synergies)
    await assess_again(admin, worker, path)

    assert (await admin.put(SYNERGIES, json=synergies)).status_code == 200

    assert {item["stale"] for item in await crosswalk(admin, path, "apmbc")} == {False}


async def test_mappings_that_say_the_same_keep_their_ids(admin: httpx.AsyncClient):
    place = "/v1/mapping-sets/mine"
    kept, gone = mapping("ccm:art-5", "crpd:art-26"), mapping("ccm:art-5", "crpd:art-25")
    turned = mapping("ccm:art-6", "crpd:art-32")
    assert (await admin.put(place, json=mapping_set(kept, gone, turned))).status_code == 201
    before = await ids(admin, "mine")

    surer = kept | {"confidence": 0.9, "comment": "Read again."}
    narrower = turned | {"predicate_id": "skos:narrowMatch"}
    added = mapping("ccm:art-4", "crpd:art-11")
    await admin.put(place, json=mapping_set(added, narrower, surer))
    after = await ids(admin, "mine")

    assert len(before) == len(after) == 3
    assert set(before.values()) & set(after.values()) == {before["ccm:art-5", "intersect", "crpd:art-26"]}
    assert after["ccm:art-5", "intersect", "crpd:art-26"] == before["ccm:art-5", "intersect", "crpd:art-26"]


async def test_a_set_brought_back_as_it_was_read_keeps_all_ids(admin: httpx.AsyncClient):
    before = await ids(admin, "ccm-synergies")

    for changes in ({}, {"mapping_set_title": "Another title"}):
        read = (await admin.get(SYNERGIES)).json()
        assert (await admin.put(SYNERGIES, json=read | changes)).status_code == 200
        assert await ids(admin, "ccm-synergies") == before

    assert before


async def test_a_set_is_not_replaced_by_those_who_have_not_seen_it(admin: httpx.AsyncClient):
    place = "/v1/mapping-sets/guarded"
    made = await admin.put(place, json=mapping_set(mapping("ccm:art-5", "crpd:art-26")))
    first = made.headers["etag"]
    changed = mapping_set(mapping("ccm:art-5", "crpd:art-25"))

    right = await admin.put(place, json=changed, headers={"If-Match": first})
    late = mapping_set(mapping("ccm:art-5", "crpd:art-24"))
    problem = problem_of(await admin.put(place, json=late, headers={"If-Match": first}), 412, "stale")

    read = await admin.get(place)
    assert (right.status_code, right.headers["etag"]) == (200, read.headers["etag"])
    assert problem["etag"] == read.headers["etag"] != first
    assert [item["object_id"] for item in read.json()["mappings"]] == ["crpd:art-25"]


async def test_the_tag_of_either_format_guards_a_set(admin: httpx.AsyncClient):
    table = {"Accept": "text/tab-separated-values"}
    tag = (await admin.get(SYNERGIES, headers=table)).headers["etag"]
    read = (await admin.get(SYNERGIES)).json()

    answer = await admin.put(SYNERGIES, json=read, headers={"If-Match": tag})

    assert answer.status_code == 200
