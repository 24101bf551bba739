"""NDJSON and JSON arrays, read as they arrive: what each object says, as cells. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from domain.errors import Invalid
from domain.indicators.intake.pieces import LARGEST_ROW, TOO_LONG, Held, Objects, Text, presentable
from domain.indicators.intake.tally import Tally


def _fields(item: Mapping[str, object]) -> Iterator[tuple[str, object]]:
    """Names and values of an observation; those of its breakdown stand among the others."""
    for name, value in item.items():
        if name == "breakdown" and isinstance(value, dict):
            yield from value.items()
        else:
            yield name, value


def _plain(value: object) -> str | None:
    """A JSON value as a cell has it; numbers keep their digits. None for what no cell can hold."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else None


@dataclass
class _Observations:
    """What NDJSON and JSON arrays share."""

    tally: Tally
    received: int = 0
    unreadable: int = 0
    _decoder: json.JSONDecoder = field(
        default_factory=lambda: json.JSONDecoder(parse_float=str, parse_int=str, parse_constant=str)
    )

    def _objects(self, found: Sequence[tuple[int, object]], *, damaged: bool) -> Iterator[Objects]:
        flat = [(number, self._flat(number, item)) for number, item in found]
        kept = [(number, cells) for number, cells in flat if cells is not None]
        if kept:
            yield Objects([cells for _, cells in kept], [number for number, _ in kept], damaged)

    def _flat(self, number: int, item: object) -> dict[str, str] | None:
        if not isinstance(item, dict):
            self._refuse(number, "not-an-object", "An observation is an object.")
            return None
        cells: dict[str, str] = {}
        for name, value in _fields(item):
            cell = _plain(value)
            if cell is None or name in cells:
                code, why = "field-twice", "there twice"
                if cell is None:
                    code, why = "not-a-value", "no single value"
                self._refuse(number, code, f"`{presentable(name)}` is {why}.", f"/{presentable(name)}")
                return None
            cells[name] = cell
        return cells

    def _refuse(self, number: int, code: str, detail: str, pointer: str = "") -> None:
        self.unreadable += 1
        self.tally.add(code, pointer, detail, [number])


def _escapes_no_text(json_text: str) -> bool:
    """Whether it may have U+0000 or half of a pair, which a JSON string can name although it is no text."""
    return "\\u0000" in json_text or "\\ud" in json_text or "\\uD" in json_text


class JsonLines(_Observations):
    """One object on each line."""

    def __init__(self, tally: Tally, *, charset: str | None = None) -> None:
        super().__init__(tally)
        self._text, self._held, self._damaged = Text(charset), Held(), False

    def feed(self, content: bytes, *, last: bool = False) -> Iterator[Objects]:
        self._held.add(self._text.decode(content, last=last))
        self._damaged |= self._text.damaged
        ready = self._held.take(len(self._held.text) if last else self._held.text.rfind("\n") + 1)
        found = [item for line in ready.split("\n") if line.strip() for item in self._read(line)]
        yield from self._objects(found, damaged=self._damaged or _escapes_no_text(ready))
        self._damaged = self._damaged and bool(self._held.text)
        if self._held.drop_endless():
            self.received += 1
            self._refuse(self.received, "row-too-long", f"Row {self.received} {TOO_LONG}.")

    def _read(self, line: str) -> Iterator[tuple[int, object]]:
        self.received += 1
        try:
            yield self.received, self._decoder.decode(line)
        except (ValueError, RecursionError):
            detail = f"Row {self.received} is not JSON."
            self._refuse(self.received, "malformed-json", detail)


class JsonArray(_Observations):
    """One array of objects."""

    def __init__(self, tally: Tally, *, charset: str | None = None) -> None:
        super().__init__(tally)
        self._text, self._held, self._damaged = Text(charset), "", False
        self._begun = self._ended = False

    def feed(self, content: bytes, *, last: bool = False) -> Iterator[Objects]:
        self._held += self._text.decode(content, last=last)
        self._damaged |= self._text.damaged or _escapes_no_text(self._held)
        found = list(self._items(last=last))
        yield from self._objects(found, damaged=self._damaged)
        self._damaged = bool(self._held) and self._damaged

    def _items(self, *, last: bool) -> Iterator[tuple[int, object]]:
        begins = 0
        while (begins := self._item_after(begins)) < len(self._held):
            try:
                item, ends = self._decoder.raw_decode(self._held, begins)
            except RecursionError:
                raise _no_array() from None
            except ValueError:
                if last or len(self._held) - begins > LARGEST_ROW:
                    raise _no_array(self.received + 1) from None
                break
            if ends == len(self._held) and not last:  # a number may go on in the next piece
                break
            begins = ends
            self.received += 1
            yield self.received, item
        self._held = self._held[begins:]
        if last and not self._ended:
            raise _no_array(self.received + 1)

    def _item_after(self, place: int) -> int:
        """Where the next item begins: brackets and commas are stepped over."""
        while place < len(self._held):
            sign = self._held[place]
            if sign.isspace():
                pass
            elif sign == "[" and not self._begun:
                self._begun = True
            elif not self._begun or self._ended:
                raise _no_array()
            elif sign == "]":
                self._ended = True
            elif sign != ",":
                return place
            place += 1
        return place


def _no_array(row: int | None = None) -> Invalid:
    where = f" from row {row} on" if row is not None else ""
    return Invalid(f"The body is not a JSON array{where}; nothing of it was taken.", code="malformed-json")
