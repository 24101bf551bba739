"""Progress bars on a terminal, silence in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import Progress


@contextmanager
def counted(what: str, total: int) -> Iterator[Callable[[Path, str], None]]:
    """Yields what is to be told of each file when it is done."""
    with Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(what, total=total)

        def told(_file: Path, _outcome: str) -> None:
            progress.advance(task)

        yield told
