"""How often the engine is right, as a table and as JSON.

python -m bench.evaluation DATA [--json FILE]      # or: make evaluate DATA=…

DATA has `labelled/`, `reports/` and `parallel/`; docs/evaluation.md says what each must hold.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from bench.evaluation.engine import thesaurus
from bench.evaluation.tasks import Measured, measure
from domain.assessments.rules import ENGINE

ROW = "{:36} {:>10} {:>9} {:>7} {:>9} {:>7}  {}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.evaluation")
    parser.add_argument("data", type=Path)
    parser.add_argument("--json", type=Path, default=Path("var/evaluation.json"))
    arguments = parser.parse_args()
    print(f"engine {ENGINE}, thesaurus {thesaurus().key}\n")
    print(ROW.format("task", "baseline", "at least", "aim", "measured", "n", ""))
    measured = []
    for found in measure(arguments.data):
        measured.append(found)
        show(found)
    record(arguments.json, measured)


def show(found: Measured) -> None:
    value = f"{found.value:.3f}" if found.value <= 1 else f"{found.value:.0f}"
    print(ROW.format(found.task, found.baseline, found.least, found.aim, value, found.n, found.verdict))
    for part, figures in found.details.items():
        if part != "all":
            print(f"    {part:24} " + "  ".join(f"{name} {figure}" for name, figure in figures.items()))


def record(path: Path, measured: list[Measured]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    tasks = [asdict(found) | {"value": round(found.value, 3), "verdict": found.verdict} for found in measured]
    content = {"engine": ENGINE, "thesaurus": thesaurus().key, "tasks": tasks}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
