"""Start a server, say where it is and who runs it, and end it when standard input closes.

    python hold.py postgres|redis HOME [ACCOUNT]

With an account, as that ordinary user: the interpreter itself may lie where that user cannot execute it.
"""

from __future__ import annotations

import json
import os
import pwd
import sys
from pathlib import Path

from services.stack.postgres import EmbeddedPostgres
from services.stack.redis import EmbeddedRedis


def become(account: str) -> None:
    entry = pwd.getpwnam(account)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def main(kind: str, home: str, *account: str) -> None:
    for name in account:
        become(name)
    server = EmbeddedPostgres(Path(home)) if kind == "postgres" else EmbeddedRedis(Path(home))
    with server:
        sys.stdout.write(json.dumps({"url": server.url, "uid": os.getuid()}) + "\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
