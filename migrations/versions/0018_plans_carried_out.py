"""What plans cost, who has a part in them, how they are rolled up; the six steps; returns of indicators."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
NOTHING = sa.text("'[]'")


def upgrade() -> None:
    """New columns may be left out: processes of the release before go on writing while this one starts."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    _plans()
    _items()
    _history()
    _set_ups()
    _data_sources()
    _interventions()
    _forums()
    _returns()


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _texts(name: str) -> sa.Column[list[str]]:
    return sa.Column(name, postgresql.ARRAY(sa.Text()), nullable=False)


def _documents(name: str) -> sa.Column[object]:
    return sa.Column(name, postgresql.JSONB(), nullable=False)


def _moments() -> list[sa.Column[object]]:
    return [
        sa.Column(name, sa.DateTime(timezone=True), server_default=NOW, nullable=False)
        for name in ("created_at", "updated_at")
    ]


def _key(table: str, column: str, target: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _of_a_plan(table: str) -> list[sa.schema.SchemaItem]:
    """What everything that belongs to a plan has."""
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        *_moments(),
        sa.Column("version", sa.Integer(), nullable=False),
        _key(table, "plan_id", "plans.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def _money(table: str, of: str, target: str) -> None:
    op.create_table(
        table,
        sa.Column(of, sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Numeric(), nullable=False),
        _text("currency"),
        _text("stage"),
        _text("source", nullable=True),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("gender_responsive", sa.Boolean(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f(f"ck_{table}_amount")),
        sa.CheckConstraint("stage in ('planned', 'committed', 'spent')", name=op.f(f"ck_{table}_stage")),
        _key(table, of, target, ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(of, "position", name=op.f(f"pk_{table}")),
    )


def _plans() -> None:
    op.add_column("plans", sa.Column("rollup", sa.Text(), server_default="leaves", nullable=False))
    for column in (
        sa.Column("from_plan", sa.Uuid(), nullable=True),
        _text("from_item", nullable=True),
        sa.Column("from_assessment", sa.Uuid(), nullable=True),
        _text("from_document", nullable=True),
    ):
        op.add_column("plans", column)
    op.create_foreign_key(op.f("fk_plans_from_plan"), "plans", "plans", ["from_plan"], ["id"])
    op.create_foreign_key(
        op.f("fk_plans_from_assessment"),
        "plans",
        "assessments",
        ["from_assessment"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_check_constraint(
        op.f("ck_plans_rollup"), "plans", "rollup in ('leaves', 'weighted', 'worst', 'milestones')"
    )
    op.create_check_constraint(
        op.f("ck_plans_one_origin"),
        "plans",
        "num_nonnulls(from_plan, from_assessment, from_document) <= 1",
    )
    op.create_index("ix_plans_from_plan", "plans", ["from_plan"])


def _items() -> None:
    op.add_column(
        "plan_items", sa.Column("stakeholders", postgresql.JSONB(), server_default=NOTHING, nullable=False)
    )
    op.add_column(
        "plan_items", sa.Column("weight", sa.Numeric(), server_default=sa.text("1"), nullable=False)
    )
    op.create_check_constraint(op.f("ck_plan_items_weight"), "plan_items", "weight >= 0")
    _money("plan_item_budgets", "item_id", "plan_items.id")


def _history() -> None:
    op.create_table(
        "plan_changes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("mandate_id", sa.Uuid(), nullable=True),
        _text("kind"),
        sa.Column("thing", sa.Uuid(), nullable=False),
        _documents("changes"),
        _text("by"),
        sa.Column("key", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("num_nonnulls(plan_id, mandate_id) = 1", name=op.f("ck_plan_changes_subject")),
        sa.CheckConstraint(
            "kind in ('plan', 'mandate', 'set-up', 'data-source', 'intervention', 'forum')",
            name=op.f("ck_plan_changes_kind"),
        ),
        _key("plan_changes", "plan_id", "plans.id", ondelete="CASCADE"),
        _key("plan_changes", "mandate_id", "mandates.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_changes")),
    )
    op.create_index("ix_plan_changes_plan", "plan_changes", ["plan_id", "id"])
    op.create_index("ix_plan_changes_mandate", "plan_changes", ["mandate_id", "id"])


def _set_ups() -> None:
    op.create_table(
        "set_ups",
        *_of_a_plan("set_ups"),
        sa.Column("option", sa.Integer(), nullable=False),
        _text("body"),
        sa.Column("since", sa.Date(), nullable=True),
        _documents("members"),
        _texts("considered"),
        _text("note", nullable=True),
        sa.CheckConstraint("option in (1, 2)", name=op.f("ck_set_ups_option")),
        sa.UniqueConstraint("plan_id", name=op.f("uq_set_ups_plan_id")),
    )


def _data_sources() -> None:
    op.create_table(
        "data_sources",
        *_of_a_plan("data_sources"),
        _text("title"),
        _text("producer", nullable=True),
        _text("kind"),
        _text("address", nullable=True),
        _texts("objectives"),
        _texts("indicators"),
        _texts("expected"),
        _texts("disaggregations"),
        sa.Column("sex_is_required", sa.Boolean(), nullable=True),
        sa.Column("is_protected", sa.Boolean(), nullable=True),
        _text("note", nullable=True),
    )
    op.create_index("ix_data_sources_plan", "data_sources", ["plan_id", "id"])


def _interventions() -> None:
    op.create_table(
        "interventions",
        *_of_a_plan("interventions"),
        _text("title"),
        _text("description", nullable=True),
        _texts("objectives"),
        _text("status"),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("end", sa.Date(), nullable=True),
        _text("aim"),
        _text("analysis", nullable=True),
        _text("needs", nullable=True),
        _documents("stakeholders"),
        _documents("indicators"),
        _text("assigned", nullable=True),
        _text("assigned_reason", nullable=True),
        _text("assigned_by", nullable=True),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint('"end" >= start', name=op.f("ck_interventions_dates")),
        sa.CheckConstraint(
            "status in ('not-started', 'under-way', 'done', 'dropped')", name=op.f("ck_interventions_status")
        ),
        sa.CheckConstraint("aim in ('principal', 'significant', 'none')", name=op.f("ck_interventions_aim")),
        sa.CheckConstraint("assigned in ('A', 'B', 'C')", name=op.f("ck_interventions_assigned")),
    )
    op.create_index("ix_interventions_plan", "interventions", ["plan_id", "id"])
    _money("intervention_budgets", "intervention_id", "interventions.id")


def _forums() -> None:
    op.create_table(
        "forum_reports",
        *_of_a_plan("forum_reports"),
        _text("forum"),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        _texts("evidence"),
        sa.CheckConstraint(
            "forum in ('imrf', 'regional-review', 'secretary-general-report')",
            name=op.f("ck_forum_reports_forum"),
        ),
        sa.UniqueConstraint("plan_id", "forum", "year", name=op.f("uq_forum_reports_plan_id_forum_year")),
    )


def _returns() -> None:
    op.create_table(
        "indicator_rounds",
        sa.Column("id", sa.Uuid(), nullable=False),
        _text("framework"),
        _text("key"),
        _text("title", nullable=True),
        sa.Column("due", sa.Date(), nullable=False),
        _texts("indicators"),
        _texts("expected"),
        *_moments(),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("indicator_rounds", "framework", "frameworks.key"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_rounds")),
        sa.UniqueConstraint("framework", "key", name=op.f("uq_indicator_rounds_framework_key")),
    )
    op.create_table(
        "indicator_returns",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=False),
        _text("state"),
        sa.Column("submitted_on", sa.Date(), nullable=True),
        sa.Column("in_proper_format", sa.Boolean(), nullable=True),
        _texts("format_reasons"),
        _documents("answers"),
        _texts("evidence"),
        _text("note", nullable=True),
        *_moments(),
        sa.Column("version", sa.Integer(), nullable=False),
        _key("indicator_returns", "round_id", "indicator_rounds.id"),
        _key("indicator_returns", "state", "states.iso3"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_returns")),
        sa.UniqueConstraint("round_id", "state", name=op.f("uq_indicator_returns_round_id_state")),
    )
    op.create_index("ix_indicator_returns_state", "indicator_returns", ["state"])
    _history_of_returns()


def _history_of_returns() -> None:
    table = "indicator_return_changes"
    op.create_table(
        table,
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("round_id", sa.Uuid(), nullable=True),
        sa.Column("return_id", sa.Uuid(), nullable=True),
        _documents("changes"),
        _text("by"),
        sa.Column("key", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("num_nonnulls(round_id, return_id) = 1", name=op.f(f"ck_{table}_subject")),
        _key(table, "round_id", "indicator_rounds.id", ondelete="CASCADE"),
        _key(table, "return_id", "indicator_returns.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
    op.create_index(f"ix_{table}_round", table, ["round_id", "id"])
    op.create_index(f"ix_{table}_return", table, ["return_id", "id"])


def downgrade() -> None:
    """Reports to forums leave the calendar with the plans' other new things."""
    op.execute("DELETE FROM calendar_entries WHERE path LIKE '/v1/plans/%/forums/%'")
    for table in (
        "indicator_return_changes", "indicator_returns", "indicator_rounds", "forum_reports",
        "intervention_budgets", "interventions", "data_sources", "set_ups", "plan_changes",
        "plan_item_budgets",
    ):  # fmt: skip
        op.drop_table(table)
    for column in ("weight", "stakeholders"):
        op.drop_column("plan_items", column)
    for column in ("from_document", "from_assessment", "from_item", "from_plan", "rollup"):
        op.drop_column("plans", column)
