"""Opting out of letters: by the link that each of them carries, or by somebody with a key."""

from __future__ import annotations

from html import escape
from typing import Annotated, Any, Literal, get_args
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response

from domain.errors import Invalid, NotFound, Problem
from domain.people import queries as people
from domain.reminders import optouts, queries
from domain.reminders.letters import tickets
from domain.reminders.letters.wordings import WORDINGS, offered
from domain.reminders.optouts import Letters
from schemas.optouts import OptOut, OptOutDraft
from schemas.paging import Page
from services.api.dependencies import MeetingWriter, Now, Transaction
from services.api.exchange import Exchange
from services.api.openapi import PROBLEM
from services.api.paging import Paged

router = APIRouter(tags=["meetings"], route_class=Exchange)

Ticket = Annotated[str, Path(max_length=100, description="from the address in a letter")]
Choice = Literal["rule", "kind", "all", "again"]
ONE_CLICK = ("List-Unsubscribe", "One-Click")
LARGEST_FORM = 10_000
PAGE: dict[int | str, dict[str, Any]] = {
    200: {"content": {"text/html": {"schema": {"type": "string"}}}, "description": "A page to read"},
    404: {
        "content": {"text/html": {"schema": {"type": "string"}}, **PROBLEM["content"]},
        "description": "No such link",
    },
}
FORM = {
    "requestBody": {
        "required": True,
        "content": {
            kind: {
                "schema": {
                    "type": "object",
                    "properties": {
                        "List-Unsubscribe": {"type": "string", "const": "One-Click"},
                        "choice": {"type": "string", "enum": list(get_args(Choice))},
                    },
                }
            }
            for kind in ("application/x-www-form-urlencoded", "multipart/form-data")
        },
    }
}
SAFE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex",
}


@router.get(
    "/unsubscribe/{ticket}",
    response_class=Response,
    responses=PAGE,
    summary="The page behind the link in a letter",
    description="Looking at it changes nothing: programs that check links follow them.",
)
async def show_choices(ticket: Ticket, request: Request, session: Transaction) -> Response:
    found = await _letters(session, ticket)
    if found is None:
        return _unknown(request)
    words = WORDINGS[offered(found[1])].page
    choices = "".join(
        f'<p><label><input type="radio" name="choice" value="{choice}"{checked}> '
        f"{escape(words[choice])}</label></p>"
        for choice, checked in (("rule", " checked"), ("kind", ""), ("all", ""))
    )
    form = f'<form method="post">{choices}<p><button>{escape(words["stop"])}</button></p></form>'
    return _page(offered(found[1]), words["question"], form)


@router.post(
    "/unsubscribe/{ticket}",
    response_class=Response,
    responses=PAGE,
    openapi_extra=FORM,
    max_body_size=LARGEST_FORM,
    summary="Receive no more letters, by one click (RFC 8058) or by the page",
    description="`List-Unsubscribe=One-Click`, or `choice`: letters of the same rule, about things of the"
    " same kind, or all. `again` takes it back. Doing it twice is the same as once.",
)
async def choose(ticket: Ticket, request: Request, session: Transaction, now: Now) -> Response:
    found = await _letters(session, ticket)
    if found is None:
        return _unknown(request)
    letters, language = found
    words = WORDINGS[offered(language)].page
    choice = await _choice(request)
    if choice == "again":
        await optouts.opt_in(session, letters, now=now)
        return _page(offered(language), words["restored"])
    await _opt_out(session, letters, choice)
    again = f'<input type="hidden" name="choice" value="again"><button>{escape(words["again"])}</button>'
    return _page(offered(language), words["stopped"], f'<form method="post"><p>{again}</p></form>')


async def _letters(session: Transaction, ticket: str) -> tuple[Letters, str | None] | None:
    delivery = tickets.delivery_of(ticket, await optouts.signing_key(session))
    return await optouts.letters_like(session, delivery) if delivery is not None else None


async def _opt_out(session: Transaction, letters: Letters, choice: Choice) -> None:
    await optouts.opt_out(
        session,
        address=letters.address,
        person=letters.person,
        scope=choice,
        rule=letters.rule if choice == "rule" else None,
        kind=letters.kind if choice == "kind" else None,
        by="letter",
    )


async def _choice(request: Request) -> Choice:
    """One click stops what the letter was one of: the rest was asked for by other rules."""
    async with request.form(max_files=0, max_fields=10) as form:
        if form.get(ONE_CLICK[0]) == ONE_CLICK[1]:
            return "rule"
        choice = form.get("choice")
    for known in get_args(Choice):
        if choice == known:
            return known  # type: ignore[no-any-return]  # one of the literal's own
    detail = "Choose `rule`, `kind`, `all` or `again`, or send `List-Unsubscribe=One-Click`."
    raise Invalid(detail, [Problem("/choice", "unknown-choice", detail)], code="unknown-choice")


def _page(language: str, said: str, form: str = "", status: int = 200) -> Response:
    title = escape(WORDINGS[language].page["title"])
    content = (
        f'<!DOCTYPE html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width">\n<title>{title}</title>\n</head>\n'
        f"<body>\n<main>\n<h1>{title}</h1>\n<p>{escape(said)}</p>\n{form}\n</main>\n</body>\n</html>\n"
    )
    return Response(content, status, SAFE, "text/html; charset=utf-8")


def _unknown(request: Request) -> Response:
    """A page for people, a problem for programs."""
    words = WORDINGS["en"].page["unknown"]
    if "text/html" not in request.headers.get("accept", ""):
        raise NotFound(words)
    return _page("en", words, status=404)


@router.post(
    "/opt-outs",
    response_model=OptOut,
    status_code=201,
    responses={200: {"model": OptOut, "description": "It was there already"}},
    summary="Enter that somebody wants no letters",
    description="For those who say so by another way than the link in a letter. Where a person who is known"
    " here has the address, it is theirs, and holds at any other that they come to have.",
)
async def enter_opt_out(
    draft: OptOutDraft, response: Response, session: Transaction, _: MeetingWriter
) -> Any:
    if draft.rule is not None:
        await queries.must_be_a_rule(session, draft.rule, pointer="/rule")
    holder = await people.holder_of(session, draft.address)
    person = holder.id if holder else None
    entered, new = await optouts.opt_out(session, **draft.model_dump(), person=person, by="key")
    response.status_code = 201 if new else 200
    response.headers["Location"] = f"/v1/opt-outs/{entered.id}"
    return entered


@router.get("/opt-outs", response_model=Page[OptOut], summary="Who wants no letters, newest first")
async def list_opt_outs(
    pages: Paged,
    session: Transaction,
    _: MeetingWriter,
    address: Annotated[
        str | None, Query(max_length=254, description="only of this address, and of the person who has it")
    ] = None,
) -> dict[str, Any]:
    rows = await optouts.page(session, address=address, before=pages.after_id, limit=pages.most)
    return pages.answer(rows, lambda row: row.id)


@router.get("/opt-outs/{opt_out_id}", response_model=OptOut, summary="One opt-out")
async def read_opt_out(opt_out_id: UUID, session: Transaction, _: MeetingWriter) -> Any:
    return await optouts.find(session, opt_out_id)


@router.delete(
    "/opt-outs/{opt_out_id}",
    response_model=OptOut,
    summary="Take an opt-out back",
    description="Only because the recipient asked for it. Letters that are still ahead are sent again.",
)
async def take_back(opt_out_id: UUID, session: Transaction, now: Now, _: MeetingWriter) -> Any:
    opted_out = await optouts.find(session, opt_out_id)
    await optouts.take_back(session, opted_out, now=now)
    return opted_out
