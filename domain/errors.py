"""The ways the subject says no.

A refusal carries a stable `code` (kebab-case) and facts beside its message; it knows nothing of HTTP.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with what was sent, and where."""

    pointer: str
    code: str
    detail: str
    row: int | None = None


class Refusal(Exception):
    """A request that the rules of the subject do not allow, with the places that it is about."""

    code = "refused"

    def __init__(
        self,
        message: str,
        problems: Sequence[Problem] = (),
        *,
        code: str | None = None,
        **facts: object,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.problems = list(problems)
        self.code = code or type(self).code
        self.facts = facts


class Invalid(Refusal):
    """What was sent cannot be accepted; every problem is named at once."""

    code = "invalid"


class NotFound(Refusal):
    """There is no such thing, or the caller may not know of it."""

    code = "not-found"


class Conflict(Refusal):
    """The thing is in a state that does not allow this."""

    code = "conflict"


class Forbidden(Refusal):
    """The caller may not do this."""

    code = "forbidden"


class Unauthenticated(Refusal):
    """Nobody said who is calling, or what they said does not hold."""

    code = "unauthenticated"


class Stale(Refusal):
    """The caller acted on an older version than the present one."""

    code = "stale"


class PreconditionRequired(Refusal):
    """Several people edit this: the caller must say which version they saw."""

    code = "precondition-required"


class TooLarge(Refusal):
    """More bytes than the limit allows."""

    code = "too-large"


class UnsupportedMediaType(Refusal):
    """The content type is not one of those accepted here."""

    code = "unsupported-media-type"
