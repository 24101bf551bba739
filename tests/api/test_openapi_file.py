"""The committed OpenAPI document is the one that the service gives."""

from __future__ import annotations

from pathlib import Path

from services.api.main import create_app
from services.api.openapi import rendered
from services.settings import Settings

COMMITTED = Path(__file__).parents[2] / "schemas" / "openapi.json"


def test_the_committed_document_is_current():
    app = create_app(Settings(database_url=None, redis_url=None))

    assert COMMITTED.read_text() == rendered(app), "run `make openapi` and look at the difference"
