"""Which of what a meeting has in common with its series it was given by itself."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

OF_SERIES = ("title", "framework", "committee", "duration_minutes", "location", "url", "notes")
DIFFERENT = ", ".join(
    f"CASE WHEN meetings.{name} IS DISTINCT FROM series.{name} THEN '{name}' END" for name in OF_SERIES
)


def upgrade() -> None:
    """What a meeting has otherwise than its series was given to it, or is what the series said before: of one
    that a later day is to change. Nothing says which, save that one which was never changed (`version`), or
    once, together with others of its series (the same `updated_at`), was given nothing by itself.

    A process of the release before enters meetings with nothing of their own, and what it gives one by itself
    while this release starts is not known as such.
    """
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column(
        "meetings",
        sa.Column("own", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
    )
    op.execute(
        f"""
        UPDATE meetings SET own = found.own FROM (
            SELECT meetings.id, array_remove(ARRAY[{DIFFERENT}], NULL) AS own
            FROM meetings JOIN meeting_series AS series ON series.id = meetings.series
            WHERE meetings.kind <> 'additional' AND meetings.version > 1 AND NOT (
                meetings.version = 2 AND EXISTS (
                    SELECT FROM meetings AS other
                    WHERE other.series = meetings.series AND other.updated_at = meetings.updated_at
                    AND other.id <> meetings.id AND other.kind <> 'additional'
                )
            )
        ) AS found
        WHERE found.id = meetings.id AND found.own <> '{{}}'
        """  # noqa: S608 - nothing of it comes from outside
    )


def downgrade() -> None:
    """What differs from its series is known by that again."""
    op.drop_column("meetings", "own")
