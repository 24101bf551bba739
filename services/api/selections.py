"""Which observations of an indicator are asked for, by the parameters that reads and deletions share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import Depends, Path, Query
from sqlalchemy.ext.asyncio import AsyncSession

from domain.access.rules import Actor
from domain.errors import Invalid, Problem
from domain.frameworks import queries as frameworks
from domain.indicators import exporting, queries
from domain.indicators.exporting import Selection
from schemas.fields import Reference
from services.api.dependencies import KnownCaller, ObservationWriter, Transaction

Ref = Annotated[Reference, Path(examples=["sdg:5.5.1"])]
Codes = Annotated[list[str] | None, Query(max_length=200, description="codes; `_T` is the total")]
APeriod = Annotated[str | None, Query(max_length=40, examples=["2012", "2012-Q1"])]
Areas = Annotated[list[str] | None, Query(description="only of these areas", examples=[["HRV"]])]


async def named_areas(session: Transaction, state: Areas = None) -> list[str] | None:
    """The areas that are asked for, named as in files. Raises Invalid for what is no area."""
    if state is None:
        return None
    meant = await queries.areas_meant(session, state)
    for text in state:
        if text not in meant:
            detail = f"`{text[:80]}` is no State known here, nor a declared area."
            raise _unknown("?state", "unknown-area", detail)
    return [meant[text] for text in state]


NamedAreas = Annotated[list[str] | None, Depends(named_areas)]


async def selection_of(  # noqa: PLR0917 - what the request has, by name
    ref: Ref,
    session: Transaction,
    actor: KnownCaller,
    state: NamedAreas = None,
    period: Annotated[APeriod, Query(description="this period, and none that lies in it")] = None,
    from_: Annotated[APeriod, Query(alias="from", description="periods that begin no earlier")] = None,
    to: Annotated[APeriod, Query(description="periods that end no later")] = None,
    sex: Codes = None,
    age: Codes = None,
    disability_status: Codes = None,
    urbanisation: Codes = None,
    breakdown: Annotated[
        list[str] | None,
        Query(description="codes of another breakdown", examples=[["partner_abuse:SEXUAL"]]),
    ] = None,
) -> Selection:
    found = await frameworks.indicator(session, ref)
    starts, ends = exporting.days(from_, to)
    named = {"sex": sex, "age": age, "disability_status": disability_status, "urbanisation": urbanisation}
    return Selection(
        found.reference,
        areas=await _readable(session, actor, state),
        starts=starts,
        ends=ends,
        period=exporting.read_period(period, parameter="period") if period is not None else None,
        breakdown=await _codes(session, named, breakdown or []),
    )


async def _readable(session: AsyncSession, actor: Actor, asked: Sequence[str] | None) -> Sequence[str] | None:
    """The areas that are asked for, as far as a key of one State reads them."""
    if actor.state is None:
        return asked
    own = await queries.areas_of(session, actor.state)
    return own if asked is None else [area for area in asked if area in own]


async def _codes(
    session: AsyncSession, named: dict[str, list[str] | None], others: Sequence[str]
) -> dict[str, list[str]]:
    asked = {name: codes for name, codes in named.items() if codes is not None}
    for other in others:
        name, _, code = other.partition(":")
        asked.setdefault(name, []).append(code)
    lists = await queries.code_lists(session) if asked else {}
    found: dict[str, list[str]] = {}
    for name, codes in asked.items():
        if name not in lists:
            raise _unknown("?breakdown", "unknown-breakdown", f"`{name[:80]}` is no declared breakdown.")
        for code in codes:
            known = lists[name].code(code)
            if known is None or not code:
                raise _unknown(
                    f"?{name}", "unknown-code", f"`{code[:80]}` is no code of {lists[name].concept}."
                )
            found.setdefault(lists[name].concept, []).append(known)
    return found


def _unknown(pointer: str, code: str, detail: str) -> Invalid:
    return Invalid(detail, [Problem(pointer, code, detail)], code=code)


Selected = Annotated[Selection, Depends(selection_of)]


async def own_selection_of(
    selected: Selected, actor: ObservationWriter, state: NamedAreas = None
) -> Selection:
    """The same for whoever may write it.

    Raises Invalid when nothing narrows it but who asks, Forbidden for areas of other States.
    """
    if replace(selected, areas=state).whole_indicator:
        detail = "Say which observations: by state, period, from, to or a breakdown."
        raise Invalid(detail, code="no-selection")
    for area in state or []:
        if area not in (selected.areas or ()):
            actor.must_write_for(area)
    return selected


OwnSelection = Annotated[Selection, Depends(own_selection_of)]
