"""python -m services.api"""

from __future__ import annotations

import asyncio
import socket
import sys
from contextlib import suppress

import uvicorn
from fastapi import FastAPI

from services.api.main import create_app
from services.database import cut_off
from services.settings import read_settings
from services.telemetry import set_up_logging

CUT_OFF_AFTER = 5
"""Seconds after which requests in hand wait for the database no longer, and are answered 503."""

STARTUP_FAILURE = 3
"""The status by which uvicorn says so."""


class Server(uvicorn.Server):
    """Whoever waits for an answer when it is asked to stop gets one, though the database says nothing."""

    def __init__(self, app: FastAPI, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._state = app.state

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._state.leaving = True
        asyncio.get_running_loop().call_later(CUT_OFF_AFTER, cut_off, self._state.engine)
        await super().shutdown(sockets)


def main() -> None:
    settings = read_settings()
    set_up_logging(settings)
    app = create_app(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=CUT_OFF_AFTER + 1,  # a supervisor may lose patience after ten
        proxy_headers=True,
    )
    server = Server(app, config)
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        sys.exit(STARTUP_FAILURE)


if __name__ == "__main__":
    main()
