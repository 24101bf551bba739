"""What the cells of a row mean, found once for each different text: series, periods, attributes. Pure.

A column of a million cells has few different ones, so each kind is a dictionary that reads what it lacks. It
gives the cell as `COPY` takes it, or nothing where it is refused; why stands in `refused`.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import NamedTuple, TypeVar

from domain.indicators import codes, periods
from domain.indicators.codes import TOTAL, CodeList, area_code
from domain.indicators.periods import MonthDay
from domain.indicators.rules import NOTHING, Measure, restored

NULL = r"\N"
MOST_KEPT = 200_000
"""Different texts that are remembered of one kind; then it begins anew, so that memory stays flat."""

MOST_REFUSED = 20_000
"""The same for those that are refused, of which more is kept."""

LONGEST_SOURCE = 2_000
REPLACE, MERGE, DELETE = "R", "M", "D"
ACTIONS: Mapping[str, str] = {
    "": REPLACE, "r": REPLACE, "replace": REPLACE, "d": DELETE, "delete": DELETE,
    "m": MERGE, "merge": MERGE, "a": MERGE, "append": MERGE, "i": MERGE, "information": MERGE,
}  # fmt: skip
"""What SDMX-CSV 2.0 lets rows ask for, and which of three things that is. Who says nothing replaces."""

Cell = TypeVar("Cell")


class Deletes(Exception):
    """A row is to delete an observation, where there can be none."""


class Fault(NamedTuple):
    """Why a cell is refused."""

    code: str
    pointer: str
    detail: str
    about: str = ""


@dataclass(frozen=True)
class Context:
    """What is known when a file is read, and how the sender wants it read."""

    measures: Mapping[str, Measure]
    """By the reference of the indicator."""

    areas: Mapping[str, str | None]
    """Codes of areas, and the State each is in: a State is in itself."""

    numeric: Mapping[str, str]
    """States by their numeric code (M49)."""

    lists: Mapping[str, CodeList]
    """By column."""

    indicator: str | None = None
    """Of the whole file; else each row names its own."""

    framework: str | None = None
    writes_for: str | None = None
    year_starts: MonthDay | None = None
    decimal_comma: bool = False
    beyond_hundred: bool = False
    spreadsheet: bool = False
    """Whether texts may have an apostrophe that keeps spreadsheets from calculating."""

    def written(self) -> str:
        """All of it, the same in every process that knows the same."""
        return json.dumps(asdict(self), default=sorted, sort_keys=True)


def copied(text: str) -> str:
    """A text as the text format of `COPY` has it."""
    if "\\" in text:
        text = text.replace("\\", "\\\\")
    return text.replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


class _Cells(dict[Cell, str], ABC):
    """Cells by their text. What is refused is the empty string."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: dict[Cell, list[Fault]] = {}

    def __missing__(self, cell: Cell) -> str:
        faults: list[Fault] = []
        found = self.read(cell, faults)
        if faults:
            self.refused[cell] = faults
            found = ""
        self[cell] = found
        return found

    @abstractmethod
    def read(self, cell: Cell, faults: list[Fault]) -> str:
        """The cell as `COPY` takes it; what is wrong with it goes to `faults`."""

    @property
    def has_many(self) -> bool:
        return len(self) >= MOST_KEPT or len(self.refused) >= MOST_REFUSED

    def stay_small(self) -> None:
        if self.has_many:
            self.forget()

    def forget(self) -> None:
        self.clear()
        self.refused.clear()


