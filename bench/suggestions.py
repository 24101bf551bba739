"""Seconds to suggest mappings between two editions of 500 provisions each.

python -m bench.suggestions [ROUNDS] [--json FILE]
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import resource
import statistics
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from bench.evaluation.engine import CATALOGUE, thesaurus
from domain.suggestions import encoding
from domain.suggestions.suggesting import suggest
from domain.suggestions.tasks import Known, Task
from domain.suggestions.texts import Entry, Side
from services import yaml
from services.sandbox import Sandbox
from services.settings import Settings

PROVISIONS, MAPPED = 500, 300
WORDS = {"title": 10, "summary": 14, "heading": 5}
"""As long as the targets and goals of the agenda are."""

AT_MOST, AIM = 5.0, 1.0
THEMES = ("participation", "training", "budget", "monitoring", "institutions", "employment", "trafficking")


def vocabulary() -> list[str]:
    content = yaml.parse((CATALOGUE / "frameworks" / "sdg.yaml").read_bytes())
    return [word for provision in content["provisions"] for word in provision["title"]["en"].split()]


def edition(key: str, dice: random.Random, words: list[str]) -> Side:
    texts = (
        {name: {"en": " ".join(dice.choices(words, k=k))} for name, k in WORDS.items()}
        for _ in range(PROVISIONS)
    )
    entries = [
        Entry(f"{key}:{number}", **text, themes=frozenset(dice.sample(THEMES, 2)))
        for number, text in enumerate(texts)
    ]
    return Side(key, ("en",), entries)


def task() -> Task:
    dice, words = random.Random(1), vocabulary()
    return Task(
        source=edition("one", dice, words),
        target=edition("other", dice, words),
        thesaurus=thesaurus().model_dump_json(),
        only=None,
        most=5,
        known=[Known(str(number), (f"one:{number}", f"other:{number}")) for number in range(MAPPED)],
    )


async def in_a_new_child(asked: Task) -> float:
    """Everything that a job waits for, but for the database."""
    settings = Settings()
    sandbox = Sandbox(settings.reading_seconds, settings.reading_megabytes)
    begun = time.perf_counter()
    await sandbox.run(suggest, asked)
    took = time.perf_counter() - begun
    sandbox.close()
    return took


def timed(work: partial[Any], rounds: int) -> dict[str, float]:
    took = []
    for _ in range(rounds):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return {"seconds": statistics.median(took), "best": min(took), "worst": max(took)}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.suggestions")
    parser.add_argument("rounds", type=int, nargs="?", default=5)
    parser.add_argument("--json", type=Path, default=Path("var/bench/suggestions.json"))
    arguments = parser.parse_args()
    asked, installed = task(), encoding.installed() is not None
    found: dict[str, Any] = {}
    if installed:
        found["with the encoder"] = timed(partial(suggest, asked), arguments.rounds)
        found["a new child, with the encoder"] = {"seconds": asyncio.run(in_a_new_child(asked))}
    found["without the encoder"] = timed(partial(suggest, replace(asked, encoder=False)), arguments.rounds)
    for name, figures in found.items():
        print(f"{name:32} {figures['seconds']:6.2f} s  (at most {AT_MOST:g}, aim {AIM:g})")
    found["megabytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(f"{'largest in memory':32} {found['megabytes']:6} MB")
    arguments.json.parent.mkdir(parents=True, exist_ok=True)
    arguments.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
