"""Mappings that are reviewed one by one, and a version of the graph that the accepted ones make."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """New columns may be left out: processes of the release before go on writing while this one starts."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    _sets()
    _derived()


def _sets() -> None:
    for name in ("joint_group", "absent_from"):
        op.add_column("mappings", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("mappings", sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("mappings", sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column(
        "mapping_sets", sa.Column("revision", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.create_index(
        "ix_mappings_frameworks",
        "mappings",
        [sa.text("split_part(subject, ':', 1)"), sa.text("split_part(object, ':', 1)"), "id"],
    )
    _graph()


def _graph() -> None:
    """Whoever changes what the graph is made of raises its version, a process of any release or a person.

    Versions come from a sequence: one that was given to a transaction that failed is never given again.
    """
    op.create_table(
        "mapping_graph",
        sa.Column("id", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_mapping_graph_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mapping_graph")),
    )
    op.execute("CREATE SEQUENCE mapping_graph_versions OWNED BY mapping_graph.version")
    op.execute("INSERT INTO mapping_graph (version) VALUES (nextval('mapping_graph_versions'))")
    op.execute(RAISE_VERSION)
    op.execute(NOTE_MAPPINGS)
    for event, tables in CHANGES.items():
        op.execute(
            f"CREATE TRIGGER graph_{event.lower()} AFTER {event} ON mappings REFERENCING {tables} "
            "FOR EACH STATEMENT EXECUTE FUNCTION note_mappings()"
        )
    for event, condition in EDITIONS.items():
        op.execute(
            f"CREATE TRIGGER graph_{event.lower()} AFTER {event} ON editions "
            f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION raise_mapping_graph()"
        )


def _derived() -> None:
    op.alter_column("crosswalk_items", "stale", server_default=sa.text("false"))
    op.add_column("crosswalk_items", sa.Column("level", sa.Integer(), nullable=True))
    op.create_table(
        "crosswalk_derivations",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("graph", sa.BigInteger(), nullable=False),
        sa.Column("decisions", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["assessment_id"],
            ["assessments.id"],
            name=op.f("fk_crosswalk_derivations_assessment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_crosswalk_derivations")),
    )
    # Which levels cross depends on the scales of the newest rubrics.
    op.execute(
        "CREATE TRIGGER graph_rubrics AFTER INSERT OR UPDATE OR DELETE ON rubric_editions "
        "FOR EACH STATEMENT EXECUTE FUNCTION raise_mapping_graph()"
    )
    _overrides()
    op.execute(TIME_ORDERED_ID)
    op.execute(PROMISE_CROSSWALKS)
    op.execute(
        "CREATE TRIGGER derive_crosswalks AFTER UPDATE ON mapping_graph "
        "FOR EACH STATEMENT EXECUTE FUNCTION promise_crosswalks()"
    )
    # What the release before derived does not say from what.
    op.execute("UPDATE mapping_graph SET version = nextval('mapping_graph_versions')")


def _overrides() -> None:
    op.create_table(
        "crosswalk_overrides",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("provision", sa.Text(), nullable=False),
        sa.Column("established", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("derived_then", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["submissions.id"],
            name=op.f("fk_crosswalk_overrides_submission_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crosswalk_overrides")),
        sa.UniqueConstraint(
            "submission_id", "provision", name=op.f("uq_crosswalk_overrides_submission_id_provision")
        ),
    )


# A UUIDv7, as all ids are: the first 48 bits are milliseconds, and 0100 (version 4) becomes 0111.
TIME_ORDERED_ID = """
CREATE FUNCTION time_ordered_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT encode(set_bit(set_bit(overlay(
        uuid_send(gen_random_uuid())
        PLACING substring(int8send(floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3)
        FROM 1 FOR 6
    ), 52, 1), 53, 1), 'hex')::uuid
$$
"""

# The order `DeriveCrosswalks`, promised in the transaction that changes the graph, whoever makes the change.
PROMISE_CROSSWALKS = """
CREATE FUNCTION promise_crosswalks() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM assessments) THEN
        INSERT INTO jobs (id, kind, queue, arguments, subject, status, done, attempts, max_attempts, epoch,
            handed)
        VALUES (time_ordered_id(), 'derive-crosswalks', 'errands', '{}', 'mapping-graph', 'queued', 0, 0, 8,
            0, 0)
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$
"""

CHANGES = {
    "INSERT": "NEW TABLE AS after",
    "DELETE": "OLD TABLE AS before",
    "UPDATE": "OLD TABLE AS before NEW TABLE AS after",
}
EDITIONS = {
    "INSERT": "NEW.status = 'published'",
    "DELETE": "OLD.status = 'published'",
    "UPDATE": "OLD.status IS DISTINCT FROM NEW.status OR OLD.published IS DISTINCT FROM NEW.published",
}

RAISE_VERSION = """
CREATE FUNCTION raise_mapping_graph() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE mapping_graph SET version = nextval('mapping_graph_versions');
    RETURN NULL;
END $$
"""

# A member of a joint group counts whatever its status: the group holds when all of it is accepted.
NOTE_MAPPINGS = """
CREATE FUNCTION note_mappings() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed boolean;
BEGIN
    IF TG_OP = 'INSERT' THEN
        changed := EXISTS (SELECT FROM after WHERE status = 'accepted' OR joint_group IS NOT NULL);
    ELSIF TG_OP = 'DELETE' THEN
        changed := EXISTS (SELECT FROM before WHERE status = 'accepted' OR joint_group IS NOT NULL);
    ELSE
        changed := EXISTS (
            SELECT FROM before JOIN after USING (id)
            WHERE ('accepted' IN (before.status, after.status)
                OR before.joint_group IS NOT NULL OR after.joint_group IS NOT NULL)
            AND (before.set, before.subject, before.relation, before.object, before.confidence,
                before.joint_group, before.absent_from, before.status)
            IS DISTINCT FROM (after.set, after.subject, after.relation, after.object, after.confidence,
                after.joint_group, after.absent_from, after.status)
        );
    END IF;
    IF changed THEN
        UPDATE mapping_graph SET version = nextval('mapping_graph_versions');
    END IF;
    RETURN NULL;
END $$
"""


def downgrade() -> None:
    op.execute("DROP TRIGGER derive_crosswalks ON mapping_graph")
    op.execute("DROP FUNCTION promise_crosswalks()")
    op.execute("DROP FUNCTION time_ordered_id()")
    op.drop_table("crosswalk_overrides")
    op.drop_table("crosswalk_derivations")
    op.drop_column("crosswalk_items", "level")
    op.alter_column("crosswalk_items", "stale", server_default=None)
    for table, events in (("mappings", CHANGES), ("editions", EDITIONS)):
        for event in events:
            op.execute(f"DROP TRIGGER graph_{event.lower()} ON {table}")
    op.execute("DROP TRIGGER graph_rubrics ON rubric_editions")
    op.execute("DROP FUNCTION note_mappings()")
    op.execute("DROP FUNCTION raise_mapping_graph()")
    op.drop_table("mapping_graph")
    op.drop_index("ix_mappings_frameworks", "mappings")
    op.drop_column("mapping_sets", "revision")
    for name in ("version", "decided_at", "absent_from", "joint_group"):
        op.drop_column("mappings", name)
