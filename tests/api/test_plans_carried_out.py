"""What plans cost, who has a part in them, what they follow from, and how far they are by declared rules."""

from __future__ import annotations

import httpx
import pytest

from schemas.access import Scope
from services.database import Sessions
from tests.api.given import assessed, pointers, problem_of, report
from tests.api.planning import NOBODY, Found, change, changed, drawn_up, items, known, plan
from tests.conftest import ClientMaker
from tests.worker_in_process import Worker

LINE = {"amount": "25000", "currency": "USD", "stage": "planned"}
WHOLE_LINE = LINE | {"source": None, "year": None, "gender_responsive": False}
NEW = {"stakeholders": [], "budget": [], "weight": 1.0}


async def test_an_item_has_a_budget_stakeholders_and_a_weight(admin: httpx.AsyncClient, sessions: Sessions):
    ana = await known(sessions)
    path = f"{await drawn_up(admin)}/items/s4.a2.m1"
    assert {name: (await admin.get(path)).json()[name] for name in NEW} == NEW
    stakeholders = [
        {"role": "lead", "organisation": "Ministry of Women", "kind": "gender-ministry"},
        {"role": "consulted", "person": ana, "kind": None},
        {"role": "funder", "state": "CHE", "kind": None},
    ]
    budget = [
        LINE | {"source": "Regular fund", "year": 2026, "gender_responsive": True},
        {"amount": "1234567890.1234", "currency": "CRC", "stage": "spent"},
        {"amount": "500000", "currency": "USD", "stage": "planned", "year": 2027},
        {"amount": "12345678901234.1234", "currency": "LVL", "stage": "spent", "year": 2013},
    ]

    found = await changed(admin, path, stakeholders=stakeholders, budget=budget, weight=2.5)

    nobody = {"organisation": None, "person": None, "state": None}
    assert found["stakeholders"] == [nobody | one for one in stakeholders]
    assert found["budget"] == [WHOLE_LINE | line for line in budget]
    assert found["weight"] == 2.5
    assert (await admin.get(path)).json() == found
    assert [item for item in await items(admin, path.partition("/items")[0]) if item["budget"]] == [found]
    fewer = await changed(admin, path, budget=budget[1:])
    assert fewer["budget"] == [WHOLE_LINE | line for line in budget[1:]]
    assert fewer["stakeholders"] == found["stakeholders"]
    assert (await changed(admin, path, budget=[], stakeholders=[]))["budget"] == []


@pytest.mark.parametrize(
    ("facts", "code", "pointer"),
    [
        ({"stakeholders": [{"role": "lead", "person": NOBODY}]}, "unknown-person", "/stakeholders/0/person"),
        ({"stakeholders": [{"role": "lead", "state": "QQQ"}]}, "unknown-state", "/stakeholders/0/state"),
        ({"stakeholders": [{"role": "lead"}]}, "validation-failed", "/stakeholders/0"),
        ({"budget": [LINE | {"currency": "DOL"}]}, "validation-failed", "/budget/0/currency"),
        ({"budget": [LINE | {"amount": "2,5"}]}, "validation-failed", "/budget/0/amount"),
        ({"budget": [LINE | {"amount": -1}]}, "validation-failed", "/budget/0/amount"),
        ({"budget": [LINE | {"amount": 12345678901234.1234}]}, "validation-failed", "/budget/0/amount"),
        ({"weight": -1}, "validation-failed", "/weight"),
        ({"evidence": [f"/v1/submissions/{NOBODY}"]}, "unknown-evidence", "/evidence/0"),
        ({"evidence": ["/v1/indicators/sdg:99.9.9/observations"]}, "unknown-evidence", "/evidence/0"),
        ({"evidence": ["/v1/submissions/1"]}, "unknown-evidence", "/evidence/0"),
        ({"evidence": ["/v1/api-keys"]}, "unknown-evidence", "/evidence/0"),
    ],
)
async def test_what_an_item_cannot_have_is_refused(
    admin: httpx.AsyncClient, facts: Found, code: str, pointer: str
):
    path = f"{await drawn_up(admin)}/items/s1.a1.m1"
    before = (await admin.get(path)).json()

    answer = await change(admin, path, **facts)

    assert pointer in pointers(problem_of(answer, 422, code))
    assert (await admin.get(path)).json() == before


async def test_everything_that_is_not_known_is_named_at_once(admin: httpx.AsyncClient):
    path = f"{await drawn_up(admin)}/items/s1.a1.m1"

    answer = await change(
        admin,
        path,
        responsible=[NOBODY],
        stakeholders=[{"role": "lead", "state": "QQQ"}],
        evidence=["/v1/nowhere"],
    )

    assert pointers(problem_of(answer, 422, "unknown-person")) == {
        "/responsible/0": "unknown-person",
        "/stakeholders/0/state": "unknown-state",
        "/evidence/0": "unknown-evidence",
    }


