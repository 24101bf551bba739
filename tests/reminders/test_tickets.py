"""What stands in a letter's address for unsubscribing."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from domain.reminders.letters.tickets import delivery_of, ticket

KEY, OTHER = b"k" * 32, b"o" * 32
DELIVERY = uuid4()


def test_a_ticket_leads_back_to_its_line():
    assert delivery_of(ticket(DELIVERY, KEY), KEY) == DELIVERY


def test_a_ticket_of_another_installation_leads_nowhere():
    assert delivery_of(ticket(DELIVERY, OTHER), KEY) is None


def test_a_ticket_cannot_be_changed_to_name_another_line():
    other = ticket(UUID(int=DELIVERY.int ^ 1 << 100), OTHER)
    forged = other[:21] + ticket(DELIVERY, KEY)[21:]

    assert delivery_of(forged, KEY) is None


@pytest.mark.parametrize("text", ["", "abc", "é" * 43, "A" * 43, "A" * 44, "A" * 4000, "../..", "=" * 43])
def test_what_is_no_ticket_leads_nowhere(text):
    assert delivery_of(text, KEY) is None
