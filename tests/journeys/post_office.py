"""A mail server that keeps what it receives."""

from __future__ import annotations

import asyncio
from collections import Counter
from email import message_from_bytes
from typing import Any
from uuid import UUID

from aiosmtpd.controller import Controller

from services.stack.folders import HOST, free_port

ACCEPTED = "250 accepted"
REFUSED = "550 5.1.1 no such mailbox"


class PostOffice:
    """Open or closed, always at the same address. `received` is (recipient, Message-ID), as accepted."""

    def __init__(self) -> None:
        self.port = free_port(None)
        self.received: list[tuple[str, str]] = []
        self.unknown: set[str] = set()
        self.seconds_per_letter = 0.0
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://{HOST}:{self.port}"

    def open(self) -> None:
        self._controller = Controller(self, hostname=HOST, port=self.port)
        self._controller.start()

    def close(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def about(self, meeting: UUID) -> Counter[tuple[str, str]]:
        """How often each letter about a meeting has arrived: its recipients' addresses name it."""
        return Counter(letter for letter in self.received if str(meeting) in letter[0])

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _: Any) -> str:
        if address in self.unknown:
            return REFUSED
        envelope.rcpt_tos.append(address)
        return ACCEPTED

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        await asyncio.sleep(self.seconds_per_letter)
        letter = message_from_bytes(envelope.content)
        self.received += [(recipient, letter["Message-ID"]) for recipient in envelope.rcpt_tos]
        return ACCEPTED
