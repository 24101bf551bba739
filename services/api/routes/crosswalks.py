"""Where the same information counts elsewhere."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic_core import to_json

from domain.base import Json
from domain.crosswalks import actions, markdown, overrides, queries, reuse
from domain.submissions import queries as submissions
from schemas.crosswalks import Crosswalk, CrosswalkItem, CrosswalkList, CrosswalkOrder, OverrideDraft
from schemas.fields import FrameworkKey, Reference
from schemas.reuse import Reuse
from services.api.accepts import prefers
from services.api.dependencies import Anyone, KnownCaller, Now, Reviewer, SeenVersionIfAny, Transaction
from services.api.exchange import Exchange, entity_tag
from services.api.found import SubmissionToRead

router = APIRouter(prefix="/submissions/{submission_id}", tags=["crosswalks"], route_class=Exchange)

MARKDOWN = "text/markdown"
Provision = Annotated[
    Reference, Path(description="a provision of the other framework", examples=["crpd:art-6"])
]
All = Annotated[bool, Query(alias="all", description="also what does not bind the State")]


@router.get(
    "/crosswalk",
    response_model=Crosswalk | CrosswalkList,
    summary="What the report establishes under other frameworks",
    description=(
        "What crosses is how far the report addresses the gender and diversity side of a provision, never "
        "whether the State complies. With `to` one crosswalk, without it a list. Only frameworks that bind "
        "the State at the end of the period, and were adopted by then, are offered; `?all=true` shows the "
        "rest, marked `party: false`."
    ),
)
async def read_crosswalk(
    submission: SubmissionToRead,
    session: Transaction,
    actor: Anyone,
    to: Annotated[FrameworkKey | None, Query(description="only to this framework", examples=["crpd"])] = None,
    all_frameworks: All = False,
) -> Response:
    if to is None:
        found = await queries.of_submission(session, submission, actor=actor, all_frameworks=all_frameworks)
        return _answer({"items": found})
    return _answer(
        await queries.to_framework(session, submission, to, actor=actor, all_frameworks=all_frameworks)
    )


def _answer(found: Json) -> Response:
    """As it is: it was made of what is kept, and making models of hundreds of paths takes longest."""
    return Response(to_json(found), media_type="application/json")


@router.post(
    "/crosswalk",
    response_model=Crosswalk,
    summary="Derive the crosswalks of a report now",
    description=(
        "They are derived anew by themselves whenever findings or mappings change; this waits for it. "
        "Answers the crosswalk to one framework. Doing it twice is doing it once, and overrides stay."
    ),
)
async def derive_crosswalk(
    actor: KnownCaller, submission: SubmissionToRead, order: CrosswalkOrder, session: Transaction
) -> Response:
    actor.must_write_for(submission.state)
    return _answer(await actions.apply(session, submission, order.to, actor=actor, all_frameworks=order.all))


@router.get(
    "/crosswalk/{provision}",
    response_model=CrosswalkItem,
    summary="What the report establishes of one provision",
)
async def read_item(
    submission: SubmissionToRead,
    provision: Provision,
    response: Response,
    session: Transaction,
    actor: Anyone,
) -> CrosswalkItem:
    return _shown(await queries.to_provision(session, submission, provision, actor=actor), response)


@router.put(
    "/crosswalk/{provision}",
    response_model=CrosswalkItem,
    summary="Say what holds of a provision, beside what is derived",
    description=(
        "It stays whenever the crosswalk is derived anew, and says when something else is derived since. "
        "`If-Match` guards against what was said or derived meanwhile."
    ),
)
async def override_item(
    submission_id: UUID,
    provision: Provision,
    draft: OverrideDraft,
    response: Response,
    session: Transaction,
    now: Now,
    actor: Reviewer,
    seen: SeenVersionIfAny,
) -> CrosswalkItem:
    submission = await submissions.find(session, submission_id, actor=actor, lock=True)
    actor.must_write_for(submission.state)
    item = await overrides.subject(session, submission, provision, actor=actor)
    if seen is not None:
        seen.must_be(_tag(item))
    return _shown(await overrides.give(session, submission, item, draft, actor=actor, now=now), response)


@router.delete(
    "/crosswalk/{provision}",
    response_model=CrosswalkItem,
    summary="Take back what was said of a provision",
    description="Answers what is derived, which then stands alone again.",
)
async def take_back_override(
    submission_id: UUID,
    provision: Provision,
    response: Response,
    session: Transaction,
    actor: Reviewer,
    seen: SeenVersionIfAny,
) -> CrosswalkItem:
    submission = await submissions.find(session, submission_id, actor=actor, lock=True)
    actor.must_write_for(submission.state)
    item = await overrides.subject(session, submission, provision, actor=actor)
    if seen is not None:
        seen.must_be(_tag(item))
    return _shown(await overrides.take_back(session, submission, item), response)


def _shown(item: CrosswalkItem, response: Response) -> CrosswalkItem:
    response.headers["ETag"] = _tag(item)
    return item


def _tag(item: CrosswalkItem) -> str:
    return entity_tag(item.model_dump_json().encode())


@router.get(
    "/reuse",
    response_model=Reuse,
    summary="A draft of the report under another framework",
    description=(
        "What this report says already, word for word and with its place, by provision of the other "
        "framework and in its order. Indications and conflicts are marked. JSON, or Markdown for "
        "`Accept: text/markdown`."
    ),
    responses={200: {"content": {MARKDOWN: {"schema": {"type": "string"}}}}},
)
async def read_reuse(
    submission: SubmissionToRead,
    request: Request,
    response: Response,
    session: Transaction,
    actor: Anyone,
    to: Annotated[FrameworkKey, Query(description="the framework of the other report", examples=["crpd"])],
    all_frameworks: All = False,
) -> Reuse | Response:
    found = await reuse.draft(session, submission, to, actor=actor, all_frameworks=all_frameworks)
    varies = {"Vary": "Accept"}
    if prefers(request.headers.get("accept", ""), MARKDOWN):
        return Response(markdown.written(found), headers=varies, media_type=f"{MARKDOWN}; charset=utf-8")
    response.headers.update(varies)
    return found
