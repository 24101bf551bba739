"""From SSSOM/TSV to a mapping set."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from itertools import takewhile
from typing import Any

import yaml
from pydantic import ValidationError

from domain.errors import Problem
from domain.mappings.sssom.acceptance import Reading, Row, problems, spread
from domain.mappings.sssom.own import names_of
from domain.mappings.sssom.shapes import shape_problems
from domain.mappings.sssom.slots import MAPPING_SLOTS, MULTIVALUED, REQUIRED, SET_SLOTS
from schemas.mappings import SssomMapping, SssomSet


def parse(text: str) -> SssomSet:
    """The mapping set in a SSSOM/TSV file, each shared slot of the set moved to its mappings.

    Line ends may be LF, CRLF or CR. Columns and header keys that are no slots and that the set does not
    declare as extensions are named in `unknown_slots` and not kept. Raises Invalid with everything that
    is wrong, each with its line.
    """
    return read(text).accepted()


def read(text: str) -> Reading:
    """As `parse`, for whoever finds more to say about a mapping: what is wrong is told and not raised."""
    lines = list(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = _Header(list(takewhile(lambda line: line.startswith("#"), lines)))
    table = _Table(lines[len(header.lines) :], len(header.lines), header.declared)
    mapping_set = header.mapping_set([*header.unknown, *table.unknown])
    rows: Sequence[Row] = table.rows
    if mapping_set is not None:
        mapping_set, rows = spread(mapping_set, rows)
    beyond_shape = problems(rows, header.declared, header.own, whole=not table.problems)
    found = [*header.problems, *table.problems, *beyond_shape]
    return Reading(mapping_set, rows, header.own, found)


class _HeaderLoader(yaml.BaseLoader):
    """YAML of text, lists and dictionaries alone, without the aliases that SSSOM forbids.

    A few nested aliases are enough to make a value of any size from a header of one line.
    """

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # PyYAML has no types here
            raise yaml.MarkedYAMLError(problem="aliases are not allowed", problem_mark=mark)
        return super().compose_node(parent, index)


class _Header:
    """The lines that begin with `#`: YAML, which holds the slots of the set."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.lines = lines
        self.problems: list[Problem] = []
        self.values = self._load()
        definitions = self.values.get("extension_definitions", ())
        named = [item for item in definitions if isinstance(item, dict) and "slot_name" in item]
        self.declared = {str(item["slot_name"]) for item in named}
        self.own = names_of((str(item["slot_name"]), _property(item)) for item in named)
        self.unknown = [name for name in self.values if name not in SET_SLOTS and name not in self.declared]

    def mapping_set(self, unknown: list[str]) -> SssomSet | None:
        """The set without its mappings; None, and the problems, when the header does not make one."""
        content = {name: value for name, value in self.values.items() if name in SET_SLOTS}
        content["extensions"] = {name: value for name, value in self.values.items() if name in self.declared}
        content["unknown_slots"] = unknown
        try:
            return SssomSet.model_validate(content)
        except ValidationError as error:
            for pointer, slot, code, detail in shape_problems(error):
                self.problems.append(Problem(pointer, code, detail, self._line_of(slot)))
            return None

    def _load(self) -> dict[str, Any]:
        """The keys that have a value; scalars stay text, which the slots interpret."""
        content = "".join(line[1:] for line in self.lines)
        try:
            values = yaml.load(content, Loader=_HeaderLoader)  # noqa: S506 makes text, lists and dictionaries
        except (yaml.YAMLError, RecursionError) as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            self.problems.append(Problem("", "malformed-header", "The header is not YAML.", line))
            return {}
        if values is not None and not isinstance(values, dict):
            self.problems.append(Problem("", "malformed-header", "The header is not a YAML mapping.", 1))
            return {}
        return {name: value for name, value in (values or {}).items() if isinstance(name, str) and value}

    def _line_of(self, slot: str) -> int:
        begins = re.compile(rf"# *{re.escape(slot)} *:")
        return next((number for number, line in enumerate(self.lines, 1) if begins.match(line)), 1)


def _property(definition: dict[str, Any]) -> str | None:
    stated = definition.get("property")
    return str(stated) if stated else None


class _Table:
    """The lines after the header: column names, then a mapping each."""

    def __init__(self, lines: Sequence[str], before: int, declared: set[str]) -> None:
        self.problems: list[Problem] = []
        self.rows: list[Row] = []
        self._declared = declared
        records = self._records(lines, before)
        line, self._columns = next(records, (before + 1, []))
        self._check_columns(line)
        for position, (line, cells) in enumerate(records):
            self._take(position, line, cells)

    @property
    def unknown(self) -> list[str]:
        return [
            name
            for name in self._columns
            if name and name not in MAPPING_SLOTS and name not in self._declared
        ]

    def _records(self, lines: Sequence[str], before: int) -> Iterator[tuple[int, list[str]]]:
        """The rows that hold anything, each with the line on which it begins: a cell may span several."""
        reader = csv.reader(lines, delimiter="\t", strict=True)
        line = before + 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield line, [cell.strip() for cell in cells]
                line = before + reader.line_num + 1
        except csv.Error as error:
            self.problems.append(
                Problem("/mappings", "malformed-table", f"This cannot be read: {error}.", line)
            )

    def _check_columns(self, line: int) -> None:
        if not self._columns:
            self.problems.append(Problem("/mappings", "no-table", "There is no line of column names.", line))
            return
        for name in dict.fromkeys(self._columns):
            if name and self._columns.count(name) > 1:
                detail = f"The column `{name}` stands {self._columns.count(name)} times."
                self.problems.append(Problem("/mappings", "duplicate-column", detail, line))
        for name in REQUIRED:
            if name not in self._columns:
                self.problems.append(Problem("/mappings", "required", f"There is no column `{name}`.", line))

    def _take(self, position: int, line: int, cells: Sequence[str]) -> None:
        if len(cells) > len(self._columns):
            detail = f"There are {len(cells)} cells under {len(self._columns)} columns."
            self.problems.append(Problem(f"/mappings/{position}", "too-many-cells", detail, line))
        try:
            mapping = SssomMapping.model_validate(self._slots(cells))
        except ValidationError as error:
            for pointer, slot, code, detail in shape_problems(error):
                if code != "required" or slot in self._columns:
                    self.problems.append(Problem(f"/mappings/{position}{pointer}", code, detail, line))
        else:
            self.rows.append(Row(position, line, mapping))

    def _slots(self, cells: Sequence[str]) -> dict[str, Any]:
        slots: dict[str, Any] = {"extensions": {}}
        for column, cell in zip(self._columns, cells, strict=False):
            if cell and column in MAPPING_SLOTS:
                slots[column] = split(cell) if column in MULTIVALUED else cell
            elif cell and column in self._declared:
                slots["extensions"][column] = cell
        return slots


def split(cell: str) -> list[str]:
    r"""The values of a multi-valued cell: `a|b\|c` → a, b|c. A backslash escapes only `|` and itself."""
    values = [""]
    for piece in re.findall(r"\\[|\\]|[^|\\]+|[|\\]", cell):
        if piece == "|":
            values.append("")
        else:
            values[-1] += piece[1:] if piece in ("\\|", "\\\\") else piece
    return [value for value in values if value.strip()]
