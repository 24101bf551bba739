"""Which refusals of a mail server are for good, and which are worth another try."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from services.stack.folders import HOST, free_port
from services.worker.post import PostUnavailable, SmtpPost, Undeliverable

ACCEPTED = "250 accepted"


class MailServer:
    """Answers each step as it is told to, and accepts what it is not told about."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers
        self.received: list[bytes] = []

    async def handle_MAIL(self, _s: Any, _: Any, envelope: Any, sender: str, _options: Any) -> str:
        envelope.mail_from = sender
        return self.answers.get("sender", ACCEPTED)

    async def handle_RCPT(self, _s: Any, _: Any, envelope: Any, address: str, _options: Any) -> str:
        envelope.rcpt_tos.append(address)
        return self.answers.get("recipient", ACCEPTED)

    async def handle_DATA(self, _s: Any, _: Any, envelope: Any) -> str:
        answer = self.answers.get("data", ACCEPTED)
        if answer == ACCEPTED:
            self.received.append(envelope.content)
        return answer


def knows_only_ana(_server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
    return AuthResult(success=login.password == b"pass:word", handled=False)


@contextmanager
def opened(server: MailServer) -> Iterator[str]:
    """The server's host and port."""
    port = free_port(None)
    controller = Controller(
        server, hostname=HOST, port=port, authenticator=knows_only_ana, auth_require_tls=False
    )
    controller.start()
    try:
        yield f"{HOST}:{port}"
    finally:
        controller.stop()


@pytest.fixture
def letter() -> EmailMessage:
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = "us@example.org", "ana@example.org", "Dialogue"
    made["Message-ID"] = "<1@focalpoint>"
    made.set_content("In an hour.")
    return made


@pytest.mark.parametrize(
    ("step", "answer", "kind"),
    [
        ("recipient", "550 5.1.1 no such mailbox", Undeliverable),
        ("recipient", "450 4.2.1 mailbox busy", PostUnavailable),
        ("data", "554 5.7.1 looks like advertising", Undeliverable),
        ("data", "452 4.3.1 no room", PostUnavailable),
        ("sender", "550 5.7.1 you may not send as this", PostUnavailable),
        ("sender", "451 4.3.0 try later", PostUnavailable),
    ],
)
async def test_what_is_refused_for_good_is_what_the_letter_itself_is_refused_for(
    letter: EmailMessage, step: str, answer: str, kind: type[Exception]
):
    with opened(MailServer(**{step: answer})) as place, pytest.raises(kind, match=answer[:3]):
        await SmtpPost(f"smtp://{place}").send(letter)


async def test_a_wrong_password_is_the_operators_to_mend(letter: EmailMessage):
    server = MailServer()
    with opened(server) as place:
        with pytest.raises(PostUnavailable, match="535"):
            await SmtpPost(f"smtp://ana:wrong@{place}").send(letter)
        await SmtpPost(f"smtp://ana:pass%3Aword@{place}").send(letter)

    assert len(server.received) == 1


async def test_a_server_that_is_away_may_come_back(letter: EmailMessage):
    with pytest.raises(PostUnavailable):
        await SmtpPost(f"smtp://{HOST}:{free_port(None)}").send(letter)
