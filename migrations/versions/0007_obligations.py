"""Reporting schedules and cycles, and what States owe."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    """New columns may be left out: processes of the release before go on writing while this one starts.

    What they take in meanwhile meets its obligation within the hour.
    """
    op.execute("SET LOCAL lock_timeout = '4s'")
    _schedules()
    _cycles()
    _obligations()


def _moment(name: str, *, default: sa.TextClause | None = NOW) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=False)


def _schedules() -> None:
    op.create_table(
        "reporting_schedules",
        sa.Column("framework", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("due", sa.Text(), nullable=False),
        sa.Column("initial_days", sa.Integer(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("first", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["framework"], ["frameworks.key"], name=op.f("fk_reporting_schedules_framework")
        ),
        sa.PrimaryKeyConstraint("framework", name=op.f("pk_reporting_schedules")),
    )


def _cycles() -> None:
    op.create_table(
        "reporting_cycles",
        sa.Column("framework", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("covers_from", sa.Date(), nullable=False),
        sa.Column("covers_to", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("locked_on", sa.Date(), nullable=True),
        sa.Column("states", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        _moment("created_at"),
        _moment("updated_at"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("covers_from <= covers_to", name=op.f("ck_reporting_cycles_covers")),
        sa.ForeignKeyConstraint(
            ["framework"], ["frameworks.key"], name=op.f("fk_reporting_cycles_framework")
        ),
        sa.PrimaryKeyConstraint("framework", "period", name=op.f("pk_reporting_cycles")),
    )


def _obligations() -> None:
    op.create_table(
        "obligations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("framework", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("initial", sa.Boolean(), nullable=False),
        sa.Column("first_due_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        _moment("over", default=None),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("owed", sa.Boolean(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_by", sa.Text(), nullable=True),
        sa.Column("submission", sa.Uuid(), nullable=True),
        sa.Column("met_on", sa.Date(), nullable=True),
        _moment("created_at"),
        _moment("updated_at"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("status in ('open','met','waived')", name=op.f("ck_obligations_status")),
        sa.CheckConstraint("(status = 'met') = (met_on is not null)", name=op.f("ck_obligations_met_on")),
        sa.ForeignKeyConstraint(["framework"], ["frameworks.key"], name=op.f("fk_obligations_framework")),
        sa.ForeignKeyConstraint(["state"], ["states.iso3"], name=op.f("fk_obligations_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligations")),
        sa.UniqueConstraint(
            "framework", "state", "period", name=op.f("uq_obligations_framework_state_period")
        ),
    )
    op.create_index("ix_obligations_over", "obligations", ["over", "id"], postgresql_where=sa.text("owed"))
    op.create_index("ix_obligations_cycle", "obligations", ["framework", "period"])
    for column in ("state", "submission"):
        op.create_index(f"ix_obligations_{column}", "obligations", [column])


def downgrade() -> None:
    """The calendar forgets them too: nobody is reminded of what is kept no more."""
    op.execute("DELETE FROM calendar_entries WHERE kind = 'obligation'")
    for table in ("obligations", "reporting_cycles", "reporting_schedules"):
        op.drop_table(table)
