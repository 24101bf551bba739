"""Growth at the same rate every year: logarithms of it, and what it comes to in a calendar year. Pure."""

from __future__ import annotations

import math
from datetime import date, timedelta
from decimal import Decimal, localcontext
from fractions import Fraction

DIGITS_OF_LOGARITHMS = 200
"""Numbers have 80 digits at most, so two of them that differ have logarithms that do."""


def log(ratio: Fraction) -> Fraction:
    with localcontext(prec=DIGITS_OF_LOGARITHMS):
        return Fraction((Decimal(ratio.numerator) / Decimal(ratio.denominator)).ln())


def rate(ratio: Fraction, starts: date | None, ends: date | None) -> float | None:
    """Growth per year, from the end of one day to that of another. None for less than a year."""
    if starts is None or ends is None:
        return None
    # From 28 February to 28 February is a year, and so it is from the end of one February to that of another.
    years = max(_years(starts, ends), _years(starts + timedelta(days=1), ends + timedelta(days=1)))
    if years < 1:
        return None
    try:
        return round(math.expm1(log(ratio) / years), 6)
    except OverflowError:
        return None


def _years(first: date, last: date) -> Fraction:
    """Calendar years, and the part of another one."""
    whole = last.year - first.year - ((last.month, last.day) < (first.month, first.day))
    since, until = _anniversary(first, whole), _anniversary(first, whole + 1)
    return whole + Fraction((last - since).days, (until - since).days)


def _anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)  # of 29 February
