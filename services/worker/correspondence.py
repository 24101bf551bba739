"""From lines of the ledger to a letter or a call, and on its way."""

from __future__ import annotations

from collections.abc import Sequence

from domain.reminders import optouts
from domain.reminders.letters import composing, tickets
from domain.reminders.letters.composing import Letter, WaysOut
from domain.reminders.lines import Line
from services.worker.tools import Tools


async def carry(tools: Tools, lines: Sequence[Line]) -> None:
    """Hand over what the lines tell. Raises Undeliverable or PostUnavailable."""
    if lines[0].channel == "webhook":
        await tools.courier.deliver(lines, now=tools.now())
    else:
        await tools.post.send(await _letter(tools, lines))


async def _letter(tools: Tools, lines: Sequence[Line]) -> Letter:
    settings = tools.settings
    ticket = tickets.ticket(lines[0].id, await _signing_key(tools))
    return composing.compose(
        lines,
        sender=settings.mail_from,
        date=tools.now(),
        ways_out=WaysOut(f"{settings.address}/v1/unsubscribe/{ticket}", settings.unsubscribe_to),
        address=settings.address,
    )


async def _signing_key(tools: Tools) -> bytes:
    """Looked up once: it never changes."""
    if tools.keys.unsubscribe is None:
        async with tools.sessions() as session:
            tools.keys.unsubscribe = await optouts.signing_key(session)
    return tools.keys.unsubscribe
