"""Recurrence rules (RFC 5545 §3.3.10) as series may have them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, Field

_DATED = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_NUMBERED_WEEKDAY = re.compile(rf"([+-]?\d{{1,2}})?({'|'.join(WEEKDAYS)})", re.ASCII)
_HIGHEST = {
    "INTERVAL": 9999, "COUNT": 9999, "BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53,
    "BYSETPOS": 366, "BYHOUR": 23, "BYMINUTE": 59, "BYSECOND": 59,
}  # fmt: skip
_TIME_OF_DAY = {"BYHOUR", "BYMINUTE", "BYSECOND"}
_COUNTED_FROM_THE_END = {"BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYSETPOS"}
_SINGLE = {"INTERVAL", "COUNT"} | _TIME_OF_DAY
_UNTIL = re.compile(r"\d{8}(T\d{6}Z?)?", re.ASCII)


def rule_parts(rrule: str) -> dict[str, str]:
    """The parts of a recurrence rule by name (`FREQ`, `INTERVAL`, …), in the order written.

    Raises `ValueError` when a part is not `NAME=value` or stands there twice.
    """
    parts: dict[str, str] = {}
    for part in rrule.split(";"):
        name, equals, value = part.partition("=")
        if not equals:
            raise ValueError(f"{part!r} is not a part of a recurrence rule: write NAME=value, parted by `;`")
        if name in parts:
            raise ValueError(f"{name} stands twice")
        parts[name] = value
    return parts


def check_rule(rrule: str) -> str:
    """The rule in capitals, if RFC 5545 §3.3.10 allows it and it meets once a day at most.

    dateutil alone would let pass what the standard does not (`BYEASTER`, `MO(+1)`, `BYMONTHDAY=99`,
    any spelling of `UNTIL`) and would search without end through a rule of seconds.
    """
    parts = rule_parts(rrule.strip().upper())
    if parts.get("FREQ") not in _DATED:
        raise ValueError(f"a series meets once a day at most: FREQ must be one of {', '.join(_DATED)}")
    for name, value in parts.items():
        if not _is_value(name, value):
            raise ValueError(f"{name}={value} is not allowed in the recurrence rule of a series")
    for contradiction in _contradictions(parts):
        raise ValueError(contradiction)
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _is_value(name: str, value: str) -> bool:
    if name == "FREQ":
        return value in _DATED
    if name == "WKST":
        return value in WEEKDAYS
    if name == "UNTIL":
        return _is_moment(value)
    if name == "BYDAY":
        return all(_is_numbered_weekday(item) for item in value.split(","))
    if name in _SINGLE:
        return _is_number(name, value)
    return name in _HIGHEST and all(_is_number(name, item) for item in value.split(","))


def _is_moment(value: str) -> bool:
    if not _UNTIL.fullmatch(value):
        return False
    try:
        datetime.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_numbered_weekday(item: str) -> bool:
    match = _NUMBERED_WEEKDAY.fullmatch(item)
    return match is not None and (match[1] is None or 1 <= abs(int(match[1])) <= 53)


def _is_number(name: str, item: str) -> bool:
    sign = "[+-]?" if name in _COUNTED_FROM_THE_END else ""
    if not re.fullmatch(rf"{sign}\d{{1,4}}", item, re.ASCII):
        return False
    lowest = 0 if name in _TIME_OF_DAY else 1
    return lowest <= abs(int(item)) <= _HIGHEST[name]


def _contradictions(parts: dict[str, str]) -> Iterator[str]:
    frequency = parts["FREQ"]
    numbered = re.search(r"\d", parts.get("BYDAY", "")) is not None
    if {"COUNT", "UNTIL"} <= parts.keys():
        yield "COUNT and UNTIL exclude each other"
    if numbered and (frequency not in {"MONTHLY", "YEARLY"} or "BYWEEKNO" in parts):
        yield "a numbered BYDAY goes only with FREQ=MONTHLY or YEARLY, and not with BYWEEKNO"
    if "BYMONTHDAY" in parts and frequency == "WEEKLY":
        yield "BYMONTHDAY does not go with FREQ=WEEKLY"
    if {"BYYEARDAY", "BYWEEKNO"} & parts.keys() and frequency != "YEARLY":
        yield "BYYEARDAY and BYWEEKNO go only with FREQ=YEARLY"
    if "BYSETPOS" in parts and not any(name.startswith("BY") for name in parts.keys() - {"BYSETPOS"}):
        yield "BYSETPOS needs another BY… part to choose from"


RecurrenceRule = Annotated[
    str,
    Field(max_length=500, description="RFC 5545 recurrence rule: the value alone, without `RRULE:`"),
    AfterValidator(check_rule),
]
