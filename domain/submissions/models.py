from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, CreatedAt, Identity, UpdatedAt
from domain.frameworks.models import Edition


class Submission(Base):
    """One per framework, State and period that is not withdrawn; the database keeps that promise."""

    __tablename__ = "submissions"
    __table_args__ = (
        Index(
            "uq_submissions_standing",
            "framework",
            "state",
            "period",
            unique=True,
            postgresql_where=text("status <> 'withdrawn'"),
        ),
        CheckConstraint(
            "status in ('draft','submitted','assessed','returned','published','withdrawn')", name="status"
        ),
    )

    id: Mapped[Identity]
    framework: Mapped[str] = mapped_column(ForeignKey("frameworks.key"))
    edition_id: Mapped[UUID] = mapped_column(ForeignKey("editions.id"))
    state: Mapped[str] = mapped_column(ForeignKey("states.iso3"), index=True)
    period: Mapped[str]
    period_start: Mapped[date]
    period_end: Mapped[date]
    revision: Mapped[int] = mapped_column(default=1)
    status: Mapped[str] = mapped_column(default="draft")
    voluntary: Mapped[bool]
    return_reason: Mapped[str | None]
    filed_by: Mapped[UUID | None]
    created: Mapped[CreatedAt]
    updated: Mapped[UpdatedAt]
    submitted: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    of: Mapped[Edition] = relationship(lazy="raise")
    all_sections: Mapped[list[Section]] = relationship(lazy="raise", order_by="Section.position")
    all_documents: Mapped[list[Document]] = relationship(lazy="raise", order_by="Document.number")

    @property
    def edition(self) -> str:
        return self.of.key

    @property
    def sections(self) -> list[Section]:
        return [section for section in self.all_sections if section.revision == self.revision]

    @property
    def documents(self) -> list[Document]:
        return [document for document in self.all_documents if document.revision == self.revision]

    @property
    def etag(self) -> str:
        return f'"{self.id}.{self.version}"'


class Section(Base):
    __tablename__ = "sections"
    __table_args__ = (UniqueConstraint("submission_id", "revision", "key"),)

    id: Mapped[Identity]
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    revision: Mapped[int]
    key: Mapped[str]
    position: Mapped[int]
    text: Mapped[str]

    @property
    def length(self) -> int:
        return len(self.text)


class Document(Base):
    """A file as it came, and its text once it has been read."""

    __tablename__ = "documents"
    __table_args__ = (UniqueConstraint("submission_id", "revision", "number"),)

    id: Mapped[Identity]
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    revision: Mapped[int]
    number: Mapped[int]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[str]
    page_spans: Mapped[list[list[int]]] = mapped_column(JSONB, default=list)
    language: Mapped[str | None]
    content: Mapped[bytes] = mapped_column(deferred=True, deferred_raiseload=True)
    text: Mapped[str | None] = mapped_column(deferred=True, deferred_raiseload=True)

    @property
    def pages(self) -> int | None:
        """None until the document has been read, and where its format has no pages.

        A page may have several spans: its footnotes stand at the end of the text.
        """
        return len({number for number, _, _ in self.page_spans}) or None


class Passage(Base):
    """What was read: written with the assessment that rests on it, and replaced by the next reading."""

    __tablename__ = "passages"
    __table_args__ = (Index("ix_passages_reading_order", "submission_id", "revision", "number"),)

    id: Mapped[Identity]
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    revision: Mapped[int]
    number: Mapped[int]
    document: Mapped[UUID | None] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    section: Mapped[str | None]
    page: Mapped[int | None]
    paragraph: Mapped[str | None]
    start: Mapped[int]
    end: Mapped[int]
    language: Mapped[str]
    text: Mapped[str]
    themes: Mapped[list[str]]
    signals: Mapped[list[str]]
