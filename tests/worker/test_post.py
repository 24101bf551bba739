"""Which refusals of a mail server are for good, which are not, and which connections are kept."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest
import structlog

from domain.reminders.letters.composing import Letter
from services.worker.post import LoggedPost, PostAway, PostUnavailable, SmtpPost, Unanswered, Undeliverable

HOST = "127.0.0.1"
LETTER = Letter(
    sender="us@example.org",
    recipient="ana@example.org",
    subject="Dialogue",
    message_id="<1@focalpoint>",
    content=b"Subject: Dialogue\r\n\r\nIn an hour.\r\n.\r\n",
)
HANG_UP, HANG = "hang up", "hang"


@dataclass
class MailServer:
    """Answers each command as it is told to (`HANG_UP`, `HANG`, or an answer), else as is usual."""

    answers: dict[str, str] = field(default_factory=dict)
    received: list[bytes] = field(default_factory=list)
    connections: int = 0
    most_at_once: int = 0
    letters_per_connection: int = 10_000
    commands: list[str] = field(default_factory=list)
    _open: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._open += 1
        self.most_at_once = max(self.most_at_once, self._open)
        try:
            await self._converse(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open -= 1
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(f"{self.answers.get('HELLO', '220 here')}\r\n".encode())
        taken = 0
        while line := await reader.readline():
            command = line.split()[0].decode().upper()
            self.commands.append(command)
            answer = self._answer(command)
            if command == "MAIL" and taken >= self.letters_per_connection:
                answer = "421 4.4.2 enough for one connection"
            if answer == HANG:
                await asyncio.sleep(60)
            if answer == HANG_UP:
                return
            writer.write(f"{answer}\r\n".encode())
            if answer.startswith("354"):
                content = await reader.readuntil(b"\r\n.\r\n")
                after = self.answers.get("CONTENT", "250 accepted")
                if after == HANG:
                    await asyncio.sleep(60)
                if after == HANG_UP:
                    return
                if after.startswith("250"):
                    self.received.append(content)
                    taken += 1
                writer.write(f"{after}\r\n".encode())
            if command == "QUIT" or answer.startswith("421"):
                return

    def _answer(self, command: str) -> str:
        usual = {
            "EHLO": "250-here\r\n250 AUTH PLAIN LOGIN",
            "DATA": "354 go on",
            "AUTH": "235 welcome",
            "QUIT": "221 bye",
        }
        return self.answers.get(command, usual.get(command, "250 accepted"))


@asynccontextmanager
async def opened(server: MailServer, query: str = "", user: str = "") -> AsyncIterator[str]:
    listening = await asyncio.start_server(server.serve, HOST, 0)
    port = listening.sockets[0].getsockname()[1]
    try:
        yield f"smtp://{user}{HOST}:{port}{query}"
    finally:
        listening.close()


@asynccontextmanager
async def posting(
    server: MailServer, query: str = "", user: str = "", **how: float
) -> AsyncIterator[SmtpPost]:
    async with opened(server, query, user) as url:
        post = SmtpPost(url, **how)
        yield post
        await post.close()


@pytest.mark.parametrize(
    ("step", "answer", "kind"),
    [
        ("RCPT", "550 5.1.1 no such mailbox", Undeliverable),
        ("RCPT", "450 4.2.1 mailbox busy", PostUnavailable),
        ("RCPT", "530 5.7.0 say who you are", PostAway),
        ("DATA", "554 5.7.1 no letters today", Undeliverable),
        ("CONTENT", "554 5.7.1 looks like advertising", Undeliverable),
        ("CONTENT", "452 4.3.1 no room", PostUnavailable),
        ("MAIL", "550 5.7.1 you may not send as this", PostAway),
        ("MAIL", "451 4.3.0 try later", PostAway),
        ("HELLO", "554 not you", PostAway),
        ("AUTH", "535 5.7.8 wrong password", PostAway),
    ],
)
async def test_what_is_refused_for_good_is_what_the_letter_itself_is_refused_for(
    step: str, answer: str, kind: type[Exception]
):
    async with posting(MailServer({step: answer}), user="ana:pass%3Aword@") as post:
        with pytest.raises(kind, match=answer[:3]) as refused:
            await post.send(LETTER)
    assert type(refused.value) is kind
    assert "pass" not in str(refused.value).replace("password", "")


async def test_a_letter_arrives_as_it_is():
    server = MailServer()
    async with posting(server) as post:
        await post.send(LETTER)

    assert server.received == [LETTER.content[:-3] + b"..\r\n.\r\n"]


async def test_one_connection_carries_many_letters_one_after_the_other():
    server = MailServer()
    async with posting(server) as post:
        for _ in range(20):
            await post.send(LETTER)

    assert (len(server.received), server.connections) == (20, 1)
    assert server.commands.count("EHLO") == 1
    assert server.commands[-1] == "QUIT"


async def test_no_more_connections_are_made_than_allowed():
    server = MailServer()
    async with posting(server, connections=3) as post:
        await asyncio.gather(*(post.send(LETTER) for _ in range(30)))

    assert len(server.received) == 30
    assert server.most_at_once <= 3


async def test_a_refused_recipient_leaves_the_connection_to_the_next():
    server = MailServer({"RCPT": "550 5.1.1 no such mailbox"})
    async with posting(server) as post:
        with pytest.raises(Undeliverable):
            await post.send(LETTER)
        del server.answers["RCPT"]
        await post.send(LETTER)

    assert (server.connections, server.commands.count("RSET")) == (1, 1)


async def test_a_server_that_cannot_go_on_after_a_refusal_is_left():
    server = MailServer({"RCPT": "550 5.1.1 no such mailbox", "RSET": HANG_UP})
    async with posting(server) as post:
        with pytest.raises(Undeliverable):
            await post.send(LETTER)
        server.answers.clear()
        await post.send(LETTER)

    assert (server.connections, len(server.received)) == (2, 1)


async def test_a_connection_that_the_server_has_ended_meanwhile_is_made_anew():
    server = MailServer(letters_per_connection=2)
    async with posting(server) as post:
        for _ in range(6):
            await post.send(LETTER)

    assert (server.connections, len(server.received)) == (3, 6)


async def test_a_server_that_was_away_meanwhile_is_connected_to_again():
    server = MailServer()
    listening = await asyncio.start_server(server.serve, HOST, 0)
    port = listening.sockets[0].getsockname()[1]
    post = SmtpPost(f"smtp://{HOST}:{port}")
    await post.send(LETTER)
    server.answers["MAIL"] = HANG_UP

    with pytest.raises(PostUnavailable):
        await post.send(LETTER)

    del server.answers["MAIL"]
    await post.send(LETTER)
    await post.close()
    listening.close()
    assert len(server.received) == 2


@pytest.mark.parametrize(("step", "answer"), [("DATA", HANG_UP), ("CONTENT", HANG_UP), ("CONTENT", "what?")])
async def test_a_server_that_does_not_say_what_became_of_the_letter_is_tried_later_not_at_once(
    step: str, answer: str
):
    server = MailServer({step: answer})
    async with posting(server) as post:
        with pytest.raises(Unanswered):
            await post.send(LETTER)

    assert server.connections == 1


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        ("EHLO", PostAway),
        ("MAIL", PostUnavailable),
        ("RCPT", PostUnavailable),
        ("DATA", Unanswered),
        ("CONTENT", Unanswered),
    ],
)
async def test_a_server_that_does_not_answer_is_given_up_in_time(step: str, kind: type[Exception]):
    server = MailServer({step: HANG})
    async with posting(server, seconds=0.2) as post:
        begun = time.monotonic()
        with pytest.raises(PostUnavailable) as failed:
            await post.send(LETTER)

    assert type(failed.value) is kind
    assert time.monotonic() - begun < 2


async def test_one_letter_that_hangs_holds_no_other_up():
    server = MailServer()

    def slow_for_ana(usual: Callable[[str], str]) -> Callable[[str], str]:
        return lambda command: HANG if command == "DATA" and len(server.commands) < 6 else usual(command)

    server._answer = slow_for_ana(server._answer)
    async with posting(server, connections=2, seconds=0.5) as post:
        hanging = asyncio.create_task(post.send(LETTER))
        await asyncio.sleep(0.1)
        await asyncio.gather(*(post.send(replace(LETTER, recipient="zoe@example.org")) for _ in range(5)))
        assert not hanging.done()
        with pytest.raises(PostUnavailable):
            await hanging

    assert len(server.received) == 5


async def test_a_server_without_tls_is_refused_where_tls_is_required():
    server = MailServer()
    async with posting(server, query="?starttls=required", user="ana:secret@") as post:
        with pytest.raises(PostUnavailable):
            await post.send(LETTER)

    assert "AUTH" not in server.commands
    assert server.received == []


async def test_a_server_that_is_away_may_come_back():
    listening = await asyncio.start_server(MailServer().serve, HOST, 0)
    port = listening.sockets[0].getsockname()[1]
    listening.close()
    with pytest.raises(PostAway):
        await SmtpPost(f"smtp://{HOST}:{port}").send(LETTER)


async def test_without_a_mail_server_the_log_names_nobody():
    with structlog.testing.capture_logs() as logs:
        await LoggedPost().send(LETTER)

    assert [log["message_id"] for log in logs if log["log_level"] == "info"] == ["<1@focalpoint>"]
    assert not any("ana@" in str(log) for log in logs if log["log_level"] != "debug")
