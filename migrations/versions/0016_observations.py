"""Series, observations and what they were before; areas and code lists; files that wait to be imported."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    """Tables of its own: processes of the release before neither read nor write them."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    _vocabulary()
    _series()
    _observations()
    _imports()


def _vocabulary() -> None:
    op.create_table(
        "areas",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["state"], ["states.iso3"], name=op.f("fk_areas_state")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_areas")),
    )
    op.create_index("ix_areas_state", "areas", ["state"])
    op.create_table(
        "code_lists",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("codes", postgresql.JSONB(), nullable=False),
        sa.Column("parts", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_code_lists")),
    )


def _series() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=False),
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("breakdown", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint(
            "indicator", "area", "breakdown", name=op.f("uq_series_indicator_area_breakdown")
        ),
    )
    op.create_index("ix_series_indicator_id", "series", ["indicator", "id"])


def _facts() -> list[sa.Column[object]]:
    return [
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("said", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("nature", sa.Text(), nullable=True),
        sa.Column("unit_multiplier", sa.SmallInteger(), nullable=True),
        sa.Column("proxy", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("import_number", sa.Integer(), nullable=False),
    ]


def _when() -> list[sa.Column[object]]:
    return [
        sa.Column("series", sa.BigInteger(), nullable=False),
        sa.Column("starts", sa.Date(), nullable=False),
        sa.Column("ends", sa.Date(), nullable=False),
    ]


def _observations() -> None:
    op.create_table(
        "observations",
        *_when(),
        *_facts(),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        sa.PrimaryKeyConstraint("series", "starts", "ends", name=op.f("pk_observations")),
    )
    op.create_table(
        "former_observations",
        *_when(),
        sa.Column("revision", sa.SmallInteger(), nullable=False),
        *_facts(),
        sa.Column("replaced_by", sa.Integer(), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("series", "starts", "ends", "revision", name=op.f("pk_former_observations")),
    )
    op.create_index(
        "ix_former_observations_deleted",
        "former_observations",
        ["series", "starts", "ends"],
        postgresql_where=sa.text("deleted"),
    )


def _imports() -> None:
    op.create_table(
        "imports",
        sa.Column("number", sa.Integer(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("indicator", sa.Text(), nullable=True),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("wrote", sa.Boolean(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answer", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_imports")),
        sa.UniqueConstraint("id", name=op.f("uq_imports_id")),
    )
    op.create_index("ix_imports_fingerprint", "imports", ["fingerprint"])
    op.create_table(
        "uploads",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("size", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), server_default=NOW, nullable=False),
        sa.CheckConstraint("size >= 0", name=op.f("ck_uploads_size")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index("ix_uploads_created", "uploads", ["created"])
    op.create_table(
        "upload_parts",
        sa.Column("upload", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload"], ["uploads.id"], name=op.f("fk_upload_parts_upload"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("upload", "number", name=op.f("pk_upload_parts")),
    )
    # They come compressed, and are read once.
    op.execute("ALTER TABLE upload_parts ALTER COLUMN content SET STORAGE EXTERNAL")


def downgrade() -> None:
    for table in ("upload_parts", "uploads", "imports", "former_observations", "observations", "series",
                  "code_lists", "areas"):  # fmt: skip
        op.drop_table(table)
