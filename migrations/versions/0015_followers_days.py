"""A series that follows another meets as often as that does: twice on one day of its own zone, if need be."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

DAY = "((occurrence AT TIME ZONE time_zone)::date)"
NAMED = "kind <> 'additional'"


def upgrade() -> None:
    """The release before enters nothing that these two would refuse."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.create_index(
        "uq_meetings_series_follows",
        "meetings",
        ["series", "follows"],
        unique=True,
        postgresql_where=sa.text(NAMED),
    )
    op.drop_index("uq_meetings_series_day", "meetings")
    _one_a_day(f"{NAMED} AND follows IS NULL")


def _one_a_day(where: str) -> None:
    op.create_index(
        "uq_meetings_series_day",
        "meetings",
        ["series", sa.text(DAY)],
        unique=True,
        postgresql_where=sa.text(where),
    )


def downgrade() -> None:
    """Of several on one day of a series all but one stand beside it."""
    op.execute(
        f"""
        UPDATE meetings SET kind = 'additional' FROM (
            SELECT id, row_number() OVER (PARTITION BY series, {DAY} ORDER BY start, id) AS place
            FROM meetings WHERE {NAMED} AND series IS NOT NULL
        ) AS of_day
        WHERE meetings.id = of_day.id AND of_day.place > 1
        """  # noqa: S608 - nothing of it comes from outside
    )
    op.drop_index("uq_meetings_series_day", "meetings")
    op.drop_index("uq_meetings_series_follows", "meetings")
    _one_a_day(NAMED)
