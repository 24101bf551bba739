from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, CreatedAt, Identity, Json


class Theme(Base):
    __tablename__ = "themes"

    key: Mapped[str] = mapped_column(primary_key=True)
    facet: Mapped[str]
    title: Mapped[dict[str, str]]
    position: Mapped[int]


class Instrument(Base):
    """An instrument that the source documents name."""

    __tablename__ = "instruments"

    key: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[dict[str, str]]
    kind: Mapped[str]
    year: Mapped[int | None]
    body: Mapped[str]
    source: Mapped[str]
    note: Mapped[str | None]
    framework: Mapped[str | None]
    position: Mapped[int]


class Framework(Base):
    """An instrument as its latest edition describes it."""

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
    header: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    """The framework as this edition describes it.

    While the fingerprint is a former one (`former.fingerprint`), this may be what a later edition says:
    the release that published it kept one description of each framework, that of its latest edition.
    """

    scale: Mapped[Json | None]
    order_key: Mapped[str] = mapped_column(
        Text(collation="C"), Computed("natural_order(key)", persisted=True)
    )
    """Decides which of two editions of one day is the later: 2024.10 follows 2024.9."""

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
    answer: Mapped[str] = mapped_column(
        Computed(
            'provision_answer(ref, parent, depth, "position", kind, title, summary, assessable, themes, '
            "source, verified, title_source)",
            persisted=True,
        ),
        deferred=True,
    )
    """What clients read of it, as JSON without its beginning: the fields that say in which edition it is."""

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
    scale: Mapped[list[Json] | None]
    growth: Mapped[str | None]
    counting: Mapped[str | None]
    disaggregation: Mapped[list[str]]
    baselines: Mapped[list[Json]] = mapped_column(server_default=text("'[]'"))
    targets: Mapped[list[Json]] = mapped_column(server_default=text("'[]'"))
    data_sources: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    responsible: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
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
    position: Mapped[int] = mapped_column(server_default=text("0"))


class Deprecation(Base):
    """What an earlier edition held and this one does not, and what takes its place."""

    __tablename__ = "deprecations"
    __table_args__ = (UniqueConstraint("edition_id", "ref"),)

    id: Mapped[Identity]
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"))
    ref: Mapped[str]
    successors: Mapped[list[str]]
    note: Mapped[str | None]
    position: Mapped[int]


class SearchEntry(Base):
    """A framework, provision or indicator in one language, as search sees it.

    `make_search_entries` in the database writes the rows of an edition when it is published.
    """

    __tablename__ = "search_entries"
    __table_args__ = (Index("ix_search_entries_vector", "vector", postgresql_using="gin"),)

    edition_id: Mapped[UUID] = mapped_column(ForeignKey("editions.id", ondelete="CASCADE"), primary_key=True)
    reference: Mapped[str] = mapped_column(primary_key=True)
    language: Mapped[str] = mapped_column(primary_key=True)
    configuration: Mapped[str]
    """How PostgreSQL reads the language: the name of a text search configuration."""

    node: Mapped[str]
    kind: Mapped[str]
    themes: Mapped[list[str]]
    titles: Mapped[dict[str, str]]
    title: Mapped[str]
    summary: Mapped[str | None]
    vector: Mapped[str] = mapped_column(TSVECTOR)
