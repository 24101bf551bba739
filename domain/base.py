"""What every table shares: constraint names, UTC times, JSON documents, time-ordered ids."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import uuid_utils.compat as uuid_utils
from sqlalchemy import ColumnElement, DateTime, MetaData, SQLColumnExpression, Text, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column


def new_id() -> UUID:
    """A UUIDv7: ids made later sort later, to the millisecond."""
    return uuid_utils.uuid7()


Json = dict[str, Any]
Identity = Annotated[UUID, mapped_column(primary_key=True, default=new_id)]
CreatedAt = Annotated[datetime, mapped_column(server_default=func.now())]
UpdatedAt = Annotated[datetime, mapped_column(server_default=func.now(), onupdate=func.now())]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        str: Text,
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB(none_as_null=True),
        dict[str, str]: JSONB(none_as_null=True),
        list[dict[str, Any]]: JSONB(none_as_null=True),
        list[str]: ARRAY(Text),
    }


Compare = Callable[[Any, Any], Any]


def asked(*wanted: tuple[SQLColumnExpression[Any], Compare, object]) -> list[ColumnElement[bool]]:
    """The conditions on a list that somebody chooses from: what is None is not asked about."""
    return [compare(column, value) for column, compare, value in wanted if value is not None]
