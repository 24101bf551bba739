"""How a plan stands, objective by objective: its items by status, or its indicators. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from domain.charts.wording import INDICATOR_STATUSES, ITEM_STATUSES, Texts, measured, number, say, titled
from schemas.agendas import PaperLanguage
from schemas.charts import Axis, Category, Chart, ChartFigure, ChartSeries, ChartTable
from schemas.plan_items import ItemStatus
from schemas.plan_progress import ItemProgress, PlanProgress
from schemas.progress import Status

MOST_TOLD = 20
"""Objectives that the description goes through one by one."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Of what a chart is wanted, in which language, and where it is found."""

    name: str
    language: PaperLanguage
    path: str
    today: date
    under: str | None = None
    """The item whose direct parts are the rows; None for those at the top."""

    until: date | None = None
    """The day by which periods have to be over for their values to count."""


def item_progress(found: PlanProgress, asked: Asked) -> Chart:
    """A bar for each objective: the items below it that count as work, by status."""
    rows = _rows(found, asked.under)
    counts = {row.ref: _by_status(row) for row in rows}
    return _Shown("item", rows, counts, ITEM_STATUSES, asked).chart(*_share_done(found, asked))


def indicator_progress(found: PlanProgress, statuses: Iterable[tuple[str, Status]], asked: Asked) -> Chart:
    """A bar for each objective: the indicators at it and below it, by status.

    `statuses` has the reference of the item that each indicator belongs to.
    """
    parents = {item.ref: item.parent for item in found.items}
    counts: dict[str, Counter[str]] = {ref: Counter() for ref in parents}
    for ref, status in statuses:
        place: str | None = ref
        while place in parents:
            counts[place][status] += 1
            place = parents[place]
    rows = [row for row in _rows(found, asked.under, counts) if row.counted or counts[row.ref]]
    return _Shown("indicator", rows, counts, INDICATOR_STATUSES, asked).chart(*_values_until(asked))


def _share_done(found: PlanProgress, asked: Asked) -> Iterator[str]:
    """Of the whole plan, by the rule that it declares, which may be another than counting."""
    if asked.under is None and found.share_done is not None:
        per_cent = round(100 * found.share_done, 1)
        shown = per_cent if found.share_done in (0, 1) else min(max(per_cent, 0.1), 99.9)
        share = measured(shown, "%", asked.language)
        yield say(asked.language, "share-done", rule=found.rule, share=share)


def _values_until(asked: Asked) -> Iterator[str]:
    if asked.until is not None:
        yield say(asked.language, "values-until", day=asked.until)


def _by_status(item: ItemProgress) -> Counter[str]:
    return Counter(
        {
            "done": item.done,
            "under-way": item.under_way,
            "not-started": item.not_started,
            "dropped": item.dropped,
        }
    )


def _rows(
    found: PlanProgress, under: str | None, others: Mapping[str, Counter[str]] | None = None
) -> Sequence[ItemProgress]:
    """The parts of an item that have anything to count. One without parts stands for itself.

    At the top, a single one with something to count gives way to its parts: terms of reference have all
    their activities under one heading.
    """
    filled = [item for item in found.items if item.counted + item.dropped or (others and others[item.ref])]
    parts = [item for item in filled if item.parent == under]
    if under is None and len(parts) == 1:
        return [item for item in filled if item.parent == parts[0].ref] or parts
    return parts or [item for item in filled if item.ref == under]


@dataclass(frozen=True, slots=True)
class _Shown:
    """Objectives, what is counted of each by status, and what the statuses are called."""

    of: Literal["item", "indicator"]
    rows: Sequence[ItemProgress]
    counts: Mapping[str, Counter[str]]
    statuses: Mapping[ItemStatus | Status, Texts]
    asked: Asked

    @property
    def words(self) -> Mapping[str, str]:
        return {status: text[self.asked.language] for status, text in self.statuses.items()}

    @property
    def whole(self) -> Counter[str]:
        return sum((self.counts[row.ref] for row in self.rows), Counter[str]())

    def say(self, key: str, **facts: object) -> str:
        return say(self.asked.language, key, **facts)

    def chart(self, *sentences: str) -> Chart:
        """`sentences` stand in the description after the figures, before the day on which they were these."""
        axis = self.say(f"{self.of}s")
        return Chart(
            kind="stacked-bars",
            title=self.say(f"{self.of}-progress", name=self.asked.name),
            description=" ".join([*self._told(), *sentences, self.say("recorded-on", day=self.asked.today)]),
            language=self.asked.language,
            category_axis=Axis(title=self.say("objective"), unit=None),
            value_axis=Axis(title=axis, unit=axis),
            categories=[Category(key=row.ref, label=self._label(row)) for row in self.rows],
            series=[self._series(status, word) for status, word in self.words.items()],
            missing=self.say("no-value"),
            empty=None if self.whole.total() else self.say(f"no-{self.of}s"),
            notes=[],
            table=self._table(),
            path=self.asked.path,
        )

    def _label(self, row: ItemProgress) -> str:
        return f"{row.ref} {titled(row.title, self.asked.language)}"

    def _series(self, status: str, word: str) -> ChartSeries:
        values: list[ChartFigure | None] = [self.counts[row.ref][status] for row in self.rows]
        return ChartSeries(key=status, label=word, role="values", values=values)

    def _told(self) -> Iterator[str]:
        """The whole, then the objectives by their references."""
        yield self.say(f"counted-{self.of}s")
        yield self._sentence(self.say("in-all"), self.whole)
        for row in self.rows[:MOST_TOLD]:
            yield self._sentence(row.ref, self.counts[row.ref])

    def _sentence(self, label: str, found: Counter[str]) -> str:
        said = [
            f"{word} {number(found[status], self.asked.language)}"
            for status, word in self.words.items()
            if found[status]
        ]
        return self.say("listed", label=label, what=", ".join(said) or "0")

    def _table(self) -> ChartTable:
        named = [(self._label(row), self.counts[row.ref]) for row in self.rows]
        return ChartTable(
            head=[self.say("objective"), *self.words.values(), self.say("total")],
            rows=[
                [label, *(found[status] for status in self.words), found.total()]
                for label, found in [*named, (self.say("in-all"), self.whole)]
            ],
        )
