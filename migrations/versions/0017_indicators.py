"""Scales, growth and counting of indicators; what was agreed for them, and progress that persons assigned."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New columns may be left out: processes of the release before go on writing while this one starts."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("indicators", sa.Column("scale", postgresql.JSONB(), nullable=True))
    op.add_column("indicators", _text("growth", nullable=True))
    op.add_column("indicators", _text("counting", nullable=True))
    _statements(
        "agreed_terms",
        _text("baseline", nullable=True),
        _text("target", nullable=True),
        _text("direction", nullable=True),
        _text("growth", nullable=True),
        _text("counting", nullable=True),
    )
    _statements(
        "assigned_progress",
        _text("period"),
        sa.Column("ends", sa.Date(), nullable=False),
        _text("status", nullable=True),
        within=("period",),
    )


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _statements(table: str, *columns: sa.Column[object], within: tuple[str, ...] = ()) -> None:
    """What somebody states about an indicator of a plan or a State, again and again: numbered from 1."""
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        _text("indicator"),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        _text("state", nullable=True),
        sa.Column("number", sa.Integer(), nullable=False),
        *columns,
        _text("reason", nullable=True),
        _text("by"),
        sa.Column("key", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("num_nonnulls(plan_id, state) = 1", name=op.f(f"ck_{table}_subject")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["plans.id"], name=op.f(f"fk_{table}_plan_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["state"], ["states.iso3"], name=op.f(f"fk_{table}_state")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    for subject in ("plan_id", "state"):
        op.create_index(
            f"uq_{table}_{subject}", table, [subject, "indicator", *within, "number"], unique=True
        )


def downgrade() -> None:
    """Editions keep their rows; what only this release knows of their indicators is gone."""
    op.drop_table("assigned_progress")
    op.drop_table("agreed_terms")
    for column in ("counting", "growth", "scale"):
        op.drop_column("indicators", column)
