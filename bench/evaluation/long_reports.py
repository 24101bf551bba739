"""Recommendations inside long PDFs, read by our own reader: are the passages about women found as such?

A row of the table is looked up letter by letter. It is found where a passage that it shares at least half
of its letters with (or half of the passage's) is about women and girls. A row that is nowhere in what was
read counts as not found. What stands outside the table is unlabelled and does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from bench.evaluation.alignment import Letters
from bench.evaluation.engine import WOMEN, lexicon
from bench.evaluation.recommendations import rows_of
from bench.evaluation.scores import Scores, scored
from domain.reading.documents import PDF, read
from domain.reading.signals import Marked, mark


def measure(folder: Path) -> Scores:
    return scored(decisions(folder))


def decisions(folder: Path) -> Iterator[tuple[bool, bool]]:
    rows = sorted(rows_of(folder / "gold-passages.tsv"), key=lambda row: row["report"])
    for report, group in groupby(rows, key=lambda row: row["report"]):
        extracted = read((folder / f"{report}.pdf").read_bytes(), PDF)
        passages = mark(extracted.text, extracted.pages, lexicon())
        ours = Letters(extracted.text)
        theirs = Letters((folder / f"{report}.txt").read_text(encoding="utf-8"))
        for row in group:
            span = ours.find(row["text"], theirs.before(int(row["start"])))
            yield row["womens_rights"] == "yes", span is not None and about_women(passages, span)


def about_women(passages: Sequence[Marked], span: tuple[int, int]) -> bool:
    return any(
        WOMEN in marked.themes
        for marked in passages
        if shares_half(span, (marked.passage.start, marked.passage.end))
    )


def shares_half(one: tuple[int, int], other: tuple[int, int]) -> bool:
    common = min(one[1], other[1]) - max(one[0], other[0])
    return 2 * common >= min(one[1] - one[0], other[1] - other[0])
