from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, BinaryIO, cast
from uuid import UUID

import asyncpg
from sqlalchemy import text

from domain.access.rules import Actor
from domain.base import Json, new_id
from domain.errors import Conflict, Forbidden, Invalid, Problem
from domain.indicators import merging, queries, rules, totals
from domain.indicators.codes import BUILT_IN, TOTAL, as_read, is_total
from domain.indicators.intake.cells import Context
from domain.indicators.intake.checking import Checker
from domain.indicators.intake.columns import NAMED, OF_EXPORTS, Wishes
from domain.indicators.intake.files import reader_for
from domain.indicators.intake.pieces import Reader
from domain.indicators.intake.tally import Tally
from domain.indicators.merging import Driver, Outcome
from domain.indicators.models import Area, CodeListRow, Import
from domain.states import queries as states
from schemas.observations import AreaDraft, CodeListDraft, ImportWishes

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncSession


MOST_SERIES = 16 * 1024 * 1024
"""Bytes about series that are held in memory."""


@dataclass(frozen=True, slots=True)
class Importer:
    """For whom observations are written."""

    key: UUID | None
    name: str
    state: str | None

    @classmethod
    def of(cls, actor: Actor) -> Importer:
        return cls(actor.id, actor.name, actor.state)


Pieces = Callable[[], AsyncIterator[bytes]]
"""Begins a file anew each time that it is called."""


@dataclass(frozen=True, slots=True)
class Sent:
    """A file as it came."""

    pieces: Pieces
    digest: bytes
    large: bool = False


async def take_in(
    session: AsyncSession,
    wishes: ImportWishes,
    sent: Sent,
    *,
    importer: Importer,
    now: datetime,
    keep_answer: bool = False,
) -> tuple[Import | None, Json]:
    """Read a file and write its observations, in this transaction; answer what became of each group of rows.

    Good rows are in although others are not, unless `atomic` is wished. `keep_answer` keeps what a dry run
    says. Raises Invalid when nothing of the file can be understood, NotFound when its indicator is not known.
    """
    context = await queries.context(session, wishes, writes_for=importer.state)
    how = wishes.model_dump_json(exclude={"dry_run"})
    fingerprint = rules.fingerprint(sent.digest, how, context.written())
    before = await queries.same_file(session, fingerprint, wishes.indicator)
    if before is not None:
        nothing = {"imported": 0, "updated": 0, "deleted": 0}
        answer = before | {"id": None, "dry_run": wishes.dry_run} | nothing
        answer["unchanged"] = answer["received"] - answer["rejected"]
        if not keep_answer:
            return None, answer
        return await recorded(session, importer, now, wishes.indicator, answer=answer), answer
    importing = _Importing(session, await driver_of(session), context, wishes, sent, importer, now)
    return await importing.carry_out(fingerprint, keep_answer=keep_answer)


async def driver_of(session: AsyncSession) -> Driver:
    """The driver's connection of a session whose transaction has begun."""
    await session.execute(text("SELECT 1"))
    raw = await (await session.connection()).get_raw_connection()
    return cast("asyncpg.Connection", raw.driver_connection)


async def recorded(
    session: AsyncSession, importer: Importer, now: datetime, indicator: str | None, *, answer: Json
) -> Import:
    """Who wrote what, numbered: observations refer to it."""
    made = Import(
        id=new_id(),
        by=importer.name,
        key=importer.key,
        state=importer.state,
        at=now,
        indicator=indicator,
        answer=answer,
    )
    session.add(made)
    await session.flush()
    if answer:
        made.answer = answer | {"id": str(made.id)}
    return made


@contextmanager
def _nothing_collected() -> Iterator[None]:
    """Rows are made by the ten thousand and have no cycles; looking for those would take the longest."""
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


