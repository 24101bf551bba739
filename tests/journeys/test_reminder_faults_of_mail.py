"""What becomes of reminders when the mail server is away, slow, or refuses somebody."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from tests.conftest import SOAK
from tests.journeys.conftest import SMTP_SECONDS
from tests.journeys.figures import Figures
from tests.journeys.installation import Installation
from tests.journeys.post_office import REFUSED, PostOffice
from tests.journeys.processes import until, until_true
from tests.journeys.reminding import address, call_meeting, have_told, ledger_of, until_settled, until_tried

LETTERS = 10_000 if SOAK else 100
AWAY_FOR = 3600.0 if SOAK else 4.0
OTHERS = 1_000 if SOAK else 60
PATIENCE = 600 if SOAK else 30
CAUGHT_UP_WITHIN = 60.0
LETTERS_A_SECOND = 300
"""What one worker sends at least, on a machine of its own; so much longer the last of them may take."""

LONGER = 2.0
"""Seconds that telling the others may take longer than when nobody is refused or slow."""

PROBES_A_SECOND = 1.0
"""How often two workers together may try a mail server that is away."""

pytestmark = pytest.mark.soak


@pytest.fixture(autouse=True)
def _two_workers(installation: Installation) -> None:
    installation.workers(2)


async def test_one_who_is_refused_and_one_about_whom_the_server_dawdles_hold_up_nobody_else(
    installation: Installation, office: PostOffice, figures: Figures
) -> None:
    usually = await seconds_to_tell(installation, office, await call_meeting(installation))
    meeting = await call_meeting(installation)
    refused, slow = address(meeting, 0), address(meeting, 1)
    office.unknown, office.dawdled_over = {refused}, {slow: 3 * SMTP_SECONDS}

    begun = time.time()
    took = await seconds_to_tell(installation, office, meeting)
    let_go = await until_let_go(installation, meeting, slow) - begun
    office.dawdled_over = {}
    ledger = {line.recipient: line for line in await until_settled(installation, meeting, within=PATIENCE)}

    fault = f"one refused, one slow, {OTHERS:,} others"
    figures.note(fault, "seconds to tell the others, usually", usually)
    figures.note(fault, "seconds to tell the others", took, at_most=usually + LONGER)
    figures.note(fault, "seconds until the slow one was let go", let_go, at_most=SMTP_SECONDS + LONGER)
    assert (ledger[refused].status, ledger[refused].detail) == ("failed", REFUSED)
    assert (ledger[slow].status, ledger[slow].attempts) == ("sent", 2)
    assert Counter(line.status for line in ledger.values()) == {"sent": OTHERS + 1, "failed": 1}
    sent = {(one.recipient, one.message_id): 1 for one in ledger.values() if one.status == "sent"}
    assert office.about(meeting) == sent


async def test_nothing_is_lost_while_the_mail_server_is_away_and_all_goes_out_soon_after_its_return(
    installation: Installation, office: PostOffice, figures: Figures
) -> None:
    office.close()
    meeting = await call_meeting(installation, starts_in=timedelta(hours=2.5))
    await have_told(installation, meeting, LETTERS, offsets=["-PT3H"])
    await until_tried(installation, meeting)
    await asyncio.sleep(AWAY_FOR)
    waiting = await ledger_of(installation, meeting)
    office.open()
    returned = time.time()
    ledger = await until_settled(installation, meeting, within=PATIENCE)

    fault = f"mail server away for {AWAY_FOR:g} s, {LETTERS:,} due"
    attempts = sum(line.attempts for line in waiting)
    most = 2 * installation.settings.sends_in_flight + PROBES_A_SECOND * AWAY_FOR
    figures.note(fault, "attempts meanwhile", attempts, at_most=most)
    first, last = (pick(one.at for one in office.received) - returned for pick in (min, max))
    tried_again = max(line.retry_at.timestamp() for line in waiting if line.retry_at) - returned
    figures.note(fault, "seconds until all may be tried again", tried_again, at_most=CAUGHT_UP_WITHIN)
    figures.note(fault, "seconds from its return to the first letter", first, at_most=CAUGHT_UP_WITHIN)
    most = CAUGHT_UP_WITHIN + LETTERS / LETTERS_A_SECOND
    figures.note(fault, "seconds from its return to the last letter", last, at_most=most)
    assert {line.status for line in waiting} <= {"scheduled", "sending"}
    assert {line.status for line in ledger} == {"sent"}
    assert office.about(meeting) == {(line.recipient, line.message_id): 1 for line in ledger}
    assert len(ledger) == LETTERS


async def seconds_to_tell(installation: Installation, office: PostOffice, meeting: UUID) -> float:
    """How long it takes until all but two have been told."""
    await have_told(installation, meeting, OTHERS + 2)
    begun = time.monotonic()
    await until_true(lambda: len(office.letters_about(meeting)) >= OTHERS, within=PATIENCE)
    return time.monotonic() - begun


async def until_let_go(installation: Installation, meeting: UUID, recipient: str) -> float:
    """When the first attempt to tell them was given up."""

    async def ended() -> str | None:
        ledger = await ledger_of(installation, meeting)
        [line] = [line for line in ledger if line.recipient == recipient]
        return line.history[0]["at"] if line.history and line.history[0]["outcome"] else None

    at = await until(ended, within=PATIENCE)
    assert at is not None
    return datetime.fromisoformat(at).timestamp()
