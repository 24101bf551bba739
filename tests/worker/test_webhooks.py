"""Calls to webhook endpoints: where they go, what they carry, and what is made of the answers."""

from __future__ import annotations

import asyncio
import json
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from domain.reminders.channels import WebhookEndpoint
from domain.reminders.lines import Line
from domain.reminders.webhooks import endpoints
from schemas.webhooks import WebhookChange, WebhookDraft
from services.addresses import is_public
from services.database import Sessions
from services.settings import Settings
from services.worker.post import PostUnavailable, Undeliverable
from services.worker.webhooks import Courier, Gone
from tests.reminders.given import line

HOST = "127.0.0.1"
NOW = datetime(2026, 2, 25, 9, tzinfo=UTC)


@pytest.fixture
def present() -> datetime:
    """The moment by which the library verifies; that of collection may be long past when a test runs."""
    return datetime.now(UTC).replace(microsecond=0)


@dataclass
class Receiver:
    """An endpoint that answers as it is told to."""

    answer: str = "204 No Content"
    headers: str = ""
    calls: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    first_lines: list[str] = field(default_factory=list)
    silent: bool = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with closing(writer), suppress(asyncio.IncompleteReadError):  # whoever calls may leave
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {
                name.lower(): value for name, _, value in (item.partition(": ") for item in head[1:] if item)
            }
            self.calls.append((headers, await reader.readexactly(int(headers["content-length"]))))
            self.first_lines.append(head[0])
            if self.silent:
                await asyncio.sleep(60)
            writer.write(f"HTTP/1.1 {self.answer}\r\n{self.headers}Content-Length: 0\r\n\r\n".encode())
            await writer.drain()


@asynccontextmanager
async def receiving(receiver: Receiver) -> AsyncIterator[str]:
    listening = await asyncio.start_server(receiver.serve, HOST, 0)
    yield f"http://localhost:{listening.sockets[0].getsockname()[1]}/hook?key=1"
    listening.close()


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
async def url(receiver: Receiver) -> AsyncIterator[str]:
    async with receiving(receiver) as address:
        yield address


def courier_of(settings: Settings, sessions: Sessions, **changes: Any) -> Courier:
    return Courier(sessions, settings.model_copy(update={"webhooks_to_private": True} | changes))


@pytest.fixture
async def courier(settings: Settings, sessions: Sessions) -> AsyncIterator[Courier]:
    made = courier_of(settings, sessions)
    yield made
    await made.close()


async def endpoint_at(sessions: Sessions, url: str, **changes: Any) -> tuple[WebhookEndpoint, str]:
    async with sessions.begin() as session:
        made, secret = await endpoints.found(session, WebhookDraft(url=url))
        if changes:
            await endpoints.change(session, made, WebhookChange(**changes))
    return made, secret


async def state_of(sessions: Sessions, endpoint: WebhookEndpoint) -> WebhookEndpoint:
    async with sessions() as session:
        return await endpoints.find(session, endpoint.id)


def told(endpoint: WebhookEndpoint, **changes: Any) -> list[Line]:
    return [line(channel="webhook", recipient=str(endpoint.id), **changes)]


async def test_an_endpoint_is_told_and_can_verify_it(
    courier: Courier, receiver: Receiver, sessions: Sessions, url: str, present: datetime
):
    endpoint, secret = await endpoint_at(sessions, url)

    await courier.deliver(told(endpoint), now=present)

    [(headers, body)] = receiver.calls
    assert Webhook(secret).verify(body, headers) == json.loads(body)
    assert line().message_id == f"<{headers['webhook-id']}@focalpoint>"
    assert headers["content-type"] == "application/json"
    assert headers["host"] == url.split("/")[2]
    assert receiver.first_lines == ["POST /hook?key=1 HTTP/1.1"]
    assert json.loads(body)["data"]["entry"]["title"] == "GFP quarterly meeting"
    assert (await state_of(sessions, endpoint)).last_delivered_at == present


