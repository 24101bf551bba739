"""Series that are edited, with exceptions; kinds of meetings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New columns may be left out: processes of the release before go on writing while this one starts.

    A series that follows another has no rule. It is entered as scheduled for all time, so that a worker of
    the release before, which would look for one, leaves it alone.
    """
    op.execute("SET LOCAL lock_timeout = '4s'")
    _series()
    _meetings()
    op.execute(
        "UPDATE meetings SET kind = meeting_series.kind FROM meeting_series"
        " WHERE meeting_series.id = meetings.series"
    )


def _series() -> None:
    for name in ("committee", "location", "url", "notes"):
        op.add_column("meeting_series", sa.Column(name, sa.Text(), nullable=True))
    for name, kind in (("exceptions", sa.Date()), ("additions", sa.DateTime(timezone=False))):
        column = sa.Column(name, postgresql.ARRAY(kind), server_default="{}", nullable=False)
        op.add_column("meeting_series", column)
    for name in ("holidays", "distance"):
        op.add_column("meeting_series", sa.Column(name, postgresql.JSONB(), nullable=True))
    op.add_column("meeting_series", sa.Column("ends_on", sa.Date(), nullable=True))
    op.add_column("meeting_series", sa.Column("follows", sa.Uuid(), nullable=True))
    op.add_column("meeting_series", sa.Column("rule_from", sa.DateTime(timezone=True), nullable=True))
    op.add_column("meeting_series", _first_version())
    for name in ("rrule", "anchor"):
        op.alter_column("meeting_series", name, nullable=True)
    _refers("meeting_series", "committee", "committees.key")
    _refers("meeting_series", "follows", "meeting_series.id")
    op.create_index("ix_meeting_series_follows", "meeting_series", ["follows"])


def _first_version() -> sa.Column[int]:
    return sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False)


def _meetings() -> None:
    op.add_column("meetings", sa.Column("kind", sa.Text(), server_default="other", nullable=False))
    for name in ("committee", "state", "location", "url", "notes"):
        op.add_column("meetings", sa.Column(name, sa.Text(), nullable=True))
    for name in ("follows", "plan"):
        op.add_column("meetings", sa.Column(name, sa.Uuid(), nullable=True))
    op.add_column("meetings", sa.Column("distance", postgresql.JSONB(), nullable=True))
    op.add_column("meetings", sa.Column("ordinal", sa.Integer(), nullable=True))
    op.add_column(
        "meetings", sa.Column("dropped", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    _refers("meetings", "committee", "committees.key")
    _refers("meetings", "state", "states.iso3")
    _refers("meetings", "follows", "meetings.id")
    _refers("meetings", "plan", "plans.id")
    for name in ("committee", "follows"):
        op.create_index(f"ix_meetings_{name}", "meetings", [name])
    op.create_unique_constraint(
        op.f("uq_meetings_plan_kind_ordinal"), "meetings", ["plan", "kind", "ordinal"]
    )
    _one_a_day()


def _one_a_day() -> None:
    """A rule meets once a day at most: the new index holds of every row that the old constraint allowed."""
    op.create_index(
        "uq_meetings_series_day",
        "meetings",
        ["series", sa.text("((occurrence AT TIME ZONE time_zone)::date)")],
        unique=True,
        postgresql_where=sa.text("kind <> 'additional'"),
    )
    op.create_index("ix_meetings_series", "meetings", ["series", "start"])
    op.drop_constraint("uq_meetings_series_occurrence", "meetings", type_="unique")


def _refers(table: str, column: str, to: str) -> None:
    other, key = to.split(".")
    op.create_foreign_key(op.f(f"fk_{table}_{column}"), table, other, [column], [key])


def downgrade() -> None:
    """Additional meetings stand alone, and a series that followed another gets no more meetings."""
    op.execute("UPDATE meetings SET series = NULL WHERE kind = 'additional'")
    op.execute(
        "UPDATE meeting_series SET rrule = 'FREQ=DAILY;COUNT=1', anchor = created_at::timestamp(0)"
        " WHERE rrule IS NULL"
    )
    op.create_unique_constraint(op.f("uq_meetings_series_occurrence"), "meetings", ["series", "occurrence"])
    op.drop_index("ix_meetings_series", "meetings")
    op.drop_index("uq_meetings_series_day", "meetings")
    for name in (
        "dropped", "ordinal", "distance", "plan", "follows", "notes", "url", "location", "state",
        "committee", "kind",
    ):  # fmt: skip
        op.drop_column("meetings", name)
    for name in ("rrule", "anchor"):
        op.alter_column("meeting_series", name, nullable=False)
    for name in (
        "version", "rule_from", "follows", "ends_on", "distance", "holidays", "additions", "exceptions",
        "notes", "url", "location", "committee",
    ):  # fmt: skip
        op.drop_column("meeting_series", name)
