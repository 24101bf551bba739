"""Single mappings: stated and reviewed by experts, found by what they say, followed from a provision."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from schemas.access import Scope
from schemas.mappings import Counterparts
from tests.api.given import pointers, problem_of
from tests.conftest import ClientMaker

Found = dict[str, Any]

PLACE = "/v1/mappings"
NOWHERE = "sssom:NoTermFound"


@pytest.fixture(scope="module")
async def expert(client_with: ClientMaker) -> httpx.AsyncClient:
    return await client_with(Scope.MAPPINGS_REVIEW)


def statement(subject: str, relation: str, target: str, **more: Any) -> Found:
    return {"subject": subject, "relation": relation, "object": target} | more


async def state(client: httpx.AsyncClient, draft: Found) -> Found:
    answer = await client.post(PLACE, json=draft)
    assert answer.status_code == 201, answer.text
    found: Found = answer.json()
    return found


async def bring(admin: httpx.AsyncClient, key: str, *rows: Found) -> list[Found]:
    """The mappings of a new set, as they are shown."""
    required = {"mapping_justification": "semapv:ManualMappingCuration"}
    document = {
        "mapping_set_id": f"https://example.org/mappings/{key}",
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "extension_definitions": [{"slot_name": name} for name in ("status", "joint_group", "rationale")],
        "mappings": [required | row for row in rows],
    }
    answer = await admin.put(f"/v1/mapping-sets/{key}", json=document)
    assert answer.status_code == 201, answer.text
    found: list[Found] = (await admin.get(PLACE, params={"set": key})).json()["items"]
    return found


def row(subject: str, match: str, target: str, **slots: Any) -> Found:
    return {"subject_id": subject, "predicate_id": f"skos:{match}Match", "object_id": target} | slots


SUGGESTED = {"extensions": {"status": "suggested"}}


async def change(client: httpx.AsyncClient, item: Found, **said: Any) -> httpx.Response:
    return await client.patch(f"{PLACE}/{item['id']}", json=said, headers={"If-Match": item["etag"]})


async def counterparts(client: httpx.AsyncClient, ref: str, to: str) -> Found:
    answer = await client.get(f"/v1/provisions/{ref}/counterparts", params={"to": to})
    Counterparts.model_validate(answer.json(), strict=False)
    found: Found = answer.json()
    return found


# Stating


async def test_an_expert_states_a_mapping_and_it_counts_at_once(
    expert: httpx.AsyncClient, anonymous: httpx.AsyncClient
):
    draft = statement(
        "ccm:art-7", "superset", "crc:art-44",
        rationale="functional", confidence=0.7, source="CRC, article 44", comment="Both ask for reports.",
    )  # fmt: skip
    answer = await expert.post(PLACE, json=draft)

    item = answer.json()
    read = await anonymous.get(answer.headers["location"])
    assert (answer.status_code, read.json()) == (201, item)
    assert read.headers["etag"] == answer.headers["etag"] == item["etag"]
    assert {name: item[name] for name in draft} == draft
    assert (item["set"], item["status"], item["predicate_id"]) == (
        "single-statements", "accepted", "skos:narrowMatch"
    )  # fmt: skip
    assert (item["author"], item["justification"]) == (["test"], "semapv:ManualMappingCuration")
    reached = (await counterparts(anonymous, "crc:art-44", "ccm"))["items"]
    stated = [found for found in reached if found["chain"][0]["mapping"] == item["id"]]
    assert [(found["relation"], found["kind"]) for found in stated] == [("subset", "inverted")]


async def test_single_statements_are_a_set_like_any_other(
    expert: httpx.AsyncClient, admin: httpx.AsyncClient
):
    item = await state(expert, statement("ccm:art-4", "intersect", "crc:art-24", source="Annex 2"))
    place = "/v1/mapping-sets/single-statements"
    read = (await admin.get(place)).json()

    [found] = [found for found in read["mappings"] if found["object_id"] == "crc:art-24"]
    assert found["extensions"] == {"source_paragraph": "Annex 2"}
    assert found["author_label"] == ["test"]
    assert (await admin.put(place, json=read)).status_code == 200
    assert (await admin.get(f"{PLACE}/{item['id']}")).json() == item


async def test_that_there_is_no_counterpart_is_stated_and_found(expert: httpx.AsyncClient):
    item = await state(expert, {"subject": "ccm:art-3", "absent_from": "cedaw"})

    assert (item["relation"], item["object"], item["absent_from"]) == (None, NOWHERE, "cedaw")
    for to, absent in (("cedaw", 1), ("crpd", 0)):
        found = (await counterparts(expert, "ccm:art-3", to))["no_counterpart"]
        assert found == [{"to": "cedaw", "mapping": item["id"], "set": "single-statements"}] * absent


@pytest.mark.parametrize(
    "draft",
    [
        {"subject": "ccm:art-3"},
        {"subject": "ccm:art-3", "relation": "subset"},
        {"subject": "ccm:art-3", "object": "crpd:art-5"},
        statement("ccm:art-3", "subset", "crpd:art-5", absent_from="cedaw"),
        statement("ccm:art-3", "sort-of", "crpd:art-5"),
        statement("ccm:art-3", "subset", "crpd:art-5", confidence=90),
        statement("ccm:art-3", "subset", "crpd:art-5", rationale="parce que"),
        statement("ccm:art-3", "subset", "crpd:art-5", strength=9),
        statement(NOWHERE, "equal", "ccm:art-5"),
        statement("ccm:art-5", "equal", NOWHERE),
        {"subject": NOWHERE, "absent_from": "crpd"},
    ],
)
async def test_a_statement_says_one_thing_in_words_that_are_known(expert: httpx.AsyncClient, draft: Found):
    problem_of(await expert.post(PLACE, json=draft), 422, "validation-failed")


@pytest.mark.parametrize(
    "draft",
    [
        statement("ccm:art-5", "equal", "ccm:art-5"),
        statement("ccm:art-5", "not-related", "ccm:art-5"),
        {"subject": "ccm:art-5", "absent_from": "ccm"},
    ],
)
async def test_nothing_is_stated_of_a_provision_and_itself(expert: httpx.AsyncClient, draft: Found):
    refused = problem_of(await expert.post(PLACE, json=draft), 422, "validation-failed")

    assert list(pointers(refused).values()) == ["same-provision"]


async def test_a_statement_names_what_exists_and_can_be_assessed(expert: httpx.AsyncClient):
    dangling = statement("ccm:art-99", "subset", "gcm-six-steps:s1")
    absent = {"subject": "ccm:art-3", "absent_from": "unheard-of"}

    refused = problem_of(await expert.post(PLACE, json=dangling), 422, "invalid-mapping")
    assert pointers(refused) == {"/subject": "dangling-reference", "/object": "not-assessable"}
    refused = problem_of(await expert.post(PLACE, json=absent), 422, "invalid-mapping")
    assert pointers(refused) == {"/absent_from": "dangling-reference"}


async def test_the_same_is_not_stated_twice(expert: httpx.AsyncClient):
    draft = statement("ccm:art-7", "intersect", "cedaw:art-18")
    first = await state(expert, draft)

    turned = statement("cedaw:art-18", "intersect", "ccm:art-7")
    for again in (draft, turned):
        problem = problem_of(await expert.post(PLACE, json=again), 409, "already-stated")
        assert problem["mapping"] == first["id"]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            statement("ccm:art-6", "equal", "crpd:art-32"),
            statement("crpd:art-32", "not-related", "ccm:art-6"),
        ),
        (
            statement("ccm:art-6", "equal", "cedaw:art-2"),
            statement("ccm:art-6", "subset", "cedaw:art-2"),
        ),
        (
            {"subject": "ccm:art-6", "absent_from": "belem-do-para"},
            statement("belem-do-para:art-8", "intersect", "ccm:art-6"),
        ),
        (
            statement("ccm:art-6", "intersect", "crc:art-4"),
            {"subject": "ccm:art-6", "absent_from": "crc"},
        ),
    ],
)
async def test_a_statement_does_not_contradict_what_the_set_has_accepted(
    expert: httpx.AsyncClient, first: Found, second: Found
):
    stands = await state(expert, first)

    problem = problem_of(await expert.post(PLACE, json=second), 409, "contradiction")

    assert problem["mappings"] == [stands["id"]]
    assert len(problem["errors"]) == 2  # both are said
    assert (await change(expert, stands, status="rejected")).status_code == 200
    await state(expert, second)


async def test_mappings_are_stated_and_reviewed_by_those_who_may(client_with: ClientMaker):
    other = await client_with(Scope.ASSESSMENTS_REVIEW)
    of_a_state = await client_with(Scope.MAPPINGS_REVIEW, state="HRV")
    draft = statement("ccm:art-7", "subset", "crpd:art-35")

    for client, code in ((other, "scope-missing"), (of_a_state, "other-state")):
        problem_of(await client.post(PLACE, json=draft), 403, code)
        problem_of(await client.patch(f"{PLACE}/{'0' * 32}", json={"status": "accepted"}), 403, code)


# Reviewing


async def test_a_suggestion_is_accepted_in_other_terms_in_one_call(
    expert: httpx.AsyncClient, admin: httpx.AsyncClient
):
    [item] = await bring(
        admin, "suggested", row("ccm:art-9", "related", "crpd:art-4", similarity_score=0.61, **SUGGESTED)
    )
    assert (await counterparts(expert, "ccm:art-9", "crpd"))["items"] == []

    answer = await change(
        expert,
        item,
        status="accepted",
        relation="subset",
        confidence=0.7,
        rationale="semantic",
        source="Para. 3",
    )

    found = answer.json()
    assert answer.status_code == 200
    assert (found["status"], found["relation"], found["predicate_id"]) == (
        "accepted", "subset", "skos:broadMatch"
    )  # fmt: skip
    assert (found["confidence"], found["rationale"], found["source"]) == (0.7, "semantic", "Para. 3")
    assert (found["reviewer"], found["reviewer_agreement"]) == (["test"], 1)
    assert (found["similarity_score"], found["reviewed_at"] is None) == (0.61, False)
    [reached] = (await counterparts(expert, "ccm:art-9", "crpd"))["items"]
    assert (reached["relation"], reached["confidence"]) == ("subset", 0.7)
    exported = (await admin.get("/v1/mapping-sets/suggested")).json()["mappings"][0]
    assert (exported["predicate_id"], exported["reviewer_label"]) == ("skos:broadMatch", ["test"])
    assert (exported["review_date"], exported["reviewer_agreement"]) == (found["reviewed_at"], 1)
    assert exported["extensions"] == {"rationale": "semantic", "source_paragraph": "Para. 3"}


async def test_a_rejected_mapping_counts_no_more_and_stays_on_record(
    expert: httpx.AsyncClient, admin: httpx.AsyncClient
):
    [item] = await bring(admin, "rejected", row("ccm:art-1", "exact", "cedaw:art-1"))
    assert (await counterparts(expert, "ccm:art-1", "cedaw"))["items"]

    rejected = await change(expert, item, status="rejected", comment="A different duty.", agreement=-0.5)

    assert (await counterparts(expert, "ccm:art-1", "cedaw"))["items"] == []
    found = (await expert.get(PLACE, params={"set": "rejected"})).json()["items"]
    assert found == [rejected.json()]
    assert (found[0]["status"], found[0]["comment"], found[0]["reviewer_agreement"]) == (
        "rejected", "A different duty.", -0.5
    )  # fmt: skip


async def test_a_review_says_which_version_it_is_of(expert: httpx.AsyncClient, admin: httpx.AsyncClient):
    [item] = await bring(admin, "guarded-mapping", row("ccm:art-1", "related", "crc:art-1"))
    place = f"{PLACE}/{item['id']}"
    problem_of(await expert.patch(place, json={"status": "rejected"}), 428, "precondition-required")

    first = await change(expert, item, status="rejected")
    late = problem_of(await change(expert, item, status="accepted"), 412, "stale")

    assert late["etag"] == first.headers["etag"] == first.json()["etag"] != item["etag"]
    assert (await expert.get(place)).json()["status"] == "rejected"


async def test_a_review_gives_its_set_a_new_version(expert: httpx.AsyncClient, admin: httpx.AsyncClient):
    [item] = await bring(admin, "versioned", row("ccm:art-1", "related", "crc:art-2"))
    before = (await admin.get("/v1/mapping-sets/versioned")).headers["etag"]

    await change(expert, item, status="rejected")

    assert (await admin.get("/v1/mapping-sets/versioned")).headers["etag"] != before


async def test_what_is_accepted_does_not_contradict_the_set(
    expert: httpx.AsyncClient, admin: httpx.AsyncClient
):
    equal, suggested, rejected = await bring(
        admin,
        "contradicted",
        row("ccm:art-1", "exact", "crpd:art-5"),
        row("ccm:art-1", "narrow", "crpd:art-5", **SUGGESTED),
        row("crpd:art-5", "related", "ccm:art-1", extensions={"status": "rejected"}),
    )

    for item in (suggested, rejected):
        problem = problem_of(await change(expert, item, status="accepted"), 409, "contradiction")
        assert problem["mappings"] == [equal["id"]]
        assert [error["code"] for error in problem["errors"]] == ["contradiction"] * 2
    statuses = [
        (await expert.get(f"{PLACE}/{item['id']}")).json()["status"] for item in (suggested, rejected)
    ]
    assert statuses == ["suggested", "rejected"]
    assert (await change(expert, suggested, status="rejected")).status_code == 200


async def test_what_is_accepted_does_not_repeat_what_the_set_says(
    expert: httpx.AsyncClient, admin: httpx.AsyncClient
):
    stands, suggested, functional = await bring(
        admin,
        "repeated",
        row("ccm:art-1", "broad", "crpd:art-7"),
        row("crpd:art-7", "related", "ccm:art-1", **SUGGESTED),
        row("ccm:art-1", "broad", "crpd:art-7", extensions={"rationale": "functional"}),
    )

    accepted = {"status": "accepted", "relation": "superset"}
    for item, said in ((suggested, accepted), (functional, {"rationale": None})):
        problem = problem_of(await change(expert, item, **said), 409, "already-stated")
        assert problem["mapping"] == stands["id"]
    assert (await change(expert, functional, rationale="semantic")).status_code == 200


async def test_what_stands_for_more_than_itself_keeps_its_relation(
    expert: httpx.AsyncClient, admin: httpx.AsyncClient
):
    member, _, absent = await bring(
        admin,
        "bound",
        row("ccm:art-1", "broad", "crpd:art-3", extensions={"joint_group": "g"}),
        row("ccm:art-4", "broad", "crpd:art-3", extensions={"joint_group": "g"}),
        row("ccm:art-3", "exact", NOWHERE, object_source="frameworks:crpd"),
    )

    problem_of(await change(expert, member, relation="equal"), 409, "joint-group")
    problem_of(await change(expert, absent, relation="equal"), 409, "no-counterpart")
    assert (await change(expert, member, relation="subset", confidence=0.4)).status_code == 200
    assert (await change(expert, absent, status="deprecated")).status_code == 200
    assert (await counterparts(expert, "ccm:art-3", "crpd"))["no_counterpart"] == []


@pytest.mark.parametrize(
    "said",
    [
        {}, {"status": "suggested"}, {"status": None}, {"relation": None}, {"confidence": 1.2},
        {"agreement": 2}, {"rationale": "because"}, {"object": "crpd:art-2"},
    ],
)  # fmt: skip
async def test_a_review_says_something_that_is_known(
    expert: httpx.AsyncClient, admin: httpx.AsyncClient, said: Found
):
    [item] = (await admin.get(PLACE, params={"limit": 1})).json()["items"]

    problem_of(await change(expert, item, **said), 422, "validation-failed")


async def test_null_takes_away_what_a_mapping_need_not_say(
    expert: httpx.AsyncClient, admin: httpx.AsyncClient
):
    [item] = await bring(
        admin, "cleared", row("ccm:art-1", "related", "crc:art-3", confidence=0.4, comment="x")
    )

    cleared = (await change(expert, item, confidence=None, comment=None, rationale=None)).json()

    [exported] = (await admin.get("/v1/mapping-sets/cleared")).json()["mappings"]
    assert (cleared["confidence"], cleared["comment"]) == (None, None)
    assert (exported["confidence"], exported["comment"], cleared["status"]) == (None, None, "accepted")


async def test_another_relation_is_not_called_as_the_one_before(
    expert: httpx.AsyncClient, admin: httpx.AsyncClient
):
    label = {"predicate_label": "exact match"}
    turned, confirmed = await bring(
        admin,
        "labelled",
        row("ccm:art-1", "exact", "crc:art-6", **label),
        row("ccm:art-1", "exact", "crc:art-7", **label),
    )

    await change(expert, turned, relation="intersect")
    await change(expert, confirmed, relation="equal", confidence=0.9)

    exported = (await admin.get("/v1/mapping-sets/labelled")).json()["mappings"]
    assert [(item["predicate_id"], item.get("predicate_label")) for item in exported] == [
        ("skos:relatedMatch", None),
        ("skos:exactMatch", "exact match"),
    ]


# Finding


async def test_mappings_are_found_by_what_they_say(admin: httpx.AsyncClient):
    await bring(
        admin,
        "found",
        row("gcm:obj-23", "exact", "sdg:17.16"),
        row("gcm:obj-22", "related", "sdg:10.7", **SUGGESTED),
        row("sdg:10.7", "narrow", "gcm:obj-21"),
    )

    async def found(**asked: str) -> list[tuple[str, str]]:
        items = (await admin.get(PLACE, params={"set": "found"} | asked)).json()["items"]
        return [(item["subject"], item["object"]) for item in items]

    assert await found(**{"from": "sdg"}) == [("sdg:10.7", "gcm:obj-21")]
    assert len(await found(to="sdg")) == 2
    assert await found(to="sdg", status="suggested") == [("gcm:obj-22", "sdg:10.7")]
    assert await found(relation="superset") == [("sdg:10.7", "gcm:obj-21")]
    assert len(await found(provision="sdg:10.7")) == 2
    assert await found(**{"from": "sdg", "to": "ccm"}) == []


async def test_a_mapping_that_does_not_exist_is_not_found(anonymous: httpx.AsyncClient):
    problem_of(await anonymous.get(f"{PLACE}/{'0' * 32}"), 404, "not-found")


# Counterparts


async def test_an_absence_from_nowhere_in_particular_is_one_from_every_framework(admin: httpx.AsyncClient):
    _, _, absent = await bring(
        admin,
        "absent-everywhere",
        row("gcm:obj-1", "related", "sdg:1.1"),
        row("gcm:obj-1", "related", "crc:art-1"),
        row("gcm:obj-2", "exact", NOWHERE),
    )

    for to in ("wps", "crc"):
        found = (await counterparts(admin, "gcm:obj-2", to))["no_counterpart"]
        assert found == [{"to": None, "mapping": absent["id"], "set": "absent-everywhere"}]
        coverage = await admin.get("/v1/frameworks/gcm/coverage", params={"to": to})
        _, own = coverage.json()["sides"]
        words = {item["provision"]: item["coverage"] for item in own["provisions"]}
        assert words["gcm:obj-2"] == "no-counterpart"


async def test_what_is_absent_from_every_framework_has_no_counterpart_in_any(admin: httpx.AsyncClient):
    _, _, absent, suggested = await bring(
        admin,
        "nowhere-at-all",
        row("gcm:obj-3", "related", "sdg:1.1"),
        row("gcm:obj-3", "related", "crc:art-1"),
        row("gcm:obj-4", "exact", NOWHERE),
        row("gcm:obj-4", "related", "crc:art-2", **SUGGESTED),
    )

    refused = problem_of(await change(admin, suggested, status="accepted"), 409, "contradiction")

    assert refused["mappings"] == [absent["id"]]
    assert "`gcm:obj-4` has no counterpart in any framework." in refused["detail"]


async def test_counterparts_say_how_they_are_reached(admin: httpx.AsyncClient):
    first, second = await bring(
        admin,
        "reached",
        row("ccm:art-8", "broad", "crc:art-5", confidence=0.8),
        row("crc:art-5", "broad", "cedaw:art-16", confidence=0.5),
    )

    chained = [
        item
        for item in (await counterparts(admin, "ccm:art-8", "cedaw"))["items"]
        if item["provision"] == "cedaw:art-16"
    ]

    assert chained == [
        {
            "provision": "cedaw:art-16",
            "relation": "subset",
            "kind": "chained",
            "confidence": 0.4,
            "chain": [
                {"mapping": item["id"], "set": "reached", "relation": "subset", "joint_group": None}
                for item in (first, second)
            ],
        }
    ]
