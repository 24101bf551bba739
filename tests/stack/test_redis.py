from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest
from redis import AuthenticationError, Redis

from services.stack.children import command_of
from services.stack.redis import EmbeddedRedis

from .processes import is_gone, running


@pytest.fixture
def server(home: Path) -> Iterator[EmbeddedRedis]:
    with EmbeddedRedis(home) as redis:
        yield redis


def put(url: str, value: str) -> None:
    with Redis.from_url(url) as client:
        client.set("kept", value)


def get(url: str) -> object:
    with Redis.from_url(url, decode_responses=True) as client:
        return client.get("kept")


def ask(url: str, section: str) -> dict[str, object]:
    with Redis.from_url(url, decode_responses=True) as client:
        return cast("dict[str, object]", client.info(section))


def test_a_second_start_finds_the_same_data_on_the_same_port(server: EmbeddedRedis, home: Path) -> None:
    url = server.url
    put(url, "value")

    server.stop()
    with EmbeddedRedis(home) as again:
        assert again.url == url
        assert get(url) == "value"


def test_what_was_acknowledged_outlives_a_killed_server(server: EmbeddedRedis) -> None:
    url = server.url
    put(url, "value")

    server.kill()
    server.start()

    assert server.url == url
    assert get(url) == "value"


def test_without_persistence_nothing_outlives_a_restart(home: Path) -> None:
    with EmbeddedRedis(home, persist=False) as server:
        put(server.url, "value")
        server.restart()
        assert get(server.url) is None


def test_the_password_is_needed_and_kept_from_others(server: EmbeddedRedis, home: Path) -> None:
    password = server.url.split(":")[2].split("@")[0]

    assert stat.S_IMODE((home / "redis" / "state.json").stat().st_mode) == 0o600
    assert password not in command_of(cast("int", ask(server.url, "server")["process_id"]))
    with pytest.raises(AuthenticationError):
        get(server.url.replace(password, "guessed"))


def test_a_full_server_refuses_rather_than_forgets(server: EmbeddedRedis) -> None:
    assert ask(server.url, "memory")["maxmemory_policy"] == "noeviction"


def test_a_running_server_is_shared_and_ends_with_its_owner_only(server: EmbeddedRedis, home: Path) -> None:
    with EmbeddedRedis(home) as guest:
        assert guest.url == server.url
        put(guest.url, "value")

    assert get(server.url) == "value"


def test_a_server_whose_owner_was_killed_ends_and_is_started_anew(home: Path) -> None:
    with running("hold.py", "redis", home) as (owner, held):
        orphan = cast("int", ask(held["url"], "server")["process_id"])
        put(held["url"], "value")
        owner.kill()
        owner.wait()
        with EmbeddedRedis(home) as successor:
            assert is_gone(orphan)
            assert get(successor.url) == "value"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
def test_root_runs_it_as_an_ordinary_user(server: EmbeddedRedis, home: Path, tmp_path: Path) -> None:
    put(server.url, "value")
    log = next((home / "redis" / "data" / "appendonlydir").glob("*.incr.aof"))

    assert log.stat().st_uid == (home / "redis" / "data").stat().st_uid
    with EmbeddedRedis(tmp_path) as behind_closed_folders:
        put(behind_closed_folders.url, "value")
