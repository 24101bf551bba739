from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    Double,
    ForeignKey,
    Index,
    UniqueConstraint,
    literal_column,
    text,
)
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
    score: Mapped[Json | None]
    decided_score: Mapped[Json | None]
    changes: Mapped[Json | None]
    created: Mapped[CreatedAt]
    version: Mapped[int] = mapped_column(default=1)
    opinions: Mapped[int] = mapped_column(default=0, server_default=text("0"))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    of: Mapped[Submission] = relationship(lazy="raise")
    findings: Mapped[list[Finding]] = relationship(
        back_populates="of", lazy="raise", order_by="Finding.position"
    )

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
        """Another one after each decision, and after each opinion of a second reader."""
        return self.etags[0]

    @property
    def etags(self) -> list[str]:
        """Every one since the last decision: opinions heard meanwhile do not stand in a reviewer's way."""
        return [f'"{self.id}.{self.version}.{number}"' for number in range(self.opinions, -1, -1)]

    @property
    def disputed(self) -> list[str]:
        """Criteria on which a second reader differs from the proposal."""
        opinions = ((finding.criterion, finding.second_opinion) for finding in self.findings)
        return [criterion for criterion, opinion in opinions if opinion and not opinion.agrees]


CONFIDENCE: ColumnElement[float] = literal_column("coalesce(confidence, 0)", Double())
"""Proposals of engines that did not say how sure they are come first in the queue."""


class Finding(Base):
    """A proposal, never overwritten, and the reviewer's decision beside it.

    `decided` is the decision that holds, `before` what was decided for an earlier revision.
    """

    __tablename__ = "findings"
    __table_args__ = (
        UniqueConstraint("assessment_id", "criterion"),
        Index("ix_findings_reading_order", "assessment_id", "position"),
        Index("ix_findings_queue", CONFIDENCE, "id", postgresql_where=text("status = 'proposed'")),
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
    confidence: Mapped[float | None]
    doubts: Mapped[list[str]] = mapped_column(server_default=text("'{}'"))
    decided: Mapped[Json | None] = mapped_column("review")
    before: Mapped[Json | None]
    obsolete: Mapped[bool] = mapped_column(default=False)

    of: Mapped[Assessment] = relationship(back_populates="findings", lazy="raise")
    verdicts: Mapped[list[Verdict]] = relationship(lazy="raise", order_by="Verdict.at")

    @property
    def second_reading(self) -> Verdict | None:
        """The verdict of the model and prompt that were asked last."""
        return self.verdicts[-1] if self.verdicts else None

    @property
    def second_opinion(self) -> Verdict | None:
        reading = self.second_reading
        return reading if reading and reading.status == "given" else None

    @property
    def review(self) -> Json | None:
        """The decision that holds. What earlier releases wrote knew neither picked nor carried ones."""
        return {"evidence": self.evidence, "carried_from": None} | self.decided if self.decided else None

    @property
    def decided_level(self) -> int | None:
        """The reviewer's level where there is one, else the proposal."""
        level: int | None = self.decided["level"] if self.decided else self.level
        return level

    @property
    def decided_applicable(self) -> bool:
        return bool(self.decided["applicable"]) if self.decided else self.applicable

    @property
    def decided_evidence(self) -> list[dict[str, Any]]:
        """What the reviewer picked where there is a decision, else what is proposed."""
        review = self.review
        return list(review["evidence"]) if review else self.evidence


class FindingDecision(Base):
    """Every decision on a finding, in the order taken; none is ever changed."""

    __tablename__ = "finding_decisions"

    id: Mapped[Identity]
    finding_id: Mapped[UUID] = mapped_column(ForeignKey("findings.id", ondelete="CASCADE"), index=True)
    level: Mapped[int | None]
    applicable: Mapped[bool]
    reason: Mapped[str | None]
    evidence: Mapped[list[dict[str, Any]]]
    by: Mapped[str]
    key: Mapped[UUID | None]
    at: Mapped[datetime]
    carried_from: Mapped[UUID | None]


class Verdict(Base):
    """What a second reader said of a finding: one per model and edition of the prompt.

    `asked` until an answer is in. `calls` and `tokens` are what was spent on it, also in vain; `tries` are
    the calls since it was last asked for.
    """

    __tablename__ = "verdicts"
    __table_args__ = (
        UniqueConstraint("finding_id", "model", "prompt"),
        CheckConstraint(
            "status in ('asked','given','refused','malformed','unavailable','over-limit')", name="status"
        ),
    )

    id: Mapped[Identity]
    finding_id: Mapped[UUID] = mapped_column(ForeignKey("findings.id", ondelete="CASCADE"))
    model: Mapped[str]
    prompt: Mapped[str]
    status: Mapped[str] = mapped_column(default="asked")
    level: Mapped[int | None]
    applicable: Mapped[bool | None]
    why: Mapped[str | None]
    cites: Mapped[list[str]]
    agrees: Mapped[bool | None]
    problem: Mapped[str | None]
    calls: Mapped[int]
    tries: Mapped[int]
    tokens: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[datetime]


class JudgeDay(Base):
    """What second readers were asked on one day (UTC), by all workers together."""

    __tablename__ = "judge_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    calls: Mapped[int]
    tokens: Mapped[int] = mapped_column(BigInteger)
