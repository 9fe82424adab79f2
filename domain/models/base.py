"""The declarative base, ids and instants."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime
from typing import Annotated, Any

from sqlalchemy import DateTime, Dialect, ForeignKey, LargeBinary, MetaData, String
from sqlalchemy.orm import DeclarativeBase, MappedColumn, mapped_column
from sqlalchemy.types import TypeDecorator

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> str:
    """Return 32 hex digits: 12 of the time in milliseconds, 20 random; later ids sort later."""
    return f"{int(time.time() * 1000):012x}{os.urandom(10).hex()}"


class Instant(TypeDecorator[datetime]):
    """An aware moment in UTC; a naive one is refused at the door, where SQLite would drop the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(DeclarativeBase):
    """Every table of ours."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Instant}  # noqa: RUF012  (SQLAlchemy's own protocol)


Id = Annotated[str, mapped_column(String(32), primary_key=True)]
Text32 = Annotated[str, mapped_column(String(32))]


class Identified:
    """Rows whose id exists before the flush, so that domain events and sealed fields can name them."""

    id: Any

    def __init__(self, **values: Any) -> None:
        values.setdefault("id", new_id())
        super().__init__(**values)


def reference(target: str, **options: Any) -> MappedColumn[Any]:
    """Return a column that points at ``table.id``; ``ondelete`` defaults to cascade."""
    ondelete = options.pop("ondelete", "CASCADE")
    return mapped_column(String(32), ForeignKey(target, ondelete=ondelete), **options)


def sealed_column() -> MappedColumn[Any]:
    """Return the column that holds a row's sealed body; see `domain.sealed`."""
    return mapped_column(LargeBinary, info={"privacy": "P4"})
