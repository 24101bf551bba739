"""What the most used crosswalk tool gets wrong: each of its failures, and what happens here instead."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest

from bench import crosswalks
from tests.api.given import assessed, pointers, problem_of, report
from tests.api.mapped import mapped
from tests.worker_in_process import Worker

Found = dict[str, Any]


def mapping_set(key: str, *rows: Found) -> Found:
    return {
        "mapping_set_id": f"https://example.org/mappings/{key}",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "mappings": list(rows),
    }


def row(subject: str, match: str, target: str, **slots: Any) -> Found:
    return {
        "subject_id": subject,
        "predicate_id": f"skos:{match}Match",
        "object_id": target,
        "mapping_justification": "semapv:ManualMappingCuration",
    } | slots


async def bring(client: httpx.AsyncClient, key: str, *rows: Found) -> None:
    answer = await client.put(f"/v1/mapping-sets/{key}", json=mapping_set(key, *rows))
    assert answer.status_code == 201, answer.text


async def counterparts(client: httpx.AsyncClient, ref: str, to: str) -> list[Found]:
    answer = await client.get(f"/v1/provisions/{ref}/counterparts", params={"to": to})
    found: list[Found] = answer.json()["items"]
    return found


# A second crosswalk for a pair of frameworks replaces the first, and nobody is told.


async def test_a_second_set_for_a_pair_of_frameworks_stands_beside_the_first(admin: httpx.AsyncClient):
    await bring(admin, "first", row("ccm:art-8", "broad", "crpd:art-33", confidence=0.6))
    await bring(
        admin,
        "second",
        row("ccm:art-8", "related", "crpd:art-33", confidence=0.9),
        row("ccm:art-8", "exact", "crpd:art-35", confidence=0.7),
    )

    found = {
        (item["chain"][0]["set"], item["provision"], item["relation"])
        for item in await counterparts(admin, "ccm:art-8", "crpd")
        if item["kind"] == "stated"
    }

    assert found >= {
        ("first", "crpd:art-33", "subset"),
        ("second", "crpd:art-33", "intersect"),
        ("second", "crpd:art-35", "equal"),
    }
    keys = {item["key"] for item in (await admin.get("/v1/mapping-sets")).json()["items"]}
    assert keys >= {"first", "second"}


# Dangling ids, invented relations, a strength of 90 and rows that contradict each other are taken: 201.


@pytest.mark.parametrize(
    ("rows", "problems"),
    [
        (
            [row("ccm:art-5", "broad", "crpd:art-999"), row("urn:of:nothing", "broad", "crpd:art-26")],
            {"/mappings/0/object_id": "dangling-reference", "/mappings/1/subject_id": "malformed-curie"},
        ),
        (
            [row("ccm:art-5", "broad", "crpd:art-999"), row("nothing:art-1", "broad", "crpd:art-26")],
            {"/mappings/0/object_id": "dangling-reference", "/mappings/1/subject_id": "dangling-reference"},
        ),
        (
            [row("ccm:art-5", "sortOf", "crpd:art-26")],
            {"/mappings/0/predicate_id": "unknown-relation"},
        ),
        (
            [row("ccm:art-5", "broad", "crpd:art-26", confidence=90)],
            {"/mappings/0/confidence": "out-of-range"},
        ),
        (
            [
                row("ccm:art-5", "exact", "crpd:art-26"),
                row("crpd:art-26", "related", "ccm:art-5", predicate_modifier="Not"),
            ],
            {"/mappings/0/predicate_id": "contradiction", "/mappings/1/predicate_id": "contradiction"},
        ),
        (
            [row("ccm:art-5", "exact", "crpd:art-26"), row("ccm:art-5", "broad", "crpd:art-26")],
            {"/mappings/0/predicate_id": "contradiction", "/mappings/1/predicate_id": "contradiction"},
        ),
        (
            [row("ccm:art-5", "broad", "gcm-six-steps:s1")],
            {"/mappings/0/object_id": "not-assessable"},
        ),
    ],
    ids=[
        "ids that are none", "dangling", "an invented relation", "a strength of 90", "equal and not related",
        "equal and contained", "a heading",
    ],
)  # fmt: skip
async def test_a_set_that_cannot_be_right_is_refused_and_leaves_nothing(
    admin: httpx.AsyncClient, rows: list[Found], problems: dict[str, str]
):
    answer = await admin.put("/v1/mapping-sets/wrong", json=mapping_set("wrong", *rows))

    assert pointers(problem_of(answer, 422, "invalid-mapping-set")) == problems
    problem_of(await admin.get("/v1/mapping-sets/wrong"), 404, "not-found")


async def test_a_file_that_cannot_be_right_is_refused_with_the_line_of_every_fault(admin: httpx.AsyncClient):
    curated = "semapv:ManualMappingCuration"
    lines = [
        "#mapping_set_id: https://example.org/mappings/wrong",
        "#license: https://creativecommons.org/licenses/by/4.0/",
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\tconfidence",
        f"ccm:art-5\tskos:sortOf\tcrpd:art-26\t{curated}\t0.5",
        f"ccm:art-5\tskos:broadMatch\tcrpd:art-26\t{curated}\t90",
        f"ccm:art-4\tskos:exactMatch\tcrpd:art-11\t{curated}\t0.5",
        f"ccm:art-4\tskos:narrowMatch\tcrpd:art-11\t{curated}\t0.5",
    ]

    answer = await admin.put(
        "/v1/mapping-sets/wrong",
        content="\n".join(lines),
        headers={"Content-Type": "text/tab-separated-values"},
    )

    refused = problem_of(answer, 422, "invalid-mapping-set")
    assert [(item["row"], item["code"]) for item in refused["errors"]] == [
        (4, "unknown-relation"),
        (5, "out-of-range"),
        (6, "contradiction"),
        (7, "contradiction"),
    ]


# A result and its score are copied, whether the provision contains the other or lies within it.


@pytest.mark.parametrize(
    ("match", "level", "established"),
    [
        ("narrow", 2, "unknown"),  # the narrower provision may be what is addressed, or what is missing
        ("narrow", 3, "full"),
        ("broad", 3, "at-least-partly"),
        ("broad", 2, "partly"),
        ("broad", 0, "at-most-partly"),
    ],
)
async def test_nothing_crosses_that_is_not_provable_and_no_level_but_between_equals(
    admin: httpx.AsyncClient, worker: Worker, match: str, level: int, established: str
):
    here = mapped(admin, worker)
    for short in ("ccm", "crpd"):
        await here.framework(short, "5", "6")
        await here.judged(short, "5", "6")
    await here.bring("set", ("ccm:5", match, "crpd:6"))

    path = await here.reviewed("ccm", {"5": level})

    item = (await here.items(path, "crpd"))["6"]
    assert (item["established"], item["level"]) == (established, None)


# Of several ways by other frameworks the first one is taken, though it carries least.


async def test_all_ways_to_a_framework_contribute(admin: httpx.AsyncClient, worker: Worker):
    here = mapped(admin, worker)
    for short in ("ccm", "cedaw", "crpd", "sdg"):
        await here.framework(short, *"1234")
    await here.judged("ccm", *"1234")
    await here.bring("by-cedaw", ("ccm:1", "exact", "cedaw:1"), ("cedaw:1", "broad", "sdg:1"))
    await here.bring(
        "by-crpd",
        *((f"ccm:{ref}", "exact", f"crpd:{ref}") for ref in "1234"),
        *((f"crpd:{ref}", "exact", f"sdg:{ref}") for ref in "1234"),
    )

    path = await here.reviewed("ccm", dict.fromkeys("1234", 3))

    items = await here.items(path, "sdg")
    assert {ref: item["established"] for ref, item in items.items()} == dict.fromkeys("1234", "full")
    ways = sorted(way["via"][1] for way in items["1"]["paths"])
    assert ways == [here.ref("cedaw:1"), here.ref("crpd:1")]


# Applying a set of 686 rows to an assessment takes 1.8 seconds.


async def test_686_rows_are_applied_in_a_fraction_of_the_time(admin: httpx.AsyncClient, worker: Worker):
    for key in crosswalks.SIZES:
        await admin.put(f"/v1/frameworks/{key}/editions/2026", json=crosswalks.framework(key))
    await admin.put("/v1/rubrics/bench/editions/1", json=crosswalks.rubric())
    await admin.put("/v1/mapping-sets/bench", json=crosswalks.mapping_set("1"))
    filed = report("XAA", framework=crosswalks.FROM)
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=filed))
    order, took = {"to": crosswalks.TO, "all": True}, []

    for _ in range(3):
        begun = time.perf_counter()
        answer = await admin.post(f"{path}/crosswalk", json=order)
        took.append(time.perf_counter() - begun)

    found = answer.json()
    assert sum(len(item["paths"]) for item in found["items"]) == crosswalks.ROWS
    assert min(took) < crosswalks.BASELINE / 4, (
        "`python -m bench.crosswalks` says how long on a quiet machine"
    )
