"""Calling webhook endpoints: signed, at public addresses only, without following anybody anywhere."""

from __future__ import annotations

import asyncio
import contextlib
import json
import math
import socket
from collections.abc import Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cached_property
from uuid import UUID

import httpx

from domain.reminders.channels import WebhookEndpoint
from domain.reminders.lines import Line
from domain.reminders.webhooks import endpoints, events, signing
from services.addresses import is_public
from services.database import Sessions
from services.settings import Settings
from services.worker.post import PostUnavailable, Undeliverable

GONE, TIMEOUT, TOO_EARLY, TOO_MANY = 410, 408, 425, 429
LONGEST_WAIT = 24 * 3_600.0
AGENT = "focalpoint"


class Gone(Undeliverable):
    """The endpoint says that it will never come back."""


class Courier:
    """Takes what lines of the ledger say to a webhook endpoint, and keeps count of what becomes of it.

    Every call has a connection of its own, made to an address that was looked up and checked for it: a name
    that points elsewhere a moment later leads nowhere else.
    """

    def __init__(self, sessions: Sessions, settings: Settings) -> None:
        self._sessions = sessions
        self._seconds = settings.webhook_seconds
        self._to_private = settings.webhooks_to_private

    @cached_property
    def _client(self) -> httpx.AsyncClient:
        """Made with the first call: most installations call nobody, and the certificates take a while."""
        trusted = httpx.create_ssl_context(trust_env=False)
        trusted.load_default_certs()  # those of the machine too, for endpoints of an intranet
        return httpx.AsyncClient(
            verify=trusted,
            trust_env=False,
            follow_redirects=False,
            timeout=self._seconds,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def deliver(self, lines: Sequence[Line], *, now: datetime) -> None:
        """Tell the endpoint that the lines name. Raises Undeliverable or PostUnavailable.

        `webhook-id` is the id of the first line, however often the call is repeated.
        """
        endpoint_id = UUID(lines[0].recipient)
        async with self._sessions() as session:
            endpoint = await session.get(WebhookEndpoint, endpoint_id)
        event = events.event(lines)
        if endpoint is None:
            raise Undeliverable("The webhook was removed.")
        _refuse_unwanted(endpoint, event.type)
        try:
            await self._call(endpoint, event, now=now)
        except (Undeliverable, PostUnavailable) as failure:
            await self._note_failed(endpoint_id, failure, now=now)
            raise
        async with self._sessions.begin() as session:
            await endpoints.note_delivered(session, endpoint_id, now=now)

    async def close(self) -> None:
        if "_client" in vars(self):
            await self._client.aclose()

    async def _note_failed(self, endpoint_id: UUID, failure: Exception, *, now: datetime) -> None:
        async with self._sessions.begin() as session:
            await endpoints.note_failed(
                session, endpoint_id, str(failure), now=now, gone=isinstance(failure, Gone)
            )

    async def _call(self, endpoint: WebhookEndpoint, event: events.Event, *, now: datetime) -> None:
        body = json.dumps(event.body, ensure_ascii=False).encode()
        headers = signing.headers(event.id, body, keys=endpoints.keys_of(endpoint, now=now), at=now)
        try:
            async with asyncio.timeout(self._seconds):
                status, retry_after = await self._post(httpx.URL(endpoint.url), body, headers)
        except TimeoutError:
            raise PostUnavailable("The endpoint did not answer in time.") from None
        except (httpx.HTTPError, OSError) as error:
            raise PostUnavailable(f"The endpoint cannot be reached: {type(error).__name__}.") from None
        _judge(status, retry_after, now=now)

    async def _post(self, url: httpx.URL, body: bytes, headers: dict[str, str]) -> tuple[int, str | None]:
        """Status and `Retry-After`. Nothing else of the answer is read, so nothing of it can leak."""
        head = headers | {
            "content-type": "application/json",
            "user-agent": AGENT,
            "host": url.netloc.decode("ascii"),
        }
        *others, last = await self._checked(url)
        for address in others:
            with contextlib.suppress(httpx.ConnectError):
                return await self._post_to(address, url, body, head)
        return await self._post_to(last, url, body, head)

    async def _post_to(
        self, address: str, url: httpx.URL, body: bytes, headers: dict[str, str]
    ) -> tuple[int, str | None]:
        """Certificates are checked against the name, though the address is called."""
        request = self._client.build_request(
            "POST",
            url.copy_with(host=address),
            content=body,
            headers=headers,
            extensions={"sni_hostname": url.host},
        )
        response = await self._client.send(request, stream=True)
        try:
            return response.status_code, response.headers.get("retry-after")
        finally:
            await response.aclose()

    async def _checked(self, url: httpx.URL) -> list[str]:
        """The addresses of the host. Raises Undeliverable if any of them is not a public one."""
        if url.scheme != "https" and not self._to_private:
            raise Undeliverable("Only https:// is called.")
        port = url.port or (443 if url.scheme == "https" else 80)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
        except OSError:
            raise PostUnavailable("The name of the endpoint's host is not known.") from None
        addresses = [str(item[4][0]) for item in found]
        if not self._to_private and not all(map(is_public, addresses)):
            raise Undeliverable("The endpoint's host is not at a public address.")
        return list(dict.fromkeys(addresses))


def _refuse_unwanted(endpoint: WebhookEndpoint, kind: str) -> None:
    if not endpoint.enabled:
        raise Undeliverable(f"The webhook is disabled. {endpoint.disabled_because or ''}".strip())
    if endpoint.events is not None and kind not in endpoint.events:
        raise Undeliverable(f"The webhook does not take {kind}.")


def _judge(status: int, retry_after: str | None, *, now: datetime) -> None:
    if 200 <= status < 300:
        return
    reason = f"The endpoint answered {status}."
    if status == GONE:
        raise Gone(reason)
    if status in (TIMEOUT, TOO_EARLY, TOO_MANY) or status >= 500:
        raise PostUnavailable(reason, retry_after=_seconds(retry_after, now=now))
    raise Undeliverable(reason)


def _seconds(retry_after: str | None, *, now: datetime) -> float | None:
    """What a server asks for, as a number or a date (RFC 9110 §10.2.3), a day at most."""
    if retry_after is None:
        return None
    try:
        seconds = float(retry_after)
    except ValueError:
        try:
            moment = parsedate_to_datetime(retry_after)
        except ValueError:
            return None
        seconds = ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(seconds, 0.0), LONGEST_WAIT) if math.isfinite(seconds) else None
