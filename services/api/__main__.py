"""python -m services.api"""

from __future__ import annotations

import uvicorn

from services.api.main import create_app
from services.settings import read_settings
from services.telemetry import set_up_logging


def main() -> None:
    settings = read_settings()
    set_up_logging(settings)
    uvicorn.run(
        create_app(settings),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=6,  # a supervisor may lose patience after ten
        proxy_headers=True,
    )


if __name__ == "__main__":
    main()
