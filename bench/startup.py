"""How long `focalpoint up` takes until it is ready, on an empty folder and on existing data.

python -m bench.startup [ROUNDS]
"""

from __future__ import annotations

import os
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

COMMAND = [str(Path(sys.executable).parent / "focalpoint"), "up"]
COLD_LIMIT, WARM_LIMIT = 12.0, 4.0


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def once(home: str) -> tuple[float, float]:
    """Seconds to `ready`, and seconds from SIGTERM to the end."""
    environment = {**os.environ, "FOCALPOINT_HOME": home, "FOCALPOINT_PORT": str(free_port())}
    begun = time.perf_counter()
    with subprocess.Popen(COMMAND, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        while not process.stdout.readline().startswith("ready "):
            assert process.poll() is None, "it ended before it was ready"
        ready = time.perf_counter() - begun
        time.sleep(1)
        begun = time.perf_counter()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    return ready, time.perf_counter() - begun


def main() -> None:
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    cold, warm, end = [], [], []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory() as home:
            Path(home).chmod(0o755)
            for figures in (cold, warm):
                ready, ended = once(home)
                figures.append(ready)
                end.append(ended)
    for name, figures, limit in (("cold", cold, COLD_LIMIT), ("warm", warm, WARM_LIMIT), ("end", end, None)):
        shown = f"min {min(figures):.2f} median {statistics.median(figures):.2f} max {max(figures):.2f} s"
        print(f"{name:5} {shown}" + (f"  (limit {limit:g})" if limit else ""))


if __name__ == "__main__":
    main()
