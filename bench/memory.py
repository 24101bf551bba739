"""What a worker and its reader hold together while harmful documents come one after the other.

python -m bench.memory [PART OF A NAME]
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict, dataclass
from typing import Any

from bench.documents import usual_report
from bench.harmful import HARMFUL
from bench.installation import Installation, installation
from bench.processes import Watch
from domain.reading.documents import PDF
from domain.submissions.actions import File

LIMIT = 600.0
SOUND = "a report of 28 pages"


@dataclass(frozen=True)
class Held:
    """The most that was held while one filing was worked on, in megabytes, and what became of it."""

    filing: str
    megabytes: float
    processes: list[int]
    seconds: float
    outcome: str


async def held_over(place: Installation, names: list[str]) -> list[Held]:
    """One worker, one filing after the other, a sound report at the beginning and at the end."""
    sound = [File("report.pdf", PDF, usual_report(0))]
    held = []
    with place.process("worker") as worker, Watch(worker) as watch:
        for name in [SOUND, *names, SOUND]:
            files = sound if name == SOUND else HARMFUL[name]()
            [job] = await place.finished(await place.hand_in([files]), within=300)
            assert job.started
            assert job.finished
            outcome = job.problem["code"] if job.problem else job.status
            processes = [round(size) for size in watch.at_peak.values()]
            seconds = (job.finished - job.started).total_seconds()
            held.append(Held(name, watch.since_last(), processes, seconds, outcome))
            show(held[-1])
    return held


def show(one: Held) -> None:
    parts = " + ".join(str(size) for size in one.processes)
    print(
        f"    {one.filing:34} {one.megabytes:4.0f} MB ({parts})  {one.seconds:5.1f} s  {one.outcome}",
        flush=True,
    )


async def measured(names: list[str]) -> dict[str, Any]:
    async with installation() as place:
        held = await held_over(place, names)
    most = max(one.megabytes for one in held)
    print(f"a worker and its children         {most:.0f} MB  (below {LIMIT:g})", flush=True)
    return {
        "megabytes": most,
        "limit": LIMIT,
        "ok": most < LIMIT and held[-1].outcome == "succeeded",
        "filings": [asdict(one) for one in held],
    }


def main() -> None:
    asked = sys.argv[1] if len(sys.argv) > 1 else ""
    asyncio.run(measured([name for name in HARMFUL if asked in name]))


if __name__ == "__main__":
    main()