class _File:
    """A file as it is read and checked."""

    def __init__(self, context: Context, wishes: ImportWishes, *, number: int, direct: bool) -> None:
        self.tally, self.direct = Tally(), direct
        self.reader: Reader = reader_for(wishes.kind, self.tally, charset=wishes.charset)
        of = Wishes(wishes.columns, wishes.constants)
        self.checker = Checker(context, of, self.tally, number=number, direct=direct)

    async def rows(self, pieces: AsyncIterator[bytes], aside: IO[bytes]) -> AsyncIterator[bytes]:
        """Lines of rows; those of new series go `aside`.

        Not read in a thread, where it and the driver would wait for each other to let go of the interpreter:
        while the database takes what was handed on, the next piece is read.
        """
        async for piece in pieces:
            await asyncio.sleep(0)  # what was handed on before goes out now
            yield self._take(piece, aside, last=False)
        yield self._take(b"", aside, last=True)

    def _take(self, piece: bytes, aside: IO[bytes], *, last: bool) -> bytes:
        with _nothing_collected():
            lines = b"".join(self.checker.take(table) for table in self.reader.feed(piece, last=last))
        aside.write(self.checker.new_series())
        return lines


@dataclass(slots=True)
class _Importing:
    """One import, from its bytes to its answer."""

    session: AsyncSession
    driver: Driver
    context: Context
    wishes: ImportWishes
    sent: Sent
    importer: Importer
    now: datetime

    async def carry_out(self, fingerprint: str, *, keep_answer: bool) -> tuple[Import | None, Json]:
        """Everything is done, and undone again where nothing is to be kept: a dry run says what happens."""
        # By hand: a dry run is undone without an error, which `async with` would need.
        savepoint = self.driver.transaction()
        await savepoint.start()
        record, file, outcome = await self._written()
        warnings = await self._totals_compared(record.number, file, outcome)
        undo = self.wishes.dry_run or (self.wishes.atomic and bool(file.tally))
        answer = self._answer(file, outcome, warnings)
        if not undo:
            await savepoint.commit()
            record.answer = answer = answer | {"id": str(record.id)}
            record.fingerprint, record.wrote = fingerprint, outcome.wrote
            await self.session.flush()
            return record, answer
        await savepoint.rollback()
        self.session.expunge(record)
        return await self._recorded(answer) if keep_answer else None, answer

    async def _recorded(self, answer: Json) -> Import:
        return await recorded(self.session, self.importer, self.now, self.wishes.indicator, answer=answer)

    async def _written(self) -> tuple[Import, _File, Outcome]:
        """An import is numbered when its turn has come, so that the later number is that of what wrote later.

        The rows of a large file on a new indicator go straight to the table: nothing is to be compared.
        """
        if not self.sent.large or not await self._nothing_known():
            return await self._merged(None)
        record = await self._recorded({})
        file = _File(self.context, self.wishes, number=record.number, direct=True)
        with SpooledTemporaryFile(MOST_SERIES) as aside:
            rows = file.rows(self.sent.pieces(), aside)
            if await merging.write(self.driver, rows, cast("BinaryIO", aside)):
                return record, file, Outcome(imported=file.checker.accepted)
        return await self._merged(record)

    async def _nothing_known(self) -> bool:
        indicator = self.wishes.indicator
        return indicator is not None and await merging.take_turn(self.driver, indicator, patient=True)

    async def _merged(self, record: Import | None) -> tuple[Import, _File, Outcome]:
        number = record.number if record else await merging.number_of_series(self.driver)
        file = _File(self.context, self.wishes, number=number, direct=False)
        with SpooledTemporaryFile(MOST_SERIES) as aside:
            rows = file.rows(self.sent.pieces(), aside)
            await merging.stage(self.driver, rows, cast("BinaryIO", aside), patient=self.sent.large)
        record = record or await self._recorded({})
        outcome = await merging.merge(self.driver, record.number, file.tally, acts=file.checker.acts)
        return record, file, outcome

    async def _totals_compared(self, number: int, file: _File, outcome: Outcome) -> Tally:
        warnings = Tally()
        if outcome.imported or outcome.updated:
            additive = queries.additive(self.context.measures)
            parts = {one.concept: sorted(one.parts) for one in self.context.lists.values() if one.parts}
            await totals.compare(self.driver, number, additive, parts, warnings, staged=not file.direct)
        return warnings

    def _answer(self, file: _File, outcome: Outcome, warnings: Tally) -> Json:
        received = file.reader.received
        rejected = file.reader.unreadable + file.checker.rejected + outcome.conflicting
        if self.wishes.atomic and rejected:
            rejected, outcome = received, Outcome()
        taken = received - rejected
        return {
            "id": None,
            "status": "imported" if not rejected else "partly-imported" if taken else "refused",
            "dry_run": self.wishes.dry_run,
            "received": received,
            "imported": outcome.imported,
            "updated": outcome.updated,
            "unchanged": outcome.unchanged,
            "deleted": outcome.deleted,
            "rejected": rejected,
            "problems": file.tally.shown(),
            "warnings": warnings.shown(),
            "ignored_columns": file.checker.ignored,
        }


