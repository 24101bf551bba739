"""Keys made at the command line."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from click.testing import Result
from sqlalchemy import text
from typer.testing import CliRunner

from services.cli.app import app
from services.database import Sessions
from tests.conftest import Servers


@pytest.fixture
def environment(place: Servers, tmp_path: Path) -> dict[str, str]:
    return {
        "FOCALPOINT_DATABASE_URL": place.database_url,
        "FOCALPOINT_REDIS_URL": place.redis_url,
        "FOCALPOINT_HOME": str(tmp_path),
    }


async def key_create(environment: dict[str, str], *arguments: str) -> Result:
    """In a thread, as the command runs an event loop of its own."""
    command = ["key", "create", "Croatia", "--scope", "submissions:write", "--json", *arguments]
    return await asyncio.to_thread(CliRunner().invoke, app, command, env=environment)


async def keys_of(sessions: Sessions) -> list[tuple[str, str]]:
    async with sessions() as session:
        rows = await session.execute(text("SELECT name, state FROM api_keys"))
        return [(row.name, row.state) for row in rows]


async def test_a_key_is_not_made_for_a_state_that_does_not_exist(
    environment: dict[str, str], sessions: Sessions
):
    refused = await key_create(environment, "--state", "QQQ")

    assert refused.exit_code == 1
    assert "There is no State `QQQ`." in refused.output
    assert await keys_of(sessions) == []


async def test_a_key_is_bound_to_a_state_that_is_known(environment: dict[str, str], sessions: Sessions):
    made = await key_create(environment, "--state", "HRV")

    assert (made.exit_code, json.loads(made.stdout)["state"]) == (0, "HRV")
    assert await keys_of(sessions) == [("Croatia", "HRV")]
