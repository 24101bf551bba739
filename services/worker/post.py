"""Sending letters: by SMTP over connections that are kept, or to the log where no server is set."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib
import structlog

from domain.reminders.letters.composing import Letter

log = structlog.get_logger(__name__)

PATIENCE = 20.0
"""Seconds that a mail server may take for any one answer."""

ANSWERS_PER_LETTER = 2
"""How often as long as that one letter may take in all; its lease must be longer."""

IDLE = 20.0
"""Seconds after which an unused connection is not used again: servers close them without a word."""

LONGEST_WORDS = 500
CLOSING, PASSWORD_REQUIRED = 421, 530


class Undeliverable(Exception):
    """The other side refused for good: sending again would be refused again."""


class PostUnavailable(Exception):
    """It could not be handed over now; it may be later, after `retry_after` seconds if the server says so."""

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class PostAway(PostUnavailable):
    """Nothing can be handed over now, to whomever it is."""


class Unanswered(PostUnavailable):
    """It was handed over, and whether it was taken was not said."""


class Post(Protocol):
    async def send(self, letter: Letter) -> None:
        """Hand the letter over. Raises Undeliverable or PostUnavailable."""

    async def close(self) -> None:
        """Give back what was held open."""


class LoggedPost:
    """Writes to the log that a letter would have been sent; to whom, at level debug only."""

    async def send(self, letter: Letter) -> None:
        log.info("letter", message_id=letter.message_id)
        log.debug("letter", to=letter.recipient, subject=letter.subject, message_id=letter.message_id)

    async def close(self) -> None:
        """Nothing is held open."""


class SmtpPost:
    """`smtp://user:password@host:587` (STARTTLS where offered) or `smtps://…` (TLS from the start).

    `?starttls=required` refuses a server that does not offer it, `?starttls=never` does not ask. Each
    connection carries one letter at a time and is kept for the next. One that the server has closed between
    two letters is replaced; one that it closes while it has the letter may have delivered it: the letter is
    tried again later, under the same Message-ID.
    """

    def __init__(self, url: str, *, connections: int = 8, seconds: float = PATIENCE) -> None:
        self._url, self._seconds = url, seconds
        self._places = asyncio.Semaphore(connections)
        self._idle: list[tuple[float, aiosmtplib.SMTP]] = []

    async def send(self, letter: Letter) -> None:
        given = False
        try:
            async with asyncio.timeout(ANSWERS_PER_LETTER * self._seconds), self._places:
                client = await self._addressed(letter)
                given = True
                await self._give(client, letter)
        except (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError) as answer:
            raise _kind(answer) from None
        except aiosmtplib.SMTPResponseException as answer:
            # About the sender, or no answer at all: nothing is wrong with this recipient.
            raise (Unanswered if given else PostAway)(_words(answer)) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise (Unanswered if given else PostUnavailable)(_words(error)) from None

    async def close(self) -> None:
        clients = [client for _, client in self._idle]
        self._idle.clear()
        await asyncio.gather(*(client.quit(timeout=1) for client in clients), return_exceptions=True)

    async def _give(self, client: aiosmtplib.SMTP, letter: Letter) -> None:
        async with self._holding(client):
            await client.data(letter.content)
        self._keep(client)

    async def _addressed(self, letter: Letter) -> aiosmtplib.SMTP:
        """A connection on which the server has accepted sender and recipient."""
        kept = self._kept()
        if kept is not None:
            try:
                await self._address(kept, letter)
            except aiosmtplib.SMTPException as error:
                if not _ended(error):
                    raise
            else:
                return kept
        client = await self._connected()
        await self._address(client, letter)
        return client

    async def _address(self, client: aiosmtplib.SMTP, letter: Letter) -> None:
        async with self._holding(client):
            await client.mail(letter.sender)
            await client.rcpt(letter.recipient)

    @contextlib.asynccontextmanager
    async def _holding(self, client: aiosmtplib.SMTP) -> AsyncIterator[None]:
        """A refusal leaves the connection fit for the next letter; anything else that goes wrong ends it."""
        try:
            yield
        except aiosmtplib.SMTPResponseException as answer:
            if not _ended(answer) and await _reset(client):
                self._keep(client)
            else:
                client.close()
            raise
        except BaseException:
            client.close()
            raise

    def _keep(self, client: aiosmtplib.SMTP) -> None:
        self._idle.append((time.monotonic(), client))

    def _kept(self) -> aiosmtplib.SMTP | None:
        """The connection used last, if it can be expected to be open still."""
        while self._idle:
            since, client = self._idle.pop()
            if client.is_connected and time.monotonic() - since < IDLE:
                return client
            client.close()
        return None

    async def _connected(self) -> aiosmtplib.SMTP:
        """A new connection. Raises PostAway."""
        client = _client(self._url, self._seconds)
        try:
            await client.connect()
            if client.is_ehlo_or_helo_needed:
                await client.ehlo()
        except (aiosmtplib.SMTPException, OSError) as error:
            client.close()
            raise PostAway(_words(error)) from None
        except BaseException:
            client.close()
            raise
        return client


STARTTLS = {"offered": None, "required": True, "never": False}
"""As an address says it, and as the client takes it."""


def _client(url: str, seconds: float) -> aiosmtplib.SMTP:
    parts = urlsplit(url)
    from_the_start = parts.scheme == "smtps"
    [wanted] = parse_qs(parts.query).get("starttls", ["offered"])
    return aiosmtplib.SMTP(
        hostname=parts.hostname or "localhost",
        port=parts.port or (465 if from_the_start else 25),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        use_tls=from_the_start,
        start_tls=False if from_the_start else STARTTLS[wanted],
        timeout=seconds,
    )


async def _reset(client: aiosmtplib.SMTP) -> bool:
    """Whether the server is ready for another letter."""
    try:
        await client.rset()
    except (aiosmtplib.SMTPException, OSError):
        return False
    return True


def _ended(error: aiosmtplib.SMTPException) -> bool:
    """Whether the server has closed the connection, with 421 or without a word (RFC 5321 §3.8)."""
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return error.code == CLOSING
    return isinstance(error, ConnectionError)


def _kind(answer: aiosmtplib.SMTPResponseException) -> Exception:
    if answer.code in (CLOSING, PASSWORD_REQUIRED):
        return PostAway(_words(answer))
    return (Undeliverable if answer.code >= 500 else PostUnavailable)(_words(answer))


def _words(error: Exception) -> str:
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return f"{error.code} {error.message}"[:LONGEST_WORDS]
    if isinstance(error, TimeoutError):
        return "The mail server did not answer in time."
    return f"{type(error).__name__}: {error}"[:LONGEST_WORDS]


def post_for(smtp_url: str | None, *, connections: int = 8, seconds: float = PATIENCE) -> Post:
    return SmtpPost(smtp_url, connections=connections, seconds=seconds) if smtp_url else LoggedPost()
