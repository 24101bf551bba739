"""How a file of observations is to be read, by the parameters of an import."""

from __future__ import annotations

from email.message import Message
from typing import Annotated

from fastapi import Depends, Query, Request

from domain.indicators import queries
from domain.indicators.intake.columns import codes_written, pairs
from domain.indicators.intake.files import KINDS
from schemas.observations import ImportWishes
from services.api import bodies

Columns = Annotated[
    str | None,
    Query(max_length=4_000, description="which column gives a field", examples=["state:iso3c,period:date"]),
]
Constants = Annotated[
    str | None,
    Query(
        alias="set", max_length=4_000, description="fields that are the same in all rows", examples=["sex:_T"]
    ),
]
Codes = Annotated[
    str | None,
    Query(
        max_length=8_000,
        description="what cells of a breakdown mean, beside its codes, their titles and aliases",
        examples=["disability_status:Disabled (national definition)=PD"],
    ),
]
YearStarts = Annotated[
    str | None,
    Query(description="the day on which a year such as 2004/05 begins", examples=["04-01"], max_length=5),
]
Decimal = Annotated[
    str | None, Query(pattern="^(point|comma)$", description="how decimals are written: point or comma")
]


async def wishes_of(  # noqa: PLR0917 - what the request has, by name
    request: Request,
    columns: Columns = None,
    constants: Constants = None,
    codes: Codes = None,
    year_starts: YearStarts = None,
    decimal: Decimal = None,
    beyond_100: Annotated[bool, Query(description="percentages over 100 are meant")] = False,
    dry_run: Annotated[bool, Query(description="say what would be, and keep nothing")] = False,
    atomic: Annotated[bool, Query(description="all rows or none")] = False,
) -> ImportWishes:
    if year_starts is not None:
        queries.month_day(year_starts)
    kind = bodies.media_type(request)
    return ImportWishes(
        kind=KINDS.get(kind, kind),
        charset=_charset(request),
        columns=pairs(columns, parameter="columns") if columns else {},
        constants=pairs(constants, parameter="set") if constants else {},
        codes=codes_written(codes, parameter="codes") if codes else {},
        year_starts=year_starts,
        decimal_comma=decimal == "comma",
        beyond_100=beyond_100,
        dry_run=dry_run,
        atomic=atomic,
    )


def _charset(request: Request) -> str | None:
    header = Message()
    header["content-type"] = request.headers.get("content-type", "")
    return header.get_content_charset()


Wished = Annotated[ImportWishes, Depends(wishes_of)]
