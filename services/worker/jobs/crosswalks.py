from __future__ import annotations

from domain.crosswalks import actions, renewal
from schemas.jobs import DeriveCrosswalk, DeriveCrosswalks
from services.worker.runner import Run


async def derive_crosswalks(run: Run, _: DeriveCrosswalks) -> None:
    """Have every crosswalk that is behind the mappings derived anew, each as a job of its own.

    When mappings change meanwhile it goes on to the newest: it ends when nothing is behind, in a
    transaction that those who change them wait for.
    """
    async with run.tools.sessions.begin() as session:
        await renewal.promise_parts(session, run.held.id)
        if not await run.wait_for_parts(session, "deriving"):
            await run.succeed(session)


async def derive_crosswalk(run: Run, order: DeriveCrosswalk) -> None:
    """Done twice, it leaves one."""
    async with run.record() as session:
        await actions.derive(session, order.assessment)
