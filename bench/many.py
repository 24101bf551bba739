"""Many reports: what each costs as they become more, and what a second worker adds.

The reports all wait before the clock starts. Rounds of one worker and of two take turns, so that what
disturbs one disturbs both; where others had more than `QUIET` cores, a round shows nothing of what a second
worker adds, as there was no second core.
Processor time is that of all our processes: workers, their children, and both servers.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import cycle, islice
from typing import Any

from bench.installation import Installation, installation
from bench.processes import cpu_seconds, machine_cpu_seconds
from domain.submissions.actions import File

SCALES_AT_LEAST, COSTS_AT_MOST, GROWS_AT_MOST = 1.6, 1.1, 1.1
PROBE, TURNS = 12, 2
"""Reports by which the cost of one is measured, and how often: the least counts, as others can only add."""

PATIENCE = 3_600.0
QUIET = 0.15


@dataclass(frozen=True, slots=True)
class Cost:
    """Of one report: seconds on the clock, seconds of processors; and how many cores others had meanwhile."""

    wall: float
    cpu: float
    others: float


async def cost(place: Installation, files: Sequence[File], number: int, *, workers: int) -> Cost:
    """Of each of so many reports, by so many workers that have read one before."""
    async with place.workers(workers, files[0]):
        jobs = await place.hand_in([[file] for file in islice(cycle(files), number)])
        begun, ours, everybodys = time.perf_counter(), our_cpu(), machine_cpu_seconds()
        ended = await place.finished(jobs, within=PATIENCE)
        wall, used, total = time.perf_counter() - begun, our_cpu() - ours, machine_cpu_seconds() - everybodys
    assert all(job.status == "succeeded" for job in ended)
    return Cost(wall / number, used / number, max(0.0, total - used) / wall)


def our_cpu() -> float:
    """Of all that this process started, not of itself."""
    own = os.times()
    return cpu_seconds([os.getpid()]) - own.user - own.system


async def measured(files: Sequence[File], most: int, rounds: int) -> dict[str, Any]:
    """Growth up to `most` reports and beyond; in between, `most` by one worker and as many by two."""
    async with installation() as place, installation() as small:
        points = [await point(place, small, files, size) for size in (1, 10, 100) if size < most]
        turns = [
            (
                await cost(place, files, most // rounds, workers=1),
                await cost(place, files, most // rounds, workers=2),
            )
            for _ in range(rounds)
        ]
        points.append(await point(place, small, files, most))
    return {"growth": growth(points), "scaling": scaling(turns, most)}


@dataclass(frozen=True, slots=True)
class Point:
    """What a report costs beside so many others, and at the same time in an installation with few."""

    reports: int
    here: Cost
    beside_few: Cost

    @property
    def ratio(self) -> float:
        return self.here.cpu / self.beside_few.cpu


async def point(place: Installation, small: Installation, files: Sequence[File], size: int) -> Point:
    """Beside `size` others or more."""
    missing = size - await place.reports()
    if missing > 0:
        await cost(place, files, missing, workers=2)
    there, few, here = await place.reports(), [], []
    for _ in range(TURNS):
        few.append(await cost(small, files, PROBE, workers=1))
        here.append(await cost(place, files, PROBE, workers=1))
    found = Point(there, min(here, key=_cpu), min(few, key=_cpu))
    print(
        f"    beside {found.reports:5} others            {found.here.wall:.3f} s, {found.here.cpu:.3f} CPU-s,"
        f" {found.ratio:.2f} times as much as beside few  (others {found.here.others:.1f} cores)",
        flush=True,
    )
    return found


def _cpu(found: Cost) -> float:
    return found.cpu


def growth(points: Sequence[Point]) -> dict[str, Any]:
    last = points[-1]
    print(
        f"a report beside {last.reports} others      {last.ratio:.2f} times the CPU-s"
        f"  (at most {GROWS_AT_MOST:g})"
    )
    return {
        "points": [asdict(found) | {"ratio": found.ratio} for found in points],
        "ratio": last.ratio,
        "limit": GROWS_AT_MOST,
        "ok": last.ratio <= GROWS_AT_MOST,
    }


def scaling(turns: Sequence[tuple[Cost, Cost]], most: int) -> dict[str, Any]:
    """Whether it is `ok` is not known where no round was quiet; the figures are then of all rounds."""
    quiet = [turn for turn in turns if max(one.others for one in turn) <= QUIET]
    faster = [one.wall / two.wall for one, two in quiet or turns]
    dearer = [two.cpu / one.cpu for one, two in quiet or turns]
    found, price = statistics.median(faster), statistics.median(dearer)
    for one, two in turns:
        shown(one, two)
    print(
        f"two workers, {most} reports each     {found:.2f} [{min(faster):.2f}-{max(faster):.2f}] times as"
        f" many in {len(quiet)} quiet rounds of {len(turns)}  (at least {SCALES_AT_LEAST:g})"
    )
    print(f"CPU-s of a report by two          {price:.2f} times  (at most {COSTS_AT_MOST:g})", flush=True)
    return {
        "reports": most,
        "faster": found,
        "least": SCALES_AT_LEAST,
        "dearer": price,
        "most": COSTS_AT_MOST,
        "quiet_rounds": len(quiet),
        "rounds": [{"one": asdict(one), "two": asdict(two)} for one, two in turns],
        "ok": (found >= SCALES_AT_LEAST and price <= COSTS_AT_MOST) if quiet else None,
    }


def shown(one: Cost, two: Cost) -> None:
    parts = (
        f"{60 / cost.wall:.0f}/min, {cost.cpu:.3f} CPU-s each, others {cost.others:.1f}"
        for cost in (one, two)
    )
    print("    by one: {}; by two: {}".format(*parts))
