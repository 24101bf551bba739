from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from itertools import accumulate, repeat
from pathlib import Path

import pytest

from services.stack import children
from services.stack.supervisor import Supervisor, next_delay

from .processes import eventually, is_gone, only_linux, running

STAYS = "exec sleep 60"


@pytest.fixture
def reports() -> list[str]:
    return []


@pytest.fixture
def supervisor(tmp_path: Path, reports: list[str]) -> Iterator[Supervisor]:
    with Supervisor(tmp_path, reports.append, grace=0.3) as supervisor:
        yield supervisor


def shell(script: str) -> list[str]:
    return ["/bin/sh", "-c", script]


def stays(pid: int) -> bool:
    return children.command_of(pid) == "sleep 60"


def ticking(supervisor: Supervisor, condition: Callable[[], bool]) -> bool:
    def observed() -> bool:
        supervisor.tick()
        return condition()

    return eventually(observed)


def test_a_child_that_exits_is_started_again_as_a_new_process(supervisor: Supervisor) -> None:
    supervisor.start("worker", shell(STAYS))
    first = supervisor.pid("worker")
    assert first is not None

    os.kill(first, signal.SIGKILL)

    assert ticking(supervisor, lambda: supervisor.restarts("worker") == 1)
    assert supervisor.pid("worker") not in (None, first)


def test_a_child_that_keeps_failing_waits_twice_as_long_each_time(
    supervisor: Supervisor, reports: list[str]
) -> None:
    supervisor.start("worker", shell("exit 3"))

    assert ticking(supervisor, lambda: supervisor.restarts("worker") == 2)
    endings = [line for line in reports if "started" not in line]
    assert endings[:2] == [
        "worker ended with status 3; starting again in 0.2 s",
        "worker ended with status 3; starting again in 0.4 s",
    ]


def test_the_delay_grows_to_five_seconds_and_is_forgotten_after_thirty_of_life() -> None:
    delays = accumulate(repeat(0.0, 7), lambda last, lived: next_delay(last, lived=lived), initial=0.0)

    assert list(delays)[1:] == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    assert next_delay(5.0, lived=30.0) == 0.2


def test_a_command_that_vanished_is_tried_again(
    supervisor: Supervisor, tmp_path: Path, reports: list[str]
) -> None:
    program = tmp_path / "program"
    program.write_text("#!/bin/sh\nexit 0\n")
    program.chmod(0o755)
    supervisor.start("worker", [program])

    program.unlink()

    assert ticking(supervisor, lambda: any("could not be started" in line for line in reports))
    assert supervisor.pid("worker") is None


def test_a_command_that_does_not_exist_is_an_error_at_once(supervisor: Supervisor, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        supervisor.start("worker", [tmp_path / "missing"])


def test_two_children_cannot_share_a_name(supervisor: Supervisor) -> None:
    supervisor.start("worker", shell(STAYS))
    with pytest.raises(ValueError, match="worker"):
        supervisor.start("worker", shell(STAYS))


def test_output_of_all_lives_of_a_child_is_in_its_log(supervisor: Supervisor, tmp_path: Path) -> None:
    log = tmp_path / "log" / "worker.log"
    supervisor.start("worker", shell('echo "$GREETING"; echo and an error >&2'), {"GREETING": "bonjour"})

    assert ticking(supervisor, lambda: log.read_text() == "bonjour\nand an error\n" * 2)


def test_children_end_in_the_reverse_order_of_their_start(supervisor: Supervisor, tmp_path: Path) -> None:
    order = tmp_path / "order"
    order.touch()
    for name in ("first", "second", "third"):
        ready = tmp_path / name
        on_end = f"trap 'echo {name} >> {order}; exit' TERM; touch {ready}; while :; do sleep 0.01; done"
        supervisor.start(name, shell(on_end))
        assert eventually(ready.exists)

    supervisor.stop()

    assert order.read_text().split() == ["third", "second", "first"]


def test_a_child_that_does_not_end_is_killed_with_all_it_started(
    supervisor: Supervisor, tmp_path: Path, reports: list[str]
) -> None:
    grandchild = tmp_path / "grandchild"
    stubborn = (
        f"trap '' TERM; sleep 60 & echo $! > {grandchild}.draft; mv {grandchild}.draft {grandchild}; wait"
    )
    supervisor.start("worker", shell(stubborn))
    pid = supervisor.pid("worker")
    assert pid is not None
    assert eventually(grandchild.exists)

    supervisor.stop()

    assert is_gone(pid)
    assert eventually(lambda: is_gone(int(grandchild.read_text())))
    assert reports[-1] == "worker was ended by SIGKILL"


def test_a_signal_that_asks_to_end_stops_all_children_and_is_no_failure(tmp_path: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        with running("keep.py", tmp_path, STAYS, STAYS) as (process, pids):
            assert eventually(lambda: all(map(stays, pids)))
            process.send_signal(number)
            assert process.wait(5) == 0
            assert all(is_gone(pid) for pid in pids)


def test_a_signal_during_the_start_ends_what_was_started(tmp_path: Path) -> None:
    with Supervisor(tmp_path, lambda line: None) as supervisor:
        supervisor.start("worker", shell(STAYS))
        pid = supervisor.pid("worker")
        assert pid is not None
        with pytest.raises(SystemExit, match="0"):
            signal.raise_signal(signal.SIGTERM)
    assert is_gone(pid)


@only_linux
def test_a_killed_supervisor_leaves_no_child_behind(tmp_path: Path) -> None:
    with running("keep.py", tmp_path, STAYS, STAYS) as (process, pids):
        assert eventually(lambda: all(map(stays, pids)))
        process.kill()
        assert eventually(lambda: all(is_gone(pid) for pid in pids))


def test_a_child_has_a_session_of_its_own(supervisor: Supervisor) -> None:
    supervisor.start("worker", shell(STAYS))
    pid = supervisor.pid("worker")
    assert pid is not None

    assert os.getsid(pid) == pid


def test_only_the_main_thread_starts_children(tmp_path: Path) -> None:
    refusals: list[str] = []

    def attempt() -> None:
        try:
            with (tmp_path / "log").open("wb") as output:
                children.start(["true"], output=output, ending=signal.SIGTERM)
        except RuntimeError as error:
            refusals.append(str(error))

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()

    assert refusals == ["children are started from the main thread"]


def test_a_program_that_fails_says_what_it_wrote() -> None:
    with pytest.raises(children.ChildFailed, match=r"status 4:\nno such treaty"):
        children.run(shell("cat; exit 4"), given=b"no such treaty")


def test_a_process_that_ended_has_no_command() -> None:
    with subprocess.Popen(shell(STAYS)) as process:
        assert eventually(lambda: stays(process.pid))
        process.kill()
        assert eventually(lambda: is_gone(process.pid))
