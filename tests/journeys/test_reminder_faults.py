"""What becomes of reminders when our own processes or Redis fail while they are sent."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from datetime import timedelta

import pytest
from redis import Redis

from tests.conftest import SOAK
from tests.journeys.figures import Figures
from tests.journeys.installation import Installation
from tests.journeys.post_office import PostOffice
from tests.journeys.processes import Process
from tests.journeys.reminding import call_meeting, have_told, held_by, until_settled

LETTERS, KILLS = (10_000, 10) if SOAK else (300, 3)
WITHOUT_REDIS = 2_000 if SOAK else 100
WHILE_DOWN = 1_000 if SOAK else 40
DOWN_FOR = timedelta(seconds=65 if SOAK else 2)
PATIENCE = 600 if SOAK else 40
CAUGHT_UP_WITHIN = 60.0
SLOW = 0.1

pytestmark = pytest.mark.soak


async def test_workers_that_are_killed_while_sending_lose_nothing_and_repeat_only_what_they_held(
    installation: Installation, office: PostOffice, figures: Figures
) -> None:
    office.seconds_per_letter = SLOW
    workers = installation.workers(2)
    meeting = await call_meeting(installation)
    await have_told(installation, meeting, LETTERS)
    in_flight = 0
    for number in range(1, KILLS + 1):
        await office.until_received(LETTERS * number // (KILLS + 1), within=PATIENCE)
        in_flight += await kill_and_replace(installation, workers, number % 2)
    ledger = await until_settled(installation, meeting, within=PATIENCE)

    wire, fault = office.about(meeting), f"{LETTERS:,} due, {KILLS} kills"
    ids = {(line.recipient, line.message_id) for line in ledger}
    figures.note(fault, "recipients without a letter", len(ids - wire.keys()), at_most=0)
    figures.note(fault, "letters under another Message-ID", len(wire.keys() - ids), at_most=0)
    most = KILLS * installation.settings.sends_in_flight
    figures.note(fault, "held by workers when killed", in_flight, at_most=most)
    figures.note(fault, "duplicates on the wire", wire.total() - len(wire), at_most=in_flight)
    assert Counter(line.status for line in ledger) == {"sent": LETTERS}
    assert all(wire[line.recipient, line.message_id] <= line.attempts for line in ledger)
    assert ids <= {(one.recipient, one.message_id) for one in office.answered}


async def test_what_was_due_while_both_workers_were_down_is_caught_up_once(
    installation: Installation, office: PostOffice, figures: Figures
) -> None:
    """Of several reminders to one person that were due meanwhile, the last."""
    installation.workers(0)
    offsets = ("-PT62M", "-PT61M") if SOAK else ("-PT3H", "-PT1H")
    starts_in = timedelta(hours=1) + DOWN_FOR - timedelta(seconds=1)
    meeting = await call_meeting(installation, starts_in=starts_in)
    await have_told(installation, meeting, WHILE_DOWN, offsets=offsets)
    await asyncio.sleep(DOWN_FOR.total_seconds())
    assert not office.about(meeting)

    returned = time.monotonic()
    installation.workers(2)
    ledger = await until_settled(installation, meeting, within=PATIENCE)

    fault = f"both workers down, {WHILE_DOWN:,} people, {len(offsets)} offsets each"
    figures.note(fault, "seconds until caught up", time.monotonic() - returned, at_most=CAUGHT_UP_WITHIN)
    assert Counter((line.offset, line.status, line.reason) for line in ledger) == {
        (offsets[0], "skipped", "superseded"): WHILE_DOWN,
        (offsets[1], "sent", None): WHILE_DOWN,
    }
    sent = {(line.recipient, line.message_id): 1 for line in ledger if line.status == "sent"}
    assert office.about(meeting) == sent


async def test_reminders_go_out_once_whatever_becomes_of_redis(
    installation: Installation, office: PostOffice, figures: Figures
) -> None:
    office.seconds_per_letter = SLOW
    workers = installation.workers(2)
    meeting = await call_meeting(installation)
    await have_told(installation, meeting, WITHOUT_REDIS)
    await office.until_received(WITHOUT_REDIS // 4, within=PATIENCE)
    with Redis.from_url(installation.redis.url) as client:
        client.flushall()
    await office.until_received(WITHOUT_REDIS // 2, within=PATIENCE)
    installation.redis.kill()
    try:
        ledger = await until_settled(installation, meeting, within=PATIENCE)
    finally:
        installation.redis.start()

    repeated = office.about(meeting).total() - WITHOUT_REDIS
    figures.note(f"Redis flushed, then killed; {WITHOUT_REDIS:,} due", "duplicates", repeated, at_most=0)
    assert {(line.status, line.attempts) for line in ledger} == {("sent", 1)}
    assert all(worker.lives for worker in workers)


async def kill_and_replace(installation: Installation, workers: list[Process], number: int) -> int:
    """As a supervisor would. Returns how many letters the worker held."""
    workers[number].kill()
    held = await held_by(installation, workers[number])
    workers[number] = installation.start_worker()
    return held
