"""python -m services.worker"""

from __future__ import annotations


def main() -> None:
    # Here, because the reading child imports this module too, and must not load the whole worker by it.
    from services.worker.main import main as work  # noqa: PLC0415

    work()


if __name__ == "__main__":
    main()
