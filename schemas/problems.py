"""Errors, in the one shape that every answer uses (RFC 9457)."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class ProblemItem(BaseModel):
    """One of several things that are wrong with a request."""

    pointer: str = Field(description="JSON pointer into the body, or `?name`, `header:Name`, `path:name`")
    code: str
    detail: str
    row: int | None = Field(None, description="1-based line or row, for files")


class ProblemDetails(BaseModel):
    """`application/problem+json`. `code` is stable; `detail` is for people and may change."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [
                {
                    "type": "about:blank",
                    "title": "Not Found",
                    "status": 404,
                    "detail": "There is no framework `xyz`.",
                    "instance": "/v1/frameworks/xyz",
                    "code": "not-found",
                }
            ]
        },
    )

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
    code: str
    errors: list[ProblemItem] | None = Field(
        None, description="the places that are wrong; of more than 1,000 the first 1,000"
    )
