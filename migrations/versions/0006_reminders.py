"""Reminders of every dated thing, a ledger that is sent from, webhooks."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KINDS = "('meeting', 'obligation', 'information-request', 'action-item', 'review', 'milestone')"


def upgrade() -> None:
    """New columns may be left out: processes of the release before go on writing while this one starts.

    What those processes plan and promise is sent by this release, and what it plans for meetings they may
    send themselves: the columns `meeting` and `meeting_id` therefore keep their names, and hold the id of an
    entry, which is that of the meeting.
    """
    op.execute("SET LOCAL lock_timeout = '4s'")
    _rules()
    _ledger()
    _lookups()
    _channels()


def _moment(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _rules() -> None:
    for column in (
        sa.Column("kind", sa.Text(), server_default=sa.text("'meeting'"), nullable=False),
        sa.Column("framework", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        sa.Column("digest", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("working_hours", postgresql.JSONB(), nullable=True),
        sa.Column("escalations", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("notices", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        _moment("withdrawn_at"),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
    ):
        op.add_column("reminder_rules", column)
    op.drop_constraint("fk_reminder_rules_meeting_id", "reminder_rules")
    op.drop_constraint("ck_reminder_rules_one_subject", "reminder_rules")
    op.create_check_constraint(
        op.f("ck_reminder_rules_one_subject"), "reminder_rules", "num_nonnulls(meeting_id, series_id) <= 1"
    )
    op.create_check_constraint(op.f("ck_reminder_rules_kind"), "reminder_rules", f"kind in {KINDS}")
    for column, key in (("framework", "frameworks.key"), ("state", "states.iso3")):
        table, _, remote = key.partition(".")
        op.create_foreign_key(
            op.f(f"fk_reminder_rules_{column}"), "reminder_rules", table, [column], [remote]
        )
    op.create_index(
        "ix_reminder_rules_all_of_a_kind",
        "reminder_rules",
        ["kind"],
        postgresql_where=sa.text("meeting_id is null and series_id is null"),
    )


def _ledger() -> None:
    for column in (
        sa.Column("cause", sa.Text(), server_default=sa.text("'reminder'"), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=True),
        sa.Column("person", sa.Uuid(), nullable=True),
        sa.Column("digest", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("told", sa.Text(), nullable=True),
        sa.Column("letter", sa.Text(), nullable=True),
        _moment("retry_at"),
        sa.Column("owner", sa.Text(), nullable=True),
        _moment("leased_until"),
        _moment("bounced_at"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("history", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
    ):
        op.add_column("deliveries", column)
    op.create_foreign_key(op.f("fk_deliveries_person"), "deliveries", "persons", ["person"], ["id"])
    op.drop_constraint("fk_deliveries_meeting", "deliveries")
    _statuses("'scheduled','sending','sent','failed','skipped','bounced'")
    op.create_check_constraint(
        op.f("ck_deliveries_cause"),
        "deliveries",
        "cause in ('reminder', 'escalation', 'moved', 'changed', 'cancelled', 'restored')",
    )
    op.execute(
        "UPDATE deliveries SET reason = 'moved' "
        "WHERE detail = 'The meeting was moved; the new time is told instead.'"
    )


def _statuses(listed: str) -> None:
    op.drop_constraint("ck_deliveries_status", "deliveries")
    op.create_check_constraint(op.f("ck_deliveries_status"), "deliveries", f"status in ({listed})")


def _lookups() -> None:
    """The unique constraint keeps its name, by which the release before refers to it."""
    op.drop_constraint("uq_deliveries_ledger", "deliveries")
    op.create_unique_constraint(
        "uq_deliveries_ledger",
        "deliveries",
        ["meeting", "recipient", "rule", "occurrence", "cause", "offset", "channel"],
    )
    for name in ("due", "open", "sending"):
        op.drop_index(f"ix_deliveries_{name}", "deliveries")
    op.create_index(
        "ix_deliveries_due",
        "deliveries",
        [sa.text("coalesce(retry_at, due_at)"), "id"],
        postgresql_where=sa.text("status = 'scheduled'"),
    )
    op.create_index(
        "ix_deliveries_sending",
        "deliveries",
        ["meeting", "recipient"],
        postgresql_where=sa.text("status = 'sending'"),
    )
    op.create_index(
        "ix_deliveries_letter", "deliveries", ["letter"], postgresql_where=sa.text("letter is not null")
    )
    op.create_index("ix_deliveries_recipient", "deliveries", [sa.text("lower(recipient)"), "id"])
    op.create_index(
        "ix_deliveries_person", "deliveries", ["person"], postgresql_where=sa.text("person is not null")
    )


def _channels() -> None:
    _opt_outs()
    _webhook_endpoints()
    op.create_table(
        "signing_keys",
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("purpose", name=op.f("pk_signing_keys")),
    )
    # Two random UUIDs are 244 random bits, without an extension.
    op.execute(
        "INSERT INTO signing_keys (purpose, secret) "
        "VALUES ('unsubscribe', uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()))"
    )


def _opt_outs() -> None:
    op.create_table(
        "opt_outs",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("rule", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("scope in ('all','kind','rule')", name=op.f("ck_opt_outs_scope")),
        sa.CheckConstraint(
            "(scope = 'rule') = (rule is not null) and (scope = 'kind') = (kind is not null)",
            name=op.f("ck_opt_outs_subject"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opt_outs")),
    )
    op.create_index(
        "uq_opt_outs_subject",
        "opt_outs",
        [sa.text("lower(address)"), "scope", sa.text("coalesce(rule::text, kind, '')")],
        unique=True,
    )


def _webhook_endpoints() -> None:
    op.create_table(
        "webhook_endpoints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("events", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("former_secret", sa.Text(), nullable=True),
        _moment("former_secret_until"),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("disabled_because", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_failure", sa.Text(), nullable=True),
        _moment("last_failed_at"),
        _moment("last_delivered_at"),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoints")),
    )


def downgrade() -> None:
    """What the release before has no words for is taken out, with the rules that asked for it."""
    for statement in FORGET_WHAT_IS_NEW:
        op.execute(statement)
    for table in ("signing_keys", "webhook_endpoints", "opt_outs"):
        op.drop_table(table)
    _former_lookups()
    _former_ledger()
    _former_rules()


FORGET_WHAT_IS_NEW = (
    """
    CREATE TEMP TABLE unknown_rules ON COMMIT DROP AS SELECT id FROM reminder_rules
    WHERE kind <> 'meeting' OR num_nonnulls(meeting_id, series_id) = 0 OR withdrawn_at IS NOT NULL
        OR channel <> 'email'
        OR EXISTS (SELECT FROM jsonb_array_elements(recipients) AS told WHERE told ->> 'email' IS NULL)
    """,
    "DELETE FROM deliveries WHERE cause <> 'reminder' OR rule IN (SELECT id FROM unknown_rules)",
    "DELETE FROM reminder_rules WHERE id IN (SELECT id FROM unknown_rules)",
    """
    UPDATE reminder_rules
    SET recipients = (SELECT jsonb_agg(told - 'time_zone') FROM jsonb_array_elements(recipients) AS told)
    """,
    "UPDATE deliveries SET status = 'failed' WHERE status = 'bounced'",
    "UPDATE deliveries SET status = 'scheduled' WHERE status = 'sending' AND leased_until IS NOT NULL",
)


def _former_lookups() -> None:
    for name in ("person", "recipient", "letter", "sending", "due"):
        op.drop_index(f"ix_deliveries_{name}", "deliveries")
    op.create_index(
        "ix_deliveries_due", "deliveries", ["due_at"], postgresql_where=sa.text("status = 'scheduled'")
    )
    for name, column, status in (("open", "meeting", "scheduled"), ("sending", "job", "sending")):
        op.create_index(
            f"ix_deliveries_{name}", "deliveries", [column], postgresql_where=sa.text(f"status = '{status}'")
        )
    op.drop_constraint("uq_deliveries_ledger", "deliveries")
    op.create_unique_constraint(
        "uq_deliveries_ledger",
        "deliveries",
        ["rule", "meeting", "occurrence", "offset", "recipient", "channel"],
    )


def _former_ledger() -> None:
    _statuses("'scheduled','sending','sent','failed','skipped'")
    op.drop_constraint("ck_deliveries_cause", "deliveries")
    op.drop_constraint("fk_deliveries_person", "deliveries")
    op.create_foreign_key(op.f("fk_deliveries_meeting"), "deliveries", "meetings", ["meeting"], ["id"])
    for name in (
        "history", "reason", "bounced_at", "leased_until", "owner", "retry_at", "letter", "told", "digest",
        "person", "time_zone", "cause",
    ):  # fmt: skip
        op.drop_column("deliveries", name)


def _former_rules() -> None:
    op.drop_index("ix_reminder_rules_all_of_a_kind", "reminder_rules")
    for name in ("kind", "one_subject"):
        op.drop_constraint(f"ck_reminder_rules_{name}", "reminder_rules")
    op.create_check_constraint(
        op.f("ck_reminder_rules_one_subject"), "reminder_rules", "num_nonnulls(meeting_id, series_id) = 1"
    )
    op.create_foreign_key(
        op.f("fk_reminder_rules_meeting_id"), "reminder_rules", "meetings", ["meeting_id"], ["id"]
    )
    for name in (
        "version", "updated_at", "withdrawn_at", "notices", "escalations", "working_hours", "digest", "state",
        "framework", "kind",
    ):  # fmt: skip
        op.drop_column("reminder_rules", name)
