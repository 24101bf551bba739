"""Instruments, values as printed, scales, deprecations."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

JSONB = postgresql.JSONB(none_as_null=True, astext_type=sa.Text())
TEXTS = postgresql.ARRAY(sa.Text())


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    _editions()
    _instruments()


def _editions() -> None:
    """New columns have defaults: processes of the release before go on writing while this one starts."""
    op.add_column("editions", sa.Column("header", JSONB, server_default=sa.text("'{}'"), nullable=False))
    op.add_column("editions", sa.Column("scale", JSONB, nullable=True))
    op.execute(
        "UPDATE editions SET header = jsonb_strip_nulls(jsonb_build_object("
        "'key', f.key, 'kind', f.kind, 'title', f.title, 'short_title', f.short_title, 'body', f.body, "
        "'adopted', f.adopted, 'parent', f.parent)) FROM frameworks f WHERE f.key = framework_key"
    )
    for name in ("baselines", "targets"):
        op.add_column("indicators", sa.Column(name, JSONB, server_default=sa.text("'[]'"), nullable=False))
    for name in ("data_sources", "responsible"):
        op.add_column("indicators", sa.Column(name, TEXTS, server_default=sa.text("'{}'"), nullable=False))
    op.add_column("claims", sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.create_table(
        "deprecations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("edition_id", sa.Uuid(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("successors", TEXTS, nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["editions.id"], name=op.f("fk_deprecations_edition_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deprecations")),
        sa.UniqueConstraint("edition_id", "ref", name=op.f("uq_deprecations_edition_id_ref")),
    )


def _instruments() -> None:
    op.create_table(
        "instruments",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", JSONB, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("framework", sa.Text(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_instruments")),
    )


def downgrade() -> None:
    op.drop_table("instruments")
    op.drop_table("deprecations")
    op.drop_column("claims", "position")
    for name in ("responsible", "data_sources", "targets", "baselines"):
        op.drop_column("indicators", name)
    for name in ("scale", "header"):
        op.drop_column("editions", name)
