"""What tests of the API send, and the one shape that every refusal must have."""

from __future__ import annotations

import json
from typing import Any

import httpx

from tests.worker_in_process import Worker

MEMBERS = {"type", "title", "status", "detail", "instance", "code"}


def problem_of(answer: httpx.Response, status: int, code: str) -> dict[str, Any]:
    """The problem details of a refusal, checked for what all of them have."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    assert problem.keys() >= MEMBERS
    assert (problem["status"], problem["code"]) == (status, code), problem
    assert problem["instance"] == answer.request.url.raw_path.decode().partition("?")[0]
    return problem


def pointers(problem: dict[str, Any]) -> dict[str, str]:
    """Where the request is wrong, and the code of what is wrong there."""
    assert all(item.keys() >= {"pointer", "code", "detail"} for item in problem["errors"])
    return {item["pointer"]: item["code"] for item in problem["errors"]}


TEXT = (
    "In 2024, 112 women and 96 men among the survivors received rehabilitation services. "
    "The ministry plans to adopt a gender policy in 2025. "
    "Casualty data are collected by sex and age: 14 girls and 22 boys were injured."
)


def report(
    state: str, *, framework: str = "ccm", period: str = "2024", text: str = TEXT, key: str = "report"
) -> dict[str, Any]:
    """A filing of one section."""
    return {
        "framework": framework,
        "state": state,
        "period": period,
        "sections": [{"key": key, "text": text}],
    }


Part = tuple[str, tuple[str | None, bytes | str, str]]


def parts(
    state: str, *documents: tuple[str, bytes, str], framework: str = "ccm", period: str = "2024"
) -> list[Part]:
    """A filing of documents (name, content, media type), as multipart."""
    metadata = json.dumps({"framework": framework, "state": state, "period": period})
    return [
        ("metadata", (None, metadata, "application/json")),
        *(("file", document) for document in documents),
    ]


def meeting(start: str = "2027-03-03T10:00:00+01:00", **changes: Any) -> dict[str, Any]:
    return {
        "title": "Dialogue",
        "framework": "ccm",
        "start": start,
        "time_zone": "Europe/Zurich",
        "duration_minutes": 60,
    } | changes


def series(**changes: Any) -> dict[str, Any]:
    """The quarterly meeting of the focal points, on the first Wednesday at ten in Geneva."""
    return {
        "title": "GFP quarterly meeting",
        "framework": "ccm",
        "rrule": "FREQ=MONTHLY;INTERVAL=3;BYDAY=1WE",
        "time_zone": "Europe/Zurich",
        "anchor": "2026-03-04T10:00:00",
        "duration_minutes": 90,
    } | changes


async def assessed(client: httpx.AsyncClient, worker: Worker, made: httpx.Response) -> str:
    """The address of a submission, once it has been submitted and assessed."""
    assert made.status_code == 201, made.text
    path = made.headers["location"]
    assert (await client.post(f"{path}/submit")).status_code == 202
    await worker.drain()
    return path


def levels(assessment: dict[str, Any]) -> dict[str, int]:
    return {finding["criterion"]: finding["level"] for finding in assessment["findings"]}
