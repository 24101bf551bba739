"""Tables of the channels: who wants nothing, which endpoints are told, what links are signed with."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, CreatedAt, Identity, UpdatedAt

SUBJECT = text("coalesce(rule::text, kind, '')")
"""Of what an opt-out is, as the indexes have it."""


class OptOut(Base):
    """That somebody wants no letters: of one rule, of one kind of thing, or none at all.

    A person's holds for them at whatever address they have, and for whoever is written to at the address at
    which they said so, as long as that is theirs; without a person it is the address's.
    """

    __tablename__ = "opt_outs"
    __table_args__ = (
        CheckConstraint("scope in ('all','kind','rule')", name="scope"),
        CheckConstraint(
            "(scope = 'rule') = (rule is not null) and (scope = 'kind') = (kind is not null)", name="subject"
        ),
        Index(
            "uq_opt_outs_subject",
            text("lower(address)"),
            "scope",
            SUBJECT,
            unique=True,
        ),
        Index(
            "uq_opt_outs_of_person",
            "person",
            "scope",
            SUBJECT,
            unique=True,
            postgresql_where=text("person is not null"),
        ),
        CheckConstraint("num_nonnulls(person, address) > 0", name="whose"),
    )

    id: Mapped[Identity]
    person: Mapped[UUID | None] = mapped_column(ForeignKey("persons.id"))
    address: Mapped[str | None]
    scope: Mapped[str]
    rule: Mapped[UUID | None]
    kind: Mapped[str | None]
    by: Mapped[str]
    created_at: Mapped[CreatedAt]


class WebhookEndpoint(Base):
    """An address on the web that is told what letters tell people."""

    __tablename__ = "webhook_endpoints"

    id: Mapped[Identity]
    url: Mapped[str]
    description: Mapped[str | None]
    events: Mapped[list[str] | None]
    secret: Mapped[str]
    former_secret: Mapped[str | None]
    former_secret_until: Mapped[datetime | None]
    enabled: Mapped[bool] = mapped_column(default=True)
    disabled_because: Mapped[str | None]
    failures: Mapped[int] = mapped_column(default=0)
    last_failure: Mapped[str | None]
    last_failed_at: Mapped[datetime | None]
    last_delivered_at: Mapped[datetime | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    version: Mapped[int] = mapped_column(default=1)

    @property
    def etag(self) -> str:
        return f'"{self.id}.{self.version}"'


class SigningKey(Base):
    """What this installation signs with. Made by the migration, random, never shown."""

    __tablename__ = "signing_keys"

    purpose: Mapped[str] = mapped_column(primary_key=True)
    secret: Mapped[bytes]
    created_at: Mapped[CreatedAt]
