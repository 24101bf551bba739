"""Agendas, minutes, decisions and action items."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

NOW = sa.text("now()")


def upgrade() -> None:
    """New tables only: processes of the release before go on writing while this one starts."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    _agendas()
    _minutes()
    _decisions()
    _action_items()


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=NOW, nullable=False)


def _version() -> sa.Column[int]:
    return sa.Column("version", sa.Integer(), nullable=False)


def _refers(table: str, column: str, to: str, *, ondelete: str | None = None) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [to], name=op.f(f"fk_{table}_{column}"), ondelete=ondelete)


def _one_of(table: str, *values: str) -> sa.CheckConstraint:
    several = ",".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"status in ({several})", name=op.f(f"ck_{table}_status"))


def _agendas() -> None:
    op.create_table(
        "agendas",
        sa.Column("meeting", sa.Uuid(), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        _moment("updated_at"),
        _version(),
        _refers("agendas", "meeting", "meetings.id"),
        sa.PrimaryKeyConstraint("meeting", name=op.f("pk_agendas")),
    )
    op.create_table(
        "agenda_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting", sa.Uuid(), nullable=False),
        _text("key", nullable=True),
        _text("kind"),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("title", postgresql.JSONB(), nullable=False),
        _text("renamed", nullable=True),
        sa.Column("source", postgresql.JSONB(), nullable=True),
        sa.Column("below", postgresql.JSONB(), nullable=False),
        _text("note", nullable=True),
        sa.Column("presenter", sa.Uuid(), nullable=True),
        sa.Column("minutes", sa.Integer(), nullable=True),
        _text("status"),
        sa.Column("edited", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _one_of("agenda_items", "planned", "treated", "postponed", "dropped"),
        sa.CheckConstraint(
            "(status = 'dropped') = (position is null)", name=op.f("ck_agenda_items_position")
        ),
        sa.CheckConstraint("key is not null or renamed is not null", name=op.f("ck_agenda_items_title")),
        _refers("agenda_items", "meeting", "agendas.meeting", ondelete="CASCADE"),
        _refers("agenda_items", "presenter", "persons.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agenda_items")),
        sa.UniqueConstraint("meeting", "key", name=op.f("uq_agenda_items_meeting_key")),
    )
    op.create_index("ix_agenda_items_meeting", "agenda_items", ["meeting", "position"])
    _index_some("agenda_items", "carrying", "kind = 'action-items'")


def _index_some(table: str, name: str, which: str) -> None:
    op.create_index(f"ix_{table}_{name}", table, ["meeting"], postgresql_where=sa.text(which))


def _minutes() -> None:
    op.create_table(
        "minutes",
        sa.Column("meeting", sa.Uuid(), nullable=False),
        _text("text"),
        _text("language"),
        sa.Column("attendees", postgresql.JSONB(), nullable=False),
        _text("by"),
        _moment("created_at"),
        _moment("updated_at"),
        _version(),
        _refers("minutes", "meeting", "meetings.id"),
        sa.PrimaryKeyConstraint("meeting", name=op.f("pk_minutes")),
    )


def _decisions() -> None:
    op.create_table(
        "decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        _text("text"),
        _text("status"),
        _moment("created_at"),
        _moment("updated_at"),
        _version(),
        _one_of("decisions", "taken", "carried-out", "superseded"),
        _refers("decisions", "meeting", "meetings.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decisions")),
        sa.UniqueConstraint("meeting", "number", name=op.f("uq_decisions_meeting_number")),
    )
    _index_some("decisions", "standing", "status = 'taken'")


def _action_items() -> None:
    op.create_table(
        "action_items",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting", sa.Uuid(), nullable=False),
        sa.Column("decision", sa.Uuid(), nullable=True),
        _text("text"),
        sa.Column("owner", sa.Uuid(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("over", sa.DateTime(timezone=True), nullable=True),
        _text("time_zone"),
        _text("status"),
        sa.Column("done_on", sa.Date(), nullable=True),
        _moment("created_at"),
        _moment("updated_at"),
        _version(),
        _one_of("action_items", "open", "done", "cancelled"),
        sa.CheckConstraint("(status = 'done') = (done_on is not null)", name=op.f("ck_action_items_done_on")),
        sa.CheckConstraint("(due_on is null) = (over is null)", name=op.f("ck_action_items_over")),
        _refers("action_items", "meeting", "meetings.id"),
        _refers("action_items", "decision", "decisions.id"),
        _refers("action_items", "owner", "persons.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_action_items")),
    )
    op.create_index("ix_action_items_meeting", "action_items", ["meeting"])
    op.create_index("ix_action_items_owner", "action_items", ["owner"])
    _index_some("action_items", "open", "status = 'open'")


def downgrade() -> None:
    """Action items leave the calendar with their table."""
    op.execute("DELETE FROM calendar_entries WHERE kind = 'action-item'")
    for table in ("action_items", "decisions", "minutes", "agenda_items", "agendas"):
        op.drop_table(table)
