"""A new installation asks for what lies ahead; what was due before is asked for by people."""

from __future__ import annotations

import asyncio
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI
from sqlalchemy import select, text

from domain.obligations.models import Cycle, Obligation, Schedule
from services.database import Sessions
from services.loading import load
from services.worker.timetable import keep_obligations
from tests.api.given import meeting
from tests.api.owing import Found, change, cycle, handed_in, items, obligation
from tests.api.reminding import share_clock
from tests.worker_in_process import Worker

BEGUN = datetime(2026, 11, 23, 12, tzinfo=UTC)
ZURICH = ZoneInfo("Europe/Zurich")
RATES = "/v1/frameworks/ccm/reporting-rates"


async def keep(worker: Worker, moment: datetime) -> None:
    worker.now = moment
    await keep_obligations({"tools": worker.tools})


@pytest.fixture(scope="module", autouse=True)
async def begun(sessions: Sessions) -> None:
    """The catalogue was loaded on 23 November 2026."""
    async with sessions.begin() as session:
        await session.execute(text("UPDATE reporting_schedules SET kept_from = '2026-11-23'"))


@pytest.fixture(autouse=True)
def clock(app: FastAPI, worker: Worker) -> None:
    worker.now = BEGUN
    share_clock(app, worker)


async def test_nobody_is_overdue_from_the_first_day(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker
):
    await keep(worker, BEGUN)

    assert await items(admin, status="overdue") == []
    assert {item["due_on"] for item in await items(admin, framework="ccm")} == {"2027-04-30"}
    found = (await anonymous.get(RATES)).json()
    assert (found["expected"], found["rate"], found["rate_on_time"]) == (0, None, None)
    assert [item["cycle"] for item in found["cycles"]] == ["2026"]
    call = meeting("2026-12-03T10:00:00Z", framework="ccm", kind="coordination-committee")
    made = await admin.post("/v1/meetings", json=call)
    agenda = (await admin.post(f"{made.headers['location']}/agenda")).json()
    assert "overdue-obligations" not in {item["kind"] for item in agenda["items"]}


async def test_what_lies_ahead_is_overdue_once_its_day_has_passed(
    admin: httpx.AsyncClient, anonymous: httpx.AsyncClient, worker: Worker
):
    await keep(worker, BEGUN)
    await keep(worker, datetime(2027, 1, 1, 12, tzinfo=UTC))
    worker.now = datetime(2027, 5, 1, tzinfo=UTC)

    found = (await anonymous.get(RATES)).json()

    assert {item["period"] for item in await items(admin, framework="ccm", status="overdue")} == {"2026"}
    assert (found["expected"], found["rate"]) == (found["cycles"][0]["expected"], 0.0)
    assert found["expected"] > 100


async def test_who_wants_the_past_puts_its_cycle(admin: httpx.AsyncClient, worker: Worker):
    await keep(worker, BEGUN)

    made = await admin.put("/v1/frameworks/ccm/reporting-cycles/2025", json=cycle("2026-04-30"))

    assert made.status_code == 201, made.text
    assert (await obligation(admin, "HRV", "2025"))["status"] == "overdue"


async def test_what_is_due_on_the_first_day_is_still_asked_for(sessions: Sessions, worker: Worker):
    async with sessions.begin() as session:
        await session.execute(
            text("UPDATE reporting_schedules SET kept_from = '2026-04-30' WHERE framework = 'apmbc'")
        )

    await keep(worker, datetime(2026, 4, 30, 12, tzinfo=UTC))

    async with sessions() as session:
        periods = await session.scalars(select(Cycle.period).where(Cycle.framework == "apmbc"))
        assert min(periods) == "2025"


