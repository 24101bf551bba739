"""Signatures as Standard Webhooks says, checked by its own library."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from domain.reminders.webhooks.events import event
from domain.reminders.webhooks.signing import headers, new_secret
from tests.reminders.given import MEETING, OBLIGATION, line


def test_a_receiver_accepts_what_was_signed_with_its_secret():
    secret, body = new_secret(), json.dumps({"type": "reminder.due", "title": "Égalité"}).encode()

    signed = headers("0198c0de", body, keys=[secret], at=datetime.now(UTC))

    assert Webhook(secret).verify(body, signed) == json.loads(body)


def test_while_two_secrets_hold_either_receiver_accepts():
    new, former, body = new_secret(), new_secret(), b"{}"

    signed = headers("id", body, keys=[new, former], at=datetime.now(UTC))

    for secret in (new, former):
        Webhook(secret).verify(body, signed)
    with pytest.raises(WebhookVerificationError):
        Webhook(new_secret()).verify(body, signed)


@pytest.mark.parametrize("changed", ["webhook-id", "webhook-timestamp", "body"])
def test_nothing_that_was_signed_can_be_changed(changed):
    secret, body = new_secret(), b'{"a": 1}'
    signed = headers("id", body, keys=[secret], at=datetime.now(UTC))
    if changed == "body":
        body = b'{"a": 2}'
    else:
        signed[changed] = str(int(signed["webhook-timestamp"]) + 1)

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, signed)


def test_what_was_signed_long_ago_is_refused():
    secret = new_secret()

    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(
            b"{}", headers("id", b"{}", keys=[secret], at=datetime.now(UTC) - timedelta(hours=1))
        )


def test_an_event_says_what_a_letter_says():
    told = event([line(OBLIGATION)])

    assert told.type == "reminder.due"
    assert line().message_id == f"<{told.id}@focalpoint>"
    assert told.body["timestamp"] == "2026-02-25T09:00:00Z"
    assert told.body["data"]["entry"]["due_on"] == "2027-04-30"
    assert told.body["data"]["entry"]["state"] == "HRV"


@pytest.mark.parametrize(
    ("cause", "kind"),
    [("escalation", "reminder.escalated"), ("moved", "entry.moved"), ("cancelled", "entry.cancelled")],
)
def test_the_type_of_an_event_says_why_it_is_told(cause, kind):
    assert event([line(cause=cause)]).type == kind


def test_an_event_of_several_things_is_the_same_in_whichever_order_they_come():
    """And has one id, though one of them has lost its use when it is told again."""
    due = (datetime(2026, 2, 25, hour, tzinfo=UTC) for hour in (9, 8))
    lines = [line(of, id=UUID(int=place), due_at=next(due)) for place, of in enumerate((MEETING, OBLIGATION))]

    assert event(lines) == event(lines[::-1])
    assert event(lines).body["timestamp"] == "2026-02-25T08:00:00Z"
    assert event(lines[:1]).id == event(lines).id


def test_the_event_of_a_move_says_from_when():
    was = datetime(2026, 3, 3, 9, tzinfo=UTC)

    moved, reminded = event([line(cause="moved", previous_start=was)]), event([line()])

    assert moved.body["data"]["previous_start"] == "2026-03-03T09:00:00Z"
    assert reminded.body["data"]["previous_start"] is None


def test_several_things_are_one_event():
    told = event([line(MEETING), line(OBLIGATION)])

    assert [item["entry"]["kind"] for item in told.body["data"]["items"]] == ["meeting", "obligation"]
