"""Crosswalks are derived anew by a job that the database promises, and that goes on to the newest."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import httpx
from sqlalchemy import select

from domain.assessments.models import Assessment
from domain.crosswalks.models import Derivation
from domain.jobs import actions
from domain.jobs.actions import row_of
from domain.jobs.models import Job
from domain.mappings import queries as mappings
from schemas.jobs import DeriveCrosswalk, DeriveCrosswalks
from services.database import Sessions
from tests.api.given import assessed, report
from tests.api.mapped import Mapped, mapped
from tests.worker_in_process import Worker

WORDS = {"exact": "full", "broad": "at-least-partly", "narrow": "full", "related": "indication"}


async def reported(here: Mapped) -> str:
    await here.framework("a", "1")
    await here.framework("b", "1")
    await here.judged("a", "1")
    await here.bring("set", ("a:1", "exact", "b:1"))
    path = await here.reviewed("a", {"1": 3})
    await here.worker.drain()
    return path


async def jobs(sessions: Sessions, kind: str) -> Sequence[Job]:
    async with sessions() as session:
        return (await session.scalars(select(Job).where(Job.kind == kind).order_by(Job.id))).all()


async def behind(sessions: Sessions) -> list[UUID]:
    """Assessments whose crosswalk is not of the present mappings."""
    async with sessions() as session:
        version = await mappings.version(session)
        return list(
            await session.scalars(select(Derivation.assessment_id).where(Derivation.graph != version))
        )


async def test_what_the_database_promises_is_what_the_worker_knows(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    here, order = mapped(admin, worker), DeriveCrosswalks()
    await reported(here)
    await here.bring("set", ("a:1", "broad", "b:1"))

    promised = (await jobs(sessions, order.kind))[-1]

    expected = row_of(order, subject="mapping-graph", promised_by=None, state=None)
    kept = ("kind", "queue", "arguments", "subject", "max_attempts", "promised_by", "state")
    assert {name: getattr(promised, name) for name in kept} == {name: expected[name] for name in kept}
    assert promised.id.version == 7
    assert promised.id.int >> 80 >= int(promised.created.timestamp() * 1000) - 1


async def test_many_changes_are_one_job_and_it_goes_on_to_the_newest(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    here = mapped(admin, worker)
    path = await reported(here)
    before = len(await jobs(sessions, DeriveCrosswalks.kind))

    await here.bring("set", ("a:1", "broad", "b:1"))
    await here.bring("set", ("a:1", "narrow", "b:1"))
    await worker.carry_out_due()  # the whole promises its part, and waits
    await here.bring("set", ("a:1", "related", "b:1"))
    await worker.carry_out_due()  # the part, of which it knows already
    await here.bring("set", ("a:1", "broad", "b:1"))
    await worker.drain()

    wholes = await jobs(sessions, DeriveCrosswalks.kind)
    assert len(wholes) - before == 1
    assert wholes[-1].status == "succeeded"
    assert await here.words(path, "b") == {"1": WORDS["broad"]}
    assert await behind(sessions) == []


async def test_a_change_that_comes_when_the_job_has_ended_promises_another(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    here = mapped(admin, worker)
    path = await reported(here)

    for match in ("broad", "related", "exact"):
        await here.bring("set", ("a:1", match, "b:1"))
        await worker.drain()
        assert await here.words(path, "b") == {"1": WORDS[match]}

    assert await behind(sessions) == []


async def test_only_what_people_read_is_derived_anew(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    here = mapped(admin, worker)
    path = await reported(here)
    revision = await admin.post(f"{path}/revisions", json=report("XAA", framework=here.key("a")))
    await assessed(admin, worker, revision)

    await here.bring("set", ("a:1", "broad", "b:1"))
    await worker.drain()

    current = UUID((await admin.get(f"{path}/assessment")).json()["id"])
    parts = await jobs(sessions, DeriveCrosswalk.kind)
    assert parts[-1].arguments == {"assessment": str(current)}
    async with sessions() as session:
        [earlier] = await session.scalars(
            select(Assessment.id).where(
                Assessment.submission_id == UUID(path.rpartition("/")[2]), Assessment.id != current
            )
        )
    assert await behind(sessions) == [earlier]


async def test_an_assessment_that_is_not_there_any_more_is_no_trouble(
    admin: httpx.AsyncClient, worker: Worker, sessions: Sessions
):
    order = DeriveCrosswalk(assessment=UUID(int=0))
    async with sessions.begin() as session:
        job = actions.promise(session, order, subject="gone")

    await worker.drain()

    async with sessions() as session:
        assert (await session.get_one(Job, job.id)).status == "succeeded"
