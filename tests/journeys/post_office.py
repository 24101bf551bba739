"""A mail server that keeps what it receives, and may be away, slow, or refuse."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from functools import cached_property
from typing import Any
from uuid import UUID

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP
from icalendar import Calendar

from services.stack.folders import HOST, free_port
from tests.journeys.processes import until_true

ACCEPTED = "250 accepted"
REFUSED = "550 5.1.1 no such mailbox"


@dataclass(frozen=True)
class Received:
    """A letter as it came over the wire, at `at` by the machine's clock."""

    recipient: str
    message_id: str
    at: float
    content: bytes

    @cached_property
    def letter(self) -> EmailMessage:
        return message_from_bytes(self.content, policy=default)

    @cached_property
    def invitation(self) -> Any:
        """The event in the calendar file."""
        [file] = [part for part in self.letter.walk() if part.get_filename()]
        [event] = Calendar.from_ical(file.get_payload(decode=True)).walk("VEVENT")
        return event


class PostOffice:
    """Open or closed, always at the same address.

    `received` is the log: every letter that came in whole, in order, also one whose sender was gone before
    it was answered. `answered` are those of which the sender was told that they are accepted.
    """

    def __init__(self) -> None:
        self.port = free_port(None)
        self.received: list[Received] = []
        self.answered: list[Received] = []
        self.unknown: set[str] = set()
        self.dawdled_over: dict[str, float] = {}
        """Seconds that the office takes to say whether it knows an address."""
        self.seconds_per_letter = 0.0
        self._controller: _Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://{HOST}:{self.port}"

    def open(self) -> None:
        self._controller = _Controller(self, hostname=HOST, port=self.port)
        self._controller.start()

    def close(self) -> None:
        """As when the machine goes down: connections break, letters in hand are not answered."""
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def as_usual(self) -> None:
        """Open and empty, quick, and without refusing anybody."""
        self.received, self.answered = [], []
        self.unknown, self.dawdled_over, self.seconds_per_letter = set(), {}, 0.0
        if self._controller is None:
            self.open()

    def about(self, meeting: UUID) -> Counter[tuple[str, str]]:
        """How often each letter about a meeting has arrived: its recipients' addresses name it."""
        return Counter((one.recipient, one.message_id) for one in self.letters_about(meeting))

    def letters_about(self, meeting: UUID) -> list[Received]:
        return [one for one in list(self.received) if str(meeting) in one.recipient]

    async def until_received(self, letters: int, *, within: float) -> None:
        await until_true(lambda: len(self.received) >= letters, within=within)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _: Any) -> str:
        await asyncio.sleep(self.dawdled_over.get(address, 0.0))
        if address in self.unknown:
            return REFUSED
        envelope.rcpt_tos.append(address)
        return ACCEPTED

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        message_id = message_from_bytes(envelope.content)["Message-ID"]
        letters = [Received(one, message_id, time.time(), envelope.content) for one in envelope.rcpt_tos]
        self.received += letters
        await asyncio.sleep(self.seconds_per_letter)
        self.answered += letters
        return ACCEPTED


class _Controller(Controller):
    """Breaks the connections when it stops; else they would stay open with nobody at the other end."""

    def __init__(self, office: PostOffice, **where: Any) -> None:
        super().__init__(office, **where)
        self._desks: list[SMTP] = []

    def factory(self) -> SMTP:
        self._desks.append(super().factory())
        return self._desks[-1]

    def cancel_tasks(self, stop_loop: bool = True) -> None:
        for desk in self._desks:
            if desk.transport is not None:
                desk.transport.abort()
        self.loop.call_soon(super().cancel_tasks, stop_loop)