async def test_a_schedule_is_kept_from_the_day_on_which_it_was_first_loaded(
    sessions: Sessions, tmp_path: Path
):
    file = tmp_path / "reporting-cycles.yaml"

    async def loaded(first: int) -> date:
        file.write_text(
            "reporting_schedules:\n- {framework: lap, report: R, due: 04-30, time_zone: Europe/Zurich, "
            f"first: {first}, source: S}}\n"
        )
        await load(sessions, file)
        async with sessions() as session:
            found = await session.get_one(Schedule, "lap")
            assert found.first == first
            return found.kept_from

    before = datetime.now(ZURICH).date()
    assert before <= await loaded(2024) <= datetime.now(ZURICH).date()
    async with sessions.begin() as session:
        await session.execute(
            text("UPDATE reporting_schedules SET kept_from = '2020-05-01' WHERE framework = 'lap'")
        )

    assert await loaded(2023) == date(2020, 5, 1)


async def joined(sessions: Sessions, folder: Path, state: str, since: str, more: str = "") -> None:
    """The catalogue learns from when the CCM binds the State."""
    file = folder / f"{state}.yaml"
    file.write_text(
        "framework: ccm\nmemberships:\n"
        f"- {{state: {state}, consent: {since}, entry_into_force: {since}{more}}}\n"
    )
    await load(sessions, file)


async def test_a_first_report_whose_day_had_passed_when_one_learned_of_it_is_not_asked_for(
    admin: httpx.AsyncClient, sessions: Sessions, worker: Worker, tmp_path: Path
):
    await keep(worker, BEGUN)
    await joined(sessions, tmp_path, "USA", "2026-05-26")
    await joined(sessions, tmp_path, "JAM", "2026-05-28")

    await keep(worker, datetime(2026, 11, 23, 12, tzinfo=UTC))

    owed = {(item["kind"], item["period"]) for item in await items(admin, state="USA")}
    assert owed >= {("periodic", "2026")}
    assert "initial" not in {kind for kind, _ in owed}
    first = await obligation(admin, "JAM", "2026-05")
    assert (first["kind"], first["due_on"], first["status"]) == ("initial", "2026-11-24", "open")
    await keep(worker, datetime(2026, 12, 1, tzinfo=UTC))
    assert (await obligation(admin, "JAM", "2026-05"))["status"] == "overdue", "it was opened in time"


LATER = datetime(2027, 6, 1, 12, tzinfo=UTC)


class Joining:
    """A State that is bound from September 2026 on, and what becomes of its first report."""

    def __init__(self, admin: httpx.AsyncClient, sessions: Sessions, worker: Worker, folder: Path) -> None:
        self._admin, self._sessions, self._worker, self._folder = admin, sessions, worker, folder

    async def joins(self, state: str) -> Found:
        [found] = await self.learned(state, "2026-09-01", BEGUN)
        assert (found["period"], found["due_on"]) == ("2026-09", "2027-02-28")
        return found

    async def learned(self, state: str, since: str, moment: datetime, more: str = "") -> list[Found]:
        """Its first reports once one has learned at a moment from when it is bound."""
        await joined(self._sessions, self._folder, state, since, more)
        await keep(self._worker, moment)
        found = await items(self._admin, state=state, framework="ccm")
        return [item for item in found if item["kind"] == "initial"]


@pytest.fixture
def joining(admin: httpx.AsyncClient, sessions: Sessions, worker: Worker, tmp_path: Path) -> Joining:
    return Joining(admin, sessions, worker, tmp_path)


@pytest.mark.parametrize(
    ("state", "since", "period", "due_on"),
    [
        ("BRA", "2026-08-31", "2026-08", "2027-02-27"),
        ("ARG", "2026-10-01", "2026-10", "2027-03-30"),
        ("FIN", "2025-09-01", "2025-09", "2026-02-28"),
        ("EST", "2027-03-01", "2027-03", "2027-08-28"),
    ],
)
async def test_a_first_report_that_is_overdue_stays_owed_when_the_day_is_corrected(
    joining: Joining, state: str, since: str, period: str, due_on: str
):
    owed = await joining.joins(state)
    [before] = await joining.learned(state, "2026-09-01", LATER)

    [found] = await joining.learned(state, since, LATER)

    assert before["status"] == "overdue"
    assert (found["id"], found["period"], found["due_on"]) == (owed["id"], period, due_on)
    assert found["status"] == ("overdue" if due_on < "2027-06" else "open")


