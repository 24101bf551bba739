"""Which field each name in an object means, and objects as rows with one cell for each field. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from domain.indicators.intake.cells import Fault
from domain.indicators.intake.columns import NAMED, OF_EXPORTS, REQUIRED, Wishes, check_known, folded
from domain.indicators.intake.pieces import Objects, Table, presentable

MOST_SHAPES = 200
"""Different sets of names that are remembered; then it begins anew."""

MOST_NAMES = 200
"""Of one object. What has more is no observation."""

MOST_LETTERS = 20_000
"""In the names of an object that are remembered; longer ones are looked at anew each time."""

TOO_MANY = Fault("too-many-fields", "", f"An object has at most {MOST_NAMES} fields.")

LEFT_OUT = ""
"""The field of a name that says nothing here."""

Shape = Sequence[str] | Fault


class Fields:
    """Makes rows of objects. Fields that an object leaves out are empty cells of it.

    Raises Invalid where the sender's map gives a field that is not known.
    """

    def __init__(self, wishes: Wishes, dimensions: Collection[str], *, indicator_named: bool) -> None:
        check_known(wishes, dimensions)
        self.left_out: dict[str, None] = {}
        """Names that were seen and say nothing."""

        self._mapped = {folded(column): name for name, column in wishes.columns.items()}
        self._constants, self._dimensions = wishes.constants, dimensions
        needed = REQUIRED if indicator_named else ("indicator", *REQUIRED)
        self._header = dict.fromkeys(name for name in needed if name not in wishes.constants)
        self._shapes: dict[tuple[str, ...], Shape] = {}

    def table(self, objects: Objects) -> tuple[Table, list[tuple[int, Fault]]]:
        """Rows of the objects that are understood, and the others by their numbers.

        The header grows as fields come up, so that a file has few of them.
        """
        kept, numbers, refused = list[dict[str, str]](), list[int](), list[tuple[int, Fault]]()
        for row, number in zip(objects.rows, objects.numbers, strict=True):
            shape = self._shape(tuple(row))
            if isinstance(shape, Fault):
                refused.append((number, shape))
            else:
                kept.append(dict(zip(shape, row.values(), strict=True)))
                numbers.append(number)
        header = tuple(self._header)
        rows = [[row.get(name, "") for name in header] for row in kept]
        return Table(header, rows, numbers, objects.damaged), refused

    def _shape(self, names: tuple[str, ...]) -> Shape:
        if len(names) > MOST_NAMES:
            return TOO_MANY
        shape = self._shapes.get(names)
        if shape is None:
            shape = self._meant(names)
            if sum(map(len, names)) <= MOST_LETTERS:
                self._remember(names, shape)
        return shape

    def _remember(self, names: tuple[str, ...], shape: Shape) -> None:
        if len(self._shapes) >= MOST_SHAPES:
            self._shapes.clear()
        self._shapes[names] = shape

    def _meant(self, names: Sequence[str]) -> Shape:
        found: list[str] = []
        for name in names:
            field, shown = self._field(name), presentable(name)
            if field is None:
                return Fault("unknown-field", f"/{shown}", f"Nothing is known of `{shown}`.")
            if field in found and field != LEFT_OUT:
                return Fault("field-twice", f"/{field}", f"`{shown}` gives `{field}` once more.")
            if field in self._constants:
                return Fault("field-twice", f"/{field}", f"`set` gives `{field}` for all rows.")
            found.append(field)
            self._seen(field, shown)
        return found

    def _seen(self, field: str, name: str) -> None:
        if field != LEFT_OUT:
            self._header[field] = None
        elif len(self.left_out) < MOST_SHAPES:
            self.left_out[name] = None

    def _field(self, name: str) -> str | None:
        """None for a name of which nothing is known, where the sender has not said which are meant."""
        known = folded(name)
        if known in self._mapped:
            return self._mapped[known]
        field = NAMED.get(known, known if known in self._dimensions else None)
        if known in OF_EXPORTS or field in self._mapped.values() or (field is None and self._mapped):
            return LEFT_OUT
        return field
