"""Keep commands running, say their processes, and end when asked to: `python keep.py HOME COMMAND...`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from services.stack.supervisor import Supervisor


def main(home: str, *commands: str) -> None:
    with Supervisor(Path(home), lambda line: None) as supervisor:
        names = [f"child-{number}" for number, _ in enumerate(commands)]
        for name, command in zip(names, commands, strict=True):
            supervisor.start(name, ["/bin/sh", "-c", command])
        sys.stdout.write(json.dumps([supervisor.pid(name) for name in names]) + "\n")
        sys.stdout.flush()
        supervisor.wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
