from __future__ import annotations

from urllib.parse import urlencode

from domain.errors import NotFound
from domain.reading.documents import Unreadable
from domain.suggestions import actions, queries
from domain.suggestions.suggesting import suggest
from domain.suggestions.tasks import NothingToCompare, Proposed
from schemas.jobs import SuggestMappings
from services.worker.runner import GiveUp, Run


async def suggest_mappings(run: Run, order: SuggestMappings) -> None:
    """Compare two editions and write down what is proposed. Done twice, it leaves one of each."""
    proposed = await _compare(run, order)
    await run.report("recording", 1, 2)
    async with run.record() as session:
        await actions.record(session, order, proposed)
        asked = {"from": order.source, "to": order.target}
        only = {"provision": order.only} if order.only else {}
        run.result = f"/v1/mapping-suggestions?{urlencode(asked | only, safe=':')}"


async def _compare(run: Run, order: SuggestMappings) -> Proposed:
    async with run.tools.sessions() as session:
        try:
            task = await queries.task(session, order, encoder=run.tools.settings.encoder == "auto")
        except NotFound as gone:
            raise GiveUp(gone.code, gone.message) from None
    await run.report("comparing", 0, 2)
    try:
        return await run.tools.sandbox.run_alone(suggest, task)
    except NothingToCompare as nothing:
        raise GiveUp("nothing-to-compare", str(nothing)) from None
    except Unreadable as refusal:
        raise GiveUp("comparison-too-large", f"Too much to compare. {refusal.detail}") from None
