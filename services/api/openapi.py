"""What the OpenAPI document says beyond the routes themselves."""

from __future__ import annotations

import json
from functools import partial
from importlib.metadata import version
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from schemas.libraries import Library
from schemas.mappings import SssomSet
from schemas.problems import ProblemDetails
from schemas.rubrics import Rubric
from schemas.submissions import SubmissionDraft, SubmissionMetadata
from services.api.exchange import LONGEST_KEY

VERSION = version("focalpoint")

DESCRIPTION = """
focalpoint keeps the frameworks that States have signed up to, takes in what they report, assesses how far
gender and diversity are addressed (with the evidence), shows where the same information counts elsewhere,
and keeps the calendar.

* **Errors** are problem details (RFC 9457) with a stable `code`.
* **Lists** are pages by keyset: `{"items": […], "next": "<cursor>" | null}`, `?limit=` and `?cursor=`.
* **POSTs** take an `Idempotency-Key`: the same key and body get the same answer.
* **Single resources** have an `ETag`; `If-None-Match` answers 304, `If-Match` guards changes (412, 428).
* **Long work** answers 202 with a job: `GET /v1/jobs/{id}`, or follow `/v1/jobs/{id}/events`.
* **Keys**: `Authorization: Bearer fp_…`. Without one, what is published can be read.
"""

TAGS = [
    {"name": "frameworks", "description": "Treaties, plans and goals, in editions; their provisions."},
    {"name": "States", "description": "Who is party to what, on any day."},
    {"name": "mappings", "description": "Which provision answers to which, in SSSOM."},
    {"name": "submissions", "description": "What States report: sections, documents, passages."},
    {"name": "assessments", "description": "How far each criterion is addressed, and where it says so."},
    {"name": "crosswalks", "description": "What a report establishes under other frameworks."},
    {"name": "observations", "description": "Values of indicators: files in, files out, what they were."},
    {"name": "obligations", "description": "Reporting cycles, what States owe, how many reports came in."},
    {"name": "follow-up", "description": "What States are asked after an assessment, and what they answer."},
    {"name": "plans", "description": "Frameworks carried out: plans, their progress, and mandates."},
    {"name": "charts", "description": "What figures look like: as data, as drawings, as tables."},
    {"name": "meetings", "description": "Series, meetings, reminders and what was sent."},
    {"name": "agendas", "description": "What meetings treat, and what comes of it: decisions, action items."},
    {"name": "people", "description": "Persons who are written to, and their committees."},
    {"name": "webhooks", "description": "Addresses on the web that are told what letters tell people."},
    {"name": "jobs", "description": "Long work."},
    {"name": "platform", "description": "Keys, and who the caller is."},
    {"name": "operation", "description": "Health and figures."},
]

PROBLEM: dict[str, Any] = {
    "description": "Problem details (RFC 9457)",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}},
}

IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": "idempotency-key",
    "in": "header",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
    "description": "of the caller's choice: the same key and body are done once, and answered the same",
}

READ_FROM_THE_BODY: tuple[type[BaseModel], ...] = (
    Library, SssomSet, Rubric, SubmissionDraft, SubmissionMetadata,
)  # fmt: skip
"""Shapes that routes read themselves, because they accept more than one media type."""


def install(app: FastAPI, problem: type[ProblemDetails]) -> None:
    """Complete the document: shapes read from bodies, and problem details as the only error shape."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(
                title=app.title,
                version=app.version,
                summary=app.summary,
                description=app.description,
                tags=app.openapi_tags,
                routes=app.routes,
                separate_input_output_schemas=app.separate_input_output_schemas,
            )
            app.openapi_schema = _completed(made, (*READ_FROM_THE_BODY, problem))
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]  # FastAPI documents this way


def _completed(document: dict[str, Any], shapes: tuple[type[BaseModel], ...]) -> dict[str, Any]:
    _, definitions = models_json_schema(
        [(shape, "validation") for shape in shapes], ref_template="#/components/schemas/{model}"
    )
    components = document.setdefault("components", {}).setdefault("schemas", {})
    for name, schema in definitions["$defs"].items():
        components.setdefault(name, schema)
    for unused in ("HTTPValidationError", "ValidationError"):
        components.pop(unused, None)
    for address, path in document["paths"].items():
        for operation in path.values():
            operation.get("parameters", []).sort(key=partial(_place_in, address))
            operation["responses"].pop("422", None)
            _describe_streams(operation)
        if "post" in path:
            path["post"].setdefault("parameters", []).append(IDEMPOTENCY_KEY)
    return document


def _place_in(address: str, parameter: dict[str, Any]) -> int:
    """Parts of the address come first, as they stand in it: generated clients take them in this order."""
    in_path = parameter["in"] == "path"
    return address.index(f"{{{parameter['name']}}}") if in_path else len(address)


def _describe_streams(operation: dict[str, Any]) -> None:
    """Streams in the words of OpenAPI 3.1, which does not know `itemSchema` yet."""
    for response in operation["responses"].values():
        for kind, content in response.get("content", {}).items():
            if content.pop("itemSchema", None) is not None:
                content["schema"] = {"type": "string", "contentMediaType": kind}


def rendered(app: FastAPI) -> str:
    """The document as it is committed: the same for the same code."""
    return json.dumps(app.openapi(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"
