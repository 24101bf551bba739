"""Baselines and targets as documents print them: read value by value, and written back as they were. Pure.

A cell holds any number of values, parted by line breaks or semicolons. What is printed is kept to the letter;
what can be read out of it (number, unit, currency, per which period, by when) stands beside it. What cannot
be read for certain is text, never a guess.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from itertools import chain, zip_longest
from typing import Literal

from domain.indicators import periods
from domain.indicators.periods import Period
from domain.indicators.rules import NO, YES
from schemas.libraries import StatedKind

Per = Literal["year", "quarter", "month"]

VALUE = re.compile(r"[^\s;](?:[^\n\r;]*[^\s;])?")
OPEN = re.compile(
    r"tbd|t\.b\.d\.?|to be (?:determined|decided|defined|confirmed)|por determinar|à déterminer",
    re.IGNORECASE,
)
BY_WHEN = re.compile(
    r"(?P<what>.*\S)\s+(?:(?:by|until|in)(?: the end of)?\s+(?P<by>[0-9]{4}\S*)|\((?P<of>[0-9]{4}[^)\s]*)\))"
)
LEAST = re.compile(
    r"(?P<before>(?:.*\s)?)(?:at least|no fewer than|not less than|no less than|a minimum of|≥|>=)\s*",
    re.IGNORECASE,
)
EXACT = Context(prec=400)
"""Rounds no number that is stated or observed: the longest are written out in 280 digits."""

WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
MAGNITUDES = {"thousand": 1_000, "million": 1_000_000, "billion": 1_000_000_000}
CURRENCIES = {
    "us$": "USD",
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "usd": "USD",
    "eur": "EUR",
    "gbp": "GBP",
    "chf": "CHF",
}
"""A bare dollar is that of the United States, in which the documents of the Organizations reckon."""

SYMBOL = "|".join(re.escape(symbol) for symbol in CURRENCIES)
AMOUNT = re.compile(
    rf"(?:(?P<symbol>{SYMBOL})\s?)?(?P<sign>[-\u2212+]?)"
    r"(?P<number>[0-9]{1,3}(?:,[0-9]{3}){1,12}(?:\.[0-9]{1,40})?|[0-9]{1,3}(?:[\u00a0\u202f ][0-9]{3}){1,12}"
    r"|[0-9]{1,40}(?:\.[0-9]{1,40})?"
    rf"|(?:{'|'.join(WORDS)})\b)(?![0-9.,])"
    rf"(?:\s(?P<magnitude>{'|'.join(MAGNITUDES)})\b)?"
    rf"(?:\s?(?P<after>{SYMBOL})(?!\w)|\s?(?P<percent>%|per ?cent\b))?"
    r"(?:\s(?P<more>additional|more)\b)?"
    r"(?:(?:\s+|(?=/\s?(?:year|quarter|month)\b))(?P<rest>[^\d]*[^\s\d]))?",
    re.IGNORECASE,
)
"""Numbers have 40 digits before the point and 40 after it; observed values may have powers of ten beside."""

OF_EACH_COUNTRY = re.compile(
    r"\b(?:(?:in|of|for|from|by) (?:each|every)|per) (?:country|(?:member )?state)\b", re.IGNORECASE
)
PER = re.compile(
    r"(?:\b(?:per|a|each|every) |/\s?)(?P<per>year|quarter|month)\b|\b(?P<annually>annually|yearly)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stated:
    """One printed value, and what can be read out of it."""

    printed: str
    kind: StatedKind
    number: Decimal | None = None
    unit: str | None = None
    currency: str | None = None
    per: Per | None = None
    """The period in each of which the number is wanted."""

    period: Period | None = None
    """When the value was so, or by when it is wanted."""

    @property
    def what(self) -> str:
        """What is printed, without when it is so."""
        return _by_when(self.printed)[0]

    @property
    def of_each_country(self) -> bool:
        """Whether each country is to come to it by itself."""
        return OF_EACH_COUNTRY.search(self.printed) is not None


@dataclass(frozen=True, slots=True)
class Cell:
    """The values of a cell, and what parts them. `str` of it is the cell as it was, to the letter."""

    values: tuple[Stated, ...]
    gaps: tuple[str, ...]
    """Before each value and after the last one."""

    def __str__(self) -> str:
        printed = (value.printed for value in self.values)
        return "".join(chain.from_iterable(zip_longest(self.gaps, printed, fillvalue="")))


def read_cell(text: str) -> Cell:
    values, gaps, end = [], [], 0
    for found in VALUE.finditer(text):
        gaps.append(text[end : found.start()])
        values.append(read(found[0]))
        end = found.end()
    return Cell(tuple(values), (*gaps, text[end:]))


def read(text: str) -> Stated:
    """One value."""
    if OPEN.fullmatch(text):
        return Stated(text, "tbd")
    what, period = _by_when(text)
    least = LEAST.match(what)
    before, amount = (least["before"], what[least.end() :]) if least else ("", what)
    found = AMOUNT.fullmatch(amount)
    if found is None or any(sign.isdigit() for sign in before):
        return Stated(text, "text", period=period)
    return _amount(text, found, period, least=least is not None)


def _by_when(text: str) -> tuple[str, Period | None]:
    """What is wanted, and the period in which or by the end of which it is."""
    found = BY_WHEN.fullmatch(text)
    if found is None:
        return text, None
    try:
        return found["what"], periods.read(found["by"] or found["of"])
    except periods.Unreadable:
        return text, None


def _amount(text: str, found: re.Match[str], period: Period | None, *, least: bool) -> Stated:
    kind = _kind(found, least=least)
    if kind is None:
        return Stated(text, "text", period=period)
    unit, per = found["rest"], None
    if repeats := PER.search(unit or ""):
        per = "year" if repeats["annually"] else repeats["per"].lower()
        kind = "per-period" if kind in ("number", "at-least") else kind
    symbol = found["symbol"] or found["after"]
    currency = CURRENCIES[symbol.lower()] if symbol else None
    if kind == "percent":
        unit = f"per cent {unit}" if unit else "per cent"
    return Stated(text, kind, _number(found), unit, currency, per, period)  # type: ignore[arg-type]  # named so


def _kind(found: re.Match[str], *, least: bool) -> StatedKind | None:
    """None where signs contradict each other, as in `+5 %`: five points more, or five per cent more?"""
    money, share = found["symbol"] or found["after"], found["percent"]
    more = found["more"] or found["sign"] == "+"
    if sum(map(bool, (money, share, more))) > 1 or (found["symbol"] and found["after"]):
        return None
    if money:
        return "currency"
    if share:
        return "percent"
    if more:
        return "increment"
    return "at-least" if least else "number"


def _number(found: re.Match[str]) -> Decimal:
    written = found["number"].lower()
    named = written in WORDS
    number = Decimal(WORDS.index(written) + 1 if named else re.sub(r"[,\s]", "", written))
    number = EXACT.multiply(number, Decimal(MAGNITUDES.get((found["magnitude"] or "").lower(), 1)))
    return number.copy_negate() if found["sign"] in ("-", "\u2212") else number


def level(text: str, levels: Sequence[Sequence[str]]) -> int | None:
    """Which step of a scale a text names, from 0, by its value or a title. None when it names none."""
    named = text.strip().casefold()
    for step, names in enumerate(levels):
        if any(named == name.casefold() for name in names):
            return step
    return None


def yes_or_no(text: str) -> bool | None:
    """What a text says to a question; None when it is neither yes nor no."""
    said = text.strip().casefold()
    return True if said in YES else False if said in NO else None
