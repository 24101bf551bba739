"""A meeting that is moved while people are told of it: nobody hears the old time after the new one."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import httpx
import pytest

from tests.conftest import SOAK
from tests.journeys.figures import Figures
from tests.journeys.installation import Installation
from tests.journeys.post_office import PostOffice, Received
from tests.journeys.reminding import call_meeting, have_told, until_settled

PEOPLE, MOVES = (2_000, 20) if SOAK else (200, 3)
PATIENCE = 300 if SOAK else 30
SPEEDS = [0.05, 0.0] if SOAK else [0.05]
"""Seconds per letter of the mail server."""

MOVED_WITHIN = 2.0
"""Seconds that whoever moves the meeting may wait for the answer."""

pytestmark = pytest.mark.soak


@pytest.mark.parametrize("seconds_per_letter", SPEEDS)
async def test_whoever_was_told_the_new_time_is_not_told_an_old_one_afterwards(
    installation: Installation, office: PostOffice, figures: Figures, seconds_per_letter: float
) -> None:
    """The meeting moves several times, back to its first time among them; the letters go on all the while."""
    office.seconds_per_letter = seconds_per_letter
    installation.api()
    installation.workers(2)
    await installation.until_api_answers()
    meeting = await call_meeting(installation)
    answers: list[float] = []
    async with installation.client() as client:
        start = await start_of(client, meeting)
        await have_told(installation, meeting, PEOPLE)
        for number in range(1, MOVES + 1):
            await office.until_received(PEOPLE * number // (MOVES + 2), within=PATIENCE)
            answers.append(await move(client, meeting, start + timedelta(minutes=5 * (number % 3))))
        last = await start_of(client, meeting)
    ledger = await until_settled(installation, meeting, within=PATIENCE)

    told = by_recipient(office.letters_about(meeting))
    fault = f"moved {MOVES} times while {PEOPLE:,} are told, {seconds_per_letter:g} s a letter"
    figures.note(fault, "letters", sum(map(len, told.values())))
    figures.note(fault, "told an old time after a newer", sum(map(backwards, told.values())), at_most=0)
    wrong = sum(time_of(letters[-1]) != last for letters in told.values())
    figures.note(fault, "told another time last", wrong, at_most=0)
    figures.note(fault, "seconds until the move was answered", max(answers), at_most=MOVED_WITHIN)
    assert len(told) == PEOPLE
    assert_each_sequence_names_one_time(office.received)
    assert {line.status for line in ledger} <= {"sent", "skipped"}
    assert len(office.received) == sum(line.status == "sent" for line in ledger)


async def start_of(client: httpx.AsyncClient, meeting: UUID) -> datetime:
    return datetime.fromisoformat((await client.get(f"/v1/meetings/{meeting}")).json()["start"])


async def move(client: httpx.AsyncClient, meeting: UUID, start: datetime) -> float:
    """Seconds until it was answered."""
    path = f"/v1/meetings/{meeting}"
    tag = (await client.get(path)).headers["etag"]
    begun = time.monotonic()
    answer = await client.patch(path, json={"start": start.isoformat()}, headers={"If-Match": tag})
    assert answer.status_code == 200, answer.text
    return time.monotonic() - begun


def by_recipient(letters: list[Received]) -> dict[str, list[Received]]:
    found: dict[str, list[Received]] = defaultdict(list)
    for one in letters:
        found[one.recipient].append(one)
    return found


def backwards(letters: list[Received]) -> int:
    """How often a letter says less than one before it: an invitation's SEQUENCE goes up with each move."""
    told = [int(one.invitation["SEQUENCE"]) for one in letters]
    return sum(later < earlier for earlier, later in pairwise(told))


def assert_each_sequence_names_one_time(letters: list[Received]) -> None:
    """Of moves in quick succession some may have been told to nobody."""
    named = {(int(one.invitation["SEQUENCE"]), time_of(one)) for one in letters}
    assert len(named) == len({sequence for sequence, _ in named}) > MOVES // 2


def time_of(letter: Received) -> datetime:
    start: datetime = letter.invitation["DTSTART"].dt
    return start.astimezone(UTC)
