"""What a second reader is asked about a finding, and what its answer is worth. Pure.

The passages are untrusted: a report may contain sentences written to sway whoever reads it. Nothing but
an opinion can come of an answer, and it stands beside the proposal.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from schemas.verdicts import JudgeAnswer, JudgePrompt, ReadingStatus

MOST_PASSAGES = 12
LONGEST_PASSAGE = 1_500
"""Characters; what is longer is shown up to there. A question thus stays under 20,000."""

MOST_TRIES = 4
"""Calls without an answer after which a finding goes without an opinion."""

PASSAGE_ID = re.compile(r"\b(?:d\d+|s\.[a-z0-9.-]+):\d+-\d+\b")


@dataclass(frozen=True, slots=True)
class SecondReader:
    """Who is asked, and by which edition of the prompt. One verdict per finding and second reader."""

    model: str
    prompt: str


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that may be spent on one assessment, and by all in one day (UTC)."""

    calls: int
    tokens: int
    daily_calls: int
    daily_tokens: int


class DaySpent(Exception):
    """What may be spent in one day has been spent."""


@dataclass(frozen=True, slots=True)
class Quoted:
    """A passage as it is shown: `id` is formed like that of evidence."""

    id: str
    language: str
    text: str


@dataclass(frozen=True, slots=True)
class Question:
    """A criterion and passages of the report, with the proposal that the second reader is not shown."""

    assessment: UUID
    finding: UUID
    criterion: str
    asked_for: str | None
    passages: tuple[Quoted, ...]
    level: int | None
    applicable: bool


@dataclass(frozen=True, slots=True)
class Ruling:
    """An opinion, or why there is none."""

    status: ReadingStatus
    problem: str | None = None
    level: int | None = None
    applicable: bool | None = None
    why: str | None = None
    cites: tuple[str, ...] = ()
    agrees: bool | None = None


def messages(prompt: JudgePrompt, question: Question) -> list[dict[str, str]]:
    """The conversation: instructions, then criterion, levels and passages as JSON, and nothing else."""
    criterion = {"title": question.criterion}
    if question.asked_for is not None:
        criterion["asked_for"] = question.asked_for
    passages = [
        {"id": quoted.id, "language": quoted.language, "text": quoted.text[:LONGEST_PASSAGE]}
        for quoted in question.passages
    ]
    shown = {"criterion": criterion, "levels": prompt.levels, "passages": passages}
    return [
        {"role": "system", "content": prompt.instructions},
        {"role": "user", "content": json.dumps(shown, ensure_ascii=False, indent=1)},
    ]


def answer_schema(question: Question) -> dict[str, Any]:
    """JSON Schema of an answer, in the subset that servers know how to enforce while a model writes."""
    properties = {
        "applicable": {"type": "boolean"},
        "level": {"type": ["integer", "null"], "enum": [0, 1, 2, 3, None]},
        "cites": {
            "type": "array",
            "items": {"type": "string", "enum": [quoted.id for quoted in question.passages]},
        },
        "why": {"type": "string"},
    }
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def read_answer(content: str, question: Question) -> Ruling:
    """The opinion in an answer. Malformed where it has another shape or speaks of passages not shown."""
    try:
        answer = JudgeAnswer.model_validate_json(content)
    except ValidationError as error:
        return malformed(_first_mistake(error))
    unknown = [cited for cited in named(answer) if cited not in {quoted.id for quoted in question.passages}]
    if unknown:
        return malformed(f"It cites a passage that it was not shown: {unknown[0][:100]!a}.")
    return Ruling(
        status="given",
        level=answer.level,
        applicable=answer.applicable,
        why=answer.why,
        cites=tuple(dict.fromkeys(answer.cites)),
        agrees=(answer.level, answer.applicable) == (question.level, question.applicable),
    )


def named(answer: JudgeAnswer) -> Iterator[str]:
    """Passages that the answer rests on, in its list and in its words."""
    yield from answer.cites
    yield from PASSAGE_ID.findall(answer.why)


def malformed(problem: str) -> Ruling:
    return Ruling(status="malformed", problem=problem)


def _first_mistake(error: ValidationError) -> str:
    """Where the answer is wrong and how, without repeating it."""
    first = error.errors(include_input=False, include_url=False)[0]
    if first["type"] == "json_invalid":
        return "It is not JSON."
    where = "/".join(str(part) for part in first["loc"][:1] if part in JudgeAnswer.model_fields)
    said = first["msg"].removeprefix("Value error, ")
    return f"It is not in the form asked for: {f'`{where}`: ' if where else ''}{said}."
