"""The database's own clock as an SQL expression: the outbox trusts no other (many machines, one database)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Float
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class seconds_now(FunctionElement[float]):  # noqa: N801  (reads as the SQL function it is)
    """Seconds since 1970, with fractions, by the database's clock."""

    type = Float(53)
    inherit_cache = True
    name = "seconds_now"


@compiles(seconds_now, "sqlite")
def _sqlite(_element: Any, _compiler: Any, **_: Any) -> str:
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(seconds_now, "postgresql")
def _postgresql(_element: Any, _compiler: Any, **_: Any) -> str:
    # clock_timestamp, not now(): a transaction that waited for a lock must see the time after the wait
    return "extract(epoch from clock_timestamp())::double precision"