class Periods(_Cells[str]):
    """First day, last day and name."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._year_starts = context.year_starts

    def read(self, cell: str, faults: list[Fault]) -> str:
        try:
            period = periods.read(cell, year_starts=self._year_starts)
        except periods.Unreadable as why:
            faults.append(Fault(why.code, "/period", why.detail, cell[:80]))
            return ""
        return f"{period.starts}\t{period.ends}\t{period.name}"


@dataclass
class NewSeries:
    """Series that a file speaks of, numbered as they come, and which measure each has."""

    last: int
    """The number before the first."""

    lines: list[str] = field(default_factory=list)
    """Those not handed on yet: number, indicator, area and breakdown as `COPY` takes them."""

    measures: dict[str, Measure] = field(default_factory=dict)

    def add(self, indicator: str, area: str, breakdown: Mapping[str, str], measure: Measure) -> str:
        self.last += 1
        number = str(self.last)
        inside = ", ".join(f'"{concept}": "{code}"' for concept, code in sorted(breakdown.items()))
        self.lines.append(f"{number}\t{indicator}\t{area}\t{{{inside}}}\n")
        self.measures[number] = measure
        return number


class Series(_Cells[tuple[str, ...]]):
    """Number of the series of (indicator, area, codes of the breakdown…)."""

    def __init__(self, context: Context, dimensions: Sequence[str], new: NewSeries) -> None:
        super().__init__()
        self._context, self._new = context, new
        self._lists = [context.lists[name] for name in dimensions]

    def read(self, cell: tuple[str, ...], faults: list[Fault]) -> str:
        indicator, area = self._indicator(cell[0], faults), self._area(cell[1], faults)
        breakdown = self._breakdown(cell[2:], faults)
        if faults:
            return ""
        return self._new.add(indicator, area, breakdown, self._context.measures[indicator])

    def _indicator(self, text: str, faults: list[Fault]) -> str:
        text, known = text.strip(), self._context
        reference = f"{known.framework}:{text}" if known.framework and ":" not in text else text
        if reference not in known.measures:
            detail = f"There is no indicator `{reference[:80]}`." if text else "No indicator is named."
            faults.append(Fault("unknown-indicator", "/indicator", detail, text[:80]))
        elif known.indicator is not None and reference != known.indicator:
            detail = f"This is of `{reference}`, and the address is that of `{known.indicator}`."
            faults.append(Fault("other-indicator", "/indicator", detail, text[:80]))
        return reference

    def _area(self, text: str, faults: list[Fault]) -> str:
        known = self._context
        code = area_code(text, known.numeric)
        if code not in known.areas:
            detail = (
                f"`{code[:80]}` is no State known here, nor a declared area." if code else "No area is named."
            )
            faults.append(Fault("unknown-area", "/state", detail, code[:80]))
        elif known.writes_for is not None and known.areas[code] != known.writes_for:
            detail = f"This key writes for {known.writes_for} only."
            faults.append(Fault("other-state", "/state", detail, code))
        return code

    def _breakdown(self, cells: Sequence[str], faults: list[Fault]) -> dict[str, str]:
        breakdown = {}
        for of, text in zip(self._lists, cells, strict=True):
            code = of.code(text)
            if code is None:
                detail = f"`{text[:80]}` is no code of {of.concept}."
                faults.append(Fault("unknown-code", f"/{of.column}", detail, text[:80]))
            elif code != TOTAL:
                breakdown[of.concept] = code
        return breakdown


DESCRIPTION = ("status", "nature", "unit_multiplier", "proxy", "source", "action")
"""Fields that describe a value."""


class Attributes(_Cells[tuple[bool | str, ...]]):
    """Status, nature, multiplier, proxy, source and action, by whether the value is missing and what the file
    has.

    `direct` rows have no action, because nothing is known that they could leave as it is. They raise Deletes.
    """

    def __init__(self, context: Context, names: Sequence[str], *, direct: bool = False) -> None:
        super().__init__()
        self._spreadsheet, self._names, self._direct = context.spreadsheet, names, direct
        self.acts = False
        """Whether some rows do not simply replace."""

    def read(self, cell: tuple[bool | str, ...], faults: list[Fault]) -> str:
        missing, *given = cell
        said = dict.fromkeys(DESCRIPTION, "") | dict(zip(self._names, map(str, given), strict=True))
        status, nature, multiplier, proxy, source, action = said.values()
        asked = self._asked(action, faults)
        if asked == DELETE:
            return "\t".join([NULL] * 5 + [DELETE])
        omits = asked == MERGE
        parts = [
            NULL if omits and not _says(status) else _status(status, faults, missing=bool(missing)),
            _listed(codes.NATURE, nature, "/nature", faults),
            _multiplier(multiplier, faults, units="0" if omits else NULL),
            NULL if omits and not _says(proxy) else _proxy(proxy, faults),
            text_cell(source, "/source", LONGEST_SOURCE, faults, spreadsheet=self._spreadsheet),
        ]
        return "\t".join(parts if self._direct else [*parts, asked])

    def _asked(self, action: str, faults: list[Fault]) -> str:
        asked = ACTIONS.get(action.strip().casefold())
        if asked is None:
            detail = f"`{action[:40]}` is no action of SDMX; there are I, A, M, R and D."
            faults.append(Fault("unknown-action", "/action", detail, action[:40]))
            return REPLACE
        if self._direct and asked == DELETE:
            raise Deletes
        self.acts |= asked != REPLACE
        return REPLACE if self._direct else asked


def deletes(action: str) -> bool:
    return ACTIONS.get(action.strip().casefold()) == DELETE


def _says(text: str) -> bool:
    return text.strip() not in ("", "NA")


def _blank(text: str) -> bool:
    return text.strip().casefold() in NOTHING


def _status(text: str, faults: list[Fault], *, missing: bool) -> str:
    if text.strip() in ("", "NA"):
        return "O" if missing else "A"
    status = _listed(codes.STATUS, text, "/status", faults)
    if status and missing != (status in codes.MISSING):
        code = "value-missing" if missing else "value-though-missing"
        says = "is none" if missing else "is one"
        detail = f"The status is {status}, {codes.STATUS.codes[status].lower()}, and there {says}."
        faults.append(Fault(code, "/value", detail, status))
    return status


def _listed(of: CodeList, text: str, pointer: str, faults: list[Fault]) -> str:
    if text.strip() == "" or (text.strip() == "NA" and "NA" not in of.codes):
        return NULL
    code = of.code(text)
    if code is None or code == TOTAL:
        faults.append(Fault("unknown-code", pointer, f"`{text[:80]}` is no code of {of.concept}.", text[:80]))
        return ""
    return code


def _multiplier(text: str, faults: list[Fault], *, units: str) -> str:
    if _blank(text):
        return NULL
    power = codes.multiplier(text)
    if power is None:
        detail = f"`{text[:80]}` is no power of ten: write 0, 3, 6 or units, thousands, millions."
        faults.append(Fault("unknown-code", "/unit_multiplier", detail, text[:80]))
    return units if power == 0 else str(power)


def _proxy(text: str, faults: list[Fault]) -> str:
    folded = text.strip().casefold()
    if folded in ("true", "yes", "1", "t"):
        return "t"
    if folded not in ("", "false", "no", "0", "f", "na"):
        faults.append(
            Fault("not-yes-or-no", "/proxy", f"`{text[:40]}` is neither true nor false.", text[:40])
        )
    return "f"


def text_cell(text: str, pointer: str, longest: int, faults: list[Fault], *, spreadsheet: bool) -> str:
    """A free text as `COPY` takes it."""
    text = text.strip()
    if len(text) > longest:
        faults.append(Fault("text-too-long", pointer, f"A text has at most {longest:,} characters here."))
    if text in ("", "NA"):
        return NULL
    return copied(restored(text) if spreadsheet else text)
