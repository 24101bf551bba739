"""The ledger is asked by what became of a line, and by its cause, without reading all of it."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

FILTERS = ("status", "cause")


def upgrade() -> None:
    """Two indexes: processes of the release before go on, and wait to write while these are built."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    for column in FILTERS:
        op.create_index(f"ix_deliveries_{column}", "deliveries", [column, "id"])


def downgrade() -> None:
    for column in FILTERS:
        op.drop_index(f"ix_deliveries_{column}", "deliveries")
