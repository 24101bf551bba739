from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from domain.base import Base, CreatedAt, Identity, Json
from domain.submissions.models import Submission


class RubricEdition(Base):
    """Immutable: a changed document needs a new edition."""

    __tablename__ = "rubric_editions"
    __table_args__ = (UniqueConstraint("key", "edition"),)

    id: Mapped[Identity]
    key: Mapped[str]
    edition: Mapped[str]
    framework: Mapped[str] = mapped_column(ForeignKey("frameworks.key"))
    document: Mapped[Json]
    fingerprint: Mapped[str]
    created: Mapped[CreatedAt]

    @property
    def title(self) -> dict[str, str]:
        return dict(self.document["title"])

    @property
    def criteria(self) -> list[str]:
        return [criterion["key"] for criterion in self.document["criteria"]]


class ThesaurusEdition(Base):
    """Immutable, too: the words by which passages were read can always be looked up."""

    __tablename__ = "thesaurus_editions"

    key: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[Json]
    fingerprint: Mapped[str]
    created: Mapped[CreatedAt]


class Assessment(Base):
    """One per revision, rubric edition, thesaurus edition and engine: assessing twice leaves one."""

    __tablename__ = "assessments"
    __table_args__ = (UniqueConstraint("submission_id", "revision", "rubric", "thesaurus", "engine"),)

    id: Mapped[Identity]
    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submissions.id", ondelete="CASCADE"))
    revision: Mapped[int]
    rubric: Mapped[str]
    thesaurus: Mapped[str]
    engine: Mapped[str]
    status: Mapped[str] = mapped_column(default="proposed")
    languages: Mapped[list[str]]
    created: Mapped[CreatedAt]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    of: Mapped[Submission] = relationship(lazy="raise")
    findings: Mapped[list[Finding]] = relationship(lazy="raise", order_by="Finding.position")

    @property
    def submission(self) -> UUID:
        return self.submission_id

    @property
    def state(self) -> str:
        return self.of.state

    @property
    def framework(self) -> str:
        return self.of.framework

    @property
    def period(self) -> str:
        return self.of.period

    @property
    def etag(self) -> str:
        return f'"{self.id}.{self.version}"'


class Finding(Base):
    """A proposal, never overwritten, and the reviewer's decision beside it."""

    __tablename__ = "findings"
    __table_args__ = (
        UniqueConstraint("assessment_id", "criterion"),
        Index("ix_findings_reading_order", "assessment_id", "position"),
    )

    id: Mapped[Identity]
    assessment_id: Mapped[UUID] = mapped_column(ForeignKey("assessments.id", ondelete="CASCADE"))
    position: Mapped[int]
    criterion: Mapped[str]
    provisions: Mapped[list[str]]
    level: Mapped[int | None]
    applicable: Mapped[bool]
    status: Mapped[str] = mapped_column(default="proposed")
    why: Mapped[str]
    why_not_higher: Mapped[str | None]
    gap: Mapped[str | None]
    evidence: Mapped[list[dict[str, Any]]]
    review: Mapped[Json | None]
    obsolete: Mapped[bool] = mapped_column(default=False)

    @property
    def decided_level(self) -> int | None:
        """The reviewer's level where there is one, else the proposal."""
        level: int | None = self.review["level"] if self.review else self.level
        return level

    @property
    def decided_applicable(self) -> bool:
        return bool(self.review["applicable"]) if self.review else self.applicable
