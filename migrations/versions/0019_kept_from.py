"""From which day reports are asked for here, and reports that were handed in elsewhere."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TODAY = sa.text("CURRENT_DATE")


def upgrade() -> None:
    """New columns may be left out: processes of the release before go on writing while this one starts.

    What is kept already is kept from the first year on as before. What was met by no report that is here has
    been on the way back: it was handed in elsewhere.
    """
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column(
        "reporting_schedules", sa.Column("kept_from", sa.Date(), server_default=TODAY, nullable=False)
    )
    op.execute("UPDATE reporting_schedules SET kept_from = make_date(first, 1, 1)")
    op.add_column("obligations", sa.Column("elsewhere_on", sa.Date(), nullable=True))
    op.execute("UPDATE obligations SET elsewhere_on = met_on WHERE status = 'met' AND submission IS NULL")


def downgrade() -> None:
    """What was handed in elsewhere stays met."""
    op.drop_column("obligations", "elsewhere_on")
    op.drop_column("reporting_schedules", "kept_from")
