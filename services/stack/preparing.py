"""What a database needs before requests can be answered: tables, the catalogue, a first key."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from sqlalchemy import select

from domain.access import actions
from domain.access.models import ApiKey
from domain.access.rules import digest
from schemas.access import KeyDraft, Scope
from services.database import Sessions, open_engine, sessions_of
from services.loading import SHIPPED, load
from services.migrating import migrate
from services.settings import Settings


async def prepare(settings: Settings, key_file: Path, *, samples: bool) -> bool:
    """Migrate, load the catalogue, make the first administrator's key. Doing it again changes nothing.

    True when the key was made now.
    """
    engine = open_engine(settings.require_database(), pool=2)
    sessions = sessions_of(engine)
    try:
        await migrate(engine)
        await load(sessions, SHIPPED)
        if samples:
            for name in ("states.yaml", "memberships.yaml"):
                await load(sessions, SHIPPED / "samples" / name)
        return await _first_key(sessions, key_file)
    finally:
        await engine.dispose()


async def _first_key(sessions: Sessions, file: Path) -> bool:
    """The administrator's key, written to `file` once: when it is not there, or not of this database."""
    kept = await asyncio.to_thread(_kept_key, file)
    async with sessions.begin() as session:
        if kept and await session.scalar(select(ApiKey.id).where(ApiKey.digest == digest(kept))):
            return False
        draft = KeyDraft(name="administrator", scopes=[Scope.ADMIN])
        _, secret = await actions.issue_key(session, draft)
    await asyncio.to_thread(_keep_key, file, secret)
    return True


def _kept_key(file: Path) -> str | None:
    return file.read_text().strip() if file.exists() else None


def _keep_key(file: Path, secret: str) -> None:
    """Readable by the owner only, from the first byte."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as opened:
        opened.write(secret + "\n")
