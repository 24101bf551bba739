"""What mail servers report of letters that did not arrive (RFC 3464, in the report of RFC 6522). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.message import Message
from email.policy import compat32
from typing import Literal

from domain.errors import Invalid

LONGEST_WORDS = 500
Outcome = Literal["failed", "delayed", "other"]


@dataclass(frozen=True, slots=True)
class Notification:
    """What became of one letter: `failed` is for good, `delayed` for now, anything else is no failure.

    `status` is the enhanced code (5.1.1) and `diagnostic` what the other server said, as far as it is told.
    """

    message_id: str
    outcome: Outcome
    status: str
    diagnostic: str


def read(content: bytes) -> Notification:
    """Raises Invalid for what is no delivery status notification, or does not say of which letter."""
    message = message_from_bytes(content, policy=compat32)
    recipients = list(_recipients(message))
    if not recipients:
        raise Invalid("This is not a delivery status notification (RFC 3464).", code="not-a-notification")
    message_id = _original_id(message)
    if message_id is None:
        raise Invalid(
            "The notification does not carry the `Message-ID` of the letter that it is about.",
            code="letter-not-named",
        )
    gravest = min(recipients, key=lambda fields: RANK[_outcome(fields)])
    return Notification(
        message_id=message_id,
        outcome=_outcome(gravest),
        status=_code(gravest),
        diagnostic=_plain(gravest, "Diagnostic-Code").partition(";")[2].strip() or _code(gravest),
    )


RANK: dict[Outcome, int] = {"failed": 0, "delayed": 1, "other": 2}


def _recipients(message: Message) -> Iterator[Message]:
    """The fields of each recipient; those of the whole message come first, and are left out."""
    for part in message.walk():
        blocks = part.get_payload()
        if part.get_content_type() == "message/delivery-status" and isinstance(blocks, list):
            yield from (
                fields for fields in blocks[1:] if isinstance(fields, Message) and fields.get("Action")
            )


def _outcome(fields: Message) -> Outcome:
    """By the action, and a failure by its code: some servers call it one though it is for now (4.x.x)."""
    action, code = _plain(fields, "Action").lower(), _code(fields)
    if action == "failed":
        return "delayed" if code.startswith("4.") else "failed"
    return "delayed" if action == "delayed" else "other"


def _code(fields: Message) -> str:
    return _plain(fields, "Status").partition(" ")[0]


def _original_id(message: Message) -> str | None:
    """From the letter, or the headers of it, that the notification returns."""
    for part in message.walk():
        if part is message:
            continue
        returned = part
        if part.get_content_type() == "text/rfc822-headers":
            content = part.get_payload(decode=True)
            returned = message_from_bytes(content if isinstance(content, bytes) else b"", policy=compat32)
        named = _plain(returned, "Message-ID")
        if named:
            return named
    return None


def _plain(fields: Message, name: str) -> str:
    """A header on one line, in characters that can be kept and shown."""
    value = " ".join(str(fields.get(name, "")).split())
    return "".join(character for character in value if character.isprintable())[:LONGEST_WORDS]
