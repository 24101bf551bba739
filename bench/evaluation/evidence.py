"""Is the evidence that is shown what a careful reader would have picked? People say; this draws and counts.

python -m bench.evaluation.evidence draw DATA [--number 100] [--seed 1]    # with the texts, for the readers
python -m bench.evaluation.evidence count docs/evidence-judged.tsv         # precision and agreement
python -m bench.evaluation.evidence check DATA docs/evidence-judged.tsv    # the texts are still those

DATA has `reports/*.pdf`, named by State and year. What is kept of a passage is its place and a hash of it.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import random
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path

from bench.evaluation.engine import CATALOGUE, rubric, thesaurus
from domain.assessments.appraisal import Appraisal, Material, appraise
from domain.reading.documents import PDF, read
from services import yaml

RIGHT = "right"
RUBRICS = ("ccm-gender", "gcm-six-steps", "dac-gender-marker")
PLACE = ("report", "rubric", "criterion", "level", "page", "start", "end", "sha256")


@dataclass(frozen=True, slots=True)
class Shown:
    """One passage that is shown as evidence for a criterion; offsets in code points of the text as read."""

    report: str
    rubric: str
    criterion: str
    level: int
    page: int
    start: int
    end: int
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    def row(self) -> list[str]:
        return [str(getattr(self, column)) for column in (*PLACE, "text")]


def shown(folder: Path) -> Iterator[Shown]:
    """All evidence of all reports by all rubrics, as a reviewer sees it."""
    for path, key in product(sorted(folder.glob("*.pdf")), RUBRICS):
        for proposal in appraised(path, key).proposals:
            for item in proposal.evidence:
                assert proposal.level is not None
                assert item.page is not None
                place = (proposal.level, item.page, item.start, item.end)
                yield Shown(path.stem, key, proposal.criterion, *place, item.text)


def appraised(path: Path, key: str) -> Appraisal:
    """The report judged by a rubric, as if the State that it is named after had filed it."""
    by, words = rubric(key).model_dump_json(), thesaurus().model_dump_json()
    material = Material(1, None, PDF, path.read_bytes())
    filed_by = named(path.stem.rstrip("0123456789"))
    return appraise(by, words, [material], states=json.dumps(states()), filed_by=filed_by)


@cache
def states() -> dict[str, dict[str, str]]:
    """The names of States by code and language."""
    listed = yaml.parse((CATALOGUE / "states.yaml").read_bytes())["states"]
    return {state["iso3"]: state["name"] for state in listed}


def named(report: str) -> str:
    """The code of the State whose English name begins so, in small letters without spaces."""
    letters = {code: "".join(filter(str.isalpha, name["en"])).lower() for code, name in states().items()}
    return next(code for code, name in letters.items() if name.startswith(report))


def draw(folder: Path, number: int, seed: int) -> list[Shown]:
    """As many as are asked for, or all when there are not that many."""
    everything = list(shown(folder))
    return random.Random(seed).sample(everything, min(number, len(everything)))


def judged(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def count(rows: Sequence[dict[str, str]]) -> Iterator[str]:
    """Precision by each reader and by both, and how often they agree: of all rows, and of parts of them."""
    yield told("all that were judged", rows)
    still = [row for row in rows if row["shown"] == "yes"]
    yield told("still shown", still)
    for key in RUBRICS:
        yield told(f"of them {key}", [row for row in still if row["rubric"] == key])


def told(name: str, rows: Sequence[dict[str, str]]) -> str:
    pairs = [(row["first"], row["second"]) for row in rows]
    first, second = (sum(pair[n] == RIGHT for pair in pairs) / len(pairs) for n in (0, 1))
    both = pairs.count((RIGHT, RIGHT)) / len(pairs)
    same = sum(one == other for one, other in pairs) / len(pairs)
    return (
        f"{name:26} {len(pairs):3}  first {first:.2f}  second {second:.2f}  "
        f"both {both:.2f}  agreement {same:.2f}"
    )


def moved(folder: Path, rows: Iterable[dict[str, str]]) -> list[str]:
    """The rows whose text is no longer what was judged."""
    texts = {path.stem: read(path.read_bytes(), PDF).text for path in sorted(folder.glob("*.pdf"))}
    return [
        f"{row['report']} {row['criterion']} {row['start']}"
        for row in rows
        if hashlib.sha256(texts[row["report"]][int(row["start"]) : int(row["end"])].encode()).hexdigest()
        != row["sha256"]
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.evaluation.evidence")
    commands = parser.add_subparsers(dest="command", required=True)
    drawing = commands.add_parser("draw")
    drawing.add_argument("data", type=Path)
    drawing.add_argument("--number", type=int, default=100)
    drawing.add_argument("--seed", type=int, default=1)
    counting = commands.add_parser("count")
    counting.add_argument("judged", type=Path)
    checking = commands.add_parser("check")
    checking.add_argument("data", type=Path)
    checking.add_argument("judged", type=Path)
    chosen = parser.parse_args()
    if chosen.command == "draw":
        lines = csv.writer(sys.stdout, delimiter="\t")
        lines.writerow((*PLACE, "text"))
        lines.writerows(item.row() for item in draw(chosen.data / "reports", chosen.number, chosen.seed))
    elif chosen.command == "count":
        print("\n".join(count(judged(chosen.judged))))
    else:
        gone = moved(chosen.data / "reports", judged(chosen.judged))
        print("\n".join(gone) or "all texts are as they were judged")
        sys.exit(bool(gone))


if __name__ == "__main__":
    main()
