"""The committed OpenAPI document and JSON Schema are those that the service gives."""

from __future__ import annotations

from pathlib import Path

from schemas.documents import rendered as rendered_schema
from services.api.main import create_app
from services.api.openapi import rendered
from services.settings import Settings

COMMITTED = Path(__file__).parents[2] / "schemas"


def test_the_committed_document_is_current():
    app = create_app(Settings(database_url=None, redis_url=None))

    assert (COMMITTED / "openapi.json").read_text() == rendered(app), "run `make openapi`"


def test_the_committed_schema_of_libraries_is_current():
    assert (COMMITTED / "library.json").read_text() == rendered_schema("library"), "run `make openapi`"
