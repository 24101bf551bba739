from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from uuid import UUID

from domain.errors import Invalid, NotFound, Refusal
from domain.indicators import actions, uploads
from domain.indicators.actions import Importer, Sent
from schemas.jobs import ImportObservations
from services.database import without_limits
from services.worker.runner import GiveUp, Run

PIECE = 64 * 1024
"""Bytes that are read at a time: their rows fit into the caches of a processor, which is a third faster."""

REPORT_EVERY = 8


async def import_observations(run: Run, order: ImportObservations) -> None:
    """Read a file that was sent in parts. Its observations and the end of the job commit together."""
    importer = Importer(order.key, order.name, order.state)
    async with run.record() as session:
        await without_limits(await session.connection())
        try:
            record, _ = await actions.take_in(
                session,
                order.wishes,
                Sent(partial(_pieces, run, order.upload), bytes.fromhex(order.digest), large=True),
                importer=importer,
                now=run.tools.now(),
                keep_answer=True,
            )
        except (Invalid, NotFound) as refusal:
            raise GiveUp(refusal.code, _in_full(refusal)) from None
        await uploads.forget(session, order.upload)
        run.result = f"/v1/imports/{record.id}" if record is not None else None


def _in_full(refusal: Refusal) -> str:
    return " ".join([refusal.message, *(problem.detail for problem in refusal.problems[:20])])


async def _pieces(run: Run, upload: UUID) -> AsyncIterator[bytes]:
    async with run.tools.sessions() as session:
        total = await uploads.parts(session, upload)
    if total == 0:
        raise GiveUp("upload-gone", "The file was dropped, because nobody had read it for two days.")
    for number in range(total):
        if number % REPORT_EVERY == 0:
            await run.report("reading", number, total)
        async with run.tools.sessions() as session:
            content = await uploads.part(session, upload, number)
        for place in range(0, len(content), PIECE):
            yield content[place : place + PIECE]
    await run.report("writing", total, total)
