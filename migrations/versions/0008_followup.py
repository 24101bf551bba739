"""Information requests; reviews that are pending enter the calendar."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    """New columns may be left out: processes of the release before go on writing while this one starts."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_table(
        "information_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("framework", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("submission", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("criterion", sa.Text(), nullable=True),
        sa.Column("questions", postgresql.JSONB(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("over", sa.DateTime(timezone=True), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("owner", sa.Uuid(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_constraints(),
    )
    op.create_index(
        "uq_information_requests_under_way",
        "information_requests",
        ["submission", "criterion"],
        unique=True,
        postgresql_where=sa.text("criterion is not null and status in ('draft','open','answered')"),
    )
    op.create_index("ix_information_requests_framework", "information_requests", ["framework", "status"])
    for column in ("owner", "state", "submission"):
        op.create_index(f"ix_information_requests_{column}", "information_requests", [column])
    op.execute(ENTER_PENDING_REVIEWS)


def _constraints() -> list[sa.Constraint]:
    name = "information_requests"
    return [
        sa.CheckConstraint(
            "status in ('draft','open','answered','closed','withdrawn')", name=op.f(f"ck_{name}_status")
        ),
        sa.CheckConstraint(
            "status <> 'open' or (asked_on is not null and due_on is not null)",
            name=op.f(f"ck_{name}_asked"),
        ),
        sa.CheckConstraint("criterion is null or submission is not null", name=op.f(f"ck_{name}_criterion")),
        sa.ForeignKeyConstraint(["framework"], ["frameworks.key"], name=op.f(f"fk_{name}_framework")),
        sa.ForeignKeyConstraint(["owner"], ["persons.id"], name=op.f(f"fk_{name}_owner")),
        sa.ForeignKeyConstraint(["state"], ["states.iso3"], name=op.f(f"fk_{name}_state")),
        sa.ForeignKeyConstraint(["submission"], ["submissions.id"], name=op.f(f"fk_{name}_submission")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
    ]


ENTER_PENDING_REVIEWS = """
INSERT INTO calendar_entries (
    id, kind, title, framework, state, start, over, time_zone, status, sequence, path
)
SELECT a.id, 'review',
    'Review of ' || coalesce(f.short_title, f.key) || ' report ' || s.period || ': '
        || coalesce(t.name ->> 'en', t.iso3),
    s.framework, s.state, a.created, a.created + interval '366 days', 'UTC', 'open', 0,
    '/v1/submissions/' || s.id || '/assessment'
FROM assessments AS a
JOIN submissions AS s ON s.id = a.submission_id AND s.revision = a.revision AND s.status = 'assessed'
JOIN frameworks AS f ON f.key = s.framework
JOIN states AS t ON t.iso3 = s.state
WHERE EXISTS (SELECT FROM findings WHERE assessment_id = a.id AND review IS NULL)
AND NOT EXISTS (
    SELECT FROM assessments AS later
    WHERE later.submission_id = a.submission_id AND later.revision = a.revision AND later.id > a.id
)
"""


def downgrade() -> None:
    """The calendar forgets them too: nobody is reminded of what is kept no more."""
    op.execute("DELETE FROM calendar_entries WHERE kind IN ('information-request', 'review')")
    op.drop_table("information_requests")