async def test_what_was_decided_of_a_first_report_stands_when_the_day_is_corrected(
    admin: httpx.AsyncClient, joining: Joining
):
    extended, waived = [await joining.joins(state) for state in ("GRC", "IND")]
    await change(admin, extended, due_on="2027-09-30")
    await change(admin, waived, status="waived")

    [found] = await joining.learned("GRC", "2026-08-31", LATER)
    [other] = await joining.learned("IND", "2026-08-31", LATER)

    assert (found["first_due_on"], found["due_on"]) == ("2027-02-27", "2027-09-30")
    assert (found["status"], other["status"], other["reason"]) == ("extended", "waived", "Because.")


async def test_a_first_report_that_came_counts_on_when_the_day_is_corrected(
    admin: httpx.AsyncClient, joining: Joining
):
    await joining.joins("ISR")
    path = await handed_in(admin, "ISR", "2026-09")

    [found] = await joining.learned("ISR", "2026-08-31", LATER)
    assert (found["period"], found["status"], found["submission"]) == ("2026-08", "met", path[-36:])

    said = (await change(admin, found, status="met", met_on="2026-10-01")).json()
    assert (said["met_on"], said["submission"]) == ("2026-10-01", path[-36:])
    undone = (await change(admin, found, status="open")).json()
    assert (undone["status"], undone["submission"]) == ("met", path[-36:])


async def test_who_joins_again_owes_another_first_report(admin: httpx.AsyncClient, joining: Joining):
    owed = await joining.joins("PAK")
    await change(admin, owed, status="waived")
    await joining.learned("PAK", "2026-09-01", LATER, ", withdrawal: 2027-12-01")

    [found] = await joining.learned("PAK", "2029-02-01", datetime(2029, 3, 1, tzinfo=UTC))

    assert (found["period"], found["status"]) == ("2029-02", "open")
    assert found["id"] != owed["id"]


async def test_a_year_begins_by_the_clocks_of_those_who_take_the_reports_in(
    sessions: Sessions, worker: Worker
):
    async def there() -> set[str]:
        async with sessions() as session:
            return set(await session.scalars(select(Cycle.period).where(Cycle.framework == "ccm")))

    await keep(worker, datetime(2029, 12, 31, 22, 59, tzinfo=UTC))
    assert "2030" not in await there()
    await keep(worker, datetime(2029, 12, 31, 23, 0, tzinfo=UTC))

    assert "2030" in await there()


async def test_every_hour_cycles_of_long_ago_are_left_alone(sessions: Sessions, worker: Worker):
    """What can still change there is brought when memberships are loaded, or the cycle is put again."""
    later = datetime(2029, 12, 31, 12, tzinfo=UTC)
    await keep(worker, later)

    async with sessions.begin() as held, asyncio.timeout(30):
        await held.execute(select(Cycle).where(Cycle.period == "2026").with_for_update())
        await held.execute(select(Obligation.id).where(Obligation.period == "2026").with_for_update())
        await keep(worker, later)

    async with sessions() as session:
        assert await session.get(Cycle, ("ccm", "2029")) is not None


async def test_who_left_long_ago_is_called_off_when_one_learns_of_it(
    admin: httpx.AsyncClient, sessions: Sessions, worker: Worker, tmp_path: Path
):
    await admin.put("/v1/frameworks/ccm/reporting-cycles/2015", json=cycle("2016-04-30"))
    assert (await obligation(admin, "MLT", "2015"))["status"] == "overdue"

    await joined(sessions, tmp_path, "MLT", "2010-08-01", ", withdrawal: 2016-01-01")

    assert await items(admin, state="MLT", period="2015") == []
