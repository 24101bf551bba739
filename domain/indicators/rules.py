"""What a value of an indicator may be. Pure: text in, value or reason out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

NUMBER = re.compile(
    r"[+-]?(?:(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,2})?"
    r"|[0-9]{1,140}(?:\.[0-9]{0,140})?)"
)
"""Forty digits before and after the point, and powers of ten; or what those are when they are written out."""

NO_NUMBER = re.compile(rf"^(?!(?:{NUMBER.pattern})\n)(?!\Z)", re.MULTILINE)
NO_PERCENTAGE = re.compile(r"^(?!(?:[0-9]{1,2}(?:\.[0-9]{1,40})?|100)\n)(?!\Z)", re.MULTILINE)
WITH_COMMA = re.compile(r"[+-]?[0-9]+(?:[. ][0-9]{3})*,[0-9]+")
NOTHING = frozenset({"", "na", "n/a", "nan", "null", "none", "..", "...", "…", "-", "–"})
"""How files say that there is no value. It is kept as missing, never as zero."""

YES = frozenset({"yes", "y", "true", "1", "oui", "sí", "si"})
NO = frozenset({"no", "n", "false", "0", "non"})
LONGEST_TEXT = 5_000
HUNDRED = 100

NOT_ADDITIVE = frozenset(
    {"per", "index", "score", "rating", "ratio", "rate", "average", "mean", "median", "years", "ph"}
    | {"workshops", "courses", "forums", "meetings", "events"}
)
"""Words of units whose parts do not sum to a total. Women and men at a workshop are its participants."""

EACH_YEAR = re.compile(r"\bper (?:year|quarter|month)\b")
"""In a unit: its parts sum to a total all the same."""


class Value(NamedTuple):
    """A value as it is kept: a number in its own digits, or text; neither when it is missing."""

    number: str | None = None
    text: str | None = None

    @property
    def missing(self) -> bool:
        return self.number is None and self.text is None


MISSING = Value()


class Refused(NamedTuple):
    """Why a cell is not taken."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Measure:
    """What decides which values an indicator has."""

    kind: str
    unit: str | None = None
    levels: tuple[tuple[str, ...], ...] = ()
    """Of its ordinal scale, where one is declared: the value of each and its titles, lowest first."""

    @property
    def numeric(self) -> bool:
        return self.kind in ("number", "ratio")

    @property
    def bounded(self) -> bool:
        """Whether it is a percentage, which is usually no more than 100."""
        return self.unit in ("per cent", "%", "percentage", "percent")

    def all_plain(self, column: str, *, beyond_hundred: bool) -> bool:
        """Whether each line is a number that may be kept as it is. False is no more than a doubt."""
        if not self.numeric:
            return False
        beyond = NO_PERCENTAGE if self.bounded and not beyond_hundred else NO_NUMBER
        return beyond.search(column) is None

    @property
    def additive(self) -> bool:
        """Whether parts sum to a total: counts do; shares, averages and workshops do not."""
        words = EACH_YEAR.sub("", (self.unit or "").casefold()).split()
        return self.kind == "number" and NOT_ADDITIVE.isdisjoint(words)

    def read(
        self, text: str, *, beyond_hundred: bool = False, decimal_comma: bool = False
    ) -> Value | Refused:
        """The value that a cell gives. `decimal_comma`: numbers have a comma before their decimals."""
        text = text.strip()
        if text and self.levels and (found := _named(self.levels).get(_folded(text))):
            return self._level(text, found)
        if text.casefold() in NOTHING:
            return MISSING
        if self.numeric:
            return self._number(text, beyond_hundred=beyond_hundred, decimal_comma=decimal_comma)
        if self.kind == "yes-no":
            return _yes_or_no(text)
        if self.levels:
            detail = f"`{text[:40]}` is not a level of the scale: {self._scale()}."
            return Refused("unknown-level", detail)
        return _number_or_text(text)

    def _number(self, sent: str, *, beyond_hundred: bool, decimal_comma: bool) -> Value | Refused:
        if decimal_comma and "." in sent:
            return Refused("decimal-point", POINT_BESIDE_COMMA.format(sent[:40]))
        number = sent.replace(",", ".") if decimal_comma else sent
        if not NUMBER.fullmatch(number):
            return not_a_number(sent)
        if self.bounded and not beyond_hundred and float(number) > HUNDRED:
            return Refused(
                "percentage-over-100",
                f"{sent[:40]} per cent is more than 100; if that is meant, say `beyond_100=true`.",
            )
        return Value(number=number)

    def _level(self, text: str, meant: frozenset[str]) -> Value | Refused:
        """The value of the level that is named; a value as it is printed names its own."""
        if text in meant:
            meant = frozenset({text})
        if len(meant) > 1:
            several = " and ".join(sorted(meant))
            detail = f"`{text[:40]}` names the levels {several}; write the value. The scale: {self._scale()}."
            return Refused("ambiguous-level", detail)
        return _number_or_text(*meant)

    def _scale(self) -> str:
        return ", ".join(f"{value} ({titles[0]})" if titles else value for value, *titles in self.levels[:20])


@lru_cache
def _named(levels: tuple[tuple[str, ...], ...]) -> Mapping[str, frozenset[str]]:
    """Which levels a text may mean, by their values."""
    found: dict[str, frozenset[str]] = {}
    for value, *titles in levels:
        for name in (value, *titles):
            found[_folded(name)] = found.get(_folded(name), frozenset()) | {value}
    return found


def _folded(text: str) -> str:
    return " ".join(text.casefold().split())


POINT_BESIDE_COMMA = (
    "`{}` has a point, and decimals are said to have a comma (`decimal=comma`): whether it parts thousands or"
    " decimals, nobody knows. Write numbers without anything between thousands."
)


def not_a_number(text: str) -> Refused:
    if WITH_COMMA.fullmatch(text):
        return Refused(
            "decimal-comma",
            f"`{text[:40]}` has a comma; decimals are written with a point, or say `decimal=comma`.",
        )
    return Refused("not-a-number", f"`{text[:40]}` is text, and this indicator is counted in numbers.")


def _yes_or_no(text: str) -> Value | Refused:
    folded = text.casefold()
    if folded in YES:
        return Value(text="yes")
    if folded in NO:
        return Value(text="no")
    return Refused("not-yes-or-no", f"`{text[:40]}` is neither yes nor no.")


def _number_or_text(text: str) -> Value | Refused:
    return Value(number=text) if NUMBER.fullmatch(text) else _text(text)


def _text(text: str) -> Value | Refused:
    if len(text) > LONGEST_TEXT:
        return Refused("text-too-long", f"A text has at most {LONGEST_TEXT:,} characters.")
    return Value(text=text)


def fingerprint(digest: bytes, *read_with: str) -> str:
    """Of a file and of everything that decides how it is read."""
    return hashlib.sha256(b"\n".join([digest, *(text.encode() for text in read_with)])).hexdigest()


FORMULA = "=+-@\t\r＝＋－＠"
"""With what a cell begins that spreadsheets take for a formula."""


def restored(text: str) -> str:
    """A text as it was before export put an apostrophe before what looks like a formula."""
    return text[1:] if text.startswith("'") and text.lstrip("'")[:1] in FORMULA and text.strip("'") else text
