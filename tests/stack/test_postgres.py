from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import stat
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from services.stack.children import NAMESPACED, Identity, can_run, command_of
from services.stack.postgres import EmbeddedPostgres, find_binaries
from services.stack.servers import ServerFailed

from .processes import eventually, is_gone, only_linux, running

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


@pytest.fixture(scope="module")
def postgres(lasting_home: Path) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(lasting_home) as server:
        yield server


@contextlib.asynccontextmanager
async def connected(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        yield connection
    finally:
        connection.terminate()


async def ask(url: str, question: str) -> object:
    async with connected(url) as connection:
        return await connection.fetchval(question)


def server_process(home: Path) -> int:
    return int((home / "postgres" / "data" / "postmaster.pid").read_text().split()[0])


async def test_a_second_start_finds_the_same_data_on_the_same_port(
    postgres: EmbeddedPostgres, lasting_home: Path
) -> None:
    url = postgres.url
    await ask(url, "CREATE TABLE kept AS SELECT 1 AS value")

    postgres.stop()
    with EmbeddedPostgres(lasting_home) as again:
        assert again.url == url
        assert await ask(again.url, "SELECT value FROM kept") == 1
    postgres.start()


async def test_what_was_committed_outlives_a_server_killed_while_it_works(postgres: EmbeddedPostgres) -> None:
    url = postgres.url
    async with connected(url) as writer, connected(url) as reader:
        await writer.execute("CREATE TABLE acknowledged AS SELECT generate_series(1, 1000)")
        busy = asyncio.create_task(reader.fetchval("SELECT count(*) FROM generate_series(1, 3e6)"))
        await asyncio.sleep(0.05)
        postgres.kill()
        postgres.start()
        with contextlib.suppress(asyncpg.PostgresError, asyncpg.InternalClientError, OSError):
            await busy

    assert postgres.url == url
    assert await ask(url, "SELECT count(*) FROM acknowledged") == 1000


async def test_a_restart_keeps_the_address(postgres: EmbeddedPostgres) -> None:
    url = postgres.url

    postgres.restart()

    assert postgres.url == url
    assert await ask(url, "SELECT 1") == 1


async def test_text_is_ordered_and_cased_by_the_same_rules_everywhere(postgres: EmbeddedPostgres) -> None:
    assert await ask(postgres.url, "SELECT upper('égalité')") == "ÉGALITÉ"
    assert await ask(postgres.url, "SELECT 'Z' < 'a'") is True
    assert await ask(postgres.url, "SHOW server_encoding") == "UTF8"


async def test_the_password_is_needed_and_kept_from_others(
    postgres: EmbeddedPostgres, lasting_home: Path
) -> None:
    password = postgres.url.split(":")[2].split("@")[0]

    assert stat.S_IMODE((lasting_home / "postgres" / "state.json").stat().st_mode) == 0o600
    assert password not in command_of(server_process(lasting_home))
    with pytest.raises(asyncpg.InvalidPasswordError):
        await ask(postgres.url.replace(password, "guessed"), "SELECT 1")


async def test_a_running_server_is_shared_and_ends_with_its_owner_only(
    postgres: EmbeddedPostgres, lasting_home: Path
) -> None:
    with EmbeddedPostgres(lasting_home) as guest:
        assert guest.url == postgres.url

    assert await ask(postgres.url, "SELECT 1") == 1


async def test_a_server_whose_owner_was_killed_is_ended_and_started_anew(
    postgres: EmbeddedPostgres, lasting_home: Path
) -> None:
    postgres.stop()
    with running("hold.py", "postgres", lasting_home) as (owner, held):
        await ask(held["url"], "CREATE TABLE left_behind AS SELECT 1 AS value")
        orphan = server_process(lasting_home)
        owner.kill()
        owner.wait()
        postgres.start()

    assert is_gone(orphan)
    assert await ask(postgres.url, "SELECT value FROM left_behind") == 1


@only_linux
async def test_a_server_does_not_outlive_its_killed_owner(
    postgres: EmbeddedPostgres, lasting_home: Path
) -> None:
    postgres.stop()
    with running("hold.py", "postgres", lasting_home) as (owner, _):
        orphan = server_process(lasting_home)
        owner.kill()
        assert eventually(lambda: is_gone(orphan))
    postgres.start()


async def test_a_making_that_was_cut_short_is_begun_again(home: Path) -> None:
    remains = home / "postgres" / "nursery" / "data"
    remains.mkdir(parents=True)
    (remains / "PG_VERSION").write_text("18")

    with EmbeddedPostgres(home, durable=False, settings={"work_mem": "7MB"}) as server:
        assert await ask(server.url, "SHOW fsync") == "off"
        assert await ask(server.url, "SHOW work_mem") == "7MB"
        assert await ask(server.url, "SHOW max_connections") == "100"
    assert not remains.parent.exists()


def test_a_server_that_cannot_start_says_why_and_leaves_the_folder_free(
    postgres: EmbeddedPostgres, lasting_home: Path
) -> None:
    postgres.stop()
    with pytest.raises(ServerFailed, match='invalid value for parameter "work_mem"'):
        EmbeddedPostgres(lasting_home, settings={"work_mem": "plenty"}).start()
    postgres.start()


def test_binaries_that_were_chosen_but_are_not_there_are_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FOCALPOINT_PG_BIN", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="FOCALPOINT_PG_BIN"):
        find_binaries()


@as_root
async def test_root_runs_it_as_another_account(postgres: EmbeddedPostgres, lasting_home: Path) -> None:
    if not can_run(find_binaries() / "postgres", lasting_home, nobody()):
        pytest.skip("the server's binaries lie in a folder closed to other accounts")

    assert (lasting_home / "postgres" / "data").stat().st_uid != 0
    assert await ask(postgres.url, "SELECT 1") == 1


@as_root
async def test_root_runs_it_in_a_folder_closed_to_others(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    if not can_run(find_binaries() / "postgres", closed, NAMESPACED):
        pytest.skip("this machine allows no user namespaces")

    server = EmbeddedPostgres(closed, durable=False)
    for _ in range(2):
        with server:
            assert await ask(server.url, "SELECT 1") == 1
    assert (closed / "postgres" / "data").stat().st_uid == 0


@as_root
async def test_an_ordinary_user_runs_it_in_a_folder_of_their_own(home: Path) -> None:
    os.chown(home, nobody().uid or 0, nobody().gid or 0)
    if not can_run(find_binaries() / "postgres", home, nobody()):
        pytest.skip("the server's binaries lie in a folder closed to other accounts")

    with running("hold.py", "postgres", home, "nobody") as (owner, held):
        assert held["uid"] == (home / "postgres" / "data").stat().st_uid == nobody().uid
        assert await ask(held["url"], "SELECT 1") == 1
        assert finish(owner) == 0


def nobody() -> Identity:
    account = pwd.getpwnam("nobody")
    return Identity(account.pw_uid, account.pw_gid)


def finish(owner: subprocess.Popen[str]) -> int:
    assert owner.stdin is not None
    owner.stdin.close()
    return owner.wait(10)
