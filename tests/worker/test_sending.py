"""Sending from the ledger: each line by one worker, few at a time, never an old time after a new one."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError
from structlog.testing import capture_logs

from domain.base import new_id
from domain.calendar.actions import Dated
from domain.jobs.actions import promise
from domain.reminders import actions, rules
from domain.reminders.announcing import announce
from domain.reminders.ledger import claiming
from domain.reminders.ledger.claiming import Result
from domain.reminders.letters.composing import Letter
from domain.reminders.models import Delivery
from schemas.jobs import SendReminder
from schemas.reminders import Recipient, ReminderRuleDraft, ReminderSubject
from services.database import Sessions
from services.sandbox import Sandbox
from services.settings import Settings
from services.worker import sending
from services.worker.outage import Outage
from services.worker.places import Places
from services.worker.post import PostAway, PostUnavailable, Unanswered
from services.worker.sending import Sender
from services.worker.tools import Tools
from services.worker.webhooks import Courier
from tests.journeys.processes import until, until_true
from tests.worker_in_process import Worker

NOW = datetime(2030, 3, 4, 9, tzinfo=UTC)
START = NOW + timedelta(hours=1)
LEASE = timedelta(minutes=1)


class Office:
    """Takes letters; holds those to some places until it is told to go on."""

    def __init__(self) -> None:
        self.taken: list[Letter] = []
        self.held: set[str] = set()
        self.closed = False
        self.closed_for: float | None = None
        self.away = False
        self.silent = False
        self.asked = 0
        self.under_way = 0
        self.most_under_way = 0
        self.go_on = asyncio.Event()

    async def send(self, letter: Letter) -> None:
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            self.asked += 1
            if self.closed:
                raise PostUnavailable("450 closed", retry_after=self.closed_for)
            if self.away:
                raise PostAway("ConnectionRefusedError")
            if letter.recipient.partition("@")[2] in self.held:
                await self.go_on.wait()
            await asyncio.sleep(0)
            self.taken.append(letter)
            if self.silent:
                raise Unanswered("The mail server did not answer in time.")
        finally:
            self.under_way -= 1

    async def close(self) -> None:
        """Nothing is held open."""

    def told(self) -> Counter[str]:
        return Counter(letter.recipient for letter in self.taken)


@pytest.fixture
def office() -> Office:
    return Office()


class Workers:
    """Makes senders of workers that share the database, the post office and the clock."""

    def __init__(self, settings: Settings, sessions: Sessions, sandbox: Sandbox, office: Office) -> None:
        self.now = NOW
        self._parts = settings, sessions, sandbox, office

    def sender(self, name: str = "one") -> Sender:
        settings, sessions, sandbox, office = self._parts
        courier = Courier(sessions, settings)
        return Sender(Tools(settings, sessions, sandbox, office, courier, now=lambda: self.now, name=name))


@pytest.fixture
def workers(settings: Settings, sessions: Sessions, sandbox: Sandbox, office: Office) -> Workers:
    return Workers(settings, sessions, sandbox, office)


def meeting(start: datetime = START, **facts: Any) -> Dated:
    made = new_id()
    return Dated(
        id=made, kind="meeting", title="Dialogue", start=start, over=start, time_zone="UTC",
        path=f"/v1/meetings/{made}", duration_minutes=60, **facts,
    )  # fmt: skip


async def told(
    sessions: Sessions, dated: Dated, *recipients: str, offsets: tuple[str, ...] = ("-PT1H",), **details: Any
) -> UUID:
    """The id of a rule by which these are told of the meeting, an hour before: now, that is."""
    draft = ReminderRuleDraft(
        subject=ReminderSubject(kind="meeting", id=dated.id),
        offsets=list(offsets),
        recipients=[Recipient(email=email) for email in recipients],
        **details,
    )
    async with sessions.begin() as session:
        await announce(session, dated, now=NOW)
        return (await actions.make_rule(session, draft, now=NOW)).id


async def moved(sessions: Sessions, dated: Dated, start: datetime) -> Dated:
    there = Dated(
        **{name: getattr(dated, name) for name in Dated.__slots__} | {"start": start, "over": start}
    )
    async with sessions.begin() as session:
        await announce(session, there, now=NOW)
    return there


async def lines(sessions: Sessions) -> list[Delivery]:
    async with sessions() as session:
        return list(await session.scalars(select(Delivery).order_by(Delivery.due_at, Delivery.recipient)))


def addresses(number: int, domain: str = "example.org") -> list[str]:
    return [f"a{one}@{domain}" for one in range(number)]


async def end_leases(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        ended = func.now() - timedelta(seconds=1)
        await session.execute(
            Delivery.__table__.update().where(Delivery.status == "sending").values(leased_until=ended)
        )


async def test_two_workers_send_each_letter_once(sessions: Sessions, workers: Workers, office: Office):
    await told(sessions, meeting(), *addresses(120))

    await asyncio.gather(*(workers.sender(name).drain() for name in ("one", "two")))

    assert office.told() == Counter(addresses(120))
    assert {(line.status, line.attempts) for line in await lines(sessions)} == {("sent", 1)}


async def test_no_more_are_under_way_than_the_setting_says(
    sessions: Sessions, workers: Workers, office: Office, settings: Settings
):
    office.held = {"example.org"}
    await told(sessions, meeting(), *addresses(40), *addresses(40, "example.net"))
    sender = workers.sender()

    for _ in range(20):
        await sender.turn()
        await asyncio.sleep(0)

    claimed = [line for line in await lines(sessions) if line.status == "sending"]
    assert len(claimed) <= settings.sends_in_flight == 8
    office.go_on.set()
    await sender.drain()
    assert office.most_under_way <= settings.sends_in_flight
    assert sum(office.told().values()) == 80


async def test_a_place_that_hangs_does_not_hold_up_the_others(
    sessions: Sessions, workers: Workers, office: Office
):
    office.held = {"slow.example"}
    await told(sessions, meeting(), *addresses(30, "slow.example"), *addresses(30))
    sender = workers.sender()

    for _ in range(200):
        await sender.turn()
        await asyncio.sleep(0.001)

    assert office.told() == Counter(addresses(30))
    office.go_on.set()
    await sender.drain()
    assert sum(office.told().values()) == 60


async def test_the_attempt_is_recorded_before_the_letter_is_sent(
    sessions: Sessions, workers: Workers, office: Office
):
    office.held = {"example.org"}
    await told(sessions, meeting(), *addresses(1))
    sender = workers.sender("one")
    await sender.turn()

    [line] = await lines(sessions)

    assert (line.status, line.attempts, line.owner) == ("sending", 1, "one")
    assert [one["outcome"] for one in line.history] == [None]
    office.go_on.set()
    await sender.drain()


async def test_what_a_lost_worker_held_is_sent_by_another_when_its_lease_has_ended(
    sessions: Sessions, workers: Workers, office: Office
):
    await told(sessions, meeting(), *addresses(3))
    async with sessions.begin() as session:
        lost = await claiming.claim(session, owner="lost", lease=LEASE, most=8, now=NOW)
    await workers.sender().drain()
    assert office.taken == []

    await end_leases(sessions)
    await workers.sender().drain()

    assert office.told() == Counter(addresses(3))
    ids = {line.message_id for held in lost.letters for line in held.lines}
    assert {letter.message_id for letter in office.taken} == ids
    async with sessions.begin() as session:
        late = [Result(held, "refused", NOW, "550 no") for held in lost.letters]
        await claiming.record(session, late, owner="lost")
    assert {(line.status, line.attempts) for line in await lines(sessions)} == {("sent", 2)}


async def test_the_new_time_is_not_told_while_the_old_one_is_under_way(
    sessions: Sessions, workers: Workers, office: Office
):
    office.held = {"example.org"}
    dated = meeting()
    await told(sessions, dated, *addresses(1))
    first, second = workers.sender("one"), workers.sender("two")
    await first.turn()

    await moved(sessions, dated, START + timedelta(minutes=30))
    for _ in range(3):
        await second.turn()

    assert [line.status for line in await lines(sessions)].count("sending") == 1
    office.go_on.set()
    await first.drain()
    office.held.clear()
    await second.drain()
    causes = [line.cause for line in sorted(await lines(sessions), key=lambda line: line.id) if line.sent_at]
    assert causes == ["reminder", "moved"]
    assert len(office.taken) == 2


async def test_an_old_time_that_failed_for_now_is_not_told_after_the_meeting_has_moved(
    sessions: Sessions, workers: Workers, office: Office
):
    office.closed = True
    dated = meeting()
    await told(sessions, dated, *addresses(1))
    await workers.sender().drain()

    await moved(sessions, dated, START + timedelta(days=1))
    office.closed = False
    workers.now = NOW + timedelta(minutes=10)
    await workers.sender().drain()

    old, new = sorted(await lines(sessions), key=lambda line: line.occurrence)
    assert (old.status, old.reason, new.status) == ("skipped", "moved", "scheduled")
    assert office.taken == []


async def test_whoever_may_have_been_told_by_a_lost_worker_is_told_of_the_change(
    sessions: Sessions, workers: Workers, office: Office
):
    dated = meeting()
    await told(sessions, dated, *addresses(1))
    async with sessions.begin() as session:
        await claiming.claim(session, owner="lost", lease=LEASE, most=8, now=NOW)
    await end_leases(sessions)
    async with sessions.begin() as session:
        assert await claiming.take_back_expired(session) == 1

    await moved(sessions, dated, START + timedelta(days=1))
    await workers.sender().drain()

    found = {(line.cause, line.status, line.reason) for line in await lines(sessions)}
    assert {("reminder", "skipped", "moved"), ("moved", "sent", None)} <= found
    assert len(office.taken) == 1


async def test_whoever_may_have_been_told_by_a_server_that_did_not_answer_is_told_of_each_change(
    sessions: Sessions, workers: Workers, office: Office
):
    """Moved away and back: the last that they heard is the time in between."""
    office.silent = True
    dated = meeting()
    await told(sessions, dated, *addresses(1))
    await workers.sender().drain()
    office.silent = False

    for start in (START + timedelta(days=1), START):
        await moved(sessions, dated, start)
        await workers.sender().drain()

    found = [(line.cause, line.occurrence) for line in await lines(sessions) if line.status == "sent"]
    assert sorted(found) == [("moved", START), ("moved", START + timedelta(days=1))]
    assert len(office.taken) == 3


async def test_a_letter_that_may_have_arrived_is_sent_again_seldom(
    sessions: Sessions, workers: Workers, office: Office
):
    office.silent = True
    await told(sessions, meeting(NOW + timedelta(days=7)), *addresses(1), offsets=("-P7D",))
    while workers.now < NOW + timedelta(days=7):
        await workers.sender().drain()
        [line] = await lines(sessions)
        workers.now = line.retry_at or NOW + timedelta(days=7)

    assert {one["outcome"] for one in line.history} == {"unanswered"}
    assert (line.status, line.reason) == ("failed", "given-up")
    assert len({letter.message_id for letter in office.taken}) == 1
    assert 12 <= len(office.taken) <= 40


@pytest.mark.parametrize(("gone", "level"), [(True, "warning"), (False, "error")])
async def test_that_the_database_is_away_is_known_without_a_traceback(
    sessions: Sessions, workers: Workers, monkeypatch: pytest.MonkeyPatch, gone: bool, level: str
):
    async def carry(*_: Any) -> None:
        raise DBAPIError("SELECT 1", {}, Exception("closed"), connection_invalidated=gone)

    monkeypatch.setattr(sending, "carry", carry)
    await told(sessions, meeting(), *addresses(1))

    with capture_logs() as logged:
        await workers.sender().turn()
        await until_true(lambda: any(one["event"] == "reminder postponed" for one in logged), within=10)

    [said] = [one for one in logged if one["event"] == "reminder not sent"]
    assert (said["log_level"], said["error"]) == (level, "DBAPIError")
    assert bool(said.get("exc_info")) is not gone


async def test_whoever_asks_to_be_left_alone_beyond_the_thing_is_tried_once_more_before_it(
    sessions: Sessions, workers: Workers, office: Office
):
    office.closed, office.closed_for = True, 86_400.0
    start = NOW + timedelta(hours=3)
    await told(sessions, meeting(start), *addresses(1), offsets=("-PT3H",))

    await workers.sender().drain()
    [line] = await lines(sessions)
    assert (line.status, line.retry_at) == ("scheduled", start - rules.LAST_CHANCE)
    office.closed = False
    workers.now = line.retry_at
    await workers.sender().drain()

    [line] = await lines(sessions)
    assert (line.status, line.attempts) == ("sent", 2)


async def test_what_has_no_time_left_is_given_up_in_words_that_are_true(
    sessions: Sessions, workers: Workers, office: Office
):
    office.closed, office.closed_for = True, 86_400.0
    await told(sessions, meeting(NOW + rules.WORTH_WAITING), *addresses(1), offsets=("-PT1H",))

    await workers.sender().drain()

    [line] = await lines(sessions)
    assert (line.status, line.reason) == ("failed", "given-up")
    assert line.detail == (
        "The next attempt would have come after 2030-03-04T09:01:00Z, when it has lost its use. "
        "The last answer: 450 closed"
    )


async def test_while_the_mail_server_is_away_single_letters_find_out_whether_it_is_back(
    sessions: Sessions, workers: Workers, office: Office, settings: Settings
):
    """The others are not touched."""
    office.away = True
    await told(sessions, meeting(), *addresses(100))
    sender, began = workers.sender(), time.monotonic()
    for _ in range(60):
        await sender.turn()
        await asyncio.sleep(0.02)
    tried = office.asked
    attempts = sum(line.attempts for line in await lines(sessions))

    office.away = False
    workers.now += timedelta(minutes=1)
    await until(lambda: turned(sender, sessions), within=5)

    assert time.monotonic() - began < 6
    assert attempts == tried <= settings.sends_in_flight + 3
    assert office.told() == Counter(addresses(100))


async def turned(sender: Sender, sessions: Sessions) -> bool:
    """Whether all is sent after another turn."""
    await sender.turn()
    return {line.status for line in await lines(sessions)} == {"sent"}


async def test_webhooks_are_called_while_the_mail_server_is_away(sessions: Sessions, workers: Workers):
    await told(sessions, meeting(), *addresses(1))
    async with sessions.begin() as session:
        await session.execute(text("UPDATE deliveries SET channel = 'webhook'"))
        asked: dict[str, Any] = {"owner": "one", "lease": LEASE, "most": 8, "now": NOW}
        by_post = await claiming.claim(session, **asked, channels=("email",))
        others = await claiming.claim(session, **asked, channels=sending.WITHOUT_POST)

    assert (len(by_post.letters), len(others.letters)) == (0, 1)


def test_rests_between_attempts_grow_to_ten_seconds_and_end_with_the_outage(monkeypatch: pytest.MonkeyPatch):
    clock = [0.0]
    monkeypatch.setattr("services.worker.outage.time.monotonic", lambda: clock[0])
    outage = Outage()
    assert outage.letters(8) == 8
    outage.begin()
    tried = []
    while clock[0] < 60:
        clock[0] += 0.1
        if outage.letters(8):
            tried.append(clock[0])
            outage.begin()

    rests = [round(later - earlier, 1) for earlier, later in pairwise([0.0, *tried])]
    assert rests[:5] == pytest.approx([0.5, 1, 2, 4, 8], abs=0.11)
    assert max(rests) <= 10.1
    outage.end()
    assert outage.letters(8) == 8


async def test_a_meeting_cannot_move_between_the_look_at_it_and_the_claim(sessions: Sessions):
    dated = meeting()
    await told(sessions, dated, *addresses(1))

    async with sessions.begin() as session:
        claimed = await claiming.claim(session, owner="one", lease=LEASE, most=8, now=NOW)
        move = asyncio.create_task(moved(sessions, dated, START + timedelta(days=1)))
        await asyncio.sleep(0.2)
        waits = not move.done()
    await move

    assert len(claimed.letters) == 1
    assert waits


async def test_a_meeting_that_is_being_moved_holds_up_its_own_reminders_only(sessions: Sessions):
    moving, other = meeting(), meeting()
    await told(sessions, moving, *addresses(10))
    await told(sessions, other, *addresses(10, "example.net"))

    async with sessions.begin() as mover:
        await mover.execute(text(f"UPDATE calendar_entries SET title = 'x' WHERE id = '{moving.id}'"))
        async with sessions.begin() as session:
            claimed = await claiming.claim(session, owner="one", lease=LEASE, most=8, now=NOW)

    assert {line.of.id for held in claimed.letters for line in held.lines} == {other.id}
    assert len(claimed.letters) == 8


async def test_what_failed_for_now_waits_longer_each_time(
    sessions: Sessions, workers: Workers, office: Office
):
    office.closed = True
    await told(sessions, meeting(NOW + timedelta(days=30)), *addresses(1), offsets=("-P30D",))
    waits = []
    for _ in range(6):
        await workers.sender().drain()
        [line] = await lines(sessions)
        assert line.retry_at is not None
        waits.append((line.retry_at - workers.now).total_seconds())
        workers.now = line.retry_at

    assert all(2**n <= wait <= 3 * 2**n for n, wait in enumerate(waits)), waits
    assert [one["outcome"] for one in line.history] == ["postponed"] * 6


async def test_the_latest_twenty_attempts_are_kept(sessions: Sessions, workers: Workers, office: Office):
    office.closed = True
    await told(sessions, meeting(NOW + timedelta(days=30)), *addresses(1), offsets=("-P30D",))
    for _ in range(23):
        await workers.sender().drain()
        workers.now += timedelta(minutes=10)

    [line] = await lines(sessions)

    assert (line.attempts, len(line.history)) == (23, 20)
    last = datetime.fromisoformat(line.history[-1]["at"])
    assert last == workers.now - timedelta(minutes=10)


async def test_a_worker_that_is_stopped_gives_back_what_is_under_way(
    sessions: Sessions, workers: Workers, office: Office, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sending, "LEAVE_WITHIN", 0.1)
    office.held = {"example.org"}
    await told(sessions, meeting(), *addresses(2), *addresses(2, "example.net"))
    running = asyncio.create_task(workers.sender().run())
    await until_true(lambda: office.under_way == len(office.taken) == 2, within=5)

    running.cancel()
    with suppress(asyncio.CancelledError):
        await running

    statuses = {line.recipient: line.status for line in await lines(sessions)}
    assert [statuses[one] for one in addresses(2)] == ["scheduled"] * 2
    assert [statuses[one] for one in addresses(2, "example.net")] == ["sent"] * 2
    office.held.clear()
    await workers.sender().drain()
    assert sum(office.told().values()) == 4


@pytest.mark.parametrize("steps", range(12))
async def test_a_worker_that_is_stopped_in_the_moment_in_which_a_letter_is_taken_stops(
    sessions: Sessions, workers: Workers, office: Office, steps: int
):
    """A cancellation must not be lost to an event of the same instant, as `asyncio.wait_for` may lose it."""
    office.held = {"example.org"}
    await told(sessions, meeting(), *addresses(1))
    running = asyncio.create_task(workers.sender().run())
    await until_true(lambda: office.under_way == 1, within=5)
    await asyncio.sleep(0.05)

    office.go_on.set()
    for _ in range(steps):
        await asyncio.sleep(0)
    running.cancel()

    done, _ = await asyncio.wait({running}, timeout=5)
    running.cancel()
    assert done


async def test_a_sender_that_finds_nothing_looks_again_and_outlives_an_error(
    sessions: Sessions, workers: Workers, office: Office, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sending, "POLL", 0.02)
    sender, turn, failures = workers.sender(), Sender.turn, iter([OSError("gone"), OSError("gone")])

    async def fails_at_first(self: Sender) -> bool:
        for failure in failures:
            raise failure
        return await turn(self)

    monkeypatch.setattr(Sender, "turn", fails_at_first)
    running = asyncio.create_task(sender.run())
    await asyncio.sleep(0.1)
    await told(sessions, meeting(), *addresses(1))
    await until_true(lambda: bool(office.taken), within=5)

    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [line.status for line in await lines(sessions)] == ["sent"]


async def test_what_the_release_before_promised_as_a_job_is_sent_once(
    sessions: Sessions, worker: Worker, office: Office
):
    await told(sessions, meeting(), *addresses(1))
    async with sessions.begin() as session:
        [line] = await session.scalars(select(Delivery))
        line.status = "sending"
        line.job = promise(session, SendReminder(delivery=line.id), subject=str(line.id)).id
    worker.now, worker.post = NOW, office
    await worker.tick()
    assert office.taken == []

    await worker.drain()
    await worker.tick()
    await worker.tick()

    assert office.told() == Counter(addresses(1))
    assert [(line.status, line.job) for line in await lines(sessions)] == [("sent", None)]


async def test_a_reminder_of_the_release_before_is_planned_with_its_columns_alone(
    sessions: Sessions, workers: Workers, office: Office
):
    dated = meeting()
    rule = await told(sessions, dated, *addresses(1), offsets=("-P3D",))
    columns = (
        'INSERT INTO deliveries (id, rule, meeting, occurrence, "offset", recipient, name, language, '
        "channel, due_at, status, attempts, message_id) "
        "SELECT gen_random_uuid(), rule, meeting, occurrence, '-PT1H', 'b@example.org', name, language, "
        "channel, :now, 'scheduled', 0, '<b@focalpoint>' FROM deliveries "
        "ON CONFLICT ON CONSTRAINT uq_deliveries_ledger DO NOTHING"
    )
    async with sessions.begin() as session:
        await session.execute(text(columns), {"now": NOW})

    await workers.sender().drain()

    assert rule is not None
    assert office.told()["b@example.org"] == 1


def test_a_place_has_half_the_slots_at_first_all_but_one_when_quick_and_one_when_slow():
    places = Places(8)
    assert places.room("a") == 4
    places.enter("a")
    assert places.room("a") == 3
    places.leave("a", seconds=0.1)
    assert places.room("a") == 7

    places.enter("a")
    places.leave("a", seconds=20)
    assert places.room("a") == 1
    places.enter("a")
    assert (places.full(), places.room("b")) == (["a"], 4)


def test_a_single_slot_is_for_any_place():
    places = Places(1)
    places.enter("a")
    places.leave("a", seconds=0.1)
    assert places.room("a") == places.room("b") == 1
