"""Parts of addresses that several nouns share."""

from __future__ import annotations

from typing import Annotated

from fastapi import Path, Query

from schemas import fields
from schemas.fields import IsoDate

FrameworkKey = Annotated[fields.FrameworkKey, Path(description="key of a framework", examples=["ccm"])]
EditionKey = Annotated[str, Path(max_length=40, examples=["2008"])]
AsOf = Annotated[IsoDate | None, Query(description="any day; today when left out", examples=["2021-09-21"])]