async def test_who_and_what_stood_there_may_stay_when_a_state_adds_its_own(
    admin: httpx.AsyncClient, client_with: ClientMaker, sessions: Sessions
):
    ours, theirs, other = await known(sessions, state="BOL"), await known(sessions), await known(sessions)
    path = f"{await drawn_up(admin, owner='BOL')}/items/s4.a2.m1"
    filed = (await admin.post("/v1/submissions", json=report("NOR", period="2021"))).headers["location"]
    lead = {"role": "lead", "person": theirs, "kind": None, "organisation": None, "state": None}
    await changed(admin, path, responsible=[theirs], stakeholders=[lead], evidence=[filed])
    bolivia = await client_with(Scope.PLANS_WRITE, state="BOL")

    added = await changed(
        bolivia,
        path,
        responsible=["Ministry", theirs, ours],
        stakeholders=[lead | {"role": "support"}, lead | {"person": ours}],
        evidence=[filed, "https://example.org"],
    )
    refused = await change(
        bolivia, path, responsible=[theirs, other], stakeholders=[lead, lead | {"person": other}]
    )
    await changed(bolivia, path, responsible=[], stakeholders=[], evidence=[])
    gone = await change(bolivia, path, responsible=[theirs], stakeholders=[lead], evidence=[filed])

    assert added["responsible"] == ["Ministry", theirs, ours]
    assert [one["person"] for one in added["stakeholders"]] == [theirs, ours]
    assert pointers(problem_of(refused, 422, "unknown-person")) == {
        "/responsible/1": "unknown-person",
        "/stakeholders/1/person": "unknown-person",
    }
    assert pointers(problem_of(gone, 422, "unknown-person")) == {
        "/responsible/0": "unknown-person",
        "/stakeholders/0/person": "unknown-person",
        "/evidence/0": "unknown-evidence",
    }


