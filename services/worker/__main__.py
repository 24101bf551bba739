"""python -m services.worker"""

from __future__ import annotations

import uvloop

from services.settings import read_settings
from services.telemetry import set_up_logging
from services.worker.main import run


def main() -> None:
    settings = read_settings()
    set_up_logging(settings)
    uvloop.run(run(settings))


if __name__ == "__main__":
    main()
