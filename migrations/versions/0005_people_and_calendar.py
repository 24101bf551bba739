"""Persons, committees, a calendar of all dated things, and feeds of it that can be revoked."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    """New columns may be left out: processes of the release before go on writing while this one starts."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    _persons()
    _committees()
    _entries()
    _feeds()


def _moment(name: str, *, default: sa.TextClause | None = NOW) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=False)


def _persons() -> None:
    op.create_table(
        "persons",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("working_hours", postgresql.JSONB(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("organisation", sa.Text(), nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("telephone", sa.Text(), nullable=True),
        sa.Column("left", sa.Date(), nullable=True),
        _moment("created_at"),
        _moment("updated_at"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["state"], ["states.iso3"], name=op.f("fk_persons_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_persons")),
    )
    op.create_index("ix_persons_state", "persons", ["state"])
    op.create_index("uq_persons_email", "persons", [sa.text("lower(email)")], unique=True)


def _committees() -> None:
    op.create_table(
        "committees",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        sa.Column("framework", sa.Text(), nullable=True),
        _moment("created_at"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["framework"], ["frameworks.key"], name=op.f("fk_committees_framework")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_committees")),
    )
    op.create_index("ix_committees_framework", "committees", ["framework"])
    op.create_table(
        "committee_members",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("committee", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["committee"], ["committees.key"], name=op.f("fk_committee_members_committee")
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_committee_members_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_committee_members")),
    )
    for column in ("committee", "person"):
        op.create_index(f"ix_committee_members_{column}", "committee_members", [column])


def _entries() -> None:
    op.create_table(
        "calendar_entries",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("framework", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("committee", sa.Text(), nullable=True),
        sa.Column("owner", sa.Uuid(), nullable=True),
        sa.Column("series", sa.Uuid(), nullable=True),
        sa.Column("plan", sa.Uuid(), nullable=True),
        sa.Column("seen_by", postgresql.ARRAY(sa.Text()), nullable=True),
        _moment("start", default=None),
        _moment("over", default=None),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("duration_minutes", sa.Integer(), nullable=True),
        sa.Column("location", sa.Text(), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        _moment("created_at"),
        _moment("updated_at"),
        sa.CheckConstraint(
            "kind in ('meeting', 'obligation', 'information-request', 'action-item', 'review', 'milestone')",
            name=op.f("ck_calendar_entries_kind"),
        ),
        sa.CheckConstraint("status in ('open','cancelled','done')", name=op.f("ck_calendar_entries_status")),
        sa.ForeignKeyConstraint(
            ["framework"], ["frameworks.key"], name=op.f("fk_calendar_entries_framework")
        ),
        sa.ForeignKeyConstraint(["state"], ["states.iso3"], name=op.f("fk_calendar_entries_state")),
        sa.ForeignKeyConstraint(
            ["committee"], ["committees.key"], name=op.f("fk_calendar_entries_committee")
        ),
        sa.ForeignKeyConstraint(["owner"], ["persons.id"], name=op.f("fk_calendar_entries_owner")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_entries")),
    )
    op.create_index("ix_calendar_entries_start", "calendar_entries", ["start", "id"])
    op.create_index("ix_calendar_entries_framework", "calendar_entries", ["framework", "start", "id"])
    for column in ("state", "committee", "owner", "series", "plan"):
        op.create_index(f"ix_calendar_entries_{column}", "calendar_entries", [column])
    op.execute(ENTER_MEETINGS)


def _feeds() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("committee", sa.Text(), nullable=True),
        sa.Column("framework", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("alarms", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("deadlines", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        _moment("created_at"),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind in ('person', 'committee', 'framework', 'all')", name=op.f("ck_calendar_feeds_kind")
        ),
        sa.CheckConstraint("deadlines in ('to-dos', 'events')", name=op.f("ck_calendar_feeds_deadlines")),
        sa.CheckConstraint(
            "num_nonnulls(person, committee, framework) = (kind <> 'all')::int",
            name=op.f("ck_calendar_feeds_one_subject"),
        ),
        sa.ForeignKeyConstraint(["person"], ["persons.id"], name=op.f("fk_calendar_feeds_person")),
        sa.ForeignKeyConstraint(["committee"], ["committees.key"], name=op.f("fk_calendar_feeds_committee")),
        sa.ForeignKeyConstraint(["framework"], ["frameworks.key"], name=op.f("fk_calendar_feeds_framework")),
        sa.ForeignKeyConstraint(["state"], ["states.iso3"], name=op.f("fk_calendar_feeds_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("digest", name=op.f("uq_calendar_feeds_digest")),
    )
    for column in ("person", "committee", "framework"):
        op.create_index(f"ix_calendar_feeds_{column}", "calendar_feeds", [column])


ENTER_MEETINGS = """
INSERT INTO calendar_entries (
    id, kind, title, framework, series, start, over, time_zone, duration_minutes,
    status, reason, sequence, path, created_at, updated_at
)
SELECT id, 'meeting', title, framework, series, start,
    start, time_zone, duration_minutes,
    CASE status WHEN 'cancelled' THEN 'cancelled' WHEN 'held' THEN 'done' ELSE 'open' END,
    CASE status WHEN 'held' THEN 'held' END,
    sequence, '/v1/meetings/' || id, created_at, updated_at
FROM meetings
"""


def downgrade() -> None:
    for table in ("calendar_feeds", "calendar_entries", "committee_members", "committees", "persons"):
        op.drop_table(table)