async def test_evidence_leads_to_submissions_documents_and_observations_that_are_here(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    filed = (await admin.post("/v1/submissions", json=report("NOR"))).headers["location"]
    path = f"{await drawn_up(admin, owner='NOR')}/items/s1.a1.m1"
    evidence = [filed, "/v1/indicators/sdg:5.5.1/observations?state=NOR", "https://example.org/a", "Decree 1"]

    assert (await changed(admin, path, evidence=evidence))["evidence"] == evidence
    note = {"text": "Filed.", "on": "2026-01-15", "evidence": [filed]}
    assert (await admin.post(f"{path}/notes", json=note)).status_code == 201
    no_such = [f"{filed}/documents/1/text"]
    problem_of(await change(admin, path, evidence=no_such), 422, "unknown-evidence")
    problem_of(await admin.post(f"{path}/notes", json=note | {"evidence": no_such}), 422, "unknown-evidence")
    sweden = await client_with(Scope.PLANS_WRITE, state="SWE")
    theirs = f"{await drawn_up(sweden, owner='SWE')}/items/s1.a1.m1"
    problem_of(await change(sweden, theirs, evidence=[filed]), 422, "unknown-evidence")


async def test_a_budget_is_added_up_by_currency_and_year_and_stage(admin: httpx.AsyncClient):
    path = await drawn_up(admin)
    first = [
        LINE | {"year": 2026, "gender_responsive": True},
        LINE | {"amount": "0.50", "year": 2026},
        LINE | {"amount": "100", "stage": "spent", "year": 2026, "gender_responsive": True},
    ]
    second = [
        LINE | {"amount": "7", "currency": "EUR", "stage": "committed"},
        LINE | {"amount": "3", "year": 2027},
    ]
    await changed(admin, f"{path}/items/s1.a1.m1", budget=first)
    await changed(admin, f"{path}/items/s4.a2.m1", budget=second)

    found = (await admin.get(f"{path}/budget")).json()

    assert [line["ref"] for line in found["items"]] == ["s1.a1.m1", "s4.a2.m1"]
    assert found["items"][1]["lines"] == [WHOLE_LINE | line for line in second]
    figures = ("currency", "year", "planned", "committed", "spent", "gender_responsive")
    assert [[total[name] for name in figures] for total in found["totals"]] == [
        ["EUR", None, "0", "7", "0", "0"],
        ["USD", 2026, "25000.50", "0", "100", "25000"],
        ["USD", 2027, "3", "0", "0", "0"],
    ]
    empty = await drawn_up(admin)
    assert (await admin.get(f"{empty}/budget")).json() == {
        "plan": empty.rpartition("/")[2], "totals": [], "items": [],
    }  # fmt: skip


async def test_the_same_budget_again_is_no_change_and_another_keeps_what_was(admin: httpx.AsyncClient):
    path = f"{await drawn_up(admin)}/items/s1.a1.m1"
    await changed(admin, path, budget=[LINE])
    tag = (await admin.get(path)).headers["etag"]
    await changed(admin, path, budget=[LINE | {"amount": "25000.00"}])
    assert (await admin.get(path)).headers["etag"] == tag
    await changed(admin, path, budget=[LINE | {"stage": "spent"}])

    [latest, first] = (await admin.get(f"{path}/changes")).json()["items"]

    assert first["changes"] == [{"field": "budget", "before": [], "after": [WHOLE_LINE]}]
    assert latest["changes"] == [
        {"field": "budget", "before": [WHOLE_LINE], "after": [WHOLE_LINE | {"stage": "spent"}]}
    ]
    assert (await admin.get(path)).headers["etag"] != tag


async def test_a_plan_declares_the_rule_by_which_its_progress_is_rolled_up(admin: httpx.AsyncClient):
    path = await drawn_up(admin, framework="ccm-gfp-tor", rollup="weighted")
    assert (await admin.get(path)).json()["rollup"] == "weighted"
    await changed(admin, f"{path}/items/act-a", status="done", due="2026-03-31", weight=3)
    await changed(admin, f"{path}/items/act-b", due="2026-01-31")

    async def standing(rule: str) -> tuple[str, float, str]:
        await changed(admin, path, rollup=rule)
        found = (await admin.get(f"{path}/progress?as_of=2026-02-28")).json()
        assert found["as_of"] == "2026-02-28"
        return found["rule"], found["share_done"], found["status"]

    assert await standing("weighted") == ("weighted", 0.3, "under-way")
    assert await standing("leaves") == ("leaves", 0.125, "under-way")
    assert await standing("worst") == ("worst", 0.0, "not-started")
    assert await standing("milestones") == ("milestones", 0.5, "under-way")
    found = (await admin.get(f"{path}/progress?as_of=2026-02-28")).json()
    assert (found["counted"], found["overdue"], found["share_due"]) == (2, 1, 0.5)
    problem_of(await change(admin, path, rollup="best"), 422, "validation-failed")
    problem_of(await admin.post("/v1/plans", json=plan(rollup="best")), 422, "validation-failed")


async def test_who_drew_a_plan_up_and_changed_what_is_kept(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    path = await drawn_up(admin, owner="BEL", title="Six steps", **{"from": {"document": "An audit"}})
    belgium = await client_with(Scope.PLANS_WRITE, state="BEL")
    await changed(belgium, path, title="Our steps", end="2027-12-31")
    tag = (await admin.get(path)).headers["etag"]
    await changed(belgium, path, title="Our steps")
    assert (await admin.get(path)).headers["etag"] == tag
    await changed(admin, path, rollup="worst")

    found = (await admin.get(f"{path}/changes")).json()["items"]

    assert [(entry["by"], entry["kind"], entry["thing"]) for entry in found] == [
        (name, "plan", path.rpartition("/")[2]) for name in ("test", "test BEL", "test")
    ]
    assert found[0]["changes"] == [{"field": "rollup", "before": "leaves", "after": "worst"}]
    assert found[1]["changes"] == [
        {"field": "title", "before": "Six steps", "after": "Our steps"},
        {"field": "end", "before": "2028-12-31", "after": "2027-12-31"},
    ]
    origin = {"plan": None, "item": None, "assessment": None, "document": "An audit"}
    assert {one["field"]: one["after"] for one in found[2]["changes"]} == {
        "framework": "gcm-six-steps", "edition": "undated", "title": "Six steps", "owner": "BEL",
        "start": "2026-01-01", "end": "2028-12-31", "rollup": "leaves", "from": origin,
    }  # fmt: skip
    assert {one["before"] for one in found[2]["changes"]} == {None}
    page = (await admin.get(f"{path}/changes?limit=1")).json()
    assert (await admin.get(f"{path}/changes?cursor={page['next']}")).json()["items"] == found[1:]
    denmark = await client_with(Scope.PLANS_WRITE, state="DNK")
    problem_of(await denmark.get(f"{path}/changes"), 404, "not-found")


async def test_who_gave_and_changed_a_mandate_is_kept_and_its_plan_follows(admin: httpx.AsyncClient):
    given = await admin.post(
        "/v1/mandates",
        json={
            "framework": "ccm",
            "terms": "ccm-gfp-tor",
            "holders": [{"state": "XAA"}],
            "from": "2180-01-01",
            "until": None,
        },
    )
    path = given.headers["location"]
    await changed(admin, path, holders=[{"state": "XBB"}], until="2181-12-31")

    [entry, first] = (await admin.get(f"{path}/changes")).json()["items"]
    [followed, made] = (await admin.get(f"/v1/plans/{given.json()['plan']}/changes")).json()["items"]

    assert (entry["kind"], entry["by"], entry["thing"]) == ("mandate", "test", given.json()["id"])
    assert entry["changes"] == [
        {"field": "until", "before": None, "after": "2181-12-31"},
        {
            "field": "holders",
            "before": [{"state": "XAA", "persons": [], "role": None}],
            "after": [{"state": "XBB", "persons": [], "role": None}],
        },
    ]
    assert followed["changes"] == [
        {"field": "owner", "before": "XAA", "after": "XBB"},
        {"field": "end", "before": None, "after": "2181-12-31"},
    ]
    assert (first["by"], [one["field"] for one in first["changes"]]) == (
        "test", ["framework", "terms", "from", "holders"],
    )  # fmt: skip
    assert {"field": "mandate", "before": None, "after": given.json()["id"]} in made["changes"]


ACTION_PLAN = {
    "framework": {"key": "audit-follow-up", "kind": "action-plan", "title": {"en": "After the gender audit"}},
    "edition": {
        "key": "2026",
        "published": "2026-03-01",
        "languages": ["en"],
        "source": "Ministry of Labour",
    },
    "provisions": [
        {"ref": "act-1", "kind": "action", "title": {"en": "Train the inspectors"}, "source": "Action 1"},
        {"ref": "act-2", "kind": "action", "title": {"en": "Revise the forms"}, "source": "Action 2"},
    ],
}


async def test_an_audit_leads_to_an_action_plan_with_a_budget_that_is_followed_up(admin: httpx.AsyncClient):
    """A participatory gender assessment: carried out as an output of the regional plan, then acted upon."""
    region = await drawn_up(admin, framework="cim-plan", owner="Region of the audit")
    output = next(item["ref"] for item in await items(admin, region) if "Ministries of Labour" in str(item))
    await admin.put("/v1/frameworks/audit-follow-up/editions/2026", json=ACTION_PLAN)
    origin = {"plan": region.rpartition("/")[2], "item": output}

    path = await drawn_up(admin, framework="audit-follow-up", owner="PER", **{"from": origin})
    await changed(admin, f"{path}/items/act-1", budget=[LINE], status="done")
    await changed(admin, f"{region}/items/{output}", status="done", evidence=["PGA report, Peru, 2026"])

    found = (await admin.get(path)).json()
    assert found["from"] == origin | {"assessment": None, "document": None}
    followed = (await admin.get("/v1/plans", params={"from_plan": origin["plan"]})).json()["items"]
    assert [one["id"] for one in followed] == [found["id"]]
    assert (await admin.get(f"{path}/progress")).json()["share_done"] == 0.5
    assert (await admin.get(f"{path}/budget")).json()["totals"][0]["planned"] == "25000"


async def test_a_plan_follows_from_an_assessment_or_a_document(admin: httpx.AsyncClient, worker: Worker):
    filed = await assessed(admin, worker, await admin.post("/v1/submissions", json=report("AUT")))
    assessment = (await admin.get(f"{filed}/assessment")).json()["id"]

    judged = await drawn_up(admin, **{"from": {"assessment": assessment}})
    audited = await drawn_up(admin, **{"from": {"document": "Gender audit, 2025"}})

    assert (await admin.get(judged)).json()["from"]["assessment"] == assessment
    assert (await admin.get(audited)).json()["from"]["document"] == "Gender audit, 2025"
    assert (await admin.get(await drawn_up(admin))).json()["from"] is None


@pytest.mark.parametrize(
    ("origin", "code", "pointer"),
    [
        ({"plan": NOBODY}, "unknown-origin", "/from"),
        ({"assessment": NOBODY}, "unknown-origin", "/from"),
        ({"plan": NOBODY, "assessment": NOBODY}, "validation-failed", "/from"),
        ({"document": "x", "item": "s1"}, "validation-failed", "/from"),
        ({}, "validation-failed", "/from"),
    ],
)
async def test_a_plan_follows_from_something_that_is_known(
    admin: httpx.AsyncClient, origin: Found, code: str, pointer: str
):
    answer = await admin.post("/v1/plans", json=plan(**{"from": origin}))

    assert pointer in pointers(problem_of(answer, 422, code))


async def test_a_plan_follows_from_nothing_that_its_owner_does_not_see(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    other = (await drawn_up(admin, owner="FIN")).rpartition("/")[2]
    iceland = await client_with(Scope.PLANS_WRITE, state="ISL")

    answer = await iceland.post("/v1/plans", json=plan(owner="ISL", **{"from": {"plan": other}}))

    problem_of(answer, 422, "unknown-origin")
    own = (await drawn_up(admin, owner="LUX")).rpartition("/")[2]
    no_item = await admin.post("/v1/plans", json=plan(**{"from": {"plan": own, "item": "s9"}}))
    problem_of(no_item, 422, "unknown-origin")
