"""How many of the reports that were due came in, cycle by cycle. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from domain.charts.wording import enumerated, measured, number, say
from schemas.agendas import PaperLanguage
from schemas.charts import Axis, Category, Chart, ChartFigure, ChartSeries, ChartTable
from schemas.obligations import CycleRates, Rates, ReportingRates

PER_CENT = "%"


def reporting_rates(
    found: ReportingRates, name: str, *, language: PaperLanguage, path: str, today: date
) -> Chart:
    """Two bars for each cycle: submitted, and submitted on time. Cycles that still run are named."""
    cycles = sorted(found.cycles, key=lambda cycle: (cycle.due_on, cycle.cycle))
    words = {key: say(language, key) for key in ("submitted", "on-time")}
    running = [cycle.cycle for cycle in cycles if cycle.due_on >= today]
    return Chart(
        kind="bars",
        title=say(language, "rates", name=name),
        description=" ".join(_told(found, cycles, language)),
        language=language,
        category_axis=Axis(title=say(language, "cycle"), unit=None),
        value_axis=Axis(title=say(language, "share-of-expected"), unit=PER_CENT),
        categories=[Category(key=cycle.cycle, label=cycle.cycle) for cycle in cycles],
        series=[
            ChartSeries(
                key=key,
                label=word,
                role="values",
                values=[_share(_met(cycle, key), cycle) for cycle in cycles],
            )
            for key, word in words.items()
        ],
        missing=say(language, "nothing-due"),
        empty=None if cycles else say(language, "no-cycles"),
        notes=[say(language, "still-running", cycles=enumerated(running, language))] if running else [],
        table=_table(cycles, words, language),
        path=path,
    )


def _met(found: Rates, key: str) -> int:
    return found.actual if key == "submitted" else found.on_time


def _share(met: int, found: Rates) -> ChartFigure | None:
    """In per cent, to the hundredth."""
    return round(100 * met / found.expected, 2) if found.expected else None


def _told(found: ReportingRates, cycles: Sequence[CycleRates], language: PaperLanguage) -> list[str]:
    named = [(say(language, "all-cycles"), found), *((cycle.cycle, cycle) for cycle in cycles[-10:])]
    return [_sentence(label, rates, language) for label, rates in named]


def _sentence(label: str, found: Rates, language: PaperLanguage) -> str:
    if not found.expected:
        return say(language, "listed", label=label, what=say(language, "nothing-due"))
    submitted, on_time = (_share(_met(found, key), found) or 0 for key in ("submitted", "on-time"))
    return say(
        language,
        "rates-of",
        cycle=label,
        actual=number(found.actual, language),
        expected=number(found.expected, language),
        on_time=number(found.on_time, language),
        rate=measured(submitted, PER_CENT, language),
        rate_on_time=measured(on_time, PER_CENT, language),
    )


def _table(cycles: Sequence[CycleRates], words: dict[str, str], language: PaperLanguage) -> ChartTable:
    return ChartTable(
        head=[
            *(say(language, key) for key in ("cycle", "due-on", "expected")),
            *words.values(),
            *(f"{word} (%)" for word in words.values()),
        ],
        rows=[
            [
                cycle.cycle, cycle.due_on.isoformat(), cycle.expected, cycle.actual, cycle.on_time,
                *(_share(_met(cycle, key), cycle) for key in words),
            ]
            for cycle in cycles
        ],
    )  # fmt: skip
