"""Plans, their items, and mandates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NOW = sa.text("now()")
NONE = sa.text("'{}'")


def upgrade() -> None:
    """New columns may be left out: processes of the release before go on writing while this one starts."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    _mandates()
    _plans()
    _items()
    _history()


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _texts(name: str, *, default: sa.TextClause | None = None) -> sa.Column[list[str]]:
    return sa.Column(name, postgresql.ARRAY(sa.Text()), server_default=default, nullable=False)


def _moments() -> list[sa.Column[object]]:
    return [
        sa.Column(name, sa.DateTime(timezone=True), server_default=NOW, nullable=False)
        for name in ("created_at", "updated_at")
    ]


def _key(table: str, column: str, target: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _mandates() -> None:
    op.create_table(
        "mandates",
        sa.Column("id", sa.Uuid(), nullable=False),
        _text("framework"),
        _text("terms"),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        *_moments(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("until >= since", name=op.f("ck_mandates_period")),
        _key("mandates", "framework", "frameworks.key"),
        _key("mandates", "terms", "frameworks.key"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mandates")),
    )
    op.create_index("ix_mandates_framework", "mandates", ["framework", "since"])
    op.create_index("ix_mandates_terms", "mandates", ["terms"])
    op.create_table(
        "mandate_holders",
        sa.Column("mandate_id", sa.Uuid(), nullable=False),
        _text("state"),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("persons", postgresql.ARRAY(sa.Uuid()), nullable=False),
        _text("role", nullable=True),
        _key("mandate_holders", "mandate_id", "mandates.id", ondelete="CASCADE"),
        _key("mandate_holders", "state", "states.iso3"),
        sa.PrimaryKeyConstraint("mandate_id", "state", name=op.f("pk_mandate_holders")),
    )
    op.create_index("ix_mandate_holders_state", "mandate_holders", ["state"])


def _plans() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        _text("framework"),
        _text("edition"),
        _text("title"),
        _text("owner"),
        _text("state", nullable=True),
        sa.Column("mandate", sa.Uuid(), nullable=True),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("end", sa.Date(), nullable=True),
        *_moments(),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint('"end" >= start', name=op.f("ck_plans_period")),
        sa.CheckConstraint('"end" is not null or mandate is not null', name=op.f("ck_plans_ends")),
        _key("plans", "framework", "frameworks.key"),
        sa.ForeignKeyConstraint(
            ["framework", "edition"],
            ["editions.framework_key", "editions.key"],
            name=op.f("fk_plans_framework_edition"),
        ),
        _key("plans", "mandate", "mandates.id"),
        _key("plans", "state", "states.iso3"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
        sa.UniqueConstraint("mandate", name=op.f("uq_plans_mandate")),
    )
    op.create_index("ix_plans_owner", "plans", ["framework", sa.text("lower(owner)")])
    op.create_index("ix_plans_state", "plans", ["state"])


def _items() -> None:
    op.create_table(
        "plan_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        _text("ref"),
        _text("parent", nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("depth", sa.Integer(), nullable=False),
        _text("kind"),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("counts", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("status", sa.Text(), server_default="not-started", nullable=False),
        _texts("responsible", default=NONE),
        _text("note", nullable=True),
        sa.Column("start", sa.Date(), nullable=True),
        sa.Column("due", sa.Date(), nullable=True),
        _texts("evidence", default=NONE),
        sa.Column("progressed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.CheckConstraint("due >= start", name=op.f("ck_plan_items_dates")),
        sa.CheckConstraint(
            "status in ('not-started', 'under-way', 'done', 'dropped')", name=op.f("ck_plan_items_status")
        ),
        _key("plan_items", "plan_id", "plans.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_items")),
        sa.UniqueConstraint("plan_id", "ref", name=op.f("uq_plan_items_plan_id_ref")),
    )
    op.create_index("ix_plan_items_reading_order", "plan_items", ["plan_id", "position"])


def _history() -> None:
    op.create_table(
        "plan_item_changes",
        *_entry("plan_item_changes"),
        sa.Column("changes", postgresql.JSONB(), nullable=False),
    )
    op.create_index("ix_plan_item_changes_item_id", "plan_item_changes", ["item_id"])
    op.create_table(
        "plan_item_notes",
        *_entry("plan_item_notes"),
        sa.Column("on", sa.Date(), nullable=False),
        _text("text"),
        _texts("evidence"),
    )
    op.create_index("ix_plan_item_notes_days", "plan_item_notes", ["item_id", "on"])


def _entry(table: str) -> list[sa.schema.SchemaItem]:
    """What every entry about an item has: which item, who, when."""
    return [
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("item_id", sa.Uuid(), nullable=False),
        _text("by"),
        sa.Column("key", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        _key(table, "item_id", "plan_items.id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]


def downgrade() -> None:
    """The milestones of plans leave the calendar with them."""
    op.execute("DELETE FROM calendar_entries WHERE path LIKE '/v1/plans/%/items/%'")
    for table in (
        "plan_item_notes", "plan_item_changes", "plan_items", "plans", "mandate_holders", "mandates",
    ):  # fmt: skip
        op.drop_table(table)
