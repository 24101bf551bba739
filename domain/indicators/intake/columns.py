"""Which column of a file says what: by its name, by the sender's map, or the same for all rows. Pure."""

from __future__ import annotations

import csv
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from domain.errors import Invalid, Problem
from domain.indicators.codes import TOTAL, CodeList
from domain.indicators.intake.pieces import presentable

FIELDS: Mapping[str, frozenset[str]] = {
    "indicator": frozenset(),
    "state": frozenset({"area", "ref_area"}),
    "period": frozenset({"time_period"}),
    "value": frozenset({"obs_value"}),
    "status": frozenset({"obs_status"}),
    "nature": frozenset(),
    "unit_multiplier": frozenset({"unit_mult"}),
    "source": frozenset({"source_detail"}),
    "note": frozenset({"comment_obs"}),
    "proxy": frozenset(),
    "action": frozenset(),
}
"""What is known of an observation beside its breakdown, and other names for it."""

OF_EXPORTS = frozenset(
    {
        "structure",
        "structure_id",
        "structure_name",
        "freq",
        "unit_measure",
        "start",
        "end",
        "revision",
        "recorded",
        "by",
        "replaced",
        "replaced_by",
        "deleted",
    }
)
"""Columns that exports have, SDMX's or ours, and that say nothing here."""

MOST_NAMED = 200
"""Columns of a file that an answer names."""

REQUIRED = ("state", "period", "value")
NAMED = {name: of for of, names in FIELDS.items() for name in (of, *names)}


@dataclass(frozen=True)
class Wishes:
    """What the sender says of the columns."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Which column of the file gives a field."""

    constants: Mapping[str, str] = field(default_factory=dict)
    """What a field is in all rows."""


@dataclass(frozen=True)
class Layout:
    """Where a row has each field and each concept of its breakdown."""

    width: int
    places: Mapping[str, int]
    constants: Mapping[str, str]
    dimensions: tuple[str, ...]
    """Concepts that the file breaks down by, in the order of the alphabet."""

    ignored: tuple[str, ...]

    def has(self, name: str) -> bool:
        return name in self.places or name in self.constants


def pairs(text: str, *, parameter: str) -> dict[str, str]:
    """`state:iso3c,period:date`, by the names of fields; one that has commas stands in quotation marks.

    Raises Invalid.
    """
    found: dict[str, str] = {}
    for part in next(csv.reader([text], skipinitialspace=True), []):
        name, colon, said = part.partition(":")
        name = NAMED.get(name.strip(), name.strip())
        if not colon or not name or name in found:
            raise refused(f"?{parameter}", "invalid-map", "Write `name:column,name:column`, each name once.")
        found[name] = said.strip()
    return found


def codes_written(text: str, *, parameter: str) -> dict[str, dict[str, str]]:
    """`sex:Femmes=F,"disability_status:Disabled, all=PD"`: what cells of breakdowns mean. Raises Invalid."""
    found: dict[str, dict[str, str]] = {}
    for part in next(csv.reader([text], skipinitialspace=True), []):
        column, _, rest = part.partition(":")
        written, _, code = rest.rpartition("=")
        codes = found.setdefault(column.strip(), {})
        if not column.strip() or not written.strip() or not code.strip() or written.strip() in codes:
            raise refused(f"?{parameter}", "invalid-map", "Write `column:text=code`, each text once.")
        codes[written.strip()] = code.strip()
    return found


def written_as(
    lists: Mapping[str, CodeList], written: Mapping[str, Mapping[str, str]]
) -> dict[str, CodeList]:
    """The lists, with what a sender calls their codes. Raises Invalid for unknown breakdowns and codes."""
    also = dict(lists)
    for column, codes in written.items():
        known = lists.get(column)
        if known is None:
            raise refused("?codes", "unknown-breakdown", f"`{column[:80]}` is no declared breakdown.")
        for code in codes.values():
            if known.code(code) is None:
                raise refused("?codes", "unknown-code", f"`{code[:80]}` is no code of {known.concept}.")
        also[column] = known.also({text: known.code(code) or TOTAL for text, code in codes.items()})
    return also


