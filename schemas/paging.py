"""Lists: a page of items and where the next one begins."""

from __future__ import annotations

from typing import Generic, TypeVar

from pydantic import BaseModel, Field

Item = TypeVar("Item")


class Page(BaseModel, Generic[Item]):
    """A page by keyset: the cursor names the last row seen, so rows added meanwhile shift nothing."""

    items: list[Item]
    next: str | None = Field(description="pass as `cursor` to go on; null on the last page")
