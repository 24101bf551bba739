"""Whose plans are: one plan for a framework at any time, of a State or of an organisation."""

from __future__ import annotations

import asyncio
from uuid import UUID

import httpx

from domain.plans.models import Plan
from schemas.access import Scope
from services.database import Sessions
from tests.api.given import problem_of
from tests.api.planning import drawn_up, plan
from tests.conftest import ClientMaker


async def test_an_owner_has_one_plan_for_a_framework_at_any_time(admin: httpx.AsyncClient):
    first = await drawn_up(admin, owner="SERMIG", start="2026-01-01", end="2026-12-31")

    for period in (("2026-12-31", "2027-12-31"), ("2025-01-01", "2026-01-01"), ("2020-01-01", "2030-01-01")):
        again = await admin.post("/v1/plans", json=plan(owner="sermig", start=period[0], end=period[1]))
        assert problem_of(again, 409, "plans-overlap")["plan"] == first.rpartition("/")[2]
    await drawn_up(admin, owner="SERMIG", start="2027-01-01", end="2027-12-31")
    await drawn_up(admin, owner="SERMIG", framework="cim-plan")


async def test_a_state_is_its_plans_owner_in_whatever_letters_its_code_was_sent(
    admin: httpx.AsyncClient, client_with: ClientMaker
):
    path = await drawn_up(admin, owner="ita")
    italy = await client_with(Scope.PLANS_WRITE, state="ITA")

    found = (await italy.get(path)).json()

    assert (found["owner"], found["state"]) == ("ITA", "ITA")
    again = await italy.post("/v1/plans", json=plan(owner="Ita"))
    assert problem_of(again, 409, "plans-overlap")["plan"] == found["id"]
    other = await italy.post("/v1/plans", json=plan(owner="grc"))
    problem_of(other, 403, "other-state")


async def test_whoever_does_not_see_the_plan_in_the_way_is_told_nothing_of_it(
    admin: httpx.AsyncClient, client_with: ClientMaker, sessions: Sessions
):
    path = await drawn_up(admin, owner="Owner before it was a State")
    async with sessions.begin() as session:
        row = await session.get(Plan, UUID(path.rpartition("/")[2]))
        assert row is not None
        row.owner = "SMR"
    san_marino = await client_with(Scope.PLANS_WRITE, state="SMR")

    answer = await san_marino.post("/v1/plans", json=plan(owner="SMR"))

    assert "plan" not in problem_of(answer, 409, "plans-overlap")
    assert "2026" not in answer.json()["detail"]


async def test_of_plans_drawn_up_at_the_same_moment_one_stands(admin: httpx.AsyncClient):
    drafts = [plan(owner="Everyone at once") for _ in range(4)]

    answers = await asyncio.gather(*(admin.post("/v1/plans", json=draft) for draft in drafts))

    assert sorted(answer.status_code for answer in answers) == [201, 409, 409, 409]
