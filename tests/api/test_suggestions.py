"""Suggestions are asked for, read, decided on, and asked for again."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from sqlalchemy import update

from domain.mappings.models import Mapping
from domain.suggestions import encoding
from schemas.access import Scope
from services.database import Sessions
from services.sandbox import Sandbox
from services.settings import Settings
from tests.api.given import problem_of
from tests.api.test_mapping_sets import mapping, mapping_set
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker

Found = dict[str, Any]
ADDRESS = "/v1/mapping-suggestions"


async def suggested(client: httpx.AsyncClient, worker: Worker, **request: Any) -> Found:
    """Ask, wait, and read what came out, with the job."""
    asked = await client.post(ADDRESS, json=request)
    assert asked.status_code == 202, asked.text
    await worker.drain()
    job = (await client.get(asked.headers["location"])).json()
    assert job["status"] == "succeeded", job
    answer = await client.get(f"{job['result']}&limit=500")
    assert answer.status_code == 200, answer.text
    return {"job": job, **answer.json()}


def pairs(found: Found) -> set[tuple[str, str]]:
    return {(item["subject"], item["object"]) for item in found["items"]}


async def decide(client: httpx.AsyncClient, item: Found, **change: Any) -> Found:
    answer = await client.patch(
        f"/v1/mappings/{item['id']}",
        json=change,
        headers={"If-Match": item["etag"], "Content-Type": "application/merge-patch+json"},
    )
    assert answer.status_code == 200, answer.text
    decided: Found = answer.json()
    return decided


@pytest.fixture(scope="module")
async def compared(
    admin: httpx.AsyncClient, settings: Settings, sessions: Sessions, sandbox: Sandbox
) -> Found:
    """One comparison for all tests that only read."""
    return await suggested(
        admin, Worker(settings, sessions, sandbox), **{"from": "apmbc", "to": "crpd"}, most=3
    )


async def test_two_editions_are_compared_and_the_best_pairs_come_first(compared: Found):
    found = compared
    scores = [item["score"] for item in found["items"]]
    assert scores == sorted(scores, reverse=True)
    assert found["set"] == "suggested-apmbc-crpd"
    assert found["note"].startswith("Compared in ")
    assert found["job"]["result"] == f"{ADDRESS}?from=apmbc&to=crpd"
    top = next(item for item in found["items"] if item["object"] == "crpd:art-32")
    assert top["subject"] == "apmbc:art-6"
    assert {"cooperation", "international"} <= set(top["words"])
    assert top["relation"] == "intersect"
    assert top["subject_label"]
    assert top["ranks"]["words"] == 1


async def test_a_suggestion_is_a_mapping_that_nobody_has_accepted(admin: httpx.AsyncClient, compared: Found):
    answer = await admin.get("/v1/mappings", params={"set": compared["set"], "limit": 500})
    rows = answer.json()["items"]
    assert {row["status"] for row in rows} == {"suggested"}
    assert {row["justification"] for row in rows} == {"semapv:CompositeMatching"}
    assert {row["confidence"] for row in rows} == {None}
    assert [row["reviewer"] for row in rows] == [[]] * len(rows)
    best = compared["items"][0]["subject"]
    counterparts = (await admin.get(f"/v1/provisions/{best}/counterparts", params={"to": "crpd"})).json()
    assert not {row["id"] for row in rows} & {
        link["mapping"] for item in counterparts["items"] for link in item["chain"]
    }


async def test_a_rejected_pair_is_never_suggested_again_and_an_accepted_one_only_if_asked_for(
    admin: httpx.AsyncClient, worker: Worker
):
    request = {"from": "dap", "to": "cedaw", "most": 3}
    before = await suggested(admin, worker, **request)
    rejected, accepted, changed = before["items"][:3]
    await decide(admin, rejected, status="rejected")
    await decide(admin, accepted, status="accepted")
    decided = await decide(admin, changed, status="accepted", relation="subset", confidence=0.6)
    assert (decided["relation"], decided["predicate_id"]) == ("subset", "skos:broadMatch")

    for again in (request, request | {"mapped": True}):
        found = await suggested(admin, worker, **again)
        assert not {(i["subject"], i["object"]) for i in (rejected, accepted, changed)} & pairs(found)
    answer = await admin.get("/v1/mappings", params={"set": before["set"], "limit": 500})
    statuses = {item["id"]: item["status"] for item in answer.json()["items"]}
    assert statuses[rejected["id"]] == "rejected"
    assert statuses[accepted["id"]] == statuses[changed["id"]] == "accepted"


async def test_what_another_set_maps_is_suggested_only_if_asked_for_and_is_then_its_own_closest(
    admin: httpx.AsyncClient, worker: Worker
):
    request: Found = {"provision": "oap:action-3", "to": "crc", "most": 20}
    first = (await suggested(admin, worker, **request))["items"][0]
    turned = mapping(first["object"], first["subject"])
    brought = await admin.put("/v1/mapping-sets/turned", json=mapping_set(turned))
    assert brought.status_code == 201, brought.text

    assert (first["subject"], first["object"]) not in pairs(await suggested(admin, worker, **request))
    found = await suggested(admin, worker, **request, mapped=True)
    same = next(item for item in found["items"] if item["object"] == first["object"])
    assert same["closest"]["set"] == "turned"
    assert (same["closest"]["subject"], same["closest"]["object"]) == (first["object"], first["subject"])


async def test_nothing_is_suggested_for_what_has_no_counterpart_in_any_framework(
    admin: httpx.AsyncClient, worker: Worker
):
    request = {"from": "lap", "to": "crc", "most": 3}
    gone = (await suggested(admin, worker, **request))["items"][0]["subject"]
    rows = [mapping(gone, "sssom:NoTermFound"), mapping("ccm:art-5", "crpd:art-26")]
    rows.append(mapping("ccm:art-5", "cedaw:art-12"))
    answer = await admin.put("/v1/mapping-sets/in-none", json=mapping_set(*rows))
    assert answer.status_code == 201, answer.text

    assert gone not in {item["subject"] for item in (await suggested(admin, worker, **request))["items"]}


async def test_asking_again_leaves_one_of_each_and_another_version_of_what_says_something_else(
    admin: httpx.AsyncClient, worker: Worker
):
    request = {"from": "cim-plan", "to": "wps", "most": 3}
    before = await suggested(admin, worker, **request)
    again = await suggested(admin, worker, **request)
    other = await suggested(admin, worker, **request, headings="none")

    assert before["items"]
    assert again["items"] == before["items"]  # with the same ids and tags, in the same order
    said = {item["id"]: item for item in before["items"]}
    both = [(said[item["id"]], item) for item in other["items"] if item["id"] in said]
    differs = [one["etag"] != now["etag"] for one, now in both]
    assert differs == [one | {"etag": None} != now | {"etag": None} for one, now in both]
    assert any(differs)


async def test_one_provision_is_done_anew_and_the_others_are_left(admin: httpx.AsyncClient, worker: Worker):
    before = await suggested(admin, worker, **{"from": "ccm", "to": "belem-do-para"}, most=1)
    one = before["items"][-1]["subject"]
    await suggested(admin, worker, provision=one, to="belem-do-para", most=4)
    answer = await admin.get(ADDRESS, params={"from": "ccm", "to": "belem-do-para", "limit": 500})
    after = answer.json()
    assert pairs(before) <= pairs(after)
    assert sum(item["subject"] == one for item in after["items"]) == 4
    scores = [item["score"] for item in after["items"]]
    assert scores == sorted(scores, reverse=True)


async def test_suggestions_are_read_page_by_page_and_for_one_provision(
    admin: httpx.AsyncClient, compared: Found
):
    read: list[Found] = []
    query: Found = {"from": "apmbc", "to": "crpd", "limit": 4}
    while True:
        page = (await admin.get(ADDRESS, params=query)).json()
        read += page["items"]
        if page["next"] is None:
            break
        query["cursor"] = page["next"]
    assert read == compared["items"]
    wanted = read[0]["object"]
    some = await admin.get(ADDRESS, params={"from": "apmbc", "to": "crpd", "provision": wanted})
    assert some.json()["items"] == [item for item in read if item["object"] == wanted][:50]


async def test_suggestions_travel_as_sssom_with_what_speaks_for_them(
    admin: httpx.AsyncClient, compared: Found
):
    answer = await admin.get(
        f"/v1/mapping-sets/{compared['set']}", headers={"Accept": "text/tab-separated-values"}
    )
    assert answer.status_code == 200, answer.text
    header = next(line for line in answer.text.splitlines() if not line.startswith("#")).split("\t")
    assert {"similarity_score", "match_string", "suggestion_ranks"} <= set(header)
    assert "suggested" in answer.text


async def test_asking_while_it_is_under_way_answers_the_same_job(admin: httpx.AsyncClient, worker: Worker):
    request = {"from": "crc", "to": "cedaw"}
    jobs = [(await admin.post(ADDRESS, json=request)).json()["id"] for _ in range(2)]
    assert jobs[0] == jobs[1]
    await worker.drain()


async def test_a_cancelled_job_suggests_nothing(admin: httpx.AsyncClient, worker: Worker):
    asked = await admin.post(ADDRESS, json={"from": "crc", "to": "apmbc"})
    assert (await admin.delete(asked.headers["location"])).json()["status"] == "cancelled"
    await worker.drain()
    answer = await admin.get(ADDRESS, params={"from": "crc", "to": "apmbc"})
    problem_of(answer, 404, "nothing-suggested")


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        ({"from": "nowhere", "to": "crpd"}, 404, "not-found"),
        ({"from": "ccm", "to": "nowhere"}, 404, "not-found"),
        ({"from": "ccm", "to": "ccm"}, 422, "same-framework"),
        ({"provision": "ccm:art-5", "to": "ccm"}, 422, "same-framework"),
        ({"provision": "ccm:art-99", "to": "crpd"}, 404, "not-found"),
        ({"provision": "ccm:art-5@2008", "to": "crpd"}, 404, "not-found"),
        ({"to": "crpd"}, 422, "validation-failed"),
        ({"from": "ccm", "provision": "ccm:art-5", "to": "crpd"}, 422, "validation-failed"),
        ({"from": "ccm", "to": "crpd", "most": 21}, 422, "validation-failed"),
        ({"from": "ccm", "to": "crpd", "headings": "some"}, 422, "validation-failed"),
    ],
)
async def test_what_cannot_be_compared_is_refused_at_once(
    admin: httpx.AsyncClient, request_: Found, status: int, code: str
):
    answer = await admin.post(ADDRESS, json=request_)
    problem_of(answer, status, code)


async def test_a_heading_is_refused_as_one(admin: httpx.AsyncClient):
    tree = (await admin.get("/v1/frameworks/gcm-six-steps/provisions")).json()["items"]
    heading = next(item["reference"] for item in tree if not item["assessable"])
    answer = await admin.post(ADDRESS, json={"provision": heading, "to": "crpd"})
    problem_of(answer, 422, "not-assessable")


async def test_sets_that_the_machine_fills_are_not_brought(admin: httpx.AsyncClient):
    brought = mapping_set(mapping("ccm:art-6", "cedaw:art-2"))
    answer = await admin.put("/v1/mapping-sets/suggested-ccm-cedaw", json=brought)
    problem_of(answer, 422, "reserved-key")


NOT_OURS: list[Found] = [
    {},
    {"extensions": {"suggestion_ranks": "first", "suggestion_closest": "foo"}},
    {"extensions": {"suggestion_ranks": "words:1|letters:|themes:x", "suggestion_closest": "1-2"}},
]


async def test_a_suggestion_that_no_comparison_made_is_listed_with_what_it_has(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    request = {"from": "oap", "to": "belem-do-para"}
    found = (await suggested(admin, worker, **request, most=1))["items"][: len(NOT_OURS)]
    async with sessions.begin() as session:
        for item, slots in zip(found, NOT_OURS, strict=True):
            await session.execute(update(Mapping).where(Mapping.id == item["id"]).values(slots=slots))

    answer = await admin.get(ADDRESS, params=request | {"limit": 500})

    assert answer.status_code == 200, answer.text
    listed = {item["id"]: item for item in answer.json()["items"]}
    told = [listed[item["id"]] for item in found]
    assert [(item["score"], item["closest"]) for item in told] == [(None, None)] * 3
    assert [item["ranks"] for item in told] == [{}, {}, {"words": 1.0}]


async def test_without_a_key_what_is_accepted_or_was_is_read_and_nothing_else(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker
):
    found = await suggested(admin, worker, **{"from": "gcm", "to": "belem-do-para"}, most=2)
    place, rows = f"/v1/mapping-sets/{found['set']}", {"set": found["set"], "limit": 500}

    async def read() -> tuple[int, list[str], list[int]]:
        """How many can be read in the set, in which statuses, and in the list of sets."""
        document = await anonymous.get(place)
        listed = (await anonymous.get("/v1/mappings", params=rows)).json()["items"]
        sets = (await anonymous.get("/v1/mapping-sets")).json()["items"]
        count = len(document.json()["mappings"]) if document.is_success else 0
        return (
            count,
            sorted(item["status"] for item in listed),
            [item["mappings"] for item in sets if item["key"] == found["set"]],
        )

    problem_of(await anonymous.get(place), 404, "not-found")
    assert await read() == (0, [], [])
    rejected, accepted, deprecated, opened = found["items"][:4]
    await decide(admin, rejected, status="rejected")
    await decide(admin, accepted, status="accepted")
    await decide(admin, deprecated, status="deprecated")

    assert await read() == (2, ["accepted", "deprecated"], [2])
    for item, status in ((rejected, 404), (opened, 404), (accepted, 200), (deprecated, 200)):
        assert (await anonymous.get(f"/v1/mappings/{item['id']}")).status_code == status
        assert (await admin.get(f"/v1/mappings/{item['id']}")).status_code == 200
    part, whole = await anonymous.get(place), await admin.get(place)
    assert len(whole.json()["mappings"]) == len(found["items"])
    assert part.headers["etag"] != whole.headers["etag"]
    assert "Authorization" in part.headers["vary"]
    assert whole.headers["cache-control"] == "private, no-cache"


async def test_without_a_key_the_rest_of_a_joint_group_is_not_taken_for_the_whole(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient
):
    statuses = {"ccm:art-3": "accepted", "ccm:art-4": "accepted", "ccm:art-5": "suggested"}
    parts = [
        mapping(
            subject,
            "crc:art-40",
            predicate_id="skos:broadMatch",
            extensions={"joint_group": "G", "status": status},
        )
        for subject, status in statuses.items()
    ]
    slots = [{"slot_name": name} for name in ("joint_group", "status")]
    place = "/v1/mapping-sets/partly-public"
    brought = await admin.put(place, json=mapping_set(*parts, extension_definitions=slots))
    assert brought.status_code == 201, brought.text

    whole, part = (await admin.get(place)).json(), (await anonymous.get(place)).json()

    assert [row["extensions"]["joint_group"] for row in whole["mappings"]] == ["G"] * 3
    assert [row.get("extensions") for row in part["mappings"]] in ([None, None], [{}, {}])


def library(key: str, assessable: bool, **titles: str) -> Found:
    return {
        "framework": {"key": key, "kind": "treaty", "title": titles},
        "edition": {"key": "1", "published": "2020-01-01", "languages": sorted(titles), "source": "-"},
        "provisions": [
            {"ref": "1", "kind": "article", "title": titles, "assessable": assessable, "source": "1"}
        ],
    }


async def bring(client: httpx.AsyncClient, document: Found) -> None:
    key = document["framework"]["key"]
    answer = await client.put(f"/v1/frameworks/{key}/editions/1", json=document)
    assert answer.status_code == 201, answer.text


async def test_an_edition_of_headings_alone_fails_the_job_and_says_why(
    admin: httpx.AsyncClient, worker: Worker
):
    await bring(admin, library("only-headings", False, en="Part one"))
    asked = await admin.post(ADDRESS, json={"from": "ccm", "to": "only-headings"})
    await worker.drain()
    job = (await admin.get(asked.headers["location"])).json()
    assert (job["status"], job["problem"]["code"]) == ("failed", "nothing-to-compare")
    assert "`only-headings`" in job["problem"]["detail"]


async def test_editions_that_share_no_language_are_compared_and_the_note_says_so(
    admin: httpx.AsyncClient, worker: Worker
):
    await bring(admin, library("in-portuguese", True, pt="Cooperação internacional"))
    found = await suggested(admin, worker, **{"from": "in-portuguese", "to": "dap"})
    assert "They share no language" in found["note"]
    assert found["items"][0]["words"]


@pytest.mark.skipif(encoding.installed() is None, reason="the encoder is an extra")
async def test_with_the_encoder_editions_are_compared_by_meaning_too(
    admin: httpx.AsyncClient, settings: Settings, sessions: Sessions, sandbox: Sandbox
):
    request = {"provision": "oap:action-4", "to": "mesecvi-plan", "most": 20}
    with_it = settings.model_copy(update={"encoder": "auto"})
    ways: list[set[str]] = []
    for chosen in (settings, with_it):
        found = await suggested(admin, Worker(chosen, sessions, sandbox), **request)
        ways.append({way for item in found["items"] for way in item["ranks"]})
    assert ways[1] - ways[0] == {"meaning"}


async def test_only_those_ask_who_may_review_mappings_and_only_known_callers_read(
    anonymous: httpx.AsyncClient, client_with: ClientMaker
):
    request = {"from": "ccm", "to": "crpd"}
    assert (await anonymous.post(ADDRESS, json=request)).status_code == 401
    assert (await anonymous.get(ADDRESS, params=request)).status_code == 401
    writer = await client_with(Scope.CATALOGUE_WRITE)
    problem_of(await writer.post(ADDRESS, json=request), 403, "scope-missing")
    bound = await client_with(Scope.MAPPINGS_REVIEW, state="HRV")
    problem_of(await bound.post(ADDRESS, json=request), 403, "other-state")
