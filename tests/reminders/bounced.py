"""A delivery status notification as a mail server makes it (RFC 3464)."""

from __future__ import annotations

from collections.abc import Sequence


def notification(
    message_id: str | None,
    *,
    action: str = "failed",
    status: str = "5.1.1",
    diagnostic: str | None = "smtp; 550 5.1.1 <focal.point@example.org>: no such mailbox",
    others: Sequence[str] = (),
    returned: str = "message/rfc822",
) -> bytes:
    """`others` are the actions for further recipients, which come first."""
    words = f"Diagnostic-Code: {diagnostic}\n" if diagnostic else ""
    first = [_recipient(number, other, "2.0.0") for number, other in enumerate(others)]
    named = f"Message-ID: {message_id}\n" if message_id else ""
    recipients = "\n".join([*first, _recipient(9, action, status) + words])
    return f"""\
From: MAILER-DAEMON@mx.example.org
To: calendar@focalpoint.example
Subject: Undelivered Mail Returned to Sender
Message-ID: <notification@mx.example.org>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_b"

--=_b
Content-Type: text/plain; charset=us-ascii

I could not deliver your message.

--=_b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

{recipients}
--=_b
Content-Type: {returned}

From: calendar@focalpoint.example
To: focal.point@example.org
{named}Subject: Reminder

Hello,

--=_b--
""".replace("\n", "\r\n").encode()


def _recipient(number: int, action: str, status: str) -> str:
    return f"Final-Recipient: rfc822; recipient-{number}@example.org\nAction: {action}\nStatus: {status}\n"
