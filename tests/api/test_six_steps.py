"""The six steps of a country: its set-up, data sources, interventions with their markers, and forums."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from schemas.access import Scope
from services.database import Sessions
from tests.api.given import pointers, problem_of, report
from tests.api.planning import NOBODY, Found, drawn_up, known
from tests.conftest import ClientMaker

SET_UP = {
    "option": 1,
    "body": "National Migration Council",
    "members": [{"name": "Ministry of Women", "kind": "gender-ministry"}],
    "considered": ["existing-processes", "national-context", "institutional-capacities"],
}
SOURCE = {
    "title": "Register of work permits",
    "kind": "administrative-registry",
    "disaggregations": ["age"],
    "objectives": ["gcm:obj-6"],
    "sex_is_required": False,
    "is_protected": True,
}
WHOLE = {
    "title": "Complaints of domestic workers",
    "objectives": ["gcm:obj-6"],
    "aim": "principal",
    "analysis": "Most domestic workers are women; no complaint came from one.",
    "needs": "Hearings on Sundays, interpreters.",
    "stakeholders": [
        {
            "role": "consulted",
            "organisation": "Union of domestic workers",
            "kind": "migrant-womens-organization",
        },
        {"role": "beneficiary", "organisation": "Domestic workers"},
    ],
    "indicators": [{"indicator": "sdg:5.2.2", "gender_specific": True}],
    "budget": [{"amount": "1000", "currency": "USD", "stage": "planned", "gender_responsive": True}],
}


async def put(client: httpx.AsyncClient, path: str, body: Any, tag: str | None = None) -> httpx.Response:
    return await client.put(path, json=body, headers={"If-Match": tag} if tag else {})


async def made(client: httpx.AsyncClient, path: str, body: Any) -> httpx.Response:
    answer = await client.post(path, json=body)
    assert answer.status_code == 201, answer.text
    read = await client.get(answer.headers["location"])
    assert read.json() == answer.json()
    assert read.headers["etag"] == answer.headers["etag"]
    return answer


async def test_the_set_up_is_recorded_with_what_the_guide_asks_of_it(admin: httpx.AsyncClient):
    path = f"{await drawn_up(admin)}/set-up"
    problem_of(await admin.get(path), 404, "not-found")

    first = await put(admin, path, SET_UP)
    again = await put(admin, path, SET_UP | {"option": 2, "members": []}, first.headers["etag"])

    assert (first.status_code, again.status_code) == (201, 200)
    assert [(check["code"], check["met"]) for check in first.json()["checks"]] == [
        ("gender-in-the-body", True), ("context-considered", True),
    ]  # fmt: skip
    assert [check["met"] for check in again.json()["checks"]] == [False, True]
    assert again.json()["checks"][0]["source"].endswith("step 1, action 3, measure 1")
    assert (await admin.get(path)).json() == again.json()
    problem_of(await put(admin, path, SET_UP), 428, "precondition-required")
    problem_of(await put(admin, path, SET_UP, first.headers["etag"]), 412, "stale")
    other = f"{await drawn_up(admin)}/set-up"
    problem_of(await put(admin, other, SET_UP, '"x"'), 412, "stale")


@pytest.mark.parametrize(
    ("facts", "pointer"),
    [
        ({"option": 3}, "/option"),
        ({"body": ""}, "/body"),
        ({"members": [{"name": "a", "kind": "friend"}]}, "/members/0/kind"),
        ({"considered": ["weather"]}, "/considered/0"),
    ],
)
async def test_a_set_up_that_cannot_be_is_refused(admin: httpx.AsyncClient, facts: Found, pointer: str):
    path = f"{await drawn_up(admin)}/set-up"

    assert pointer in pointers(problem_of(await put(admin, path, SET_UP | facts), 422, "validation-failed"))


async def test_data_sources_are_mapped_with_their_gaps(admin: httpx.AsyncClient):
    path = await drawn_up(admin)

    found = (await made(admin, f"{path}/data-sources", SOURCE)).json()
    indicated = {"title": "Survey", "kind": "survey", "expected": [], "indicators": ["sdg:5.2.2"]}
    second = (await made(admin, f"{path}/data-sources", indicated)).json()

    assert [(gap["code"], gap["disaggregation"]) for gap in found["gaps"]] == [
        ("missing-disaggregation", "sex"), ("missing-disaggregation", "nationality"),
        ("sex-not-required", None),
    ]  # fmt: skip
    expected = (await admin.get("/v1/indicators/sdg:5.2.2")).json()["disaggregation"]
    assert second["expected"] == sorted(expected)
    listed = (await admin.get(f"{path}/data-sources")).json()["items"]
    assert listed == [found, second]
    gaps = (await admin.get(f"{path}/data-gaps")).json()
    assert gaps["sources"] == 2
    assert gaps["objectives"] == [
        {
            "objective": "gcm:obj-6",
            "sources": [found["id"]],
            "disaggregations": ["age"],
            "missing": ["nationality", "sex"],
        }
    ]


async def test_an_indicator_may_be_that_of_one_edition(admin: httpx.AsyncClient):
    path = f"{await drawn_up(admin)}/data-sources"
    pinned = f"sdg:5.2.2@{(await admin.get('/v1/frameworks/sdg')).json()['edition']['key']}"
    source = {"title": "Survey", "kind": "survey", "expected": [], "indicators": [pinned, "sdg:5.2.2"]}

    assert (await made(admin, path, source)).json()["indicators"] == [pinned, "sdg:5.2.2"]

    unknown = await admin.post(path, json=source | {"indicators": [pinned, "sdg:5.2.2@1066"]})
    [problem] = problem_of(unknown, 422, "unknown-indicator")["errors"]
    assert problem["pointer"] == "/indicators/1"


async def test_a_data_source_is_said_anew_and_struck(admin: httpx.AsyncClient):
    path = await drawn_up(admin)
    answer = await made(admin, f"{path}/data-sources", SOURCE)
    one, tag = answer.headers["location"], answer.headers["etag"]

    better = await put(
        admin, one, SOURCE | {"disaggregations": ["age", "sex", "nationality"], "sex_is_required": True}, tag
    )

    assert better.json()["gaps"] == []
    problem_of(await put(admin, one, SOURCE, tag), 412, "stale")
    problem_of(await put(admin, one, SOURCE), 428, "precondition-required")
    problem_of(await admin.delete(one), 428, "precondition-required")
    problem_of(await admin.delete(one, headers={"If-Match": tag}), 412, "stale")
    assert (await admin.delete(one, headers={"If-Match": better.headers["etag"]})).status_code == 204
    problem_of(await admin.get(one), 404, "not-found")
    kept = (await admin.get(f"{path}/changes")).json()["items"]
    assert [entry["kind"] for entry in kept] == [*["data-source"] * 3, "plan"]
    assert {"field": "title", "before": SOURCE["title"], "after": None} in kept[0]["changes"]


async def test_who_may_not_write_does_not_learn_what_there_is(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    plan = await drawn_up(admin)
    source = (await made(admin, f"{plan}/data-sources", SOURCE)).headers["location"]
    nowhere = f"/v1/plans/{NOBODY}"
    meets = await client_with(Scope.MEETINGS_WRITE)

    for path in (source, f"{plan}/data-sources/{NOBODY}", f"{nowhere}/data-sources/{NOBODY}"):
        problem_of(await put(meets, path, SOURCE), 403, "scope-missing")
    for path in (plan, nowhere):
        problem_of(await meets.post(f"{path}/data-sources", json=SOURCE), 403, "scope-missing")


async def test_no_version_is_asked_for_of_what_is_not_there(admin: httpx.AsyncClient):
    plan = await drawn_up(admin)

    for path in (f"/v1/plans/{NOBODY}", plan):
        problem_of(await put(admin, f"{path}/data-sources/{NOBODY}", SOURCE), 404, "not-found")
        problem_of(await put(admin, f"{path}/interventions/{NOBODY}", WHOLE, '"x"'), 404, "not-found")


async def test_what_is_wrong_in_an_address_is_said_once(admin: httpx.AsyncClient):
    answer = await put(admin, "/v1/plans/mine/data-sources/first", SOURCE, '"x"')

    problem = problem_of(answer, 422, "validation-failed")
    assert [item["pointer"] for item in problem["errors"]] == ["path:plan_id", "path:source_id"]


@pytest.mark.parametrize(
    ("facts", "code", "pointer"),
    [
        ({"objectives": ["gcm:obj-99"]}, "unknown-provision", "/objectives/0"),
        ({"indicators": ["sdg:9.9.9"]}, "unknown-indicator", "/indicators/0"),
        ({"kind": "hearsay"}, "validation-failed", "/kind"),
        ({"address": "javascript:alert(1)"}, "validation-failed", "/address"),
        ({"disaggregations": ["Sex"]}, "validation-failed", "/disaggregations/0"),
        ({"disaggregations": ["sex", "sex"]}, "validation-failed", "/disaggregations"),
    ],
)
async def test_a_data_source_that_cannot_be_is_refused(
    admin: httpx.AsyncClient, facts: Found, code: str, pointer: str
):
    path = f"{await drawn_up(admin)}/data-sources"

    answer = await admin.post(path, json=SOURCE | facts)

    assert pointer in pointers(problem_of(answer, 422, code))
    assert (await admin.get(path)).json()["items"] == []


async def test_the_gender_marker_is_computed_from_stated_criteria(admin: httpx.AsyncClient):
    path = f"{await drawn_up(admin)}/interventions"

    whole = (await made(admin, path, WHOLE)).json()
    significant = (await made(admin, path, WHOLE | {"aim": "significant"})).json()
    bare = (await made(admin, path, {"title": "Roads"})).json()

    assert [one["marker"]["computed"] for one in (whole, significant, bare)] == ["A", "B", "C"]
    assert significant["marker"]["why_not_higher"] == ["principal-aim"]
    assert len(bare["marker"]["why_not_higher"]) == 7
    assert {check["code"]: check["provision"] for check in whole["marker"]["criteria"]} == {
        "gender-analysis": "gcm-six-steps:s3.a1.m2",
        "needs-integrated": "gcm-six-steps:s3.a4.m2",
        "participation": "gcm-six-steps:s3.a3.m2",
        "beneficiaries": "gcm-six-steps:s3.a3.m3",
        "gender-specific-indicator": "gcm-six-steps:s3.a5.m1",
        "gender-responsive-budget": "gcm-six-steps:s4.a2.m1",
        "significant-aim": "gcm-six-steps:s4.a3.m1",
        "principal-aim": "gcm-six-steps:s3.a4.m1",
    }
    for check in whole["marker"]["criteria"]:
        assert (await admin.get(f"/v1/provisions/{check['provision']}")).status_code == 200
    assert "rule of this service" in whole["marker"]["rule"]
    assert (await admin.get(path)).json()["items"] == [whole, significant, bare]


async def test_a_person_assigns_a_category_beside_the_computed_one(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    path = await drawn_up(admin, owner="IRL")
    answer = await made(admin, f"{path}/interventions", {"title": "Roads"})
    one = answer.headers["location"]
    ireland = await client_with(Scope.PLANS_WRITE, state="IRL")

    assigned = await put(
        ireland, f"{one}/marker", {"category": "B", "reason": "Agreed."}, answer.headers["etag"]
    )

    marker = assigned.json()["marker"]
    assert (marker["computed"], marker["assigned"]["category"]) == ("C", "B")
    assert (marker["assigned"]["reason"], marker["assigned"]["by"]) == ("Agreed.", "test IRL")
    again = await put(admin, one, WHOLE, assigned.headers["etag"])
    assert (again.json()["marker"]["computed"], again.json()["marker"]["assigned"]["category"]) == ("A", "B")
    withdrawn = await put(admin, f"{one}/marker", {"category": None}, again.headers["etag"])
    assert withdrawn.json()["marker"]["assigned"] is None
    problem_of(await put(admin, f"{one}/marker", {"category": "A", "reason": "x"}, '"x"'), 412, "stale")
    for wrong in ({"category": "D", "reason": "x"}, {"category": "A"}, {}):
        problem_of(await put(admin, f"{one}/marker", wrong, "*"), 422, "validation-failed")
    kept = (await admin.get(f"{path}/changes")).json()["items"]
    assert kept[0]["changes"] == [
        {"field": "assigned", "before": "B", "after": None},
        {"field": "assigned_reason", "before": "Agreed.", "after": None},
    ]


async def test_a_state_keeps_the_persons_that_others_named_and_adds_its_own_only(
    admin: httpx.AsyncClient, client_with: ClientMaker, sessions: Sessions
):
    theirs, other = await known(sessions), await known(sessions)
    path = f"{await drawn_up(admin, owner='ECU')}/interventions"
    lead = {"role": "lead", "person": theirs}
    answer = await made(admin, path, WHOLE | {"stakeholders": [lead]})
    one, tag = answer.headers["location"], answer.headers["etag"]
    ecuador = await client_with(Scope.PLANS_WRITE, state="ECU")

    renamed = await put(ecuador, one, WHOLE | {"title": "Roads", "stakeholders": [lead]}, tag)
    added = await put(ecuador, one, WHOLE | {"stakeholders": [lead | {"person": other}]}, "*")
    anew = await ecuador.post(path, json=WHOLE | {"stakeholders": [lead]})

    assert (renamed.status_code, renamed.json()["title"]) == (200, "Roads")
    for refused in (added, anew):
        assert pointers(problem_of(refused, 422, "unknown-person")) == {
            "/stakeholders/0/person": "unknown-person"
        }


async def test_a_forum_report_keeps_the_evidence_that_others_named(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    path = f"{await drawn_up(admin, owner='ECU', start='2020-01-01', end='2024-12-31')}/forums/imrf/2022"
    filed = (await admin.post("/v1/submissions", json=report("NOR", period="2022"))).headers["location"]
    answer = await put(admin, path, {"evidence": [filed]})
    ecuador = await client_with(Scope.PLANS_WRITE, state="ECU")

    noted = await put(ecuador, path, {"evidence": [filed, "https://example.org"]}, answer.headers["etag"])

    assert (noted.status_code, len(noted.json().get("evidence", ()))) == (200, 2)


async def test_an_intervention_is_said_anew_and_struck(admin: httpx.AsyncClient):
    path = await drawn_up(admin)
    answer = await made(admin, f"{path}/interventions", WHOLE)
    one, tag = answer.headers["location"], answer.headers["etag"]

    same = await put(admin, one, WHOLE, tag)
    other = await put(admin, one, WHOLE | {"budget": [], "status": "done"}, tag)

    assert same.headers["etag"] == tag, "nothing changed"
    assert (other.json()["budget"], other.json()["status"]) == ([], "done")
    assert other.json()["marker"]["why_not_higher"] == ["gender-responsive-budget"]
    problem_of(await put(admin, one, WHOLE, tag), 412, "stale")
    judged = await put(admin, f"{one}/marker", {"category": "B", "reason": "a"}, other.headers["etag"])
    assert (await admin.delete(one, headers={"If-Match": judged.headers["etag"]})).status_code == 204
    assert (await admin.get(f"{path}/interventions")).json()["items"] == []
    [struck, *_] = (await admin.get(f"{path}/changes")).json()["items"]
    assert {"field": "assigned", "before": "B", "after": None} in struck["changes"]


@pytest.mark.parametrize(
    ("facts", "code", "pointer"),
    [
        ({"title": ""}, "validation-failed", "/title"),
        ({"aim": "noble"}, "validation-failed", "/aim"),
        ({"objectives": ["gcm:obj-99"]}, "unknown-provision", "/objectives/0"),
        ({"indicators": [{"indicator": "sdg:9.9.9"}]}, "unknown-indicator", "/indicators/0/indicator"),
        ({"indicators": [{}]}, "validation-failed", "/indicators/0"),
        ({"indicators": [{"indicator": "sdg:5.2.2", "text": "x"}]}, "validation-failed", "/indicators/0"),
        ({"stakeholders": [{"role": "lead", "person": NOBODY}]}, "unknown-person", "/stakeholders/0/person"),
        ({"start": "2026-02-01", "end": "2026-01-31"}, "end-before-start", "/end"),
        ({"budget": [{"amount": "1", "currency": "QQQ", "stage": "spent"}]}, "validation-failed", None),
    ],
)
async def test_an_intervention_that_cannot_be_is_refused(
    admin: httpx.AsyncClient, facts: Found, code: str, pointer: str | None
):
    path = f"{await drawn_up(admin)}/interventions"

    problem = problem_of(await admin.post(path, json=WHOLE | facts), 422, code)

    assert pointer is None or pointer in pointers(problem)


@pytest.mark.parametrize(
    "part",
    [
        "set-up", "data-sources", f"data-sources/{NOBODY}", "data-gaps", "interventions",
        f"interventions/{NOBODY}", "forums", "forums/imrf/2026",
    ],
)  # fmt: skip
async def test_nothing_of_it_is_read_in_plans_of_other_frameworks(admin: httpx.AsyncClient, part: str):
    path = await drawn_up(admin, framework="cim-plan")

    problem_of(await admin.get(f"{path}/{part}"), 409, "not-six-steps")


async def test_plans_of_other_frameworks_have_none_of_it(admin: httpx.AsyncClient):
    path = await drawn_up(admin, framework="ccm-gfp-tor")

    problem_of(await put(admin, f"{path}/set-up", SET_UP), 409, "not-six-steps")
    problem_of(await admin.post(f"{path}/data-sources", json=SOURCE), 409, "not-six-steps")
    problem_of(await admin.post(f"{path}/interventions", json=WHOLE), 409, "not-six-steps")
    problem_of(await put(admin, f"{path}/forums/imrf/2026", {}), 409, "not-six-steps")


async def test_a_states_key_has_its_own_six_steps_only(admin: httpx.AsyncClient, client_with: ClientMaker):
    own, other = await drawn_up(admin, owner="MAR"), await drawn_up(admin, owner="TUN")
    morocco = await client_with(Scope.PLANS_WRITE, state="MAR")
    reader = await client_with(Scope.MEETINGS_WRITE)

    assert (await put(morocco, f"{own}/set-up", SET_UP)).status_code == 201
    assert (await morocco.post(f"{own}/data-sources", json=SOURCE)).status_code == 201
    assert (await morocco.post(f"{own}/interventions", json=WHOLE)).status_code == 201
    for part in ("set-up", "data-sources", "data-gaps", "interventions", "forums"):
        problem_of(await morocco.get(f"{other}/{part}"), 404, "not-found")
        assert (await reader.get(f"{own}/{part}")).status_code == 200
    problem_of(await put(morocco, f"{other}/set-up", SET_UP), 404, "not-found")
    problem_of(await reader.post(f"{own}/interventions", json=WHOLE), 403, "scope-missing")
    administrator = await client_with(Scope.ADMIN, state="TUN")
    problem_of(await administrator.post(f"{own}/interventions", json=WHOLE), 403, "other-state")


async def test_the_same_request_again_enters_nothing(admin: httpx.AsyncClient):
    path, key = f"{await drawn_up(admin)}/interventions", {"Idempotency-Key": "an intervention, once"}

    first = await admin.post(path, json=WHOLE, headers=key)
    again = await admin.post(path, json=WHOLE, headers=key)

    assert first.json() == again.json()
    assert len((await admin.get(path)).json()["items"]) == 1
