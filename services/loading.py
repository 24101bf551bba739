"""Loading catalogue files: frameworks, States, memberships, reporting schedules, themes, mapping sets,
rubrics, thesauri.

Each kind of file goes through the same action as its address in the API.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from domain.assessments import actions as assessments
from domain.catalogue import LoadedFile
from domain.errors import Invalid, Problem, Refusal, TooLarge
from domain.frameworks import actions as frameworks
from domain.mappings import actions as mappings
from domain.mappings import sssom
from domain.obligations import actions as obligations
from domain.states import actions as states
from schemas.catalogue import InstrumentList, MembershipList, MembershipLists, StateList, ThemeList
from schemas.obligations import ReportingSchedules
from schemas.rubrics import Rubric
from schemas.thesauri import Thesaurus
from services import yaml
from services.database import Sessions
from services.libraries import library_of
from services.shaping import shaped, text_of

SHIPPED = Path(__file__).parent.parent / "catalogue"
ORDER = (
    "themes.yaml", "instruments.yaml", "states.yaml", "frameworks", "memberships",
    "reporting-cycles.yaml", "mappings", "thesaurus", "rubrics",
)  # fmt: skip
"""What later files rest on comes first."""

INVALID = "invalid-file"

SSSOM = ".sssom.tsv"
LARGEST_FILE = 10 * 1024 * 1024
"""Bytes, of any kind of file; what is YAML has a limit of its own."""


def files_of(path: Path) -> list[Path]:
    """A file itself, or a catalogue folder's files in the order in which they rest on each other."""
    if path.is_file():
        return [path]
    found: list[Path] = []
    for name in ORDER:
        place = path / name
        found += sorted(_catalogue_files(place), key=_key) if place.is_dir() else [place] * place.exists()
    return found


def _catalogue_files(folder: Path) -> Iterator[Path]:
    return (file for file in folder.iterdir() if file.name.endswith((".yaml", SSSOM)))


def _key(file: Path) -> str:
    """`ccm` stands before `ccm-gfp-tor`, which was adopted under it."""
    return file.name.partition(".")[0]


async def load(
    sessions: Sessions, path: Path, *, told: Callable[[Path, str], None] | None = None
) -> dict[str, int]:
    """Load what has changed since it was last loaded, each file in a transaction of its own.

    Returns how many files were `loaded` and `unchanged`. Raises Invalid naming the file that is wrong.
    """
    counts = {"loaded": 0, "unchanged": 0}
    known = await _digests(sessions)
    for file in files_of(path):
        content = _content(file)
        digest = hashlib.sha256(content).hexdigest()
        name = f"{file.parent.name}/{file.name}"
        outcome = "unchanged" if known.get(name) == digest else "loaded"
        if outcome == "loaded":
            await _load_file(sessions, file, content, name, digest)
        counts[outcome] += 1
        if told is not None:
            told(file, outcome)
    return counts


def _content(file: Path) -> bytes:
    size = file.stat().st_size
    if size > LARGEST_FILE:
        raise TooLarge(
            f"{file}: {size:,} bytes are more than the {LARGEST_FILE:,} allowed.", limit=LARGEST_FILE
        )
    return file.read_bytes()


async def _digests(sessions: Sessions) -> dict[str, str]:
    async with sessions() as session:
        return await LoadedFile.digests(session)


async def _load_file(sessions: Sessions, file: Path, content: bytes, name: str, digest: str) -> None:
    try:
        async with sessions.begin() as session:
            await _take_in(session, file, content)
            row = {"name": name, "digest": digest}
            statement = insert(LoadedFile).values(row)
            await session.execute(statement.on_conflict_do_update(index_elements=["name"], set_=row))
    except Refusal as refusal:
        refusal.message = f"{file}: {refusal.message}"
        raise


async def _take_in(session: AsyncSession, file: Path, content: bytes) -> None:
    if file.name.endswith(SSSOM):
        key = file.name.removesuffix(SSSOM)
        await mappings.bring(session, key, sssom.read(text_of(content)))
        return
    document = yaml.read(content)
    with document.located():
        await _KINDS[_kind(document.data)](session, document.data)


def _kind(data: Any) -> str:
    """By the key that only this kind of document has."""
    for name in _KINDS:
        if isinstance(data, dict) and name in data:
            return name
    raise Invalid(
        "This is no catalogue file.",
        [Problem("", "unknown-document", f"It needs one of the keys {', '.join(_KINDS)}.")],
        code="unknown-document",
    )


async def _themes(session: AsyncSession, data: Any) -> None:
    await frameworks.load_themes(session, shaped(ThemeList, data, code=INVALID))


async def _instruments(session: AsyncSession, data: Any) -> None:
    await frameworks.load_instruments(session, shaped(InstrumentList, data, code=INVALID))


async def _states(session: AsyncSession, data: Any) -> None:
    await states.load_states(session, shaped(StateList, data, code=INVALID))


async def _memberships(session: AsyncSession, data: Any) -> None:
    await states.load_memberships(session, shaped(MembershipList, data, code=INVALID))
    await obligations.look_again(session, now=datetime.now(UTC))


async def _several_memberships(session: AsyncSession, data: Any) -> None:
    for number, document in enumerate(shaped(MembershipLists, data, code=INVALID).memberships_of):
        try:
            await states.load_memberships(session, document)
        except Invalid as refusal:
            refusal.problems = [
                replace(problem, pointer=f"/memberships_of/{number}{problem.pointer}")
                for problem in refusal.problems
            ]
            raise
    await obligations.look_again(session, now=datetime.now(UTC))


async def _reporting_schedules(session: AsyncSession, data: Any) -> None:
    document = shaped(ReportingSchedules, data, code=INVALID)
    await obligations.load_schedules(session, document, now=datetime.now(UTC))


async def _library(session: AsyncSession, data: Any) -> None:
    await frameworks.publish(session, await library_of(session, data))


async def _rubric(session: AsyncSession, data: Any) -> None:
    await assessments.bring_rubric(session, shaped(Rubric, data, code=INVALID))


async def _thesaurus(session: AsyncSession, data: Any) -> None:
    await assessments.bring_thesaurus(session, shaped(Thesaurus, data, code=INVALID))


_KINDS: dict[str, Callable[[AsyncSession, Any], Any]] = {
    "provisions": _library,
    "concepts": _thesaurus,
    "memberships_of": _several_memberships,
    "memberships": _memberships,
    "reporting_schedules": _reporting_schedules,
    "states": _states,
    "themes": _themes,
    "instruments": _instruments,
    "criteria": _rubric,
}
