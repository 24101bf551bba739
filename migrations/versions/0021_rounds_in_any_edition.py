"""Rounds ask for indicators, and returns answer them, whatever the edition."""

from __future__ import annotations

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What was asked or answered in several editions is there once; of the answers the first that was judged.

    What a process of the release before keeps with an edition while this release starts stays as it is. Who
    changed what, and when, is told as it was.
    """
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.execute(
        """
        UPDATE indicator_rounds SET version = version + 1, indicators = ARRAY(
            SELECT split_part(reference, '@', 1)
            FROM unnest(indicators) WITH ORDINALITY AS asked (reference, place)
            GROUP BY 1 ORDER BY min(place)
        )
        WHERE array_to_string(indicators, ' ') LIKE '%@%'
        """
    )
    op.execute(
        """
        UPDATE indicator_returns SET version = version + 1, answers = (
            SELECT jsonb_agg(answer ORDER BY place) FROM (
                SELECT DISTINCT ON (indicator)
                    answer || jsonb_build_object('indicator', indicator) AS answer, place
                FROM jsonb_array_elements(answers) WITH ORDINALITY AS given (answer, place),
                    split_part(answer ->> 'indicator', '@', 1) AS indicator
                ORDER BY indicator, (answer ->> 'comparable') IS NULL, place
            ) AS kept
        )
        WHERE jsonb_path_exists(answers, '$[*].indicator ? (@ like_regex "@")')
        """
    )


def downgrade() -> None:
    """Nothing changes: the release before knows indicators without an edition too."""
