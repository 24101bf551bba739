"""The OpenAPI document is valid, says what every operation does, and is shown without any other machine."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from openapi_spec_validator import OpenAPIV31SpecValidator
from pydantic import BaseModel

from schemas.access import KeyDraft
from schemas.agendas import (
    ActionItemChange,
    ActionItemDraft,
    AgendaEdit,
    DecisionChange,
    DecisionDraft,
    MinutesDraft,
    PointChange,
    PointDraft,
)
from schemas.assessments import ChangeRequest, CycleRequest, Decision
from schemas.libraries import Library
from schemas.mappings import MappingChange, MappingDraft, SssomSet
from schemas.meetings import MeetingChange, MeetingDraft, PlanCalendarRequest
from schemas.reminders import ReminderRuleDraft
from schemas.rubrics import Rubric
from schemas.series import SeriesChange, SeriesDraft
from schemas.submissions import ReturnNote, SubmissionChange, SubmissionDraft, SubmissionMetadata

Document = dict[str, Any]


@pytest.fixture(scope="module")
async def document(anonymous: httpx.AsyncClient) -> Document:
    found: Document = (await anonymous.get("/openapi.json")).json()
    return found


def operations(document: Document) -> Iterator[tuple[str, Document]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def resolved(document: Document, schema: Document) -> Document:
    if "$ref" in schema:
        found: Document = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        return found
    return schema


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for inner in node.values():
            yield from references(inner)
    elif isinstance(node, list):
        for inner in node:
            yield from references(inner)


def test_it_is_valid_openapi_3_1(document: Document):
    assert document["openapi"].startswith("3.1.")
    assert [error.message for error in OpenAPIV31SpecValidator(document).iter_errors()] == []


def test_every_reference_leads_somewhere(document: Document):
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}

    assert set(references(document)) <= known
    assert {f"#/components/schemas/{name}" for name in document["components"]["schemas"]} - set(
        references(document)
    ) == set(), "schemas that nothing refers to"


def test_every_operation_says_what_it_does_and_where_it_belongs(document: Document):
    known_tags = {tag["name"] for tag in document["tags"]}
    for name, operation in operations(document):
        assert operation["summary"], name
        assert operation["tags"], name
        assert set(operation["tags"]) <= known_tags, name
        assert all(response["description"] for response in operation["responses"].values()), name
    assert all(tag["description"] for tag in document["tags"])


def test_no_two_operations_have_one_name(document: Document):
    names = [operation["operationId"] for _, operation in operations(document)]

    assert len(set(names)) == len(names)


def test_every_error_is_announced_as_problem_details(document: Document):
    for name, operation in operations(document):
        if " /v1/" not in name:
            continue
        errors = {status: r for status, r in operation["responses"].items() if not status.startswith("2")}
        assert "default" in errors, name
        for response in errors.values():
            schema = response["content"]["application/problem+json"]["schema"]
            assert schema == {"$ref": "#/components/schemas/ProblemDetails"}, name


def test_every_answer_has_a_shape(document: Document):
    for name, operation in operations(document):
        if " /v1/" not in name:
            continue
        answers = {status: r for status, r in operation["responses"].items() if status.startswith("2")}
        assert answers, name
        answers.pop("204", None)
        for answer in answers.values():
            assert all(content["schema"] for content in answer["content"].values()), name


def test_every_parameter_has_a_schema_that_says_more_than_any(document: Document):
    for name, operation in operations(document):
        for parameter in operation.get("parameters", []):
            schema = parameter["schema"]
            assert schema.keys() & {"type", "anyOf", "allOf", "enum", "$ref"}, (name, parameter["name"])


def test_every_parameter_that_is_no_part_of_the_address_is_described(document: Document):
    for name, operation in operations(document):
        for parameter in operation.get("parameters", []):
            if parameter["in"] != "path":
                described = parameter.get("description") or parameter["schema"].get("description")
                assert described, (name, parameter["name"])


def test_parameters_of_an_address_stand_as_they_stand_in_it(document: Document):
    for name, operation in operations(document):
        told = [one["name"] for one in operation.get("parameters", []) if one["in"] == "path"]
        assert told == re.findall(r"\{(\w+)\}", name), name


def test_every_post_takes_an_idempotency_key(document: Document):
    for name, operation in operations(document):
        headers = {one["name"] for one in operation.get("parameters", []) if one["in"] == "header"}
        assert ("idempotency-key" in headers) == name.startswith("POST"), name


def test_every_request_body_has_an_example(document: Document):
    for name, operation in operations(document):
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            if kind in ("application/json", "application/yaml"):
                schema = resolved(document, content["schema"])
                assert schema.get("examples"), (name, kind)


@pytest.mark.parametrize(
    "shape",
    [
        ActionItemChange, ActionItemDraft, AgendaEdit, DecisionChange, DecisionDraft, MinutesDraft,
        PointChange, PointDraft,
        ChangeRequest, CycleRequest, Decision, KeyDraft, Library, MappingChange, MappingDraft, MeetingChange,
        MeetingDraft, PlanCalendarRequest, SeriesChange,
        ReminderRuleDraft, ReturnNote, Rubric, SeriesDraft, SssomSet, SubmissionChange, SubmissionDraft,
        SubmissionMetadata,
    ],
)  # fmt: skip
def test_examples_are_what_they_are_examples_of(document: Document, shape: type[BaseModel]):
    examples = document["components"]["schemas"][shape.__name__]["examples"]

    for example in examples:
        shape.model_validate(example)


def test_every_shape_that_is_sent_is_described(document: Document):
    for name, schema in document["components"]["schemas"].items():
        if name.endswith("Draft"):
            assert schema["description"], name


BY_A_TICKET = {f"{method} /v1/unsubscribe/{{ticket}}" for method in ("HEAD", "POST")}


def test_everything_but_what_is_published_asks_for_a_key(document: Document):
    assert document["components"]["securitySchemes"]["api-key"]["scheme"] == "bearer"
    for name, operation in operations(document):
        if " /v1/" in name and not name.startswith("GET") and name not in BY_A_TICKET:
            assert {"api-key": []} in operation["security"], name


ADDRESS = re.compile(r"""(?:src|href|url)\s*[=:]\s*["']?([^"'\s>,]+)""")


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
async def test_the_pages_need_no_other_machine(anonymous: httpx.AsyncClient, page: str):
    html = (await anonymous.get(page)).text
    addresses = set(ADDRESS.findall(html)) | set(re.findall(r"https?://[^\s\"'<>]+", html))
    ours = {address for address in addresses if address.startswith("/")}

    assert len(ours) >= 3
    assert addresses == ours
    for address in ours:
        answer = await anonymous.get(address)
        assert answer.status_code == 200, address
        assert len(answer.content) > 100


async def test_the_styles_load_nothing_from_elsewhere(anonymous: httpx.AsyncClient):
    styles = (await anonymous.get("/docs/assets/swagger-ui.css")).text

    assert "@import" not in styles
    assert not re.findall(r"url\(\s*['\"]?https?:", styles)


async def test_the_document_is_the_one_that_is_made_from_the_code(app: FastAPI, document: Document):
    assert document == app.openapi()
