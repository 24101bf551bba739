from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, CreatedAt, Identity, Json


class ApiKey(Base):
    """A key's hash and what it may do. The secret itself is nowhere kept."""

    __tablename__ = "api_keys"
    __table_args__ = (UniqueConstraint("digest"), UniqueConstraint("calendar_token"))

    id: Mapped[Identity]
    name: Mapped[str]
    prefix: Mapped[str]
    digest: Mapped[str]
    scopes: Mapped[list[str]]
    state: Mapped[str | None]
    calendar_token: Mapped[str]
    expires: Mapped[datetime | None]
    revoked: Mapped[datetime | None]
    created: Mapped[CreatedAt]


class RememberedAnswer(Base):
    """What a creating request with an Idempotency-Key was answered, in the same transaction."""

    __tablename__ = "remembered_answers"

    caller: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    status: Mapped[int | None]
    headers: Mapped[Json | None]
    body: Mapped[bytes | None]
    created: Mapped[CreatedAt] = mapped_column(index=True)
