"""The paths of one provision in a large graph of mappings, and what a whole framework says of another.

python -m bench.counterparts [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

from domain.crosswalks.rules import conclude, inferences
from domain.mappings.graph import Graph, Link
from domain.mappings.rules import FULL, NONE, PARTLY, Relation

FRAMEWORKS, PROVISIONS, LINKS = 20, 300, 40_000
ASKED = 200
STARTS, TARGETS, ROWS = 134, 140, 686
LIMIT, AIM, CROSSWALK_LIMIT = 50.0, 15.0, 10.0
"""Milliseconds: counterparts of one provision, and the paths of a crosswalk of 686 rows."""

RELATIONS = [relation for relation in Relation if relation is not Relation.NOT_RELATED]
"""All alike. Where most links are `intersect`, as in practice, far fewer chains prove anything."""


def links(random: Random, pairs: Iterable[tuple[str, str]]) -> list[Link]:
    return [
        Link(one, other, random.choice(RELATIONS), random.random(), f"mapping-{number}", "set")
        for number, (one, other) in enumerate(pairs)
    ]


def large(random: Random) -> list[Link]:
    """Links between random provisions of two frameworks."""
    pairs = []
    for _ in range(LINKS):
        one, other = random.sample(range(FRAMEWORKS), 2)
        pairs.append((f"f{one}:{random.randrange(PROVISIONS)}", f"f{other}:{random.randrange(PROVISIONS)}"))
    return links(random, pairs)


def milliseconds(work: Callable[[], object]) -> float:
    begun = time.perf_counter()
    work()
    return (time.perf_counter() - begun) * 1000


def counterparts(random: Random) -> dict[str, float]:
    stated = large(random)
    graph = Graph(stated)
    asked = [f"f{number % FRAMEWORKS}:{random.randrange(PROVISIONS)}" for number in range(ASKED)]
    found = [len(graph.paths(start)) for start in asked]
    return {
        "making the graph": milliseconds(partial(Graph, stated)),
        "paths of a provision": statistics.median(found),
        "to any framework": statistics.median(milliseconds(partial(graph.paths, one)) for one in asked),
        "to one framework": statistics.median(milliseconds(partial(graph.paths, one, "f7")) for one in asked),
    }


def crosswalk(random: Random) -> dict[str, float]:
    pairs = [(f"a:{random.randrange(STARTS)}", f"b:{random.randrange(TARGETS)}") for _ in range(ROWS)]
    graph = Graph(links(random, pairs))
    known = {f"a:{number}": random.choice([NONE, PARTLY, FULL]) for number in range(STARTS)}
    found = inferences(graph, known, "b")

    def walk() -> None:
        list(graph.paths_between(known, "b"))

    def conclude_all() -> None:
        for target, inferred in inferences(graph, known, "b").items():
            conclude(target, inferred)

    return {
        "inferences": sum(map(len, found.values())),
        "the paths": statistics.median(milliseconds(walk) for _ in range(20)),
        "with all conclusions": statistics.median(milliseconds(conclude_all) for _ in range(20)),
    }


def measured() -> dict[str, Any]:
    random = Random(1)
    one, all_ = counterparts(random), crosswalk(random)
    print(f"{FRAMEWORKS} frameworks x {PROVISIONS} provisions, {LINKS} links, paths of up to 3 links, ms")
    for name in ("to any framework", "to one framework"):
        print(f"  {name:22} {one[name]:8.2f}  (limit {LIMIT:g}, aim {AIM:g})")
    print(f"  {'making the graph':22} {one['making the graph']:8.0f}")
    print(f"{ROWS} rows between frameworks of {STARTS} and {TARGETS} provisions, ms")
    print(f"  {'the paths':22} {all_['the paths']:8.2f}  (limit {CROSSWALK_LIMIT:g})")
    print(f"  {'with all conclusions':22} {all_['with all conclusions']:8.2f}")
    return {
        "unit": "ms",
        "counterparts": one | {"limit": LIMIT, "aim": AIM},
        "crosswalk": all_ | {"limit": CROSSWALK_LIMIT},
    }


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--json", type=Path, default=Path("var/bench/counterparts.json"))
    given = asked.parse_args()
    found = measured()
    given.json.parent.mkdir(parents=True, exist_ok=True)
    given.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
