"""Observations of indicators: files in, files out, what there is and what there was."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.rules import Actor
from domain.frameworks import queries as frameworks
from domain.frameworks.models import Indicator
from domain.indicators import actions, codes, deleting, exporting, queries
from domain.indicators.actions import Importer, Sent
from domain.indicators.exporting import Selection
from domain.indicators.intake.files import CSV, JSON, NDJSON, SDMX, TSV
from domain.jobs import actions as jobs
from schemas.fields import FrameworkKey
from schemas.jobs import ImportObservations, Job
from schemas.observations import (
    Deletion,
    FormerObservation,
    ImportAnswer,
    ImportWishes,
    Observation,
    SeriesOf,
)
from schemas.paging import Page
from services.api import uploads
from services.api.accepts import prefers
from services.api.dependencies import (
    KnownCaller,
    Now,
    ObservationWriter,
    Transaction,
)
from services.api.exchange import Exchange, Streamed
from services.api.exports import Export
from services.api.paging import Paged, Pages, encode, link
from services.api.promises import promised
from services.api.selections import OwnSelection, Ref, Selected
from services.api.wishes import Wished

router = APIRouter(tags=["observations"], route_class=Exchange)
PIECE = 64 * 1024

EXAMPLE = {"state": "HRV", "period": "2012", "value": 23.8, "sex": "F", "source": "UN Global SDG Database"}
FORMATS = {
    CSV: {"schema": {"type": "string", "examples": ["state,period,value,sex\nHRV,2012,23.8,F\n"]}},
    SDMX: {"schema": {"type": "string"}},
    TSV: {"schema": {"type": "string"}},
    NDJSON: {"schema": {"type": "string"}},
    JSON: {"schema": {"type": "array", "items": {"type": "object"}, "examples": [[EXAMPLE]]}},
}
READ_AS: dict[str, Any] = {"requestBody": {"required": True, "content": FORMATS}}
HOW = (
    "CSV, SDMX-CSV, TSV, NDJSON or a JSON array, up to 2 GB; more than 10 MB is answered 202 with a job. Good"
    " rows are in although others are not, unless `atomic` is wished; the same file again changes nothing."
)


async def _import(
    request: Request, response: Response, session: AsyncSession, wishes: ImportWishes, actor: Actor, now: Now
) -> Any:
    received = await uploads.receive(request)
    importer = Importer.of(actor)
    if received.upload is not None:
        order = ImportObservations(
            upload=received.upload,
            digest=received.digest.hex(),
            wishes=wishes,
            key=importer.key,
            name=importer.name,
            state=importer.state,
        )
        job = jobs.promise(session, order, subject=str(received.upload), actor=actor, state=actor.state)
        received.claimed = True
        response.status_code = 202
        return await promised(session, job, response)
    sent = Sent(partial(_pieces, received.content or b""), received.digest)
    record, answer = await actions.take_in(session, wishes, sent, importer=importer, now=now)
    if record is not None:
        response.headers["Location"] = f"/v1/imports/{record.id}"
    return answer


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for place in range(0, len(content), PIECE):
        yield content[place : place + PIECE]


streamed = APIRouter(route_class=Streamed)


@streamed.post(
    "/indicators/{ref}/observations",
    response_model=ImportAnswer | Job,
    summary="Import observations of an indicator",
    description=HOW,
    max_body_size=uploads.LARGEST_UPLOAD,
    openapi_extra=READ_AS,
    responses={202: {"model": Job, "description": "The worker reads it"}},
)
async def import_of_indicator(
    ref: Ref,
    request: Request,
    response: Response,
    session: Transaction,
    wishes: Wished,
    now: Now,
    actor: ObservationWriter,
) -> Any:
    found = await frameworks.indicator(session, ref)
    of = wishes.model_copy(update={"indicator": found.reference, "framework": found.framework})
    return await _import(request, response, session, of, actor, now)


@streamed.post(
    "/observations",
    response_model=ImportAnswer | Job,
    summary="Import observations of several indicators, each row naming its own",
    description=HOW,
    max_body_size=uploads.LARGEST_UPLOAD,
    openapi_extra=READ_AS,
    responses={202: {"model": Job, "description": "The worker reads it"}},
)
async def import_of_several(
    request: Request,
    response: Response,
    session: Transaction,
    wishes: Wished,
    now: Now,
    actor: ObservationWriter,
    framework: Annotated[
        FrameworkKey | None, Query(description="of references without one: `5.5.1` for `sdg:5.5.1`")
    ] = None,
) -> Any:
    of = wishes.model_copy(update={"framework": framework})
    return await _import(request, response, session, of, actor, now)


@router.get(
    "/imports/{import_id}",
    response_model=ImportAnswer | Deletion,
    summary="What became of an import, or what was deleted",
)
async def read_import(import_id: UUID, session: Transaction, actor: KnownCaller) -> Any:
    return (await queries.find_import(session, import_id, actor=actor)).answer


EXPORTS = {
    CSV: (exporting.copy_csv, f"{CSV}; charset=utf-8", "csv"),
    SDMX: (exporting.copy_sdmx, f"{SDMX};version=2.0.0", "csv"),
    NDJSON: (exporting.copy_lines, NDJSON, "ndjson"),
}


@router.get(
    "/indicators/{ref}/observations",
    response_model=Page[Observation],
    summary="Observations of an indicator",
    description="JSON in pages; or all of them, streamed, for `Accept: text/csv`, SDMX-CSV 2.0 or NDJSON."
    " Series by series, each in the order of time. In `text/csv`, an apostrophe stands before texts that"
    " spreadsheets would take for formulas; an import takes it away again.",
    responses={200: {"content": {kind: {"schema": {"type": "string"}} for kind in EXPORTS}}},
)
async def list_observations(
    request: Request, selected: Selected, session: Transaction, actor: KnownCaller, pages: Paged
) -> Response:
    accept = ", ".join(request.headers.getlist("accept"))
    for kind, (copy, media_type, ending) in EXPORTS.items():
        if prefers(accept, kind):
            name = selected.indicator.replace(":", "-")
            headers = {"Vary": "Accept", "Content-Disposition": f'attachment; filename="{name}.{ending}"'}
            return Export(
                request.app.state.engine,
                partial(request.app.state.exports.taken, actor.id),
                partial(_copied, copy, selected),
                media_type=media_type,
                headers=headers,
            )
    return await _page(request, pages, selected, session, former=False)


async def _copied(copy: Any, selected: Selection, driver: Any, sink: Any) -> None:
    await copy(driver, selected, sink)


@router.delete(
    "/indicators/{ref}/observations",
    response_model=Deletion,
    summary="Delete observations of an indicator",
    description="All that are selected, 500,000 at most; something must narrow the selection. They are"
    " missing afterwards, not zero, and among the revisions as what they were. Deleting them again deletes"
    " nothing.",
)
async def delete_observations(
    selected: OwnSelection,
    session: Transaction,
    now: Now,
    actor: ObservationWriter,
    dry_run: Annotated[bool, Query(description="say how many these are, and delete nothing")] = False,
) -> Any:
    importer = Importer.of(actor)
    return await deleting.delete(session, selected, importer=importer, now=now, dry_run=dry_run)


@router.get(
    "/indicators/{ref}/observations/revisions",
    response_model=Page[FormerObservation],
    summary="What observations were before they changed or were deleted, when and by whom",
)
async def list_revisions(
    request: Request, selected: Selected, session: Transaction, pages: Paged
) -> Response:
    return await _page(request, pages, selected, session, former=True)


async def _page(
    request: Request, pages: Pages, selected: Selection, session: AsyncSession, *, former: bool
) -> Response:
    driver = await actions.driver_of(session)
    rows = await exporting.page(driver, selected, after=pages.after_place, limit=pages.most, former=former)
    shown, following = rows[: pages.most - 1], None
    if len(rows) == pages.most:
        following = encode(" ".join(str(part) for part in shown[-1][0]))
    return _listed([item for _, item in shown], following, request)


def _listed(items: Sequence[str], following: str | None, request: Request, more: str = "") -> Response:
    """A page of items that the database has made, with the exact digits of its numbers."""
    cursor = f'"{following}"' if following else "null"
    headers = {"Vary": "Accept"} | ({"Link": link(request, following)} if following else {})
    body = f'{{"items":[{",".join(items)}],"next":{cursor}{more}}}'
    return Response(body, media_type=JSON, headers=headers)


@router.get(
    "/indicators/{ref}/series",
    response_model=SeriesOf,
    summary="For which areas and breakdowns there are observations; expected breakdowns against actual ones",
)
async def list_series(
    ref: Ref, request: Request, selected: Selected, session: Transaction, pages: Paged
) -> Response:
    driver = await actions.driver_of(session)
    rows = await exporting.series_page(driver, selected, after=pages.after_number, limit=pages.most)
    shown = rows[: pages.most - 1]
    following = encode(shown[-1][0]) if len(rows) == pages.most else None
    indicator: Indicator = await frameworks.indicator(session, ref)
    observed = [concept.lower().replace("_", "-") for concept in await exporting.concepts(driver, selected)]
    expected = codes.expected(indicator.disaggregation)
    missing = [key for key in expected if key not in observed]
    told = {"expected": expected, "observed": observed, "missing": missing}
    more = f",{json.dumps(told)[1:-1]}"
    return _listed([item for _, item in shown], following, request, more)


router.include_router(streamed)