async def test_a_call_that_is_repeated_has_the_same_id_and_body(
    courier: Courier, receiver: Receiver, sessions: Sessions, url: str, present: datetime
):
    endpoint, secret = await endpoint_at(sessions, url)

    for wait in (0, 10):
        await courier.deliver(told(endpoint), now=present + timedelta(seconds=wait))

    assert len({headers["webhook-id"] for headers, _ in receiver.calls}) == 1
    assert len({body for _, body in receiver.calls}) == 1
    for headers, body in receiver.calls:
        Webhook(secret).verify(body, headers)


async def test_after_a_rotation_both_secrets_hold_for_the_time_of_grace(
    courier: Courier, receiver: Receiver, sessions: Sessions, url: str, present: datetime
):
    endpoint, former = await endpoint_at(sessions, url)
    async with sessions.begin() as session:
        held = await endpoints.find(session, endpoint.id, lock=True)
        _, new = await endpoints.rotate(session, held, grace=timedelta(minutes=1), now=present)

    await courier.deliver(told(endpoint), now=present)
    await courier.deliver(told(endpoint), now=present + timedelta(minutes=1))

    during, after = receiver.calls
    for secret in (former, new):
        Webhook(secret).verify(during[1], during[0])
    Webhook(new).verify(after[1], after[0])
    with pytest.raises(WebhookVerificationError):
        Webhook(former).verify(after[1], after[0])


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ("500 Broken", PostUnavailable),
        ("503 Away", PostUnavailable),
        ("429 Too Many Requests", PostUnavailable),
        ("408 Request Timeout", PostUnavailable),
        ("400 Bad Request", Undeliverable),
        ("401 Unauthorized", Undeliverable),
        ("302 Found", Undeliverable),
        ("410 Gone", Gone),
    ],
)
async def test_every_answer_but_2xx_is_a_failure_that_is_counted(
    courier: Courier, receiver: Receiver, sessions: Sessions, url: str, answer: str, kind: type[Exception]
):
    endpoint, _ = await endpoint_at(sessions, url)
    receiver.answer, receiver.headers = answer, f"Location: {url}\r\n"

    with pytest.raises(kind, match=answer[:3]) as failed:
        await courier.deliver(told(endpoint), now=NOW)

    assert type(failed.value) is kind
    assert len(receiver.calls) == 1
    found = await state_of(sessions, endpoint)
    assert (found.failures, found.last_failed_at, found.version) == (1, NOW, 1)
    assert found.enabled == (kind is not Gone)


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("120", 120), ("0.5", 0.5), ("nan", None), ("-5", 0), ("soon", None), ("1e9", 86_400), (None, None)],
)
async def test_when_to_come_back_is_taken_from_the_answer(
    courier: Courier,
    receiver: Receiver,
    sessions: Sessions,
    url: str,
    said: str | None,
    seconds: float | None,
):
    endpoint, _ = await endpoint_at(sessions, url)
    receiver.answer = "503 Away"
    receiver.headers = f"Retry-After: {said}\r\n" if said else ""

    with pytest.raises(PostUnavailable) as failed:
        await courier.deliver(told(endpoint), now=NOW)

    assert failed.value.retry_after == seconds


async def test_when_to_come_back_may_be_a_date(
    courier: Courier, receiver: Receiver, sessions: Sessions, url: str
):
    endpoint, _ = await endpoint_at(sessions, url)
    receiver.answer = "503 Away"
    receiver.headers = f"Retry-After: {NOW + timedelta(minutes=3):%a, %d %b %Y %H:%M:%S GMT}\r\n"

    with pytest.raises(PostUnavailable) as failed:
        await courier.deliver(told(endpoint), now=NOW)

    assert failed.value.retry_after == 180


async def test_an_endpoint_that_was_gone_is_not_called_again_until_it_is_enabled(
    courier: Courier, receiver: Receiver, sessions: Sessions, url: str
):
    endpoint, _ = await endpoint_at(sessions, url)
    receiver.answer = "410 Gone"
    for _ in range(2):
        with pytest.raises(Undeliverable):
            await courier.deliver(told(endpoint), now=NOW)
    assert len(receiver.calls) == 1

    async with sessions.begin() as session:
        held = await endpoints.find(session, endpoint.id, lock=True)
        await endpoints.change(session, held, WebhookChange(enabled=True))
    receiver.answer = "200 OK"
    await courier.deliver(told(endpoint), now=NOW)

    assert (await state_of(sessions, endpoint)).failures == 0


