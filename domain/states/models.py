from __future__ import annotations

from datetime import date

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from domain.base import Base


class State(Base):
    """A State, an organisation that can be party, or a territory, which cannot.

    `sample` ones are fictional and never counted.
    """

    __tablename__ = "states"

    iso3: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[dict[str, str]]
    m49: Mapped[str | None]
    region: Mapped[str | None]
    subregion: Mapped[str | None]
    un_member: Mapped[bool]
    kind: Mapped[str]
    administered_by: Mapped[str | None] = mapped_column(ForeignKey("states.iso3"))
    sample: Mapped[bool]


class Membership(Base):
    """What a State did under a framework, with dates, so that any day can be answered for."""

    __tablename__ = "memberships"

    framework: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(ForeignKey("states.iso3"), primary_key=True, index=True)
    signed: Mapped[date | None]
    consent: Mapped[date | None]
    action: Mapped[str | None]
    entry_into_force: Mapped[date | None]
    withdrawal: Mapped[date | None]
    confidence: Mapped[str]
    source: Mapped[str | None]
