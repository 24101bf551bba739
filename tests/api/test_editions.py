"""Editions that clients bring: of frameworks and of rubrics."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import httpx
import pytest

from schemas.access import Scope
from services.database import Sessions
from services.loading import SHIPPED
from services.sandbox import Sandbox
from services.settings import Settings
from tests.api.given import assessed, pointers, problem_of, report
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker

Found = dict[str, Any]


def library(key: str, edition: str, published: str, title: str, **changes: Any) -> Found:
    return {
        "framework": {"key": key, "kind": "action-plan", "title": {"en": title}} | changes,
        "edition": {"key": edition, "published": published, "languages": ["en"], "source": "A/1"},
        "provisions": [{"ref": "action-1", "kind": "action", "title": {"en": "Collect data"}}],
    }


def rubric(**changes: Any) -> Found:
    """Under the APMBC, by which no test here files."""
    return {
        "key": "short",
        "edition": "1",
        "framework": "apmbc",
        "title": {"en": "Victim assistance"},
        "criteria": [
            {
                "key": "victim-assistance",
                "title": {"en": "Assistance reaches women and girls"},
                "provisions": ["apmbc:art-6"],
                "concepts": [{"all": ["survivors", "women"]}],
            }
        ],
    } | changes


@pytest.fixture
def key() -> str:
    """A framework that no other test brings."""
    return f"plan-{uuid4().hex[:12]}"


async def bring(client: httpx.AsyncClient, document: Found, *, draft: bool = False) -> httpx.Response:
    key, edition = document["framework"]["key"], document["edition"]["key"]
    place = f"/v1/frameworks/{key}/editions/{edition}"
    return await client.put(place, json=document, params={"draft": draft})


async def title_of(client: httpx.AsyncClient, key: str) -> str:
    return str((await client.get(f"/v1/frameworks/{key}")).json()["title"]["en"])


async def test_the_latest_published_edition_describes_its_framework(admin: httpx.AsyncClient, key: str):
    await bring(admin, library(key, "2024", "2024-01-31", "First name"))
    await bring(admin, library(key, "2026", "2026-01-31", "Second name"))

    assert await title_of(admin, key) == "Second name"


async def test_a_draft_edition_does_not_describe_its_framework(admin: httpx.AsyncClient, key: str):
    await bring(admin, library(key, "2024", "2024-01-31", "Published"))

    draft = await bring(admin, library(key, "2026", "2026-01-31", "Draft"), draft=True)

    assert (draft.status_code, draft.json()["status"]) == (201, "draft")
    assert await title_of(admin, key) == "Published"


async def test_an_old_edition_does_not_describe_its_framework(admin: httpx.AsyncClient, key: str):
    old = library(key, "2020", "2020-01-31", "Old name")
    await bring(admin, library(key, "2024", "2024-01-31", "Present name"))

    answers = [await bring(admin, old), await bring(admin, old)]

    assert [answer.json()["status"] for answer in answers] == ["published", "unchanged"]
    assert await title_of(admin, key) == "Present name"


@pytest.mark.parametrize("order", [("2024.9", "2024.10"), ("2024.10", "2024.9")])
async def test_of_two_editions_of_one_day_the_higher_number_is_the_later_however_they_came_in(
    admin: httpx.AsyncClient, key: str, order: tuple[str, str]
):
    answers = [await bring(admin, library(key, edition, "2024-01-31", edition)) for edition in order]

    assert [answer.json()["latest"] for answer in answers] == [True, order[1] == "2024.10"]
    assert await title_of(admin, key) == "2024.10"
    listed = (await admin.get(f"/v1/frameworks/{key}/editions")).json()["items"]
    assert [item["key"] for item in listed] == ["2024.10", "2024.9"]
    for path in (f"provisions/{key}:action-1", f"frameworks/{key}/tree"):
        assert (await admin.get(f"/v1/{path}")).json()["edition"] == "2024.10"
    found = await admin.post(f"/v1/frameworks/{key}/editions/2024.10/carry-over", json={"from": "2024.9"})
    assert found.status_code == 200


@pytest.mark.parametrize(("titles", "codes"), [("AA", [200, 201]), ("AB", [201, 409])])
async def test_an_edition_that_two_bring_at_once_is_published_once(
    admin: httpx.AsyncClient, key: str, titles: str, codes: list[int]
):
    documents = [library(key, "2024", "2024-01-31", title) for title in titles]

    answers = await asyncio.gather(*(bring(admin, document) for document in documents))

    by_code = {answer.status_code: answer for answer in answers}
    assert sorted(by_code) == codes
    listed = (await admin.get(f"/v1/frameworks/{key}/editions")).json()["items"]
    assert listed == [by_code[201].json()["edition"]]
    if 409 in by_code:
        problem_of(by_code[409], 409, "edition-published")


async def test_public_reads_know_nothing_of_a_framework_before_an_edition_is_published(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, key: str
):
    draft = await bring(admin, library(key, "2024", "2024-01-31", "Secret"), draft=True)
    child = library(f"{key}-child", "2024", "2024-01-31", "Child", parent=key)

    assert (draft.status_code, draft.json()["latest"]) == (201, False)
    listed = await anonymous.get("/v1/frameworks", params={"limit": 500})
    assert key not in [item["key"] for item in listed.json()["items"]]
    here = f"/v1/frameworks/{key}"
    for path in ("", "?edition=2024", "/editions", "/editions/2024", "/tree", "/provisions", "/overlaps"):
        problem_of(await anonymous.get(f"{here}{path}"), 404, "not-found")
    assert (await anonymous.get("/v1/search", params={"q": f"Secret {key}"})).json()["items"] == []
    problem = problem_of(await bring(admin, child), 422, "invalid-library")
    assert pointers(problem) == {"/framework/parent": "unknown-framework"}


async def test_drafts_are_shown_to_those_who_write_the_catalogue_and_kept_nowhere(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, client_with: ClientMaker, key: str
):
    first = library(key, "2024", "2024-01-31", "First thought")
    second = library(key, "2024", "2024-01-31", "Second thought")
    writer = await client_with(Scope.CATALOGUE_WRITE)
    focal_point = await client_with(Scope.SUBMISSIONS_WRITE, state="HRV")
    here = f"/v1/frameworks/{key}/editions/2024"

    for document in (first, second):
        await bring(writer, document, draft=True)
        answer = await writer.get(here)
        assert (answer.json(), answer.headers["cache-control"]) == (document, "no-store")
        for stranger in (anonymous, focal_point):
            problem_of(await stranger.get(here), 404, "not-found")
    await bring(writer, second)

    assert await title_of(anonymous, key) == "Second thought"
    published = await anonymous.get(here)
    assert (published.json(), "public" in published.headers["cache-control"]) == (second, True)


async def test_a_framework_is_adopted_under_one_that_is_known(admin: httpx.AsyncClient, key: str):
    orphan = library(key, "2024", "2024-01-31", "A plan", parent="xyz")

    problem = problem_of(await bring(admin, orphan), 422, "invalid-library")

    assert pointers(problem) == {"/framework/parent": "unknown-framework"}
    problem_of(await admin.get(f"/v1/frameworks/{key}"), 404, "not-found")
    assert (await bring(admin, library(key, "2024", "2024-01-31", "A plan", parent="ccm"))).is_success


async def test_a_rubric_is_for_a_framework_that_is_known(admin: httpx.AsyncClient):
    place = "/v1/rubrics/short/editions/1"

    problem = problem_of(await admin.put(place, json=rubric(framework="xyz")), 422, "invalid-rubric")

    assert pointers(problem) == {"/framework": "unknown-framework"}
    assert (await admin.put(place, json=rubric())).status_code == 201


def node(ref: str, **facts: Any) -> Found:
    return {"ref": ref, "kind": "action", "title": {"en": f"Title of {ref}"}} | facts


def count(ref: str, on: str, **facts: Any) -> Found:
    return node(ref, kind="number", provision=on, **facts)


@pytest.fixture
async def plan(admin: httpx.AsyncClient, key: str) -> str:
    """A framework with three editions, the last of which came in before the second."""
    first = library(key, "2020", "2020-01-31", "A plan") | {
        "provisions": [node("a"), node("b"), node("c"), node("d")],
        "indicators": [count("i", "a", targets=[{"printed": "TBD", "kind": "tbd"}]), count("j", "a")],
    }
    second = library(key, "2022", "2022-01-31", "A plan") | {
        "provisions": [node("b", title={"en": "Another title"}), node("d", parent="b"), node("x")],
        "indicators": [count("i", "b", targets=[{"printed": "12", "kind": "number", "number": 12}])],
        "deprecated": [
            {"ref": "a", "successors": ["b", "x"], "note": "Split."},
            {"ref": "j", "successors": ["i"]},
        ],
    }
    third = library(key, "2024", "2024-01-31", "A plan") | {
        "provisions": [node("b"), node("y"), node("d")],
        "indicators": [count("i", "b")],
        "deprecated": [{"ref": "x", "successors": ["y"]}],
    }
    for document in (first, third, second):
        assert (await bring(admin, document)).status_code == 201
    return key


async def diff(client: httpx.AsyncClient, key: str, before: str, after: str) -> Found:
    answer = await client.get(f"/v1/frameworks/{key}/editions/{before}/diff/{after}")
    assert answer.status_code == 200, answer.text
    found: Found = answer.json()
    return found


def refs(found: Found) -> dict[str, list[str]]:
    return {name: [entry["ref"] for entry in found[name]] for name in found["counts"] if found[name]}


async def test_a_diff_lists_what_became_of_provisions_and_indicators(anonymous: httpx.AsyncClient, plan: str):
    found = await diff(anonymous, plan, "2020", "2022")

    assert (found["framework"], found["from"], found["to"]) == (plan, "2020", "2022")
    assert refs(found) == {
        "added": ["x"],
        "removed": ["a", "c", "j"],
        "moved": ["d", "i"],
        "retitled": ["b"],
        "retargeted": ["i"],
    }
    assert found["counts"] == {name: len(found[name]) for name in found["counts"]}
    assert found["removed"][0] == {
        "node": "provision",
        "ref": "a",
        "title": {"en": "Title of a"},
        "successors": ["b", "x"],
        "note": "Split.",
    }
    assert (found["moved"][0]["before"], found["moved"][0]["after"]) == ({"parent": None}, {"parent": "b"})


async def test_a_diff_goes_either_way_and_follows_successors_over_several_editions(
    anonymous: httpx.AsyncClient, plan: str
):
    onward = await diff(anonymous, plan, "2020", "2024")
    back = await diff(anonymous, plan, "2024", "2020")
    same = await diff(anonymous, plan, "2022", "2022")

    assert [entry["ref"] for entry in onward["removed"]] == [entry["ref"] for entry in back["added"]]
    assert onward["removed"][0]["successors"] == ["b", "y"]
    assert [entry["successors"] for entry in back["removed"]] == [[]]
    assert refs(same) == {}


@pytest.mark.parametrize("path", ["2020/diff/2021", "2021/diff/2020", "2026/diff/2020"])
async def test_a_diff_is_of_published_editions(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, plan: str, path: str
):
    await bring(admin, library(plan, "2026", "2026-01-31", "A draft"), draft=True)

    problem_of(await anonymous.get(f"/v1/frameworks/{plan}/editions/{path}"), 404, "not-found")


async def test_a_draft_is_compared_with_what_is_published_where_it_would_stand(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, plan: str
):
    await bring(admin, library(plan, "2023", "2023-01-31", "A draft"), draft=True)
    here = f"/v1/frameworks/{plan}/editions"

    onward, back = await diff(admin, plan, "2022", "2023"), await diff(admin, plan, "2023", "2022")

    assert refs(onward) == {"added": ["action-1"], "removed": ["b", "d", "x", "i"]}
    assert [entry["ref"] for entry in back["added"]] == ["b", "d", "x", "i"]
    assert (await admin.get(f"{here}/2023/diff/2020")).headers["cache-control"] == "no-store"
    problem_of(await anonymous.get(f"{here}/2023/diff/2020"), 404, "not-found")
    assert (await diff(admin, plan, "2020", "2024"))["removed"][0]["successors"] == ["b", "y"]


async def test_what_the_latest_edition_dropped_is_answered_by_the_newest_that_held_it(
    anonymous: httpx.AsyncClient, plan: str
):
    async def read(address: str) -> tuple[str, Found | None]:
        found = (await anonymous.get(f"/v1/{address}")).json()
        return found["edition"], found["deprecated"]

    replaced = {"edition": "2022", "successors": [f"{plan}:b", f"{plan}:x"], "note": "Split."}
    assert await read(f"provisions/{plan}:a") == ("2020", replaced)
    assert await read(f"provisions/{plan}:a@2020") == ("2020", replaced)
    assert await read(f"provisions/{plan}:c") == (
        "2020",
        {"edition": "2022", "successors": [], "note": None},
    )
    assert await read(f"provisions/{plan}:x") == (
        "2022",
        {"edition": "2024", "successors": [f"{plan}:y"], "note": None},
    )
    assert await read(f"indicators/{plan}:j") == (
        "2020",
        {"edition": "2022", "successors": [f"{plan}:i"], "note": None},
    )
    assert await read(f"provisions/{plan}:b") == ("2024", None)
    assert await read(f"provisions/{plan}:b@2020") == ("2020", None)
    assert await read(f"indicators/{plan}:i@2020") == ("2020", None)


async def test_a_node_that_the_pinned_edition_lacks_is_not_found_elsewhere(
    anonymous: httpx.AsyncClient, plan: str
):
    problem_of(await anonymous.get(f"/v1/provisions/{plan}:a@2022"), 404, "not-found")
    problem_of(await anonymous.get(f"/v1/provisions/{plan}:z"), 404, "not-found")
    problem_of(await anonymous.get(f"/v1/indicators/{plan}:a"), 404, "not-found")


async def test_the_tree_of_an_old_edition_says_what_was_dropped_since(
    anonymous: httpx.AsyncClient, plan: str
):
    async def since(**params: str) -> dict[str, str | None]:
        answer = await anonymous.get(f"/v1/frameworks/{plan}/provisions", params=params)
        return {
            item["ref"]: item["deprecated"] and item["deprecated"]["edition"]
            for item in answer.json()["items"]
        }

    assert await since(edition="2020") == {"a": "2022", "b": None, "c": "2022", "d": None}
    assert await since(edition="2022") == {"b": None, "d": None, "x": "2024"}
    assert await since() == await since(edition="2024") == {"b": None, "y": None, "d": None}


async def carry_over(client: httpx.AsyncClient, key: str, to: str, **order: Any) -> httpx.Response:
    return await client.post(f"/v1/frameworks/{key}/editions/{to}/carry-over", json=order)


async def test_references_are_carried_over_by_reference_by_successor_or_by_a_person(
    client_with: ClientMaker, plan: str
):
    focal_point = await client_with(Scope.SUBMISSIONS_WRITE, state="HRV")

    found = (await carry_over(focal_point, plan, "2024", **{"from": "2020"})).json()

    assert (found["framework"], found["from"], found["to"]) == (plan, "2020", "2024")
    assert {item["reference"]: (item["by"], item["proposed"]) for item in found["items"]} == {
        f"{plan}:a@2020": ("successor", [f"{plan}:b@2024", f"{plan}:y@2024"]),
        f"{plan}:b@2020": ("reference", [f"{plan}:b@2024"]),
        f"{plan}:c@2020": ("unresolved", []),
        f"{plan}:d@2020": ("reference", [f"{plan}:d@2024"]),
        f"{plan}:i@2020": ("reference", [f"{plan}:i@2024"]),
        f"{plan}:j@2020": ("successor", [f"{plan}:i@2024"]),
    }
    assert found["counts"] == {"reference": 3, "successor": 2, "unresolved": 1}
    changes = {item["reference"]: item["changes"] for item in found["items"]}
    assert changes[f"{plan}:i@2020"] == ["moved", "retargeted"]


async def test_only_the_references_that_are_named_are_carried_over_each_once(
    admin: httpx.AsyncClient, plan: str
):
    named = [f"{plan}:c", "a", f"{plan}:a@2020", "c"]

    answer = await carry_over(admin, plan, "2022", **{"from": "2020", "references": named})

    assert [item["reference"] for item in answer.json()["items"]] == [f"{plan}:c@2020", f"{plan}:a@2020"]


async def test_references_that_the_earlier_edition_has_not_are_named_all_at_once(
    admin: httpx.AsyncClient, plan: str
):
    named = ["a", "x", f"{plan}:a@2022", "ccm:art-7", f"{plan}:c"]

    answer = await carry_over(admin, plan, "2024", **{"from": "2020", "references": named})

    problem = problem_of(answer, 422, "invalid-carry-over")
    assert pointers(problem) == {f"/references/{number}": "unknown-reference" for number in (1, 2, 3)}


@pytest.mark.parametrize(
    ("earlier", "code"), [("2021", "unknown-edition"), ("2022", "not-earlier"), ("2024", "not-earlier")]
)
async def test_references_are_carried_over_from_an_earlier_edition(
    admin: httpx.AsyncClient, plan: str, earlier: str, code: str
):
    problem = problem_of(
        await carry_over(admin, plan, "2022", **{"from": earlier}), 422, "invalid-carry-over"
    )

    assert pointers(problem) == {"/from": code}
    problem_of(await carry_over(admin, plan, "2021", **{"from": "2020"}), 404, "not-found")


async def test_a_published_edition_is_not_changed_or_taken_away(admin: httpx.AsyncClient, plan: str):
    place = f"/v1/frameworks/{plan}/editions/2020"
    before = (await admin.get(place)).content
    changed = library(plan, "2020", "2020-01-31", "Another plan")

    answers = [await admin.request(method, place) for method in ("DELETE", "PATCH", "POST")]

    assert [answer.status_code for answer in answers] == [405, 405, 405]
    problem_of(await bring(admin, changed), 409, "edition-published")
    problem_of(await bring(admin, changed, draft=True), 409, "edition-published")
    assert (await admin.get(place)).content == before


@dataclass(frozen=True)
class Upgrade:
    """The CCM before and after an edition that drops, moves and retitles articles."""

    submission: str
    said: dict[str, bytes]
    """What was read of the submission before, by address."""

    old: dict[str, Found]
    """The provisions of the edition before, by reference."""


def upgraded(document: Found) -> Found:
    """Article 5 gives way to two, 22 goes without a word, 9 stands after 3, and 7 has another title."""
    by_ref = {item["ref"]: item for item in document["provisions"]}
    nine, gone = by_ref.pop("art-9"), by_ref.pop("art-5")
    by_ref.pop("art-22")
    by_ref["art-7"]["title"] = {"en": "Reporting"}
    provisions: list[Found] = []
    for ref, item in by_ref.items():
        provisions += [item] + [nine] * (ref == "art-3")
        provisions += [gone | {"ref": new} for new in ("art-5a", "art-5b") if ref == "art-4"]
    successors = {"ref": "art-5", "successors": ["art-5a", "art-5b"], "note": "Split in two."}
    edition = document["edition"] | {"key": "2030", "published": "2030-01-31"}
    return document | {"edition": edition, "provisions": provisions, "deprecated": [successors]}


@pytest.fixture(scope="module")
async def upgrade(
    admin: httpx.AsyncClient, settings: Settings, sessions: Sessions, sandbox: Sandbox
) -> Upgrade:
    """A report is filed and assessed under the edition of 2008; then that of 2030 is published."""
    worker = Worker(settings, sessions, sandbox)
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("HRV")))
    addresses = [path, f"{path}/assessment", f"{path}/passages", f"{path}/sections/report/text"]
    said = {address: (await admin.get(address)).content for address in addresses}
    old = (await admin.get("/v1/frameworks/ccm/provisions")).json()["items"]
    document = (await admin.get("/v1/frameworks/ccm/editions/2008")).json()
    published = await bring(admin, upgraded(document))
    assert published.status_code == 201, published.text
    return Upgrade(path, said, {item["reference"]: item for item in old})


async def test_a_new_edition_touches_nothing_that_was_said_about_the_old_one(
    admin: httpx.AsyncClient, upgrade: Upgrade
):
    assert (await admin.get("/v1/frameworks/ccm")).json()["edition"]["key"] == "2030"
    assert {address: (await admin.get(address)).content for address in upgrade.said} == upgrade.said
    submission = (await admin.get(upgrade.submission)).json()
    assert (submission["edition"], submission["status"]) == ("2008", "assessed")


async def test_provisions_of_an_old_edition_are_read_as_they_were(
    anonymous: httpx.AsyncClient, upgrade: Upgrade
):
    dropped = []
    for reference, before in upgrade.old.items():
        found = (await anonymous.get(f"/v1/provisions/{reference}@2008")).json()
        dropped += [reference] if found["deprecated"] else []
        assert found | {"deprecated": None} == before
    assert dropped == ["ccm:art-5", "ccm:art-22"]


async def test_what_changed_in_a_treaty_is_what_was_changed(anonymous: httpx.AsyncClient, upgrade: Upgrade):
    found = await diff(anonymous, "ccm", "2008", "2030")

    assert refs(found) == {
        "added": ["art-5a", "art-5b"],
        "removed": ["art-5", "art-22"],
        "moved": ["art-9"],
        "retitled": ["art-7"],
    }
    assert found["moved"][0]["before"] == {"follows": "art-8"}
    assert found["moved"][0]["after"] == {"follows": "art-3"}


async def starts(client: httpx.AsyncClient, path: str) -> set[str]:
    """The provisions from which the crosswalk of a submission reaches the CRPD."""
    found = (await client.get(f"{path}/crosswalk?to=crpd")).json()
    return {way["via"][0] for item in found["items"] for way in item["paths"]}


async def test_a_report_filed_afterwards_answers_to_the_new_edition(
    admin: httpx.AsyncClient, worker: Worker, upgrade: Upgrade
):
    path = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("AUT")))

    assert (await admin.get(path)).json()["edition"] == "2030"
    assert "ccm:art-5" in await starts(admin, path)


async def test_an_old_report_is_assessed_again_under_its_own_edition(
    admin: httpx.AsyncClient, worker: Worker, upgrade: Upgrade
):
    assert (await admin.post(f"{upgrade.submission}/assessments")).status_code == 202
    await worker.drain()

    assert {address: (await admin.get(address)).content for address in upgrade.said} == upgrade.said
    assert "ccm:art-5" in await starts(admin, upgrade.submission)


async def test_mappings_to_a_dropped_provision_are_still_read(admin: httpx.AsyncClient, upgrade: Upgrade):
    content = (SHIPPED / "mappings" / "ccm-synergies.sssom.tsv").read_bytes()
    tsv = {"Content-Type": "text/tab-separated-values"}

    counterparts = await admin.get("/v1/provisions/ccm:art-5/counterparts?to=crpd")
    mappings = await admin.get("/v1/mappings?provision=ccm:art-5")
    again = await admin.put("/v1/mapping-sets/ccm-synergies", content=content, headers=tsv)

    assert counterparts.json()["items"]
    assert mappings.json()["items"]
    assert again.status_code == 200, again.text


async def test_a_new_mapping_to_a_dropped_provision_is_refused_with_its_successors(
    admin: httpx.AsyncClient, upgrade: Upgrade
):
    document = (await admin.get("/v1/mapping-sets/ccm-synergies")).json()
    row = next(row for row in document["mappings"] if row["subject_id"] == "ccm:art-5")

    answer = await admin.put(
        "/v1/mapping-sets/another",
        json=document | {"mappings": [row, row | {"subject_id": "ccm:art-22"}]},
    )

    problem = problem_of(answer, 422, "invalid-mapping-set")
    assert pointers(problem) == {f"/mappings/{number}/subject_id": "dropped-reference" for number in (0, 1)}
    details = [item["detail"] for item in problem["errors"]]
    assert "`ccm:art-5a`, `ccm:art-5b`" in details[0]
    assert "nothing" in details[1]


async def test_a_rubric_may_speak_of_what_an_earlier_edition_held(admin: httpx.AsyncClient, upgrade: Upgrade):
    old, vain = rubric(key="old"), rubric(key="vain")
    old["criteria"][0]["provisions"] = ["ccm:art-5", "ccm:art-5a"]
    vain["criteria"][0]["provisions"] = ["ccm:art-22", "ccm:art-99"]

    assert (await admin.put("/v1/rubrics/old/editions/1", json=old)).status_code == 201
    problem = problem_of(await admin.put("/v1/rubrics/vain/editions/1", json=vain), 422, "invalid-rubric")
    assert [item["detail"] for item in problem["errors"]] == ["There is no provision `ccm:art-99`."]
