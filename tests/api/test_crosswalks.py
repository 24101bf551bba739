"""Where a report counts elsewhere: derived, live, overridden by people, and never more than provable."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from sqlalchemy import text

from domain.crosswalks.models import Derivation
from domain.mappings import queries as mappings
from schemas.access import Scope
from schemas.crosswalks import Crosswalk
from services.database import Sessions
from services.loading import SHIPPED, load
from tests.api.given import TEXT, pointers, problem_of
from tests.api.mapped import Found, Mapped, mapped
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker


@pytest.fixture
async def here(admin: httpx.AsyncClient, worker: Worker, sessions: Sessions) -> AsyncIterator[Mapped]:
    yield mapped(admin, worker)
    async with sessions.begin() as session:  # or the tests that follow would derive theirs anew, too
        await session.execute(text("DELETE FROM submissions"))


LEVELS = {"1": 3, "2": 2, "3": 1, "4": 0}


async def two_frameworks(here: Mapped, *links: Any, levels: dict[str, int | None] | None = None) -> str:
    """A report under `a`, with links to `b`; what it finds on the provisions 1 to 4 is at 3, 2, 1, 0."""
    await here.framework("a", *LEVELS)
    await here.framework("b", *LEVELS)
    await here.judged("a", *LEVELS)
    await here.bring("set", *links)
    linked = {subject.partition(":")[2] for subject, *_ in links}
    return await here.reviewed("a", levels or {ref: LEVELS[ref] for ref in sorted(linked)})


async def test_an_item_says_what_is_established_over_which_path_and_what_to_quote(here: Mapped):
    path = await two_frameworks(here, ("a:1", "broad", "b:1", {"confidence": 0.8}))

    found = await here.crosswalk(path, "b")

    [item] = found["items"]
    [via] = item.pop("paths")
    assert Crosswalk.model_validate(found | {"items": []}).model_dump(mode="json") == found | {"items": []}
    assert via.pop("mappings")
    assert via == {
        "via": [here.ref("a:1"), here.ref("b:1")],
        "relations": ["subset"],
        "confidence": 0.8,
        "from_findings": ["1"],
        "says": "at-least-partly",
        "jointly": None,
    }
    evidence = (await here.client.get(f"{path}/assessment")).json()["findings"][0]["evidence"]
    assert item.pop("reuse") == [quoted["id"] for quoted in evidence] != []
    assert item.pop("statement").endswith(
        f"Title 1 ({here.ref('a:1')}) is fully addressed and lies within it."
    )
    assert item == {
        "provision": here.ref("b:1"),
        "established": "at-least-partly",
        "bounds": {"low": 0.0, "low_open": True, "high": 1.0, "high_open": False},
        "confidence": 0.8,
        "level": None,
        "conflict": False,
        "stale": False,
        "override": None,
        "denied": [],
    }
    assert found["unmapped"] == [here.ref(f"b:{ref}") for ref in "234"]


async def test_an_answer_is_in_the_shape_that_the_document_promises(here: Mapped):
    path = await two_frameworks(
        here, ("a:1", "broad", "b:1"), ("a:2", "exact", "b:1"), ("a:4", "related", "b:2")
    )
    await here.client.put(
        f"{path}/crosswalk/{here.ref('b:3')}", json={"established": "partly", "reason": "Seen."}
    )

    found = await here.crosswalk(path, "b")

    assert Crosswalk.model_validate(found).model_dump(mode="json") == found


@pytest.mark.parametrize(
    ("match", "words"),
    [
        ("exact", ("full", "partly", "partly", "none")),
        ("close", ("full", "partly", "partly", "none")),
        ("broad", ("at-least-partly", "partly", "partly", "at-most-partly")),
        ("narrow", ("full", "unknown", "unknown", "none")),
        ("related", ("indication",) * 4),
    ],
)
async def test_what_crosses_depends_on_how_the_provisions_lie(
    here: Mapped, match: str, words: tuple[str, ...]
):
    path = await two_frameworks(here, *((f"a:{ref}", match, f"b:{ref}") for ref in "1234"))

    assert tuple((await here.words(path, "b")).values()) == words


async def test_a_level_crosses_between_equal_provisions_on_the_same_scale_alone(here: Mapped):
    links = (
        ("a:1", "exact", "b:1"),
        ("a:2", "exact", "b:2"),
        ("a:3", "close", "b:3"),
        ("a:2", "exact", "c:1"),
    )
    await here.framework("c", "1")
    other = {"0": {"title": {"en": "Blank"}}}
    path = await two_frameworks(here, *links)

    async def levels(short: str) -> list[int | None]:
        await here.client.post(f"{path}/crosswalk", json={"to": here.key(short)})
        return [item["level"] for item in (await here.items(path, short)).values()]

    assert await levels("b") == [None, None, None]  # no rubric, no scale
    await here.judged("b", "1")
    await here.judged("c", "1", scale=other)
    assert await levels("b") == [3, 2, None]
    assert await levels("c") == [None]


async def test_a_new_rubric_makes_it_stale_for_the_scale_may_be_another(here: Mapped):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"))
    assert await stale(here, path, "b") == {False}

    await here.judged("b", "1")
    at_once = await here.items(path, "b")
    await here.worker.drain()
    after = await here.items(path, "b")

    assert (at_once["1"]["stale"], at_once["1"]["level"]) == (True, None)
    assert (after["1"]["stale"], after["1"]["level"]) == (False, 3)


async def test_what_is_not_applicable_carries_nothing(here: Mapped):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"), levels={"1": None})

    found = await here.crosswalk(path, "b")

    assert found["items"] == []
    assert here.ref("b:1") in found["unmapped"]


async def test_paths_that_contradict_each_other_are_a_conflict_with_both_shown(here: Mapped):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"), ("a:4", "exact", "b:1"))

    item = (await here.items(path, "b"))["1"]

    assert (item["established"], item["conflict"], item["bounds"]) == ("conflict", True, None)
    assert [(path["via"][0], path["says"]) for path in item["paths"]] == [
        (here.ref("a:1"), "full"),
        (here.ref("a:4"), "none"),
    ]


async def test_several_provisions_jointly_cover_one(here: Mapped):
    group = {"extensions": {"joint_group": "g"}}
    path = await two_frameworks(
        here, ("a:1", "broad", "b:1", group), ("a:2", "broad", "b:1", group), levels={"1": 3, "2": 3}
    )

    item = (await here.items(path, "b"))["1"]

    assert item["established"] == "full"
    jointly = [way["via"] for way in item["paths"] if way["jointly"] == here.ref("b:1")]
    assert jointly == [[here.ref(f"a:{ref}"), here.ref("b:1")] for ref in "12"]


async def test_what_is_stated_to_have_no_counterpart_is_shown(here: Mapped):
    absent = {"object_source": f"frameworks:{here.key('b')}", "mapping_cardinality": "1:0"}
    path = await two_frameworks(here, ("a:1", "exact", "b:1"), ("a:2", "exact", None, absent))

    [absence] = (await here.crosswalk(path, "b"))["no_counterpart"]

    assert (absence["provision"], absence["absent_from"]) == (here.ref("a:2"), here.key("b"))
    assert absence["set"] == here.key("set")


async def test_what_another_set_denies_is_shown_with_the_item_and_changes_nothing(here: Mapped):
    path = await two_frameworks(here, ("a:2", "exact", "b:1"), ("a:3", "exact", "b:2"))
    await here.bring("other", ("b:1", "related", "a:2", {"predicate_modifier": "Not"}))
    await here.worker.drain()

    items = await here.items(path, "b")

    [said] = (await here.client.get("/v1/mappings", params={"set": here.key("other")})).json()["items"]
    assert (items["1"]["established"], items["1"]["conflict"]) == ("partly", False)
    assert items["1"]["denied"] == [
        {
            "subject": here.ref("b:1"),
            "object": here.ref("a:2"),
            "mapping": said["id"],
            "set": here.key("other"),
        }
    ]
    assert items["2"]["denied"] == []


# Live


async def graph_version(sessions: Sessions) -> int:
    async with sessions() as session:
        return await mappings.version(session)


async def stale(here: Mapped, path: str, short: str) -> set[bool]:
    return {item["stale"] for item in (await here.items(path, short)).values()}


async def test_a_changed_mapping_makes_it_stale_at_once_and_a_job_derives_it_anew(here: Mapped):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"))
    before = await here.items(path, "b")

    await here.bring("set", ("a:1", "broad", "b:1"))
    seen = await here.items(path, "b")
    await here.worker.drain()

    assert seen == {"1": before["1"] | {"stale": True}}
    assert await here.words(path, "b") == {"1": "at-least-partly"}
    assert await stale(here, path, "b") == {False}


async def test_an_upgraded_edition_makes_it_stale_at_once(here: Mapped):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"))

    await here.framework("b", "1", "2", "3", "4", "5", edition="2025")

    assert await stale(here, path, "b") == {True}
    await here.worker.drain()
    assert await stale(here, path, "b") == {False}
    assert here.ref("b:5") in (await here.crosswalk(path, "b"))["unmapped"]


async def test_what_is_not_derived_yet_says_so_where_a_mapping_leads_by_now(here: Mapped):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"), ("a:2", "related", "b:1"))
    item = f"{path}/crosswalk/{here.ref('b:2')}"
    never = await here.client.get(item)

    await here.bring("more", ("a:2", "exact", "b:2"))
    at_once, whole = await here.client.get(item), await here.crosswalk(path, "b")
    elsewhere = await here.client.get(f"{path}/crosswalk/{here.ref('b:3')}")
    await here.worker.drain()
    derived = (await here.client.get(item)).json()

    problem_of(never, 404, "not-found")
    problem_of(elsewhere, 404, "not-found")
    assert (at_once.status_code, at_once.json()["stale"], at_once.json()["established"]) == (
        200, True, "unknown"
    )  # fmt: skip
    assert at_once.json()["statement"].startswith("Not derived yet")
    assert [found["provision"] for found in whole["items"]] == [here.ref("b:1"), here.ref("b:2")]
    assert (here.ref("b:2") in whole["unmapped"], whole["stale"]) == (False, True)
    assert (derived["stale"], derived["established"]) == (False, "partly")
    assert (await here.crosswalk(path, "b"))["stale"] is False


async def test_a_crosswalk_without_items_says_that_it_is_stale(here: Mapped):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"))
    await here.framework("c", "1")

    assert (await here.crosswalk(path, "c"))["stale"] is True


async def test_a_theme_of_another_facet_makes_it_stale_for_other_evidence_fits(
    here: Mapped, sessions: Sessions, tmp_path: Path
):
    await here.framework("a", "1")
    await here.framework("b", "1", themes=["victim-assistance"])
    await here.judged("a", "1")
    await here.bring("set", ("a:1", "related", "b:1"))
    path = await here.reviewed("a", {"1": 2})
    shipped = SHIPPED / "themes.yaml"
    changed = tmp_path / "themes.yaml"
    words = yaml.safe_load(shipped.read_text())
    await load(sessions, shipped)
    before = await stale(here, path, "b")

    for theme in words["themes"]:
        theme["title"]["en"] += "!"
    changed.write_text(yaml.safe_dump(words))
    await load(sessions, changed)
    renamed = await stale(here, path, "b")
    for theme in words["themes"]:
        if theme["key"] == "victim-assistance":
            theme["facet"] = "about-whom"
    changed.write_text(yaml.safe_dump(words))
    await load(sessions, changed)
    at_once = await stale(here, path, "b")
    await here.worker.drain()
    after = await stale(here, path, "b")
    await load(sessions, shipped)

    assert (before, renamed, at_once, after) == ({False}, {False}, {True}, {False})


async def test_a_reviewed_finding_is_carried_over_at_once(here: Mapped):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"))

    await here.decide(path, "1", 0)

    assert await here.words(path, "b") == {"1": "none"}
    assert await stale(here, path, "b") == {False}


async def test_what_changes_nothing_that_mappings_connect_makes_nothing_stale(here: Mapped):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"))

    await here.bring("set", ("a:1", "exact", "b:1"))
    await here.client.post(
        f"/v1/assessments/{(await here.client.get(f'{path}/assessment')).json()['id']}/publish"
    )

    assert await stale(here, path, "b") == {False}


async def test_what_does_not_say_from_what_it_was_derived_is_stale(here: Mapped, sessions: Sessions):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"))
    async with sessions.begin() as session:
        await session.execute(text("DELETE FROM crosswalk_derivations"))

    assert await stale(here, path, "b") == {True}


async def test_one_job_derives_all_and_shows_how_far_it_is(here: Mapped, admin: httpx.AsyncClient):
    await two_frameworks(here, ("a:1", "exact", "b:1"))
    for match in ("broad", "narrow", "related"):
        await here.bring("set", ("a:1", match, "b:1"))

    promised = (await admin.get("/v1/jobs", params={"status": "queued"})).json()["items"]
    await here.worker.drain()

    [whole] = [job for job in promised if job["kind"] == "derive-crosswalks"]
    done = (await admin.get(f"/v1/jobs/{whole['id']}")).json()
    parts = (await admin.get("/v1/jobs", params={"part_of": whole["id"]})).json()["items"]
    assert done["status"] == "succeeded"
    assert done["progress"] == {"done": len(parts), "total": len(parts), "failed": 0, "phase": "deriving"}
    assert {part["status"] for part in parts} == {"succeeded"}


async def test_applying_derives_now_and_applying_twice_is_applying_once(here: Mapped, sessions: Sessions):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"), ("a:2", "broad", "b:2"))
    await here.bring("set", ("a:1", "broad", "b:1"), ("a:2", "broad", "b:2"))

    async def rows() -> list[Any]:
        async with sessions() as session:
            return list(await session.execute(text("SELECT * FROM crosswalk_items ORDER BY id")))

    first = await here.client.post(f"{path}/crosswalk", json={"to": here.key("b")})
    kept = await rows()
    second = await here.client.post(f"{path}/crosswalk", json={"to": here.key("b")})

    assert first.status_code == 200
    assert first.json() == second.json() == await here.crosswalk(path, "b")
    assert await here.words(path, "b") == {"1": "at-least-partly", "2": "partly"}
    assert await rows() == kept
    assert await stale(here, path, "b") == {False}


async def test_a_framework_that_does_not_bind_the_state_is_offered_when_asked_for(here: Mapped):
    await here.framework("b", "1", kind="guidance")
    await here.framework("a", "1")
    await here.judged("a", "1")
    await here.bring("set", ("a:1", "exact", "b:1"))
    path = await here.reviewed("a", {"1": 3})
    order = {"to": here.key("b")}

    offered = (await here.client.post(f"{path}/crosswalk", json=order)).json()
    asked = (await here.client.post(f"{path}/crosswalk", json=order | {"all": True})).json()

    assert (offered["party"], offered["items"]) == (False, [])
    assert (asked["party"], len(asked["items"])) == (False, 1)


@pytest.mark.parametrize(
    ("changes", "party"),
    [
        ({"edition": "2025"}, False),
        ({"edition": "2025", "adopted": "2024-12-31"}, True),
        ({"adopted": "2025-01-01"}, False),
        ({"kind": "terms-of-reference", "parent": "crc"}, False),
        ({"kind": "action-plan", "parent": "crc"}, True),
    ],
)
async def test_what_did_not_exist_in_the_period_or_speaks_to_others_is_offered_when_asked_for(
    here: Mapped, changes: Found, party: bool
):
    await here.framework("b", "1", **changes)
    await here.framework("a", "1")
    await here.judged("a", "1")
    await here.bring("set", ("a:1", "exact", "b:1"))
    path = await here.reviewed("a", {"1": 3}, state="HRV")

    offered = await here.crosswalk(path, "b")
    wanted = {"to": here.key("b"), "all": True}
    asked = (await here.client.get(f"{path}/crosswalk", params=wanted)).json()

    assert (offered["party"], len(offered["items"])) == (party, int(party))
    assert (asked["party"], len(asked["items"])) == (party, 1)


async def test_a_later_edition_leaves_a_framework_as_old_as_it_is(here: Mapped):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"))
    await here.framework("b", *LEVELS, edition="2026")
    await here.worker.drain()

    assert await here.words(path, "b") == {"1": "full"}


async def test_other_states_derive_nothing(here: Mapped, client_with: ClientMaker):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"))
    order = {"to": here.key("b")}
    stranger, own = (
        await client_with(Scope.MEETINGS_WRITE, state="XBB"),
        await client_with(Scope.MEETINGS_WRITE, state="XAA"),
    )

    problem_of(await stranger.post(f"{path}/crosswalk", json=order), 404, "not-found")
    assert (await own.post(f"{path}/crosswalk", json=order)).status_code == 200
    problem_of(await own.post(f"{path}/crosswalk", json={"to": "nothing"}), 404, "not-found")
    assessment = (await here.client.get(f"{path}/assessment")).json()["id"]
    await here.client.post(f"/v1/assessments/{assessment}/publish")
    problem_of(await stranger.post(f"{path}/crosswalk", json=order), 403, "other-state")


# A person's word

WORD = {"established": "partly", "reason": "Only rehabilitation is covered."}


async def test_an_override_stands_beside_what_is_derived_and_stays(here: Mapped):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"))
    place = f"{path}/crosswalk/{here.ref('b:1')}"

    given = await here.client.put(place, json=WORD)
    at_first = (await here.items(path, "b"))["1"]
    await here.bring("set", ("a:1", "broad", "b:1"))
    await here.worker.drain()
    afterwards = (await here.items(path, "b"))["1"]

    assert given.status_code == 200
    assert given.json() == at_first
    override = at_first["override"]
    assert override.pop("at")
    assert override == WORD | {
        "by": "test", "revision": 1, "derived_then": "full", "differs_now": False
    }  # fmt: skip
    assert (at_first["established"], afterwards["established"]) == ("full", "at-least-partly")
    assert afterwards["override"]["established"] == "partly"
    assert afterwards["override"]["differs_now"] is True


async def test_an_override_is_taken_back(here: Mapped):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"))
    place = f"{path}/crosswalk/{here.ref('b:1')}"
    await here.client.put(place, json=WORD)

    taken = await here.client.delete(place)

    assert (taken.status_code, taken.json()) == (200, (await here.items(path, "b"))["1"])
    assert taken.json()["override"] is None
    problem_of(await here.client.delete(place), 404, "no-override")


async def test_a_person_may_speak_of_what_no_mapping_leads_to(here: Mapped):
    path = await two_frameworks(here, ("a:2", "exact", "b:2"))
    place = f"{path}/crosswalk/{here.ref('b:1')}"
    problem_of(await here.client.get(place), 404, "not-found")

    await here.client.put(place, json=WORD)

    found = await here.crosswalk(path, "b")
    assert [(item["provision"], item["established"]) for item in found["items"]] == [
        (here.ref("b:1"), "unknown"),
        (here.ref("b:2"), "partly"),
    ]
    assert here.ref("b:1") not in found["unmapped"]
    assert (await here.client.get(place)).json() == found["items"][0]


async def test_an_override_is_not_given_over_what_somebody_has_not_seen(here: Mapped):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"))
    place = f"{path}/crosswalk/{here.ref('b:1')}"
    tag = {"If-Match": (await here.client.get(place)).headers["etag"]}

    right = await here.client.put(place, json=WORD, headers=tag)
    late = await here.client.put(place, json=WORD | {"established": "full"}, headers=tag)

    assert right.headers["etag"] == (await here.client.get(place)).headers["etag"]
    problem_of(late, 412, "stale")
    problem_of(await here.client.delete(place, headers=tag), 412, "stale")
    assert (await here.client.delete(place, headers={"If-Match": right.headers["etag"]})).status_code == 200


@pytest.mark.parametrize("provision", ["b:all", "a:1"])
async def test_a_heading_and_the_reports_own_framework_are_not_overridden(here: Mapped, provision: str):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"))

    answer = await here.client.put(f"{path}/crosswalk/{here.ref(provision)}", json=WORD)

    assert pointers(problem_of(answer, 422, "not-to-be-established")) == {
        "/provision": "not-to-be-established"
    }


@pytest.mark.parametrize(
    "body", [{"established": "conflict", "reason": "x"}, {"established": "full"}, WORD | {"level": 3}]
)
async def test_an_override_is_a_word_with_a_reason(here: Mapped, body: Found):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"))

    problem_of(
        await here.client.put(f"{path}/crosswalk/{here.ref('b:1')}", json=body), 422, "validation-failed"
    )


async def test_reviewers_override_and_nobody_else(here: Mapped, client_with: ClientMaker):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"))
    place = f"{path}/crosswalk/{here.ref('b:1')}"
    writer = await client_with(Scope.SUBMISSIONS_WRITE)
    stranger = await client_with(Scope.ASSESSMENTS_REVIEW, state="XBB")
    reviewer = await client_with(Scope.ASSESSMENTS_REVIEW)

    problem_of(await writer.put(place, json=WORD), 403, "scope-missing")
    problem_of(await stranger.put(place, json=WORD), 404, "not-found")
    assert (await reviewer.put(place, json=WORD)).status_code == 200


# How two frameworks cover each other


async def test_coverage_is_what_would_follow_if_the_other_were_fully_addressed(here: Mapped):
    await here.framework("a", *"12345")
    await here.framework("b", *"123456")
    nothing = {"object_source": f"frameworks:{here.key('a')}", "mapping_cardinality": "1:0"}
    await here.bring(
        "set",
        ("a:1", "exact", "b:1"),
        ("a:2", "narrow", "b:2"),
        ("a:3", "broad", "b:3"),
        ("a:4", "related", "b:4"),
        ("b:5", "exact", None, nothing),
    )

    answer = await here.client.get(f"/v1/frameworks/{here.key('a')}/coverage", params={"to": here.key("b")})

    other, own = answer.json()["sides"]
    words = {item["provision"].partition(":")[2]: item["coverage"] for item in other["provisions"]}
    assert (other["framework"], other["by"]) == (here.key("b"), here.key("a"))
    assert words == {
        "1": "full", "2": "full", "3": "partial", "4": "indication", "5": "no-counterpart", "6": "gap"
    }  # fmt: skip
    assert other["counts"] == {"full": 2, "partial": 1, "indication": 1, "gap": 1, "no_counterpart": 1}
    words = {item["provision"].partition(":")[2]: item["coverage"] for item in own["provisions"]}
    assert words == {"1": "full", "2": "partial", "3": "full", "4": "indication", "5": "gap"}
    assert [bool(item["mappings"]) for item in other["provisions"]] == [True] * 5 + [False]


async def test_parts_that_jointly_cover_a_provision_cover_it_fully(here: Mapped):
    group = {"extensions": {"joint_group": "g"}}
    await here.framework("a", "1", "2")
    await here.framework("b", "1")
    await here.bring("set", ("a:1", "broad", "b:1", group), ("a:2", "broad", "b:1", group))

    answer = await here.client.get(f"/v1/frameworks/{here.key('a')}/coverage", params={"to": here.key("b")})

    other, own = answer.json()["sides"]
    assert [item["coverage"] for item in other["provisions"]] == ["full"]
    assert [item["coverage"] for item in own["provisions"]] == ["full", "full"]


async def test_a_framework_is_not_compared_with_itself_nor_with_nothing(anonymous: httpx.AsyncClient):
    same = await anonymous.get("/v1/frameworks/ccm/coverage", params={"to": "ccm"})
    unknown = await anonymous.get("/v1/frameworks/ccm/coverage", params={"to": "nothing"})

    problem_of(same, 422, "same-framework")
    problem_of(unknown, 404, "not-found")


async def test_a_report_has_no_crosswalk_to_its_own_framework(here: Mapped):
    path, own = await two_frameworks(here, ("a:1", "exact", "b:1")), here.key("a")

    read = await here.client.get(f"{path}/crosswalk", params={"to": own, "all": True})
    derived = await here.client.post(f"{path}/crosswalk", json={"to": own, "all": True})
    drafted = await here.client.get(f"{path}/reuse", params={"to": own, "all": True})
    item = await here.client.get(f"{path}/crosswalk/{here.ref('a:1')}")

    pointed = {read: "?to", derived: "/to", drafted: "?to", item: "/provision"}
    for answer, place in pointed.items():
        assert pointers(problem_of(answer, 422, "same-framework")) == {place: "same-framework"}


# What can be used again


async def test_a_draft_quotes_the_report_in_the_order_of_the_other_framework(here: Mapped):
    paragraphs = "\n\n".join(f"{number}. {line}." for number, line in enumerate(TEXT.split(". "), 1))
    await here.framework("a", "1", "2")
    await here.framework("b", "x", "y", "z")
    await here.judged("a", "1", "2")
    await here.bring("set", ("a:2", "exact", "b:x"), ("a:1", "related", "b:y"))
    path = await here.reviewed("a", {"1": 2, "2": 2}, text=paragraphs)

    found = (await here.client.get(f"{path}/reuse", params={"to": here.key("b")})).json()

    whole = (await here.client.get(f"{path}/sections/report/text")).text
    assert [(section["provision"], section["basis"]) for section in found["sections"]] == [
        (here.ref("b:x"), "proof"),
        (here.ref("b:y"), "indication"),
    ]
    for section in found["sections"]:
        assert [heading["provision"] for heading in section["under"]] == [here.ref("b:all")]
        for quotation in section["quotations"]:
            assert quotation["text"] == whole[quotation["start"] : quotation["end"]]
            assert (quotation["section"], quotation["paragraph"]) == ("report", "1")
            assert quotation["supports"]
    assert [heading["provision"] for heading in found["unanswered"]] == [here.ref("b:z")]


async def test_a_passage_is_quoted_once_where_it_fits_best_and_referred_to_elsewhere(here: Mapped):
    themes = {"y": ["victim-assistance"]}
    await here.framework("a", "1", "2")
    await here.framework("b", "x", "y", "z", by_ref=themes)
    await here.judged("a", "1", "2")
    await here.bring("set", *(("a:1", "related", f"b:{ref}", {"confidence": 0.5}) for ref in "xyz"))
    path = await here.reviewed("a", {"1": 0, "2": 0}, text=SERVICES)
    wanted = {"to": here.key("b")}

    sections = (await here.client.get(f"{path}/reuse", params=wanted)).json()["sections"]
    written = await here.client.get(f"{path}/reuse", params=wanted, headers={"Accept": "text/markdown"})

    x, y, z = sections
    [quotation] = y["quotations"]
    title = {"en": "Title y"}
    elsewhere = {"provision": here.ref("b:y"), "title": title, "evidence": [quotation["evidence"]]}
    assert (x["quotations"], z["quotations"], y["elsewhere"]) == ([], [], [])
    assert x["elsewhere"] == z["elsewhere"] == [elsewhere]
    assert written.text.count(SERVICES) == 1
    assert written.text.count(f"Quoted under Title y ({here.ref('b:y')}): 1 more.") == 2
    assert f"**The report states a gap:**\n\n> {SERVICES}\n" in written.text
    assert "1 at level 0, a stated gap" in written.text
    assert "Nothing to quote." not in written.text


SERVICES = "In 2024, 112 women among the survivors received rehabilitation at the health centres."


@pytest.mark.parametrize(
    ("themes", "quotes"),
    [
        (["victim-assistance"], True),
        (["trafficking"], False),
        (["women-and-girls", "trafficking"], False),
        ([], True),
    ],
)
async def test_a_draft_quotes_what_shares_a_subject_and_says_where_there_is_nothing_to_quote(
    here: Mapped, themes: list[str], quotes: bool
):
    await here.framework("b", "1", "2", themes=themes)
    await here.framework("a", "1")
    await here.judged("a", "1")
    await here.bring("set", ("a:1", "related", "b:1"))
    path = await here.reviewed("a", {"1": 2}, text=SERVICES)
    wanted = {"to": here.key("b")}

    [section] = (await here.client.get(f"{path}/reuse", params=wanted)).json()["sections"]
    written = await here.client.get(f"{path}/reuse", params=wanted, headers={"Accept": "text/markdown"})

    assert bool((await here.items(path, "b"))["1"]["reuse"]) is quotes
    assert [quotation["text"] for quotation in section["quotations"]] == [SERVICES] * quotes
    assert ("Nothing to quote." in written.text) is not quotes
    assert written.text.endswith(f"## No mapping leads here\n\n- Title 2 ({here.ref('b:2')})\n")


async def test_a_draft_is_read_as_markdown_word_for_word_without_the_line_breaks_of_the_page(here: Mapped):
    said = "Survivors *and* women\nreceived <b>112</b> low-\ncost prostheses_ in 2024."
    path = await two_frameworks_saying(here, said)

    answer = await here.client.get(
        f"{path}/reuse", params={"to": here.key("b")}, headers={"Accept": "text/markdown"}
    )

    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.headers["vary"] == "Accept"
    lines = answer.text.splitlines()
    assert lines[0] == f"# Agenda {here.key('b')}: XAA, 2024"
    assert f"### Title 1 ({here.ref('b:1')})" in lines
    assert any(line.startswith("There is an indication, not a proof, that") for line in lines)
    assert "> Survivors \\*and\\* women received \\<b\\>112\\</b\\> low-cost prostheses\\_ in 2024." in lines
    assert "> — section report, 1 at level 2" in lines


async def two_frameworks_saying(here: Mapped, said: str) -> str:
    await here.framework("a", "1")
    await here.framework("b", "1", "2")
    await here.judged("a", "1")
    await here.bring("set", ("a:1", "related", "b:1"))
    return await here.reviewed("a", {"1": 2}, text=said)


async def test_a_persons_word_and_a_conflict_are_marked_in_a_draft(here: Mapped):
    path = await two_frameworks(
        here, ("a:1", "exact", "b:1"), ("a:4", "exact", "b:1"), ("a:2", "related", "b:2")
    )
    await here.client.put(f"{path}/crosswalk/{here.ref('b:2')}", json=WORD)
    wanted = {"to": here.key("b")}

    found = (await here.client.get(f"{path}/reuse", params=wanted)).json()
    written = await here.client.get(f"{path}/reuse", params=wanted, headers={"Accept": "text/markdown"})

    assert [section["basis"] for section in found["sections"]] == ["conflict", "person"]
    assert "**Conflict: a person must decide.**" in written.text
    assert "**partly**, as decided by test: Only rehabilitation is covered." in written.text
    assert "Derived: There is an indication" in written.text


async def test_a_draft_shows_what_its_reader_may_see_alone(
    here: Mapped, client_with: ClientMaker, anonymous: httpx.AsyncClient
):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"))
    own, stranger = (
        await client_with(Scope.MEETINGS_WRITE, state="XAA"),
        await client_with(Scope.MEETINGS_WRITE, state="XBB"),
    )
    place, wanted = f"{path}/reuse", {"to": here.key("b")}

    problem_of(await anonymous.get(place, params=wanted), 404, "not-found")
    problem_of(await stranger.get(place, params=wanted), 404, "not-found")
    seen = (await own.get(place, params=wanted)).json()
    assessment = (await here.client.get(f"{path}/assessment")).json()["id"]
    await here.client.post(f"/v1/assessments/{assessment}/publish")

    assert seen["sections"]
    assert (await anonymous.get(place, params=wanted)).json() == seen


async def test_what_was_derived_before_is_replaced_as_a_whole(here: Mapped, sessions: Sessions):
    path = await two_frameworks(here, ("a:1", "exact", "b:1"), ("a:2", "exact", "b:2"))
    await here.bring("set", ("a:2", "exact", "b:2"))
    await here.worker.drain()

    assert await here.words(path, "b") == {"2": "partly"}
    async with sessions() as session:
        assessment = (await here.client.get(f"{path}/assessment")).json()["id"]
        derivation = await session.get_one(Derivation, assessment)
        assert derivation.graph == await graph_version(sessions)
        assert derivation.decisions == 2
