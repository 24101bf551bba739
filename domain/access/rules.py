"""Who may do what. Pure: a caller in, a yes or no out."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from uuid import UUID

from domain.errors import Forbidden
from schemas.access import Scope

PREFIX = "fp_"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever is calling. The anonymous actor has no id and no scopes."""

    id: UUID | None
    name: str
    scopes: frozenset[Scope]
    state: str | None = None
    calendar_token: str | None = None

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes or Scope.ADMIN in self.scopes

    def must_be_allowed(self, scope: Scope) -> None:
        """Raises Forbidden, naming the scope, for whoever lacks it."""
        if not self.may(scope):
            raise Forbidden(f"This key lacks the scope `{scope}`.", code="scope-missing", scope=scope.value)

    def must_write_for(self, state: str) -> None:
        """Raises Forbidden for any other State than the one that the key is bound to."""
        if self.state not in (None, state):
            raise Forbidden(f"This key writes for {self.state} only.", code="other-state", state=self.state)

    @property
    def anonymous(self) -> bool:
        return self.id is None


ANONYMOUS = Actor(None, "anonymous", frozenset())


def new_secret() -> str:
    """256 random bits, with a prefix by which scanners recognise a leaked key."""
    return PREFIX + secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """A plain hash is enough: the secret is random, so there is nothing to guess."""
    return hashlib.sha256(secret.encode()).hexdigest()
