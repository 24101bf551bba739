"""Opt-outs of persons go with them to other addresses; news of a move say from when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SUBJECT = "coalesce(rule::text, kind, '')"


def upgrade() -> None:
    """Processes of the release before go on entering opt-outs of addresses, and heed these as such."""
    op.execute("SET LOCAL lock_timeout = '4s'")
    op.add_column("deliveries", sa.Column("previous_start", sa.DateTime(timezone=True), nullable=True))
    op.add_column("opt_outs", sa.Column("person", sa.Uuid(), nullable=True))
    op.create_foreign_key(op.f("fk_opt_outs_person"), "opt_outs", "persons", ["person"], ["id"])
    op.alter_column("opt_outs", "address", nullable=True)
    op.create_check_constraint(op.f("ck_opt_outs_whose"), "opt_outs", "num_nonnulls(person, address) > 0")
    op.execute("UPDATE opt_outs SET person = persons.id FROM persons WHERE lower(email) = lower(address)")
    op.create_index(
        "uq_opt_outs_of_person",
        "opt_outs",
        ["person", "scope", sa.text(SUBJECT)],
        unique=True,
        postgresql_where=sa.text("person is not null"),
    )


def downgrade() -> None:
    """A person's opt-out becomes one of the address that they have."""
    op.execute(
        f"""
        UPDATE opt_outs SET address = persons.email FROM persons
        WHERE opt_outs.person = persons.id AND opt_outs.address IS NULL AND NOT EXISTS (
            SELECT FROM opt_outs AS other
            WHERE lower(other.address) = lower(persons.email) AND other.scope = opt_outs.scope
                AND {SUBJECT.replace("rule", "other.rule").replace("kind", "other.kind")}
                    = {SUBJECT.replace("rule", "opt_outs.rule").replace("kind", "opt_outs.kind")}
        )
        """  # noqa: S608 - nothing of it comes from outside
    )
    op.execute("DELETE FROM opt_outs WHERE address IS NULL")
    op.drop_index("uq_opt_outs_of_person", "opt_outs")
    op.drop_constraint("ck_opt_outs_whose", "opt_outs")
    op.alter_column("opt_outs", "address", nullable=False)
    op.drop_constraint("fk_opt_outs_person", "opt_outs")
    op.drop_column("opt_outs", "person")
    op.drop_column("deliveries", "previous_start")
