from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    UniqueConstraint,
    text,
)
from sqlalchemy import Identity as Counted
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base, CreatedAt, Identity, Json


class Area(Base):
    """An area that is no State: a region, a group of States, a part of one."""

    __tablename__ = "areas"

    key: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[dict[str, str]]
    state: Mapped[str | None] = mapped_column(ForeignKey("states.iso3"), index=True)
    """The State that it is a part of."""

    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    @property
    def etag(self) -> str:
        return f'"{self.key}.{self.version}"'


class CodeListRow(Base):
    """A declared breakdown: its codes, and other ways of writing them."""

    __tablename__ = "code_lists"

    key: Mapped[str] = mapped_column(primary_key=True)
    title: Mapped[dict[str, str]]
    codes: Mapped[list[Json]]
    parts: Mapped[list[str]]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it from the class

    @property
    def etag(self) -> str:
        return f'"{self.key}.{self.version}"'


class Series(Base):
    """What observations of several periods share: indicator, area, breakdown.

    The breakdown has no totals: `{}` is the total of everything.
    """

    __tablename__ = "series"
    __table_args__ = (
        UniqueConstraint("indicator", "area", "breakdown"),
        Index("ix_series_indicator_id", "indicator", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """The number that an import was given for its series, times 2^32, and its place among those."""

    indicator: Mapped[str]
    area: Mapped[str]
    breakdown: Mapped[dict[str, str]]


class Observation(Base):
    """One value of a series for one period. `import_number` says who wrote it, and when.

    It refers to series and imports without foreign keys: rows are written by the million, by one statement
    that takes both numbers from those tables, and neither table loses rows.
    """

    __tablename__ = "observations"

    series: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    starts: Mapped[date] = mapped_column(primary_key=True)
    ends: Mapped[date] = mapped_column(primary_key=True)
    period: Mapped[str]
    value: Mapped[Decimal | None]
    said: Mapped[str | None]
    """The value, where it is text."""

    status: Mapped[str]
    nature: Mapped[str | None]
    unit_multiplier: Mapped[int | None] = mapped_column(SmallInteger)
    proxy: Mapped[bool]
    source: Mapped[str | None]
    note: Mapped[str | None]
    import_number: Mapped[int]
    revision: Mapped[int] = mapped_column(SmallInteger)


class FormerObservation(Base):
    """An observation as it was until `replaced_by`, an import, wrote another in its place or deleted it."""

    __tablename__ = "former_observations"
    __table_args__ = (
        Index("ix_former_observations_deleted", "series", "starts", "ends", postgresql_where=text("deleted")),
    )

    series: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    starts: Mapped[date] = mapped_column(primary_key=True)
    ends: Mapped[date] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    period: Mapped[str]
    value: Mapped[Decimal | None]
    said: Mapped[str | None]
    status: Mapped[str]
    nature: Mapped[str | None]
    unit_multiplier: Mapped[int | None] = mapped_column(SmallInteger)
    proxy: Mapped[bool]
    source: Mapped[str | None]
    note: Mapped[str | None]
    import_number: Mapped[int]
    replaced_by: Mapped[int]
    deleted: Mapped[bool]
    """Nothing took its place. What was reported anew afterwards goes on with the number of its revision."""


class Import(Base):
    """A file or list of observations that was taken in, or a deletion: by whom, when, and what came of it."""

    __tablename__ = "imports"
    __table_args__ = (UniqueConstraint("id"),)

    number: Mapped[int] = mapped_column(Integer, Counted(always=True), primary_key=True)
    id: Mapped[UUID]
    indicator: Mapped[str | None]
    """None: the rows named theirs."""

    fingerprint: Mapped[str | None] = mapped_column(index=True)
    """Of the file, how it was to be read, and what was known then; None for a dry run."""

    wrote: Mapped[bool] = mapped_column(default=False)
    """Whether it changed any observation."""

    by: Mapped[str]
    key: Mapped[UUID | None]
    state: Mapped[str | None]
    at: Mapped[datetime]
    answer: Mapped[Json]


class Upload(Base):
    """A file that waits for the worker, in parts that any process can read."""

    __tablename__ = "uploads"
    __table_args__ = (CheckConstraint("size >= 0", name="size"),)

    id: Mapped[Identity]
    size: Mapped[int] = mapped_column(BigInteger, server_default=text("0"))
    """Bytes, once all of it has come."""

    created: Mapped[CreatedAt] = mapped_column(index=True)


class UploadPart(Base):
    """So much of an upload, compressed."""

    __tablename__ = "upload_parts"

    upload: Mapped[UUID] = mapped_column(ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    content: Mapped[bytes] = mapped_column(LargeBinary)
