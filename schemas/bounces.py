"""What is answered to a mail server that reports a letter that did not arrive."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from schemas.fields import Outgoing


class Bounce(Outgoing):
    """What was understood of a delivery status notification."""

    outcome: Literal["failed", "delayed", "other"]
    """`failed`: for good, the deliveries are marked as bounced; `delayed`: noted; `other`: no failure."""
    status: str
    """The enhanced status code (RFC 3463)."""
    diagnostic: str
    deliveries: list[UUID]
    """The lines of the ledger that the letter told."""
