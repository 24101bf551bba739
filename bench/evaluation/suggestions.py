"""How well suggested mappings rank those that experts have made: purpose codes of aid, and SDG targets.

The candidates are all targets of the edition that ships, with what the catalogue says of them. A pair that
no expert listed counts as wrong, though nobody has said so.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import bm25s
import numpy as np
import snowballstemmer
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from bench.evaluation.engine import CATALOGUE, lexicon
from domain.suggestions import encoding
from domain.suggestions.comparison import compare
from domain.suggestions.texts import Entry, Side
from schemas.libraries import Library
from services import yaml

Scores = NDArray[np.float64]
DEPTHS = (5, 10)
MEASURES = ("recall@5", "recall@10", "MRR")
SAMPLES = 2_000
USUAL = 60
"""The usual constant of reciprocal rank fusion."""

STEMMERS = {"en": "english", "fr": "french", "es": "spanish"}


@dataclass(frozen=True, slots=True)
class Task:
    """Codes in one language, targets in one; `gold` has the columns that experts gave to each row."""

    source: Side
    target: Side
    gold: tuple[frozenset[int], ...]

    @property
    def languages(self) -> tuple[str, str]:
        return self.source.languages[0], self.target.languages[0]

    def texts(self) -> tuple[list[str], list[str]]:
        """What each provision says itself."""
        first, second = (
            [" ".join((entry.title[language], entry.summary.get(language, ""))) for entry in side.entries]
            for side, language in zip((self.source, self.target), self.languages, strict=True)
        )
        return first, second


@cache
def sdg() -> Library:
    content = (CATALOGUE / "frameworks" / "sdg.yaml").read_bytes()
    return Library.model_validate(yaml.parse(content))


def targets(language: str) -> list[Entry]:
    titles = {provision.ref: provision.title for provision in sdg().provisions}
    counted = defaultdict(list)
    for indicator in sdg().indicators:
        counted[indicator.provision].append({language: indicator.title[language]})
    return [
        Entry(
            f"SDG:{target.ref}",
            {language: target.title[language]},
            heading={language: titles[target.parent or ""][language]},
            counted=counted[target.ref],
        )
        for target in sdg().provisions
        if target.kind == "target"
    ]


def read_task(path: Path, source: str, target: str) -> Task:
    """The codes with their texts in `source`; of those in English, the descriptions too."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    label, description = ("subject_label", "subject_description_en") if source == "en" else (
        f"subject_label_{source}", None
    )  # fmt: skip
    codes = {row["subject_id"]: row for row in rows}
    entries = [
        Entry(code, {source: row[label]}, {source: row[description]} if description else {})
        for code, row in codes.items()
    ]
    candidates = targets(target)
    places = {entry.reference: place for place, entry in enumerate(candidates)}
    gold = tuple(
        frozenset(places[row["object_id"]] for row in rows if row["subject_id"] == code) for code in codes
    )
    return Task(Side("crs", (source,), entries), Side("sdg", (target,), candidates), gold)


def ours(task: Task, *, encoder: bool) -> Scores:
    encode = encoding.installed() if encoder else None
    return compare(task.source, task.target, lexicon=lexicon(), encode=encode).scores


def stems(texts: Sequence[str], language: str) -> list[list[str]]:
    stemmer = snowballstemmer.stemmer(STEMMERS[language])
    tokens = bm25s.tokenize(
        texts, stopwords=STEMMERS[language], stemmer=stemmer.stemWords, return_ids=False, show_progress=False
    )
    found: list[list[str]] = tokens
    return found


def bm25(task: Task) -> Scores:
    asking, answering = (
        stems(texts, language) for texts, language in zip(task.texts(), task.languages, strict=True)
    )
    index = bm25s.BM25()
    index.index(answering, show_progress=False)
    known = index.vocab_dict.keys()
    asked = ([word for word in words if word in known] for words in asking)
    return np.array([index.get_scores(words) if words else np.zeros(len(answering)) for words in asked])


def tfidf(task: Task) -> Scores:
    asking, answering = task.texts()
    table = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
    table.fit([*asking, *answering])
    found: Scores = (table.transform(asking) @ table.transform(answering).T).toarray()
    return found


def rrf(*tables: Scores) -> Scores:
    shares = [np.where(table > 0, 1 / (USUAL + 1 + places(table)), 0) for table in tables]
    found: Scores = np.sum(shares, axis=0)
    return found


BASELINES: dict[str, Callable[[Task], Scores]] = {
    "BM25": bm25,
    "TF-IDF char 3-5": tfidf,
    "their RRF": lambda task: rrf(bm25(task), tfidf(task)),
}


def places(scores: Scores) -> NDArray[np.int64]:
    """From 0 for the best of its row; of equal ones the first comes first."""
    found: NDArray[np.int64] = np.argsort(np.argsort(-scores.round(9), axis=1, kind="stable"), axis=1)
    return found


def measured(scores: Scores, gold: Sequence[frozenset[int]]) -> NDArray[np.float64]:
    """A row per measure, a column per code."""
    ranks = [
        sorted(row[place] + 1 for place in right) for row, right in zip(places(scores), gold, strict=True)
    ]
    recalls = [[sum(rank <= depth for rank in row) / len(row) for row in ranks] for depth in DEPTHS]
    return np.array([*recalls, [1 / row[0] for row in ranks]])


def interval(better: NDArray[np.float64], base: NDArray[np.float64]) -> tuple[float, float]:
    """Where 95 of 100 resamplings of the codes put the mean difference."""
    draws = np.random.default_rng(0).integers(len(base), size=(SAMPLES, len(base)))
    low, high = np.percentile((better - base)[draws].mean(axis=1), [2.5, 97.5])
    return float(low), float(high)


def measure(path: Path, source: str, target: str) -> dict[str, Any]:
    """For each measure: ours, the best baseline and by how much it is surpassed; and all that was tried."""
    task = read_task(path, source, target)
    tried = {name: measured(scores(task), task.gold) for name, scores in BASELINES.items()}
    tried["without encoder"] = measured(ours(task, encoder=False), task.gold)
    if encoding.installed() is not None:
        tried["with encoder"] = measured(ours(task, encoder=True), task.gold)
    mine = list(tried.values())[-1]
    found: dict[str, Any] = {
        "n": len(task.gold),
        "tried": {
            name: dict(zip(MEASURES, means.mean(axis=1).round(3).tolist(), strict=True))
            for name, means in tried.items()
        },
    }
    for number, name in enumerate(MEASURES):
        best = max(BASELINES, key=lambda baseline: tried[baseline][number].mean())
        base = tried[best][number]
        low, high = interval(mine[number], base)
        found[name] = {
            "value": float(mine[number].mean()),
            "best": best,
            "baseline": float(base.mean()),
            "more": f"[{low:+.3f}, {high:+.3f}]",
        }
    return found
