from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, CreatedAt, Identity


class Theme(Base):
    __tablename__ = "themes"

    key: Mapped[str] = mapped_column(primary_key=True)
    facet: Mapped[str]
    title: Mapped[dict[str, str]]
    position: Mapped[int]


class Framework(Base):
    """What all editions of an instrument share."""

    __tablename__ = "frameworks"

    key: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    title: Mapped[dict[str, str]]
    short_title: Mapped[str | None]
    body: Mapped[str | None]
    adopted: Mapped[date | None]
    parent: Mapped[str | None]


class Edition(Base):
    """Immutable once published: a changed fingerprint demands a new edition."""

    __tablename__ = "editions"
    __table_args__ = (
        UniqueConstraint("framework_key", "key"),
        CheckConstraint("status in ('draft', 'published')", name="status"),
    )

    id: Mapped[Identity]
    framework_key: Mapped[str] = mapped_column(ForeignKey("frameworks.key"))
    key: Mapped[str]
    status: Mapped[str]
    published: Mapped[date]
    languages: Mapped[list[str]]
    source: Mapped[str]
    fingerprint: Mapped[str]
    created: Mapped[CreatedAt]

    @property
    def framework(self) -> str:
        return self.framework_key


class Provision(Base):
    __tablename__ = "provisions"
    __table_args__ = (
        UniqueConstraint("edition_id", "ref"),
        Index("ix_provisions_reading_order", "edition_id", "position"),
    )

    id: Mapped[Identity]
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    ref: Mapped[str]
    parent: Mapped[str | None]
    position: Mapped[int]
    depth: Mapped[int]
    kind: Mapped[str]
    title: Mapped[dict[str, str]]
    summary: Mapped[dict[str, str] | None]
    assessable: Mapped[bool]
    themes: Mapped[list[str]]
    source: Mapped[str | None]
    verified: Mapped[bool]
    title_source: Mapped[str]

    of: Mapped[Edition] = relationship(lazy="raise")

    @property
    def framework(self) -> str:
        return self.of.framework_key

    @property
    def edition(self) -> str:
        return self.of.key

    @property
    def reference(self) -> str:
        return f"{self.framework}:{self.ref}"


class Indicator(Base):
    __tablename__ = "indicators"
    __table_args__ = (UniqueConstraint("edition_id", "ref"),)

    id: Mapped[Identity]
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    ref: Mapped[str]
    provision_ref: Mapped[str]
    position: Mapped[int]
    title: Mapped[dict[str, str]]
    kind: Mapped[str]
    unit: Mapped[str | None]
    direction: Mapped[str | None]
    disaggregation: Mapped[list[str]]
    source: Mapped[str | None]
    verified: Mapped[bool]

    of: Mapped[Edition] = relationship(lazy="raise")

    @property
    def framework(self) -> str:
        return self.of.framework_key

    @property
    def edition(self) -> str:
        return self.of.key

    @property
    def reference(self) -> str:
        return f"{self.framework}:{self.ref}"

    @property
    def provision(self) -> str:
        return f"{self.framework}:{self.provision_ref}"


class Claim(Base):
    """A figure that the edition's source states about memberships."""

    __tablename__ = "claims"

    id: Mapped[Identity]
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), index=True)
    other: Mapped[str]
    figure: Mapped[int]
    as_of: Mapped[date | None]
    statement: Mapped[str]
    source: Mapped[str]