def laid_out(
    header: Sequence[str], wishes: Wishes, dimensions: Collection[str], *, indicator_named: bool
) -> Layout:
    """The layout of a file with this header. `dimensions`: columns of the known breakdowns, in lower case.

    Raises Invalid, with every problem at once. Columns that nobody knows are refused, unless the sender gave
    a map: then those that it leaves out are meant to be.
    """
    found: list[Problem] = []
    places, unknown, ignored = _places(header, wishes, dimensions, found)
    constants = {
        name: said for name, said in wishes.constants.items() if _known(name, dimensions, found, "set")
    }
    for name in constants.keys() & places.keys():
        found.append(Problem(f"?set={name}", "column-twice", f"The file has a column for `{name}` too."))
    needed = REQUIRED if indicator_named else ("indicator", *REQUIRED)
    for name in needed:
        if name not in places and name not in constants:
            detail = f"No column gives `{name}`; the file has: {', '.join(header)[:500]}."
            found.append(Problem(f"/{name}", "column-missing", detail))
    if unknown and not wishes.columns:
        found += [
            Problem(f"/{name}", "unknown-column", f"Nothing is known of `{name}`.")
            for name in map(presentable, unknown[:MOST_NAMED])
        ]
    if found:
        raise Invalid("The columns of the file are not understood.", found, code="invalid-columns")
    by = sorted(name for name in {*places, *constants} if name not in FIELDS)
    left_out = tuple(map(presentable, [*unknown, *ignored][:MOST_NAMED]))
    return Layout(len(header), places, constants, tuple(by), left_out)


def _places(
    header: Sequence[str], wishes: Wishes, dimensions: Collection[str], found: list[Problem]
) -> tuple[dict[str, int], list[str], list[str]]:
    """Where each field is; the columns that nobody knows, and those that are known to say nothing."""
    names = [folded(name) for name in header]
    places = _mapped(names, wishes, dimensions, found)
    given, unknown, ignored = set(places), list[str](), list[str]()
    for number, name in enumerate(names):
        of = NAMED.get(name, name if name in dimensions else None)
        if number in places.values():
            continue
        if name in OF_EXPORTS:
            ignored.append(header[number])
        elif of is None or of in given:
            unknown.append(header[number])
        elif of in places:
            found.append(Problem(f"/{of}", "column-twice", f"Two columns give `{of}`."))
        else:
            places[of] = number
    return places, unknown, ignored


def _mapped(
    names: Sequence[str], wishes: Wishes, dimensions: Collection[str], found: list[Problem]
) -> dict[str, int]:
    """Where the fields are that the sender's map gives."""
    places: dict[str, int] = {}
    for name, column in wishes.columns.items():
        if not _known(name, dimensions, found, "columns"):
            continue
        count = names.count(folded(column))
        if count == 1:
            places[name] = names.index(folded(column))
        else:
            code, many = ("column-twice", "two columns") if count else ("no-such-column", "no column")
            found.append(Problem(f"?columns={name}", code, f"The file has {many} `{column[:80]}`."))
    return places


def check_known(wishes: Wishes, dimensions: Collection[str]) -> None:
    """Raises Invalid where the sender names a field that is not known."""
    found: list[Problem] = []
    for name in wishes.columns:
        _known(name, dimensions, found, "columns")
    for name in wishes.constants:
        _known(name, dimensions, found, "set")
    if found:
        raise Invalid("The fields of the file are not understood.", found, code="invalid-columns")


def _known(name: str, dimensions: Collection[str], found: list[Problem], parameter: str) -> bool:
    if name in NAMED or name in dimensions:
        return True
    detail = f"`{name[:80]}` is neither a field of observations nor a declared breakdown."
    found.append(Problem(f"?{parameter}={name[:80]}", "unknown-field", detail))
    return False


def folded(name: str) -> str:
    return name.strip().lstrip("\ufeff").lower().replace(" ", "_").replace("-", "_")


def refused(pointer: str, code: str, detail: str) -> Invalid:
    return Invalid(detail, [Problem(pointer, code, detail)], code=code)
