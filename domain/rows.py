"""Many rows of one kind written at once, by the shortest way each database has."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from domain.models import Base

#: From how many rows on PostgreSQL is sent a stream instead of a statement for each.
STREAMED = 8


def insert_all(session: Session, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows that all have the same columns into the running transaction; no objects are made."""
    if not rows:
        return
    session.flush()
    connection = session.connection()
    if connection.dialect.name == "postgresql" and len(rows) >= STREAMED:
        _stream(connection.connection.driver_connection, model.__tablename__, rows)
    else:
        connection.execute(insert(model.__table__), rows)  # type: ignore[arg-type]


def _stream(driver: Any, table: str, rows: Sequence[dict[str, Any]]) -> None:
    from psycopg import sql  # noqa: PLC0415 - where the database is SQLite, its driver is not loaded

    names = list(rows[0])
    copy_in = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    with driver.cursor() as cursor, cursor.copy(copy_in) as copy:
        for row in rows:
            copy.write_row([_plain(row[name]) for name in names])


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError(f"an instant needs a time zone: {value!r}")
        return value.astimezone(UTC)
    return json.dumps(value) if isinstance(value, dict | list) else value