async def test_an_endpoint_that_does_not_answer_is_given_up_in_time(
    settings: Settings, sessions: Sessions, receiver: Receiver, url: str
):
    receiver.silent = True
    endpoint, _ = await endpoint_at(sessions, url)
    courier = courier_of(settings, sessions, webhook_seconds=0.2)

    with pytest.raises(PostUnavailable, match="in time"):
        await courier.deliver(told(endpoint), now=NOW)
    await courier.close()


async def test_an_endpoint_takes_only_what_it_asked_for(
    courier: Courier, receiver: Receiver, sessions: Sessions, url: str
):
    endpoint, _ = await endpoint_at(sessions, url, events=["entry.moved"])

    with pytest.raises(Undeliverable, match=r"reminder\.due"):
        await courier.deliver(told(endpoint), now=NOW)
    await courier.deliver(told(endpoint, cause="moved"), now=NOW)

    assert len(receiver.calls) == 1


async def test_an_endpoint_that_was_removed_is_not_called(
    courier: Courier, receiver: Receiver, sessions: Sessions, url: str
):
    endpoint, _ = await endpoint_at(sessions, url)
    async with sessions.begin() as session:
        await endpoints.remove(session, endpoint)

    with pytest.raises(Undeliverable, match="removed"):
        await courier.deliver(told(endpoint), now=NOW)
    assert receiver.calls == []


@pytest.mark.parametrize("scheme", ["http", "https"])
async def test_a_private_address_is_never_called_unless_the_operator_says_so(
    settings: Settings, sessions: Sessions, receiver: Receiver, url: str, scheme: str
):
    endpoint, _ = await endpoint_at(sessions, url.replace("http", scheme))
    courier = courier_of(settings, sessions, webhooks_to_private=False)

    with pytest.raises(Undeliverable):
        await courier.deliver(told(endpoint), now=NOW)
    await courier.close()
    assert receiver.calls == []


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate for `localhost` that this machine trusts, and its key in one file."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl to make a certificate with")
    made = tmp_path / "certificate.pem"
    make = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost"
    subprocess.run(
        [
            *make.split(),
            "-addext",
            "subjectAltName=DNS:localhost",
            "-keyout",
            str(made),
            "-out",
            f"{made}.crt",
        ],
        check=True,
        capture_output=True,
    )
    made.write_bytes(made.read_bytes() + Path(f"{made}.crt").read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(made))
    return made


async def test_the_certificate_must_be_for_the_name_though_the_address_is_called(
    courier: Courier, receiver: Receiver, sessions: Sessions, certificate: Path
):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    listening = await asyncio.start_server(receiver.serve, HOST, 0, ssl=context)
    port = listening.sockets[0].getsockname()[1]
    endpoint, _ = await endpoint_at(sessions, f"https://localhost:{port}/hook")
    other, _ = await endpoint_at(sessions, f"https://{HOST}:{port}/hook")

    await courier.deliver(told(endpoint), now=NOW)
    with pytest.raises(PostUnavailable, match="cannot be reached"):
        await courier.deliver(told(other), now=NOW)

    listening.close()
    assert len(receiver.calls) == 1


async def test_a_name_that_leads_nowhere_may_lead_somewhere_later(courier: Courier, sessions: Sessions):
    endpoint, _ = await endpoint_at(sessions, "https://nowhere.invalid/hook")

    with pytest.raises(PostUnavailable):
        await courier.deliver(told(endpoint), now=NOW)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b:1::1", "2002:7f00:1::1",
        "2001:db8::1", "192.0.2.1", "198.18.0.1",
    ],
)  # fmt: skip
def test_addresses_that_are_not_of_the_public_internet(address: str):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "64:ff9b::808:808", "2002:808:808::1"])
def test_addresses_of_the_public_internet(address: str):
    assert is_public(address)
