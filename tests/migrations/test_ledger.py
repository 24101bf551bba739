"""The ledger of the release before becomes that of this one, and could become itself again."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import asyncpg
from alembic import command

from domain.base import new_id
from domain.calendar.actions import due
from domain.reminders import actions
from domain.reminders.announcing import announce
from schemas.reminders import Recipient, ReminderRuleDraft, ReminderSubject
from services.database import Sessions
from tests.conftest import Servers
from tests.migrations.test_migrations import migrated

NOW = datetime(2030, 1, 1, tzinfo=UTC)
MEETING = """
INSERT INTO meetings (id, occurrence, title, framework, start, time_zone, duration_minutes, status, sequence,
    version)
VALUES ($1, '2030-03-04 09:00Z', 'Dialogue', 'ccm', '2030-03-04 09:00Z', 'UTC', 60, 'scheduled', 0, 1)
"""
RULE = """
INSERT INTO reminder_rules (id, meeting_id, offsets, recipients, channel)
VALUES ($1, $2, '{-P7D}', '[{"email": "a@example.org", "name": null, "language": null}]', 'email')
"""
LINE = """
INSERT INTO deliveries (id, rule, meeting, occurrence, "offset", recipient, channel, due_at, status, attempts,
    message_id, detail)
VALUES ($1, $2, $3, '2030-03-04 09:00Z', $4, 'a@example.org', 'email', '2030-02-25 09:00Z', $5, 0, $6, $7)
"""
RULES = "SELECT id, recipients FROM reminder_rules ORDER BY id"


async def asked(place: Servers, statement: str, *values: Any) -> list[Any]:
    connection = await asyncpg.connect(place.database_url.replace("+asyncpg", ""))
    try:
        return list(await connection.fetch(statement, *values))
    finally:
        await connection.close()


async def test_what_the_release_before_planned_stays_and_what_is_new_goes(place: Servers, sessions: Sessions):
    meeting, rule, line, moved = (new_id() for _ in range(4))
    await migrated(place, command.downgrade, "0005")
    await asked(place, MEETING, meeting)
    await asked(place, RULE, rule, meeting)
    await asked(place, LINE, line, rule, meeting, "-P7D", "scheduled", "<1@focalpoint>", None)
    told_instead = "The meeting was moved; the new time is told instead."
    await asked(place, LINE, moved, rule, meeting, "-P8D", "skipped", "<2@focalpoint>", told_instead)
    before = await asked(place, RULES)

    await migrated(place, command.upgrade, "head")
    [first, second] = await asked(place, "SELECT * FROM deliveries ORDER BY id")
    assert (first["cause"], first["reason"], second["reason"]) == ("reminder", None, "moved")
    obligation = new_id()
    async with sessions.begin() as session:
        dated = due(
            id=obligation, kind="obligation", title="Report", day=date(2030, 4, 30), time_zone="UTC", path="/"
        )
        await announce(session, dated)
        draft = ReminderRuleDraft(
            subject=ReminderSubject(kind="obligation", id=obligation),
            offsets=["-P7D"],
            recipients=[Recipient(email="b@example.org")],
        )
        await actions.make_rule(session, draft, now=NOW)
    assert len(await asked(place, "SELECT FROM deliveries")) == 3

    await migrated(place, command.downgrade, "0005")
    assert await asked(place, RULES) == before
    assert len(await asked(place, "SELECT FROM deliveries")) == 2
    await migrated(place, command.upgrade, "head")


async def test_opt_outs_of_addresses_become_those_of_the_persons_who_have_them_and_go_back(place: Servers):
    person, moved = new_id(), new_id()
    people = "INSERT INTO persons (id, name, email, version) VALUES ($1, 'Ana', $2, 1)"
    entered = "INSERT INTO opt_outs (id, address, scope, by) VALUES ($1, $2, 'all', 'letter')"
    found = "SELECT person, address FROM opt_outs ORDER BY id"
    await migrated(place, command.downgrade, "0013")
    await asked(place, people, person, "ana@example.org")
    await asked(place, people, moved, "ben@example.org")
    for address in ("Ana@example.org", "ben@example.org", "nobody@example.org"):
        await asked(place, entered, new_id(), address)

    await migrated(place, command.upgrade, "head")
    assert [tuple(row) for row in await asked(place, found)] == [
        (person, "Ana@example.org"),
        (moved, "ben@example.org"),
        (None, "nobody@example.org"),
    ]
    await asked(place, "UPDATE opt_outs SET address = NULL WHERE person = $1", moved)
    await asked(place, "UPDATE persons SET email = 'b@example.org' WHERE id = $1", moved)

    await migrated(place, command.downgrade, "0013")
    addresses = await asked(place, "SELECT address FROM opt_outs ORDER BY id")
    assert [row["address"] for row in addresses] == ["Ana@example.org", "b@example.org", "nobody@example.org"]
    await migrated(place, command.upgrade, "head")
