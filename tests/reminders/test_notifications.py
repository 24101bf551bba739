"""Delivery status notifications, as mail servers write them."""

from __future__ import annotations

import pytest

from domain.errors import Invalid
from domain.reminders.letters.notifications import read
from tests.reminders.bounced import notification
from tests.reminders.given import MESSAGE_ID


def test_a_failure_is_read_with_its_code_and_the_other_servers_words():
    found = read(notification(MESSAGE_ID))

    assert (found.message_id, found.outcome, found.status) == (MESSAGE_ID, "failed", "5.1.1")
    assert found.diagnostic == "550 5.1.1 <focal.point@example.org>: no such mailbox"


def test_a_letter_may_be_returned_by_its_headers_alone():
    assert read(notification(MESSAGE_ID, returned="text/rfc822-headers")).message_id == MESSAGE_ID


@pytest.mark.parametrize(
    ("action", "status", "outcome"),
    [
        ("failed", "5.2.2", "failed"),
        ("Failed", "4.4.7", "delayed"),
        ("delayed", "4.4.1", "delayed"),
        ("delivered", "2.0.0", "other"),
        ("relayed", "2.0.0", "other"),
    ],
)
def test_what_is_for_good_is_told_from_what_is_for_now(action, status, outcome):
    assert read(notification(MESSAGE_ID, action=action, status=status)).outcome == outcome


def test_of_several_recipients_the_gravest_counts():
    assert read(notification(MESSAGE_ID, others=["delivered", "delayed"])).outcome == "failed"


def test_a_failure_without_words_is_named_by_its_code():
    assert read(notification(MESSAGE_ID, diagnostic=None)).diagnostic == "5.1.1"


def test_words_are_kept_on_one_line_and_short():
    found = read(notification(MESSAGE_ID, diagnostic="smtp; 550 " + "no \r\n " * 400))

    assert len(found.diagnostic) <= 500
    assert found.diagnostic.isprintable()


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff\xfe", b"Subject: hello\r\n\r\nhello", b"Content-Type: multipart/report\r\n\r\nnothing"],
)
def test_what_is_no_notification_is_refused(content):
    with pytest.raises(Invalid) as refused:
        read(content)
    assert refused.value.code == "not-a-notification"


def test_a_notification_that_does_not_say_of_which_letter_is_refused():
    with pytest.raises(Invalid) as refused:
        read(notification(None))
    assert refused.value.code == "letter-not-named"
