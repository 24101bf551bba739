"""Parts of addresses, and selections, that several nouns share."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from schemas import fields
from schemas.fields import Iso3, IsoDate, Key
from schemas.submissions import Period

FrameworkKey = Annotated[fields.FrameworkKey, Path(description="key of a framework", examples=["ccm"])]
EditionKey = Annotated[str, Path(max_length=40, examples=["2008"])]
AsOf = Annotated[IsoDate | None, Query(description="any day; today when left out", examples=["2021-09-21"])]

OfFramework = Annotated[Key | None, Query(description="only what is under this framework", examples=["ccm"])]
OfState = Annotated[Iso3 | None, Query(description="only of this State", examples=["HRV"])]
OfPeriod = Annotated[Period | None, Query(description="only for this period", examples=["2024"])]
OfTheme = Annotated[Key | None, Query(description="only what has this theme", examples=["victim-assistance"])]
AnEdition = Annotated[str | None, Query(description="key of an edition; the latest when left out")]
DueBefore = Annotated[IsoDate | None, Query(description="exclusive", examples=["2027-01-01"])]
InForce = Annotated[
    IsoDate | None, Query(description="only those that run on this day", examples=["2026-09-21"])
]
