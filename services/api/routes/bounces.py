"""Letters that came back, as the mail server reports them."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request

from domain.reminders.letters import bounces, notifications
from schemas.bounces import Bounce
from services.api import bodies
from services.api.dependencies import MeetingWriter, Now, Transaction
from services.api.exchange import Exchange

router = APIRouter(tags=["meetings"], route_class=Exchange)

MESSAGE, REPORT = "message/rfc822", "multipart/report"


@router.post(
    "/bounces",
    response_model=Bounce,
    summary="Report a letter that did not arrive",
    description="A delivery status notification (RFC 3464) as the mail server received it. The letter is"
    " found by its `Message-ID`: a failure for good marks its deliveries as bounced, a delay is noted.",
    max_body_size=bodies.MEGABYTE,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {kind: {"schema": {"type": "string"}} for kind in (MESSAGE, REPORT)},
        }
    },
)
async def report_bounce(request: Request, session: Transaction, now: Now, _: MeetingWriter) -> dict[str, Any]:
    notification = notifications.read(await _message(request))
    lines = await bounces.note(session, notification, now=now)
    return {
        "outcome": notification.outcome,
        "status": notification.status,
        "diagnostic": notification.diagnostic,
        "deliveries": [line.id for line in lines],
    }


async def _message(request: Request) -> bytes:
    """The whole message; of a report that is sent by itself, its type comes from the request."""
    kind = bodies.media_type(request)
    if kind == MESSAGE:
        return await bodies.content_of(request)
    if kind == REPORT:
        head = f"Content-Type: {request.headers['content-type']}\r\n\r\n"
        return head.encode("latin-1") + await bodies.content_of(request)
    raise bodies.refuse_media_type(request, MESSAGE, REPORT)
