"""When a return came in, and what a round of returns amounts to. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from schemas.returns import (
    Answer,
    IndicatorInRound,
    NotComparableState,
    RoundCounts,
    RoundTable,
    StateInRound,
    Timeliness,
)


class Asked(Protocol):
    """A round."""

    @property
    def framework(self) -> str: ...
    @property
    def round(self) -> str: ...
    @property
    def due(self) -> date: ...
    @property
    def indicators(self) -> Sequence[str]: ...
    @property
    def expected(self) -> Sequence[str]: ...


class Returned(Protocol):
    """What a State returned."""

    @property
    def state(self) -> str: ...
    @property
    def submitted_on(self) -> date | None: ...
    @property
    def in_proper_format(self) -> bool | None: ...
    @property
    def format_reasons(self) -> Sequence[Any]: ...
    @property
    def answers(self) -> Sequence[Any]: ...


def timeliness(submitted_on: date | None, due: date, *, expected: bool, as_of: date) -> Timeliness:
    """The day on which returns are due is included."""
    if submitted_on is not None:
        return "on-time" if submitted_on <= due else "late"
    if not expected:
        return "not-asked"
    return "missing" if as_of > due else "awaited"


def table(of: Asked, returns: Sequence[Returned], *, as_of: date) -> RoundTable:
    """Who returned on time and in the proper format, and whose data can be compared, as it was on a day.

    What came in later was not there yet; what people found of the rest is what they have found since.
    """
    known = {row.state: row for row in returns if row.submitted_on is None or row.submitted_on <= as_of}
    unasked = sorted(known.keys() - set(of.expected))
    states = [_line(of, state, known.get(state), as_of) for state in [*sorted(of.expected), *unasked]]
    return RoundTable(
        framework=of.framework,
        round=of.round,
        due=of.due,
        as_of=as_of,
        counts=_counts(of, states),
        states=states,
        indicators=[_of_indicator(of, indicator, known) for indicator in of.indicators],
    )


def _answers(row: Returned | None) -> dict[str, Answer]:
    found = map(Answer.model_validate, row.answers if row else ())
    return {answer.indicator: answer for answer in found}


def _line(of: Asked, state: str, row: Returned | None, as_of: date) -> StateInRound:
    answers = _answers(row)
    judged = [answers[one].comparable for one in of.indicators if one in answers]
    submitted_on = row.submitted_on if row else None
    return StateInRound(
        state=state,
        expected=state in of.expected,
        submitted_on=submitted_on,
        timeliness=timeliness(submitted_on, of.due, expected=state in of.expected, as_of=as_of),
        in_proper_format=row.in_proper_format if row else None,
        format_reasons=list(row.format_reasons) if row else [],
        comparable=judged.count(True),
        not_comparable=judged.count(False),
        not_judged=judged.count(None),
        not_answered=len(of.indicators) - len(judged),
    )


def _of_indicator(of: Asked, indicator: str, known: Mapping[str, Returned]) -> IndicatorInRound:
    answers = {state: _answers(row).get(indicator) for state, row in sorted(known.items())}
    given = {state: answer for state, answer in answers.items() if answer is not None}
    return IndicatorInRound(
        indicator=indicator,
        comparable=[state for state, answer in given.items() if answer.comparable],
        not_comparable=[
            NotComparableState(state=state, reasons=answer.reasons)
            for state, answer in given.items()
            if answer.comparable is False
        ],
        not_judged=[state for state, answer in given.items() if answer.comparable is None],
        not_answered=sorted(set(of.expected) - given.keys()),
    )


def _counts(of: Asked, states: Sequence[StateInRound]) -> RoundCounts:
    asked = [line for line in states if line.expected]
    on_time = [line for line in asked if line.timeliness == "on-time"]
    every = len(of.indicators)
    return RoundCounts(
        expected=len(asked),
        submitted=sum(line.submitted_on is not None for line in asked),
        on_time=len(on_time),
        in_proper_format=sum(line.in_proper_format is True for line in asked),
        on_time_and_in_proper_format=sum(line.in_proper_format is True for line in on_time),
        comparable=sum(line.comparable > 0 for line in asked),
        wholly_comparable=sum(line.comparable == every > 0 for line in asked),
        unasked=sum(not line.expected and line.submitted_on is not None for line in states),
    )


COLUMNS = (
    "state", "expected", "submitted_on", "timeliness", "in_proper_format", "format_reasons", "comparable",
    "not_comparable", "not_judged", "not_answered", "why_not_comparable",
)  # fmt: skip


def rows(found: RoundTable) -> list[dict[str, Any]]:
    """The table as lines of a CSV: one for each State, with why its data cannot be compared."""
    why: dict[str, list[str]] = {line.state: [] for line in found.states}
    for indicator in found.indicators:
        for state in indicator.not_comparable:
            codes = "+".join(reason.code for reason in state.reasons)
            why[state.state].append(f"{indicator.indicator} ({codes})")
    return [
        line.model_dump(mode="json")
        | {
            "expected": _yes_or_no(line.expected),
            "in_proper_format": _yes_or_no(line.in_proper_format),
            "format_reasons": "; ".join(line.format_reasons),
            "why_not_comparable": "; ".join(why[line.state]),
        }
        for line in found.states
    ]


def _yes_or_no(value: bool | None) -> str | None:
    """As the other tables of this service write it."""
    return None if value is None else str(value).lower()
