"""Review: confidence, decisions one after another, a second reader's verdicts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
TEXTS = postgresql.ARRAY(sa.Text())


def upgrade() -> None:
    """New columns may be left out: processes of the release before go on writing while this one starts."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    _proposals()
    _decisions()
    _parts_of_jobs()
    _verdicts()


def _proposals() -> None:
    for name in ("score", "decided_score", "changes"):
        op.add_column("assessments", sa.Column(name, JSONB, nullable=True))
    op.add_column("findings", sa.Column("confidence", sa.Double(), nullable=True))
    op.add_column("findings", sa.Column("doubts", TEXTS, server_default=sa.text("'{}'"), nullable=False))
    op.add_column("findings", sa.Column("before", JSONB, nullable=True))
    op.create_index(
        "ix_findings_queue",
        "findings",
        [sa.text("coalesce(confidence, 0)"), "id"],
        postgresql_where=sa.text("status = 'proposed'"),
    )


def _decisions() -> None:
    """The decision that holds stays with its finding; from now on those before it are kept as well."""
    op.create_table(
        "finding_decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("applicable", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("evidence", JSONB, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("carried_from", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_finding_decisions_finding_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding_decisions")),
    )
    op.create_index(op.f("ix_finding_decisions_finding_id"), "finding_decisions", ["finding_id"])
    op.execute(
        "INSERT INTO finding_decisions (id, finding_id, level, applicable, reason, evidence, by, at) "
        "SELECT gen_random_uuid(), id, (review->>'level')::int, (review->>'applicable')::bool, "
        "review->>'reason', evidence, review->>'by', (review->>'at')::timestamptz "
        "FROM findings WHERE review IS NOT NULL"
    )


def _parts_of_jobs() -> None:
    op.add_column("jobs", sa.Column("part_of", sa.Uuid(), nullable=True))
    op.create_index("ix_jobs_parts", "jobs", ["part_of"], postgresql_where=sa.text("part_of IS NOT NULL"))


def _verdicts() -> None:
    op.add_column(
        "assessments", sa.Column("opinions", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.create_table(
        "verdicts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("model", sa.Text(), nullable=False),
        sa.Column("prompt", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("applicable", sa.Boolean(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("cites", TEXTS, nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "status in ('asked','given','refused','malformed','unavailable','over-limit')",
            name=op.f("ck_verdicts_status"),
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["findings.id"], name=op.f("fk_verdicts_finding_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdicts")),
        sa.UniqueConstraint(
            "finding_id", "model", "prompt", name=op.f("uq_verdicts_finding_id_model_prompt")
        ),
    )
    op.create_table(
        "judge_days",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_judge_days")),
    )


def downgrade() -> None:
    op.drop_table("judge_days")
    op.drop_table("verdicts")
    op.drop_column("assessments", "opinions")
    op.drop_index("ix_jobs_parts", "jobs")
    op.drop_column("jobs", "part_of")
    op.drop_table("finding_decisions")
    op.drop_index("ix_findings_queue", "findings")
    for name in ("before", "doubts", "confidence"):
        op.drop_column("findings", name)
    for name in ("changes", "decided_score", "score"):
        op.drop_column("assessments", name)