async def declare_area(
    session: AsyncSession, key: str, draft: AreaDraft, *, actor: Actor, found: Area | None
) -> Area:
    """An area as it is from now on.

    Raises Invalid for an unknown State, or a key that means a State; Forbidden for whoever is bound to a
    State, unless it is a part of that State, which the key of a new one says.
    """
    if actor.state is not None:
        actor.must_write_for(draft.state or "")
        actor.must_write_for(found.state or "" if found else actor.state)
        if found is None and not key.startswith(f"{actor.state}-"):
            detail = (
                f"This key declares areas of {actor.state} only, and their keys begin with `{actor.state}-`."
            )
            raise Forbidden(detail, code="other-state", state=actor.state)
    if draft.state is not None:
        await states.known(session, draft.state)
    if await queries.means_state(session, key):
        detail = f"`{key}` is the code of a State."
        raise Invalid(detail, [Problem("/key", "code-of-state", detail)], code="code-of-state")
    if found is None:
        found = Area(key=key, title=draft.title, state=draft.state)
        session.add(found)
    else:
        found.title, found.state = draft.title, draft.state
    await session.flush()
    return found


async def declare_list(
    session: AsyncSession, key: str, draft: CodeListDraft, *, found: CodeListRow | None
) -> CodeListRow:
    """A breakdown as it is from now on.

    Raises Invalid for codes that stand twice, names of several codes or of the total, or parts that are no
    codes; Conflict for codes that observations have and that the list would lose.
    """
    concept = key.upper().replace("-", "_")
    if concept in BUILT_IN or key.replace("-", "_") in NAMED.keys() | OF_EXPORTS:
        raise Conflict(
            f"`{key}` is not for declaring: it is SDMX's own, or the name of a field.", code="built-in"
        )
    _check_codes(draft)
    lost = await queries.codes_in_use(session, concept) - {item.code for item in draft.codes}
    if found is not None and lost:
        named = ", ".join(sorted(lost)[:10])
        raise Conflict(
            f"Observations are broken down by {named}, which the list leaves out.", code="code-in-use"
        )
    codes = [item.model_dump() for item in draft.codes]
    if found is None:
        found = CodeListRow(key=key, title=draft.title, codes=codes, parts=draft.parts)
        session.add(found)
    else:
        found.title, found.codes, found.parts = draft.title, codes, draft.parts
    await session.flush()
    return found


def _check_codes(draft: CodeListDraft) -> None:
    known: set[str] = set()
    found = _ambiguous_names(draft)
    for number, item in enumerate(draft.codes):
        if item.code in known:
            found.append(
                Problem(f"/codes/{number}/code", "duplicate-code", f"`{item.code}` is there already.")
            )
        known.add(item.code)
    for number, code in enumerate(draft.parts):
        if code not in known:
            found.append(Problem(f"/parts/{number}", "unknown-code", f"`{code}` is no code of the list."))
    if found:
        raise Invalid("The code list has problems.", found, code="invalid-code-list")


def _ambiguous_names(draft: CodeListDraft) -> list[Problem]:
    """Codes, titles and aliases by which a cell would mean two codes, or a code and the total."""
    found: list[Problem] = []
    meant: dict[str, str] = {}
    for number, item in enumerate(draft.codes):
        names = [*item.aliases, *item.title.values(), item.code]
        for written, name in {as_read(name): name for name in names}.items():
            other = TOTAL if is_total(name) else meant.setdefault(written, item.code)
            if other != item.code:
                detail = f"`{name}` means `{other}` already, in capitals or not."
                found.append(Problem(f"/codes/{number}", "ambiguous-alias", detail))
    return found
