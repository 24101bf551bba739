"""Public holidays and working days of countries, as the `holidays` library knows them. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

import holidays as library

MOST_MOVED = 30
"""No run of days without work is longer: further away nothing is looked for."""


def unknown(countries: Sequence[str]) -> list[str]:
    """Those of them (`CH`, `CH-GE`) of which no holidays are known."""
    return [country for country in countries if not _is_known(country)]


def _is_known(country: str) -> bool:
    key, _, part = country.partition("-")
    parts = library.list_supported_countries().get(key)
    return parts is not None and (not part or part in parts)


def holidays_on(day: date, countries: Sequence[str]) -> list[tuple[str, str]]:
    """Country and name of each public holiday on a day, in the order of `countries`."""
    found = ((country, _calendar(country).get(day)) for country in countries)
    return [(country, name) for country, name in found if name is not None]


def working_day(day: date, countries: Sequence[str], *, step: int) -> date | None:
    """The nearest day after (`step` 1) or before (-1) `day` on which all these countries work."""
    for distance in range(1, MOST_MOVED + 1):
        other = day + timedelta(days=step * distance)
        if all(_calendar(country).is_working_day(other) for country in countries):
            return other
    return None


@lru_cache(maxsize=64)
def _calendar(country: str) -> library.HolidayBase:
    """In English where the library has that; it adds each year when the first day of it is asked for."""
    key, _, part = country.partition("-")
    return library.country_holidays(key, subdiv=part or None, language="en_US")
