"""Sending letters: by SMTP, or to the log where no server is set."""

from __future__ import annotations

from email.message import EmailMessage
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib
import structlog

log = structlog.get_logger(__name__)

PATIENCE = 20.0
"""Seconds that a mail server may take for any one answer."""


class Undeliverable(Exception):
    """The server refused for good: sending again would be refused again."""


class PostUnavailable(Exception):
    """The letter could not be handed over now; it may be later."""


class Post(Protocol):
    async def send(self, letter: EmailMessage) -> None:
        """Hand the letter over. Raises Undeliverable or PostUnavailable."""


class LoggedPost:
    """Writes letters to the log."""

    async def send(self, letter: EmailMessage) -> None:
        log.info("letter", to=letter["To"], subject=letter["Subject"], message_id=letter["Message-ID"])


class SmtpPost:
    """`smtp://user:password@host:587` (STARTTLS where offered) or `smtps://…` (TLS from the start)."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._tls = parts.scheme == "smtps"
        self._host = parts.hostname or "localhost"
        self._port = parts.port or (465 if self._tls else 25)
        self._user = unquote(parts.username) if parts.username else None
        self._password = unquote(parts.password) if parts.password else None

    async def send(self, letter: EmailMessage) -> None:
        try:
            await aiosmtplib.send(
                letter,
                hostname=self._host,
                port=self._port,
                username=self._user,
                password=self._password,
                use_tls=self._tls,
                timeout=PATIENCE,
            )
        except aiosmtplib.SMTPRecipientsRefused as refused:
            raise _kind(refused.recipients[0]) from None
        except aiosmtplib.SMTPDataError as answer:
            raise _kind(answer) from None
        except (aiosmtplib.SMTPException, OSError) as error:
            raise PostUnavailable(f"{type(error).__name__}: {error}") from None


def _kind(answer: aiosmtplib.SMTPResponseException) -> Exception:
    reason = f"{answer.code} {answer.message}"
    return Undeliverable(reason) if answer.code >= 500 else PostUnavailable(reason)


def post_for(smtp_url: str | None) -> Post:
    return SmtpPost(smtp_url) if smtp_url else LoggedPost()
