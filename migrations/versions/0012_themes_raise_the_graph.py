"""What evidence fits where depends on which themes are subjects: another facet is a change, too."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

# A new theme that is no subject, or another title, changes nothing that was derived.
CHANGES = {
    "INSERT": "NEW.facet = 'about-what'",
    "DELETE": "OLD.facet = 'about-what'",
    "UPDATE": "(OLD.key, OLD.facet) IS DISTINCT FROM (NEW.key, NEW.facet)",
}


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '4s'")
    for event, condition in CHANGES.items():
        op.execute(
            f"CREATE TRIGGER graph_{event.lower()} AFTER {event} ON themes "
            f"FOR EACH ROW WHEN ({condition}) EXECUTE FUNCTION raise_mapping_graph()"
        )
    # Facets may have changed since what there is was derived.
    op.execute("UPDATE mapping_graph SET version = nextval('mapping_graph_versions')")


def downgrade() -> None:
    for event in CHANGES:
        op.execute(f"DROP TRIGGER graph_{event.lower()} ON themes")
