"""The console script `focalpoint`."""

from __future__ import annotations

from services.cli.app import app


def main() -> None:
    app()
