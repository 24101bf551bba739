"""The words of letters, and what a letter about a thing of the calendar would say."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query

from domain.reminders.letters import previews
from domain.reminders.letters.wordings import VARIABLES, WORDINGS
from schemas.fields import Language
from schemas.letters import LetterPreview, LetterTemplates
from services.api.dependencies import Configuration, MeetingWriter, Now, Transaction
from services.api.exchange import Exchange

router = APIRouter(tags=["meetings"], route_class=Exchange)


@router.get(
    "/letter-templates", response_model=LetterTemplates, summary="What letters say, in which languages"
)
async def list_templates(_: MeetingWriter) -> dict[str, Any]:
    items = [
        {
            "language": language,
            "kind": kind,
            "occasion": occasion,
            "subject": template.subject,
            "lead": template.lead,
        }
        for language, wording in WORDINGS.items()
        for kind, occasions in wording.templates.items()
        for occasion, template in occasions.items()
    ]
    return {"variables": VARIABLES, "items": items}


@router.get(
    "/letter-templates/preview",
    response_model=LetterPreview,
    summary="A letter about something in the calendar, as it would be sent now",
)
async def preview_letter(
    session: Transaction,
    settings: Configuration,
    now: Now,
    _: MeetingWriter,
    entry: Annotated[UUID, Query(description="the meeting, obligation or other dated thing")],
    language: Annotated[Language, Query(description="English where it is not offered")] = "en",
) -> Any:
    return await previews.preview(session, entry, language=language, sender=settings.mail_from, now=now)
