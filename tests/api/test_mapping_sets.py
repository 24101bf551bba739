"""Mapping sets that are brought again: what says the same stays, what rests on them is derived anew."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import delete

from domain.mappings import queries, sssom
from domain.mappings.models import MappingSet
from services.database import Sessions
from services.loading import SHIPPED, load
from tests.api.given import assessed, pointers, problem_of, report
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


async def test_a_changed_set_makes_crosswalks_stale_until_they_are_derived_anew(
    admin: httpx.AsyncClient, worker: Worker
):
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("XBB")))
    before = await crosswalk(admin, path, "crpd")
    synergies = (await admin.get(SYNERGIES)).json()
    kept = [item for item in synergies["mappings"] if not item["object_id"].startswith("crpd:")]
    known = {*(await ids(admin, "ccm-synergies")).values()}

    changed = await admin.put(SYNERGIES, json=synergies | {"mappings": kept})
    stale = await crosswalk(admin, path, "crpd")
    await assess_again(admin, worker, path)

    assert changed.status_code == 200
    assert before
    assert stale == [item | {"stale": True} for item in before]
    after = await crosswalk(admin, path, "crpd")
    used = {key for item in after for way in item["paths"] for key in way["mappings"]}
    gone = known - {*(await ids(admin, "ccm-synergies")).values()}
    assert {item["stale"] for item in after} <= {False}
    assert gone
    assert not used & gone
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


DECLARED = [
    {"slot_name": name, "property": f"focalpoint:{name}"}
    for name in ("status", "rationale", "source_paragraph", "joint_group")
]
TSV = {"Content-Type": "text/tab-separated-values"}


async def bring(client: httpx.AsyncClient, key: str, *mappings: Found, **headers: str) -> httpx.Response:
    document = mapping_set(*mappings, extension_definitions=DECLARED)
    answer = await client.put(f"/v1/mapping-sets/{key}", json=document, headers=headers)
    assert answer.status_code in (200, 201), answer.text
    return answer


async def held(client: httpx.AsyncClient, key: str) -> list[Found]:
    found: list[Found] = (await client.get("/v1/mappings", params={"set": key})).json()["items"]
    return found


async def decide(client: httpx.AsyncClient, item: Found, **change: Any) -> Found:
    answer = await client.patch(f"/v1/mappings/{item['id']}", json=change, headers={"If-Match": item["etag"]})
    assert answer.status_code == 200, answer.text
    found: Found = answer.json()
    return found


async def test_rows_are_accepted_unless_they_say_another_status(admin: httpx.AsyncClient):
    await bring(
        admin,
        "statuses",
        mapping("ccm:art-4", "crpd:art-6"),
        *(
            mapping("ccm:art-5", f"crpd:art-{number}", extensions={"status": status})
            for number, status in ((6, "accepted"), (7, "suggested"), (8, "rejected"), (9, "deprecated"))
        ),
    )

    statuses = [item["status"] for item in await held(admin, "statuses")]
    exported = (await admin.get("/v1/mapping-sets/statuses")).json()["mappings"]
    assert statuses == ["accepted", "accepted", "suggested", "rejected", "deprecated"]
    assert [row["extensions"] for row in exported] == [
        {}, {}, {"status": "suggested"}, {"status": "rejected"}, {"status": "deprecated"}
    ]  # fmt: skip


async def test_what_our_slots_say_is_read_shown_and_given_back(admin: httpx.AsyncClient):
    said = {"rationale": "functional", "source_paragraph": "Working paper, para. 10(b)"}
    await bring(
        admin, "own", mapping("ccm:art-5", "crpd:art-26", extensions=said, mapping_source="doc:a", other="x")
    )

    [item] = await held(admin, "own")
    table = await admin.get("/v1/mapping-sets/own", headers={"Accept": "text/tab-separated-values"})
    [row] = sssom.parse(table.text).mappings
    assert (item["rationale"], item["source"]) == (said["rationale"], said["source_paragraph"])
    assert (row.extensions, row.mapping_source, row.other) == (said, "doc:a", "x")


async def test_columns_that_nobody_declared_are_reported(admin: httpx.AsyncClient):
    text = (
        "#mapping_set_id: https://example.org/mappings/columns\n#license: https://example.org/licence\n"
        "subject_id\tpredicate_id\tobject_id\tmapping_justification\tstrength\n"
        "ccm:art-5\tskos:relatedMatch\tcrpd:art-26\tsemapv:ManualMappingCuration\t9\n"
    )

    answer = await admin.put("/v1/mapping-sets/columns", content=text, headers=TSV)

    assert (answer.status_code, answer.json()["unknown_slots"]) == (201, ["strength"])
    assert (answer.json()["mappings"], answer.json()["kept"]) == (1, [])


async def test_a_review_outlives_the_same_row_brought_again(admin: httpx.AsyncClient):
    rows = mapping("ccm:art-5", "crpd:art-26"), mapping("ccm:art-5", "crpd:art-25")
    await bring(admin, "reviewed", *rows)
    first, second = await held(admin, "reviewed")
    await decide(admin, first, status="rejected")
    await decide(admin, second, agreement=0.5)
    before = await held(admin, "reviewed")

    plain = await bring(admin, "reviewed", *rows)
    added = mapping("ccm:art-5", "crpd:art-24")
    guarded = await bring(admin, "reviewed", *rows, added, **{"If-Match": plain.headers["etag"]})

    assert [item["status"] for item in before] == ["rejected", "accepted"]
    assert (await held(admin, "reviewed"))[:2] == before
    assert plain.json()["kept"] == guarded.json()["kept"] == []


async def test_what_was_decided_on_stands_where_a_set_is_brought_unseen(admin: httpx.AsyncClient):
    row, other = mapping("ccm:art-5", "crpd:art-26"), mapping("ccm:art-5", "crpd:art-25")
    await bring(admin, "decided", row, other, mapping("ccm:art-4", "crpd:art-11"))
    decided = await decide(admin, (await held(admin, "decided"))[0], relation="subset", comment="Read again.")

    turned = row | {"predicate_id": "skos:narrowMatch"}
    answer = await bring(admin, "decided", turned, other)

    kept, stays = await held(admin, "decided")
    assert (kept, stays["object"]) == (decided, "crpd:art-25")
    assert [(item["id"], item["relation"]) for item in answer.json()["kept"]] == [(decided["id"], "subset")]
    assert answer.json()["mappings"] == 2


async def test_who_has_seen_what_was_decided_may_bring_something_else(admin: httpx.AsyncClient):
    row = mapping("ccm:art-5", "crpd:art-26")
    first = await bring(admin, "seen", row)
    await decide(admin, (await held(admin, "seen"))[0], status="rejected", comment="No.")
    changed = mapping_set(row | {"confidence": 0.9}, extension_definitions=DECLARED)
    place, stale = "/v1/mapping-sets/seen", {"If-Match": first.headers["etag"]}
    problem_of(await admin.put(place, json=changed, headers=stale), 412, "stale")

    seen = (await admin.get(place)).headers["etag"]
    await bring(admin, "seen", row | {"confidence": 0.9}, **{"If-Match": seen})

    [item] = await held(admin, "seen")
    assert (item["status"], item["confidence"], item["comment"]) == ("accepted", 0.9, None)


def part(subject: str, whole: str, group: str | None = None, status: str | None = None) -> Found:
    said = {"joint_group": group, "status": status}
    extensions = {name: value for name, value in said.items() if value}
    return mapping(subject, whole, predicate_id="skos:broadMatch", extensions=extensions)


async def groups_to(client: httpx.AsyncClient, subject: str, to: str, key: str) -> set[str | None]:
    """The joint groups of a set over which it is reached."""
    answer = await client.get(f"/v1/provisions/{subject}/counterparts", params={"to": to})
    links = [link for item in answer.json()["items"] for link in item["chain"]]
    return {link["joint_group"] for link in links if link["set"] == key}


@pytest.mark.parametrize("group", [None, "K"])
async def test_a_joint_group_does_not_lose_a_member_to_what_was_decided(
    admin: httpx.AsyncClient, group: str | None
):
    key, parts = f"member-{group}".lower(), ("ccm:art-4", "ccm:art-6", "ccm:art-7")
    await bring(admin, key, *(part(subject, "crc:art-20", group) for subject in parts))
    await decide(admin, (await held(admin, key))[0], confidence=0.6)
    before = await held(admin, key)

    other = None if group else "K"
    answer = await bring(admin, key, *(part(subject, "crc:art-20", other) for subject in parts))

    assert await held(admin, key) == before
    assert [item["subject"] for item in answer.json()["kept"]] == list(parts)
    assert await groups_to(admin, "ccm:art-7", "crc", key) == {group}


async def test_an_absence_that_was_accepted_here_stands_without_the_counterparts_of_the_document(
    admin: httpx.AsyncClient,
):
    absent = mapping("ccm:art-3", "sssom:NoTermFound", object_source="frameworks:cedaw")
    await bring(admin, "absence-kept", absent)
    await decide(admin, (await held(admin, "absence-kept"))[0], status="accepted", comment="Yes.")

    named = mapping("ccm:art-3", "cedaw:art-2", predicate_id="skos:exactMatch")
    answer = await bring(admin, "absence-kept", named, mapping("ccm:art-4", "cedaw:art-2"))

    assert [item["object"] for item in await held(admin, "absence-kept")] == [
        "sssom:NoTermFound", "cedaw:art-2"
    ]  # fmt: skip
    place, table = "/v1/mapping-sets/absence-kept", {"Accept": TSV["Content-Type"]}
    given = await admin.get(place, headers=table)
    again = await admin.put(place, content=given.text, headers=TSV | {"If-Match": answer.headers["etag"]})
    assert again.status_code == 200, again.text


async def as_given(client: httpx.AsyncClient, key: str) -> None:
    """What is exported can be brought again, and then changes nothing."""
    place, table = f"/v1/mapping-sets/{key}", {"Accept": TSV["Content-Type"]}
    before, given = await held(client, key), await client.get(place, headers=table)
    seen = {"If-Match": given.headers["etag"]}
    again = await client.put(place, content=given.text, headers=TSV | seen)
    assert again.status_code == 200, again.text
    document = (await client.get(place)).json()
    assert (await client.put(place, json=document)).json().get("kept") == []
    assert await held(client, key) == before


@pytest.mark.parametrize("first", [True, False])
async def test_a_set_in_which_only_some_mappings_have_a_record_id_is_brought_as_it_was_exported(
    admin: httpx.AsyncClient, first: bool
):
    key = f"record-ids-{first}".lower()
    rows = [mapping("ccm:art-5", f"crc:art-{number}") for number in (10, 11)]
    named = [row | {"record_id": f"r:{number}"} for number, row in enumerate(rows)]
    before, after = (named, rows) if first else (rows, named)
    await bring(admin, key, *before)
    await decide(admin, (await held(admin, key))[0], relation="subset")

    answer = await bring(admin, key, *after)

    assert [item["relation"] for item in answer.json()["kept"]] == ["subset"]
    await as_given(admin, key)
    exported = (await admin.get(f"/v1/mapping-sets/{key}")).json()["mappings"]
    ids = {row["object_id"]: row["record_id"] for row in exported}
    assert (ids["crc:art-10"] == "r:0", ids["crc:art-11"] == "r:1") == (first, not first)


async def test_a_statement_beside_mappings_with_record_ids_gets_one_where_it_is_exported(
    admin: httpx.AsyncClient,
):
    key = "single-statements"
    for number in (12, 13):
        draft = {"subject": "ccm:art-5", "relation": "intersect", "object": f"crc:art-{number}"}
        assert (await admin.post("/v1/mappings", json=draft)).status_code == 201
        if number == 12:
            document = (await admin.get(f"/v1/mapping-sets/{key}")).json()
            ids = [row | {"record_id": f"r:{place}"} for place, row in enumerate(document["mappings"])]
            tag = (await admin.get(f"/v1/mapping-sets/{key}")).headers["etag"]
            answer = await admin.put(
                f"/v1/mapping-sets/{key}", json=document | {"mappings": ids}, headers={"If-Match": tag}
            )
            assert answer.status_code == 200, answer.text

    await as_given(admin, key)


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("header", [True, False])
async def test_what_cannot_be_read_does_not_hide_what_is_not_there(
    admin: httpx.AsyncClient, as_json: bool, header: bool
):
    rows = [
        mapping("ccm:art-5", "crpd:art-26", predicate_id="foo:sortOf"),
        mapping("ccm:art-99", "crpd:art-26"),
        mapping("ccm:art-5", "crpd:art-25", confidence=90),
        mapping("gcm-six-steps:s1", "crpd:art-26"),
    ]
    document = mapping_set(*rows)
    if not header:
        del document["license"]
    licence = "#license: https://example.org/licence\n" if header else ""
    columns = list(rows[0])
    cells = "".join("\t".join(str(row[name]) for name in columns) + "\n" for row in rows)
    text = f"#mapping_set_id: https://example.org/m\n{licence}" + "\t".join(columns) + "\n" + cells
    content = {"json": document} if as_json else {"content": text, "headers": TSV}

    answer = await admin.put("/v1/mapping-sets/all-at-once", **content)

    found = pointers(problem_of(answer, 422, "invalid-mapping-set"))
    assert found == {
        "/mappings/0/predicate_id": "unknown-relation",
        "/mappings/1/subject_id": "dangling-reference",
        "/mappings/2/confidence": "out-of-range",
        "/mappings/3/subject_id": "not-assessable",
    } | ({} if header else {"/license": "required"})


@pytest.mark.parametrize("body", ['"x"', "1", "true", "[1]", "[]", "null"])
async def test_a_set_that_is_no_object_is_refused(admin: httpx.AsyncClient, body: str):
    headers = {"Content-Type": "application/json"}

    answer = await admin.put("/v1/mapping-sets/no-object", content=body, headers=headers)

    problem_of(answer, 422, "invalid-mapping-set")


async def test_a_provision_is_not_absent_from_its_own_framework(admin: httpx.AsyncClient):
    absent = mapping("ccm:art-6", "sssom:NoTermFound", object_source="frameworks:ccm")
    turned = mapping("sssom:NoTermFound", "ccm:art-5", subject_source="frameworks:ccm")

    answer = await admin.put("/v1/mapping-sets/own-absence", json=mapping_set(absent, turned))

    assert pointers(problem_of(answer, 422, "invalid-mapping-set")) == {
        "/mappings/0/object_id": "same-provision",
        "/mappings/1/subject_id": "same-provision",
    }


async def test_keys_that_are_no_slots_are_reported_in_json_as_columns_are(admin: httpx.AsyncClient):
    row = mapping("ccm:art-5", "crpd:art-26", strength=9, reviewed_in="Geneva")
    declared = [{"slot_name": "reviewed_in"}]
    document = mapping_set(row, strange={"a": 1}, extension_definitions=declared)

    answer = await admin.put("/v1/mapping-sets/keys", json=document)

    assert (answer.status_code, answer.json()["unknown_slots"]) == (201, ["strange", "strength"])
    exported = (await admin.get("/v1/mapping-sets/keys")).json()
    assert [item["extensions"] for item in exported["mappings"]] == [{"reviewed_in": "Geneva"}]


@pytest.mark.parametrize("as_json", [True, False])
async def test_what_cannot_be_read_makes_nothing_wrong_of_what_stands_beside_it(
    admin: httpx.AsyncClient, as_json: bool
):
    parts = [part(subject, "crc:art-20", "G") for subject in ("ccm:art-4", "ccm:art-6")]
    parts[1]["confidence"] = 1.7
    absent = mapping("ccm:art-3", "sssom:NoTermFound")
    rows = [*parts, absent, mapping("ccm:art-3", "crpd:art-5")]
    rows.append(mapping("ccm:art-5", "cedaw:art-12", mapping_justification="nothing:known"))
    document = mapping_set(*rows, extension_definitions=DECLARED)
    slots = [row | row.get("extensions", {}) for row in rows]
    columns = [*(name for name in rows[0] if name != "extensions"), "joint_group"]
    cells = "".join("\t".join(str(row.get(name, "")) for name in columns) + "\n" for row in slots)
    header = (
        "#mapping_set_id: https://example.org/m\n#license: https://example.org/licence\n"
        "#extension_definitions:\n#  - slot_name: joint_group\n"
    )
    text = header + "\t".join(columns) + "\n" + cells
    content = {"json": document} if as_json else {"content": text, "headers": TSV}

    answer = await admin.put("/v1/mapping-sets/beside", **content)

    assert pointers(problem_of(answer, 422, "invalid-mapping-set")) == {
        "/mappings/1/confidence": "out-of-range",
        "/mappings/4/mapping_justification": "unknown-value",
    }


async def test_absent_from_each_framework_stands_beside_no_counterpart(admin: httpx.AsyncClient):
    document = mapping_set(
        mapping("ccm:art-3", "sssom:NoTermFound", predicate_id="skos:exactMatch"),
        mapping("ccm:art-3", "cedaw:art-2", predicate_id="skos:exactMatch"),
        mapping("ccm:art-6", "crpd:art-7"),
    )

    answer = await admin.put("/v1/mapping-sets/absent-from-each", json=document)

    assert pointers(problem_of(answer, 422, "invalid-mapping-set")) == {
        "/mappings/0/object_id": "contradiction",
        "/mappings/1/object_id": "contradiction",
    }


async def test_everything_a_mapping_cannot_name_is_refused_with_its_line(admin: httpx.AsyncClient):
    nowhere = "sssom:NoTermFound"
    document = mapping_set(
        mapping("ccm:art-5", "crpd:art-26"),
        mapping("ccm:art-99", "crpd:art-26"),
        mapping("gcm-six-steps:s1", "crpd:art-26"),
        mapping("ccm:art-5", nowhere, predicate_id="skos:exactMatch", object_source="frameworks:unheard-of"),
        mapping("ccm:art-5", "nothing:art-1", extensions={"status": "deprecated"}),
        extension_definitions=DECLARED,
    )

    refused = problem_of(
        await admin.put("/v1/mapping-sets/dangling", json=document), 422, "invalid-mapping-set"
    )

    assert pointers(refused) == {
        "/mappings/1/subject_id": "dangling-reference",
        "/mappings/2/subject_id": "not-assessable",
        "/mappings/3/object_source": "dangling-reference",
        "/mappings/4/object_id": "dangling-reference",
    }
    assert [item["row"] for item in refused["errors"]] == [2, 3, 4, 5]
    problem_of(await admin.get("/v1/mapping-sets/dangling"), 404, "not-found")


async def test_a_framework_that_does_not_exist_may_not_be_named_for_all_mappings_either(
    admin: httpx.AsyncClient,
):
    absent = mapping("ccm:art-5", "sssom:NoTermFound", predicate_id="skos:exactMatch")
    document = mapping_set(absent, object_source="frameworks:unheard-of")

    answer = await admin.put("/v1/mapping-sets/nowhere", json=document)

    found = pointers(problem_of(answer, 422, "invalid-mapping-set"))
    assert found == {"/mappings/0/object_source": "dangling-reference"}


async def test_a_set_is_read_the_other_way_round(admin: httpx.AsyncClient):
    await bring(
        admin,
        "turned",
        mapping("ccm:art-5", "crpd:art-26", predicate_id="skos:broadMatch", subject_label="Assistance"),
        mapping(
            "ccm:art-3", "sssom:NoTermFound",
            predicate_id="skos:exactMatch", mapping_cardinality="1:0", object_source="frameworks:crpd",
        ),
    )  # fmt: skip
    place = "/v1/mapping-sets/turned"

    inverse = await admin.get(place, params={"inverse": True})
    table = await admin.get(f"{place}?inverse=true", headers={"Accept": "text/tab-separated-values"})

    contains, absent = inverse.json()["mappings"]
    assert (contains["subject_id"], contains["predicate_id"]) == ("crpd:art-26", "skos:narrowMatch")
    assert (contains["object_label"], contains["subject_label"]) == ("Assistance", None)
    assert contains["mapping_justification"] == "semapv:MappingInversion"
    assert (absent["subject_id"], absent["subject_source"]) == ("sssom:NoTermFound", "frameworks:crpd")
    assert absent["mapping_cardinality"] == "0:1"
    assert inverse.json()["mapping_set_source"] == [(await admin.get(place)).json()["mapping_set_id"]]
    tags = {answer.headers["etag"] for answer in (inverse, table, await admin.get(place))}
    assert len(tags) == 3
    again = await admin.put("/v1/mapping-sets/turned-again", content=table.text, headers=TSV)
    assert again.status_code == 201, again.text


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("application/json;q=0.5, text/tab-separated-values", "text/tab-separated-values"),
        ("application/json, text/tab-separated-values;q=0.5", "application/json"),
        ("text/tab-separated-values;q=0", "application/json"),
        ("*/*", "application/json"),
    ],
)
async def test_a_set_comes_in_the_format_that_its_reader_wants_most(
    anonymous: httpx.AsyncClient, accept: str, kind: str
):
    answer = await anonymous.get(SYNERGIES, headers={"Accept": accept})

    assert answer.headers["content-type"].partition(";")[0] == kind


# Who is who in a set that is brought again


def for_two_reasons() -> tuple[Found, Found]:
    """One statement, as the wording and as the effect has it."""
    semantic, functional = (
        mapping(
            "ccm:art-8", "crc:art-12", predicate_id="skos:broadMatch", extensions={"rationale": rationale}
        )
        for rationale in ("semantic", "functional")
    )
    return semantic, functional


async def by_rationale(client: httpx.AsyncClient, key: str) -> dict[str, Found]:
    return {item["rationale"]: item for item in await held(client, key)}


async def test_a_row_keeps_its_id_where_a_set_says_one_thing_for_two_reasons(admin: httpx.AsyncClient):
    semantic, functional = for_two_reasons()
    await bring(admin, "two-reasons", semantic, functional)
    before = await by_rationale(admin, "two-reasons")

    await bring(admin, "two-reasons", functional | {"confidence": 0.6}, semantic)
    await bring(admin, "two-reasons", functional | {"confidence": 0.7}, semantic | {"confidence": 0.8})

    after = await by_rationale(admin, "two-reasons")
    assert {name: item["id"] for name, item in after.items()} == {
        name: item["id"] for name, item in before.items()
    }


async def test_a_decision_stays_with_its_row_where_a_set_says_one_thing_for_two_reasons(
    admin: httpx.AsyncClient,
):
    key = "two-reasons-decided"
    semantic, functional = for_two_reasons()
    await bring(admin, key, semantic, functional)
    decided = await decide(admin, (await by_rationale(admin, key))["semantic"], comment="Good.")
    read = await admin.get(f"/v1/mapping-sets/{key}")
    rows = sorted(read.json()["mappings"], key=lambda row: str(row["extensions"]["rationale"]))
    rows[0]["confidence"] = 0.6

    await bring(admin, key, *rows, **{"If-Match": read.headers["etag"]})
    assert (await by_rationale(admin, key))["semantic"] == decided

    answer = await bring(admin, key, functional, semantic | {"confidence": 0.2})
    assert decided["id"] in {item["id"] for item in answer.json()["kept"]}
    assert (await by_rationale(admin, key))["semantic"] == decided


async def test_one_row_of_a_document_does_not_stand_for_two_that_were_decided_on(admin: httpx.AsyncClient):
    row, key = mapping("ccm:art-8", "crc:art-13"), "one-for-two"
    await bring(admin, key, row, row | {"extensions": {"status": "suggested"}})
    for item in await held(admin, key):
        await decide(admin, item, comment="Read.", status="rejected")
    before = await held(admin, key)

    answer = await bring(admin, key, row | {"comment": "Read."})

    assert await held(admin, key) == before
    assert answer.json()["kept"]


async def test_no_counterpart_stays_where_it_was_said_to_be(admin: httpx.AsyncClient):
    key = "absent-there"
    absent = mapping("ccm:art-3", "sssom:NoTermFound", predicate_id="skos:exactMatch")
    await bring(admin, key, absent, mapping("ccm:art-6", "cedaw:art-7"))
    await decide(admin, (await held(admin, key))[0], comment="Yes.")

    await bring(admin, key, absent, mapping("ccm:art-6", "crpd:art-7"))

    assert {item["absent_from"] for item in await held(admin, key)} == {"cedaw", "crpd", None}
    await as_given(admin, key)


@pytest.mark.parametrize(("status", "meant"), [("suggested", None), ("accepted", None)])
async def test_no_counterpart_in_any_framework_is_read_so_without_the_rows_that_it_was_understood_by(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, status: str, meant: str | None
):
    key = f"absent-from-all-{status}"
    await bring(
        admin,
        key,
        mapping("sssom:NoTermFound", "ccm:art-3", predicate_id="skos:exactMatch"),
        mapping("cedaw:art-7", "ccm:art-6"),
        mapping("crpd:art-7", "ccm:art-6", extensions={"status": status}),
    )
    table = {"Accept": TSV["Content-Type"]}
    given = (await anonymous.get(f"/v1/mapping-sets/{key}", headers=table)).text
    inverse = (await anonymous.get(f"/v1/mapping-sets/{key}?inverse=true", headers=table)).text

    for name, content in (("copy", given), ("inverse", inverse)):
        copied = await admin.put(f"/v1/mapping-sets/{key}-{name}", content=content, headers=TSV)
        assert copied.status_code == 201, copied.text
        found = await held(admin, f"{key}-{name}")
        assert [item["absent_from"] for item in found if item["relation"] is None] == [meant]
        assert await held(admin, key)
    assert [item["absent_from"] for item in await held(admin, key)] == [meant, None, None]
    await as_given(admin, key)


async def test_a_corrected_row_does_not_take_the_record_id_of_the_one_that_stands(admin: httpx.AsyncClient):
    key = "corrected"
    rows = [mapping("ccm:art-5", f"crc:art-{number}") for number in (10, 11)]
    await bring(admin, key, *rows)
    decided = await decide(admin, (await held(admin, key))[0], comment="Read.")
    await bring(admin, key, *(row | {"record_id": f"x:{place}"} for place, row in enumerate(rows)))
    exported = (await admin.get(f"/v1/mapping-sets/{key}")).json()["mappings"]
    assert [row["record_id"] for row in exported] == [f"mappings:{decided['id']}", "x:1"]

    exported[0]["subject_id"] = "ccm:art-6"
    answer = await bring(admin, key, *exported)

    assert (answer.json()["mappings"], [item["id"] for item in answer.json()["kept"]]) == (3, [decided["id"]])
    ids = {
        (row["subject_id"], row["object_id"]): row["record_id"]
        for row in (await admin.get(f"/v1/mapping-sets/{key}")).json()["mappings"]
    }
    assert ids["ccm:art-5", "crc:art-10"] == f"mappings:{decided['id']}"
    assert len(set(ids.values())) == 3
    await as_given(admin, key)


async def test_a_record_id_stays_with_the_row_that_stands_and_the_corrected_one_gets_another(
    admin: httpx.AsyncClient,
):
    key = "corrected-own"
    row = mapping("ccm:art-5", "crc:art-10", record_id="r:0")
    await bring(admin, key, row)
    await decide(admin, (await held(admin, key))[0], comment="Read.")

    corrected = await bring(admin, key, row | {"subject_id": "ccm:art-6"})
    again = await bring(admin, key, row | {"subject_id": "ccm:art-6"})

    assert corrected.json()["mappings"] == again.json()["mappings"] == 2
    await as_given(admin, key)


# The graph of accepted mappings, and its version


async def version(sessions: Sessions) -> int:
    async with sessions() as session:
        return await queries.version(session)


async def test_the_graph_has_a_new_version_whenever_what_it_is_made_of_changes(
    admin: httpx.AsyncClient, sessions: Sessions
):
    row = mapping("ccm:art-5", "crpd:art-26")
    seen = [await version(sessions)]

    await bring(admin, "versions", row)
    seen.append(await version(sessions))
    await bring(admin, "versions", row | {"confidence": 0.6})
    seen.append(await version(sessions))
    [item] = await held(admin, "versions")
    await decide(admin, item, status="rejected")
    seen.append(await version(sessions))
    await admin.put("/v1/frameworks/versions/editions/2020", json=edition("versions", "2020", "a"))
    seen.append(await version(sessions))

    assert seen == sorted(set(seen))


async def test_the_graph_has_a_new_version_when_a_group_is_whole_without_what_is_not_accepted(
    admin: httpx.AsyncClient, sessions: Sessions
):
    stand = [part(subject, "crc:art-9", "G") for subject in ("ccm:art-5", "ccm:art-7")]
    await bring(admin, "made-whole", *stand, part("ccm:art-6", "crc:art-9", "G", "suggested"))
    before = await version(sessions)
    assert await groups_to(admin, "ccm:art-5", "crc", "made-whole") == {None}

    await bring(admin, "made-whole", *stand, part("ccm:art-6", "crc:art-9", None, "suggested"))

    assert await version(sessions) > before
    assert await groups_to(admin, "ccm:art-5", "crc", "made-whole") == {"G"}


async def test_the_graph_keeps_its_version_when_nothing_of_it_changes(
    admin: httpx.AsyncClient, sessions: Sessions
):
    row = mapping("ccm:art-5", "crpd:art-26")
    await bring(admin, "same", row)
    before = await version(sessions)

    await bring(admin, "same", row)
    await bring(admin, "same", row | {"comment": "Another word on it."})
    suggested = mapping("ccm:art-5", "crpd:art-25", extensions={"status": "suggested"})
    await bring(admin, "same", row | {"comment": "Another word on it."}, suggested)
    for item in await held(admin, "same"):
        await decide(admin, item, comment="Read.")
    draft = edition("drafted", "2020", "a")
    assert (await admin.put("/v1/frameworks/drafted/editions/2020?draft=true", json=draft)).is_success

    assert await version(sessions) == before


async def test_a_version_that_came_to_nothing_is_not_given_again(
    admin: httpx.AsyncClient, sessions: Sessions
):
    await bring(admin, "undone", mapping("ccm:art-5", "crpd:art-26"))
    async with sessions() as session:
        await session.execute(delete(MappingSet).where(MappingSet.key == "undone"))
        undone = await queries.known(session)
        await session.rollback()

    await bring(admin, "undone", mapping("ccm:art-5", "crpd:art-26", confidence=0.8))

    async with sessions() as session:
        now = await queries.known(session)
        assert await queries.known(session) is now
    assert now.version > undone.version
    assert {
        step.link.confidence for path in now.graph.paths("ccm:art-5", "crpd", 1) for step in path.steps
    } > {0.8}


def edition(framework: str, key: str, *refs: str) -> Found:
    return {
        "framework": {"key": framework, "kind": "action-plan", "title": {"en": "A plan"}},
        "edition": {"key": key, "published": f"{key}-01-31", "languages": ["en"], "source": "A/1"},
        "provisions": [{"ref": ref, "kind": "action", "title": {"en": f"Action {ref}"}} for ref in refs],
    }


async def test_nothing_leads_to_what_a_newer_edition_drops_and_its_mappings_say_so(admin: httpx.AsyncClient):
    place = "/v1/frameworks/dropping/editions"
    await admin.put(f"{place}/2020", json=edition("dropping", "2020", "a", "b"))
    await bring(admin, "dropping", mapping("dropping:a", "crpd:art-26"), mapping("dropping:b", "crpd:art-26"))
    asked = "/v1/provisions/crpd:art-26/counterparts?to=dropping"
    before = (await admin.get(asked)).json()["items"]

    later = edition("dropping", "2021", "b") | {"deprecated": [{"ref": "a", "successors": ["b"]}]}
    assert (await admin.put(f"{place}/2021", json=later)).status_code == 201

    after = (await admin.get(asked)).json()["items"]
    onward = (await admin.get("/v1/provisions/dropping:a/counterparts?to=crpd")).json()["items"]
    assert {item["provision"] for item in before} == {"dropping:a", "dropping:b"}
    assert {item["provision"] for item in after} == {"dropping:b"}
    assert "crpd:art-26" in {item["provision"] for item in onward}  # what was reported on it counts
    gone, stands = await held(admin, "dropping")
    assert (gone["dropped"], stands["dropped"]) == (["dropping:a"], [])
    refused = await admin.patch(
        f"/v1/mappings/{gone['id']}", json={"status": "accepted"}, headers={"If-Match": gone["etag"]}
    )
    assert pointers(problem_of(refused, 422, "invalid-mapping")) == {"/subject": "dropped-reference"}
    await decide(admin, gone, status="deprecated")
    document = (await admin.get("/v1/mapping-sets/dropping")).json()
    again = await admin.put("/v1/mapping-sets/dropping", json=document | {"comment": "Brought again."})
    assert again.status_code == 200, again.text


async def test_a_joint_group_counts_while_all_of_it_does(admin: httpx.AsyncClient):
    parts = [
        mapping(subject, "crc:art-39", predicate_id="skos:broadMatch", extensions={"joint_group": "recovery"})
        for subject in ("ccm:art-4", "ccm:art-5", "ccm:art-6")
    ]
    await bring(admin, "joint", *parts)

    async def groups() -> set[str | None]:
        asked = "/v1/provisions/ccm:art-5/counterparts?to=crc"
        items = (await admin.get(asked)).json()["items"]
        return {link["joint_group"] for item in items for link in item["chain"] if link["set"] == "joint"}

    first, *_ = await held(admin, "joint")
    assert (first["joint_group"], await groups()) == ("recovery", {"recovery"})
    first = await decide(admin, first, status="rejected")
    assert await groups() == {None}
    await decide(admin, first, status="accepted")
    assert await groups() == {"recovery"}


@pytest.mark.parametrize("name", sorted(path.name for path in (SHIPPED / "mappings").iterdir()))
async def test_a_shipped_set_is_given_back_as_it_was_brought(admin: httpx.AsyncClient, name: str):
    place = f"/v1/mapping-sets/copy-of-{name.partition('.')[0]}"
    text = (SHIPPED / "mappings" / name).read_text()

    brought = await admin.put(place, content=text, headers=TSV)
    given = await admin.get(place, headers={"Accept": "text/tab-separated-values"})

    assert brought.status_code == 201, brought.text
    assert given.text == sssom.render(sssom.parse(text))


async def test_a_file_that_says_nothing_new_leaves_the_graph_as_it_is(
    admin: httpx.AsyncClient, sessions: Sessions, tmp_path: Path
):
    name = "mesecvi-plan-links"
    shipped = (SHIPPED / "mappings" / f"{name}.sssom.tsv").read_text()
    file = tmp_path / f"{name}.sssom.tsv"
    file.write_text(re.sub("#mapping_set_title: .*", "#mapping_set_title: Another title", shipped))
    before = await version(sessions)

    await load(sessions, file)

    assert (await admin.get(f"/v1/mapping-sets/{name}")).json()["mapping_set_title"] == "Another title"
    assert await version(sessions) == before
