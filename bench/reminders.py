"""Reminders: how many a worker sends in a second, and what finding the due ones costs with many to come.

python -m bench.reminders [--letters N] [--future N] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from bench.catalogue import MEASURES, WORKS, free_port, servers
from domain.base import new_id
from domain.calendar.actions import Dated
from domain.reminders import actions
from domain.reminders.announcing import announce, announce_all
from domain.reminders.ledger import claiming
from domain.reminders.letters.composing import Letter
from schemas.reminders import Recipient, ReminderRuleDraft, ReminderSubject
from services.database import Sessions, open_engine, sessions_of
from services.migrating import migrate
from services.worker.post import SmtpPost

RATE_LIMIT = 300
"""Letters that one worker sends in a second, at least."""

FIND_LIMIT = 0.010
"""Seconds, with as many reminders to come as there may be."""

SIZES = 1_000, 1_000_000
CALLS = 200
SIDE_BY_SIDE = 8
LEASE = timedelta(minutes=1)
FUTURE = """
INSERT INTO deliveries (id, rule, meeting, occurrence, cause, "offset", recipient, channel, due_at, status,
    message_id, attempts)
SELECT gen_random_uuid(), $1, $2, $3, 'reminder', 'PT' || number || 'M', 'a' || number || '@example.org',
    'email', $3::timestamptz + number * interval '1 minute', 'scheduled', '<' || number || '@bench>', 0
