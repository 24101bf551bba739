"""Starting processes that end when the one that started them does, as root or as an ordinary user.

PostgreSQL refuses to run as root. A server of root's therefore runs as another account, or, where no other
account can reach the files (a checkout under a closed /root), in a user namespace in which root is an
ordinary user.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

ACCOUNTS = ("postgres", "nobody")

_LINUX = sys.platform == "linux"
_LIBC = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWUSER = 0x10000000
_PR_SET_PDEATHSIG = 1


class ChildFailed(RuntimeError):
    """A child ended with a status other than 0, or could not become who it was to be."""


@dataclass(frozen=True)
class Identity:
    """Whom a child runs as: another account, root seen as an ordinary user, or (neither) ourselves."""

    uid: int | None = None
    gid: int | None = None
    namespaced: bool = False


OURSELVES = Identity()
NAMESPACED = Identity(namespaced=True)


def start(
    command: Sequence[str | Path],
    *,
    output: IO[bytes],
    ending: signal.Signals,
    identity: Identity = OURSELVES,
    environment: Mapping[str, str] | None = None,
    given: bytes = b"",
) -> subprocess.Popen[bytes]:
    """Start `command` in a session of its own, with `given` to read; `output` receives all it writes.

    On Linux it is sent `ending` as soon as this process is gone, however that came about. `environment` is
    added to ours. Raises OSError or ChildFailed when it cannot be started.
    """
    if threading.current_thread() is not threading.main_thread():
        # Linux sends the parent-death signal when the *thread* that started the child ends.
        raise RuntimeError("children are started from the main thread")
    with tempfile.TemporaryFile() as stdin:
        stdin.write(given)
        stdin.seek(0)
        try:
            return subprocess.Popen(  # noqa: S603 - our own commands, no shell
                [str(word) for word in command],
                stdin=stdin,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                start_new_session=True,  # a Ctrl-C in the terminal reaches this process alone
                user=identity.uid,
                group=identity.gid,
                extra_groups=None if identity.uid is None else [],
                preexec_fn=_setup(identity, ending),  # noqa: PLW1509 - the main thread's, and it takes no lock
            )
        except subprocess.SubprocessError as error:
            raise ChildFailed(f"{command[0]} could not be started as {identity}") from error


def run(command: Sequence[str | Path], *, identity: Identity = OURSELVES, given: bytes = b"") -> str:
    """Run `command` to its end and return what it wrote. Raises ChildFailed with that text, or OSError."""
    with tempfile.TemporaryFile() as output:
        child = start(
            command,
            output=output,
            ending=signal.SIGKILL,
            identity=identity,
            environment={"LC_ALL": "C"},
            given=given,
        )
        status = child.wait()
        output.seek(0)
        text = output.read().decode(errors="replace")
    if status:
        raise ChildFailed(f"{command[0]} ended with status {status}:\n{text}")
    return text


def ordinary_identity(program: Path, folder: Path) -> Identity:
    """Someone other than root who can execute `program` and enter `folder`: ourselves, unless we are root."""
    if os.geteuid() != 0:
        return OURSELVES
    for identity in (*_accounts(), NAMESPACED):
        if can_run(program, folder, identity):
            return identity
    raise ChildFailed(
        f"no ordinary user can run {program} on {folder}: move both out of folders closed to others, "
        "allow user namespaces, or start as an ordinary user"
    )


def owner_of(folder: Path) -> Identity:
    """Whom a child runs as that is to own `folder`, without being root."""
    if os.geteuid() != 0:
        return OURSELVES
    status = folder.stat()
    return Identity(status.st_uid, status.st_gid) if status.st_uid else NAMESPACED


def can_run(program: Path, folder: Path, identity: Identity) -> bool:
    """Whether a child with this identity can execute `program` and enter `folder`."""
    try:
        run(["/bin/sh", "-c", '"$0" --version && [ -x "$1" ]', program, folder], identity=identity)
    except (ChildFailed, OSError):
        return False
    return True


def command_of(pid: int) -> str:
    """The words of a live process, space between.

    Empty when there is none, only its zombie, or while it is becoming another program.
    """
    if _LINUX:
        try:
            words = Path(f"/proc/{pid}/cmdline").read_bytes()
        except (FileNotFoundError, ProcessLookupError):
            return ""
        return words.replace(b"\0", b" ").decode(errors="replace").strip()
    listing = ["ps", "-o", "command=", "-p", str(pid)]
    return subprocess.run(listing, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - ps


def _accounts() -> list[Identity]:
    known = {account.pw_name: account for account in pwd.getpwall() if account.pw_uid}
    return [Identity(known[name].pw_uid, known[name].pw_gid) for name in ACCOUNTS if name in known]


def _setup(identity: Identity, ending: signal.Signals) -> Callable[[], None] | None:
    """What a child does before exec, but after Popen has changed its account: that would clear the signal."""
    return partial(_bind_to_parent, identity, ending, os.getpid()) if _LINUX else None


def _bind_to_parent(identity: Identity, ending: signal.Signals, parent: int) -> None:
    if identity.namespaced:
        _enter_namespace()
    if _LIBC.prctl(_PR_SET_PDEATHSIG, int(ending), 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:  # it died before the signal was asked for
        os._exit(1)


def _enter_namespace() -> None:
    """Be uid 1000 in a namespace, and root outside: root's files are ours, and geteuid() is not 0."""
    if _LIBC.unshare(_CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare(CLONE_NEWUSER)")
    for name, text in (("setgroups", "deny"), ("uid_map", "1000 0 1"), ("gid_map", "1000 0 1")):
        Path("/proc/self", name).write_text(text)
