"""The lines of which iCalendar files are made (RFC 5545 §3.1). Pure.

A feed has tens of thousands of lines and is made while others wait, so they are put together directly.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

LONGEST = 75
"""Octets of a line without its end; a longer one goes on in the next, after a blank."""

_BREAK = re.compile("\r\n|[\r\n\x0b\x0c\x85\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_CONTINUES = range(0x80, 0xC0)


def text(value: str) -> str:
    """A value of type TEXT (§3.3.11). What breaks lines becomes a break, other controls a blank."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return escaped if value.isprintable() else _CONTROL.sub(" ", _BREAK.sub("\\\\n", escaped))


def uri(value: str) -> str:
    """A value of type URI (§3.3.13): written as it is, and controls left out."""
    return _CONTROL.sub("", _BREAK.sub("", value))


def quoted(value: str) -> str:
    """The value of a parameter (§3.2), in which there is no way to write a double quote."""
    return '"' + " ".join(_CONTROL.sub(" ", _BREAK.sub(" ", value)).split()).replace('"', "'") + '"'


def moment(value: datetime) -> str:
    """An instant, in UTC."""
    return f"{value.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def local(name: str, value: datetime, zone: str) -> str:
    """A property whose value is a local time in a zone; `value` is in that zone.

    In UTC where the zone is UTC, and where clocks show this time for the second time: with the zone's
    name it would mean the first (§3.3.5).
    """
    if zone in {"UTC", "Etc/UTC"} or value.fold:
        return f"{name}:{moment(value)}"
    return f"{name};TZID={zone}:{value:%Y%m%dT%H%M%S}"


def day(name: str, value: date) -> str:
    """A property whose value is a date without a time."""
    return f"{name};VALUE=DATE:{value:%Y%m%d}"


def folded(lines: list[str]) -> bytes:
    """The lines as they are sent: in UTF-8, none longer than `LONGEST`, each ended by CRLF."""
    return b"".join(_fold(line.encode()) for line in lines)


def _fold(line: bytes) -> bytes:
    if len(line) <= LONGEST:
        return line + b"\r\n"
    pieces, start, room = [], 0, LONGEST
    while len(line) - start > room:
        end = start + room
        while line[end] in _CONTINUES:
            end -= 1
        pieces.append(line[start:end])
        start, room = end, LONGEST - 1
    return b"\r\n ".join([*pieces, line[start:]]) + b"\r\n"