FROM generate_series($4::int, $5::int) AS number
"""


def letter(number: int) -> Letter:
    """As long as those that the worker writes."""
    return Letter(
        sender="bench@example.org",
        recipient=f"focal.point.{number}@example.org",
        subject="Reminder",
        message_id=f"<{number}@bench>",
        content=b"Subject: Reminder\r\n\r\n" + b"A line of a letter that is as long as others are.\r\n" * 110,
    )


@contextmanager
def sink() -> Iterator[str]:
    """The address of a mail server in a process of its own."""
    port = free_port()
    with subprocess.Popen([sys.executable, "-m", "bench.sink", str(port)]) as started:
        try:
            for _ in range(200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield f"smtp://127.0.0.1:{port}"
        finally:
            started.terminate()


@contextmanager
def worker(environment: dict[str, str]) -> Iterator[None]:
    """One, on a core of its own; the rest shares the other."""
    with subprocess.Popen([sys.executable, "-m", "services.worker"], env=os.environ | environment) as started:
        if WORKS is not None:
            os.sched_setaffinity(started.pid, {WORKS})
        yield
        started.terminate()


async def bare(url: str, letters: int) -> float:
    """Letters a second into the sink when nothing is composed, looked up or recorded."""
    post, numbers = SmtpPost(url, connections=SIDE_BY_SIDE), iter(range(letters))

    async def send() -> None:
        for number in numbers:
            await post.send(letter(number))

    begun = time.perf_counter()
    await asyncio.gather(*(send() for _ in range(SIDE_BY_SIDE)))
    await post.close()
    return letters / (time.perf_counter() - begun)


def meeting(start: datetime, **details: Any) -> Dated:
    made = new_id()
    return Dated(
        id=made,
        kind="meeting",
        title="Coordination Committee",
        start=start,
        over=start,
        time_zone="Europe/Zurich",
        path=f"/v1/meetings/{made}",
        duration_minutes=90,
        **details,
    )


async def rule_about(sessions: Sessions, dated: Dated, recipients: int, offsets: list[str]) -> UUID:
    draft = ReminderRuleDraft(
        subject=ReminderSubject(kind="meeting", id=dated.id),
        offsets=offsets,
        recipients=[Recipient(email=f"focal.point.{n}@example.org", name="Ana") for n in range(recipients)],
    )
    async with sessions.begin() as session:
        return (await actions.make_rule(session, draft, now=datetime.now(UTC))).id


async def planned(sessions: Sessions) -> float:
    """Seconds to plan 6 reminders of 8 meetings for 1,000 persons: a rule about all meetings."""
    year = datetime.now(UTC).replace(microsecond=0) + timedelta(days=365)
    meetings = [meeting(year + timedelta(weeks=number), framework="bench-quarterly") for number in range(8)]
    draft = ReminderRuleDraft(
        subject=ReminderSubject(kind="meetings", framework="bench-quarterly"),
        offsets=[f"-P{days}D" for days in range(1, 7)],
        recipients=[Recipient(email=f"focal.point.{n}@example.org") for n in range(1_000)],
    )
    async with sessions.begin() as session:
        await session.connection()
        await announce_all(session, meetings)
        begun = time.perf_counter()
        rule = await actions.make_rule(session, draft, now=datetime.now(UTC))
    took = time.perf_counter() - begun
    async with sessions.begin() as session:
        await actions.withdraw_rule(session, await session.merge(rule), now=datetime.now(UTC))
    return took


async def sent(sessions: Sessions, url: str, environment: dict[str, str], letters: int) -> float:
    """Letters that one worker sends in a second, from the first to the last."""
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=50)
    rules = []
    for _ in range(letters // 1_000):
        dated = meeting(start)
        async with sessions.begin() as session:
            await announce(session, dated)
        rules.append(await rule_about(sessions, dated, 1_000, ["-PT1H"]))
    connection = await asyncpg.connect(url)
    await connection.execute("VACUUM ANALYZE deliveries")
    told = "SELECT count(*), min(sent_at), max(sent_at) FROM deliveries WHERE status = 'sent'"
    with worker(environment):
        number = 0
        while number < letters:
            await asyncio.sleep(0.5)
            number, first, last = await connection.fetchrow(told)
    await connection.close()
    return (letters - 1) / (last - first).total_seconds()


async def found(sessions: Sessions, url: str) -> dict[str, float]:
    """Seconds to claim eight that are due, by how many more are to come; nothing is kept of it."""
    dated = meeting(datetime.now(UTC).replace(microsecond=0) + timedelta(days=30))
    async with sessions.begin() as session:
        await announce(session, dated)
    rule = await rule_about(sessions, dated, 100, ["-P31D"])
    connection = await asyncpg.connect(url)
    times, there = {}, 0
    for size in SIZES:
        await connection.execute(FUTURE, rule, dated.id, dated.start, there + 1, size, timeout=600)
        there = size
        await connection.execute("VACUUM ANALYZE deliveries", timeout=600)
        times[f"{size:,} to come"] = await _median_claim(sessions)
    await connection.close()
    return times


async def _median_claim(sessions: Sessions) -> float:
    took = []
    for number in range(CALLS + 20):
        async with sessions() as session:
            await session.connection()
            begun = time.perf_counter()
            claimed = await claiming.claim(
                session, owner="bench", lease=LEASE, most=SIDE_BY_SIDE, now=datetime.now(UTC)
            )
            if number >= 20:
                took.append(time.perf_counter() - begun)
            assert len(claimed.letters) == SIDE_BY_SIDE
            await session.rollback()
    return statistics.median(took)


async def measured(home: Path, letters: int) -> dict[str, Any]:
    with servers(home) as (address, redis), sink() as smtp:
        url = address.replace("+asyncpg", "")
        engine = open_engine(address, pool=4)
        await migrate(engine)
        sessions = sessions_of(engine)
        async with engine.begin() as connection:
            await connection.exec_driver_sql(
                "INSERT INTO frameworks (key, kind, title) VALUES ('bench-quarterly', 'treaty', '{}')"
            )
        environment = {
            "FOCALPOINT_DATABASE_URL": url,
            "FOCALPOINT_REDIS_URL": redis,
            "FOCALPOINT_SMTP_URL": smtp,
            "FOCALPOINT_HOME": str(home),
            "FOCALPOINT_LOG_LEVEL": "error",
        }
        barely = await bare(smtp, letters)
        plan = await planned(sessions)
        rate = await sent(sessions, url, environment, letters)
        finding = await found(sessions, url)
        await engine.dispose()
    small, large = finding.values()
    return {
        "letters": letters,
        "letters_per_second": rate,
        "limit_per_second": RATE_LIMIT,
        "bare_letters_per_second": barely,
        "plan_48000_seconds": plan,
        "find_seconds": finding,
        "find_limit_seconds": FIND_LIMIT,
        "find_growth": large / small,
    }


def said(figures: dict[str, Any]) -> None:
    print(
        f"sent by one worker   {figures['letters_per_second']:,.0f}/s  (at least {RATE_LIMIT}; "
        f"the mail server alone {figures['bare_letters_per_second']:,.0f}/s)"
    )
    for size, seconds in figures["find_seconds"].items():
        print(f"finding 8 due        {seconds * 1000:.1f} ms with {size}  (at most {FIND_LIMIT * 1000:.0f})")
    print(f"planning 48,000      {figures['plan_48000_seconds']:.1f} s")


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--letters", type=int, default=6_000)
    asked.add_argument("--json", type=Path, default=Path("var/bench/reminders.json"))
    given = asked.parse_args()
    if MEASURES is not None:
        os.sched_setaffinity(0, {MEASURES})  # inherited by the servers
    with tempfile.TemporaryDirectory() as home:
        Path(home).chmod(0o755)
        figures = asyncio.run(measured(Path(home), given.letters))
    said(figures)
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main()
