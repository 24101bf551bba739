"""Reports: one by itself, many by one worker and by two, and what harmful ones do to a worker.

python -m bench.reports [REPORTS] [--rounds N] [--pdfs FOLDER] [--only PART] [--json FILE]

REPORTS, 100 unless told, go through one worker and as many through two. Without a folder they are of 28 pages
in words of our own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
from pathlib import Path
from typing import Any

from bench import alone, many, memory
from bench.documents import reports
from bench.harmful import HARMFUL

DIFFERENT = 6
"""How many reports are made; they are filed in turn."""

PARTS = ("engine", "alone", "many", "memory")


async def measured(given: argparse.Namespace) -> dict[str, Any]:
    files = reports(DIFFERENT, given.pdfs)
    wanted = given.only or PARTS
    found: dict[str, Any] = {}
    if "engine" in wanted:
        found["engine"] = alone.engine(files)
    if "alone" in wanted:
        found["alone"] = await alone.whole_way(files)
    if "many" in wanted:
        found |= await many.measured(files, given.reports, given.rounds)
    if "memory" in wanted:
        found["memory"] = await memory.measured(list(HARMFUL))
    return found


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.reports")
    asked.add_argument("reports", nargs="?", type=int, default=100)
    asked.add_argument("--rounds", type=int, default=4)
    asked.add_argument("--pdfs", type=Path)
    asked.add_argument("--only", action="append", choices=PARTS)
    asked.add_argument("--json", type=Path, default=Path("var/bench/reports.json"))
    given = asked.parse_args()
    found = asyncio.run(measured(given))
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(found, indent=1) + "\n")
    for verdict, meaning in ((False, "beyond a limit"), (None, "not known, as others used the machine")):
        names = [name for name, figures in found.items() if figures["ok"] is verdict]
        if names:
            print(f"{meaning}: {', '.join(names)}")


if __name__ == "__main__":
    main()
