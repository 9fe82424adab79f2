"""The outbox's clock, an offset ahead or behind: the SQL it trusts, not the machine's clock."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy.ext.compiler import compiles

from domain import clock, database
from domain.clock import seconds_now
from domain.database import Sessions
from tests.conftest import KEYRING


@contextmanager
def stepped(url: str, seconds: float) -> Iterator[Sessions]:
    """Give sessions whose database's clock is ``seconds`` ahead, or behind."""

    def sqlite(element: Any, compiler: Any, **options: Any) -> str:
        return f"({clock._sqlite(element, compiler, **options)} + ({seconds}))"

    def postgresql(element: Any, compiler: Any, **options: Any) -> str:
        return f"({clock._postgresql(element, compiler, **options)} + ({seconds}))"

    compiles(seconds_now, "sqlite")(sqlite)
    compiles(seconds_now, "postgresql")(postgresql)
    engine = database.open_engine(url)  # statements compiled before the step stay with the other engine
    try:
        yield database.open_sessions(engine, KEYRING)
    finally:
        engine.dispose()
        compiles(seconds_now, "sqlite")(clock._sqlite)
        compiles(seconds_now, "postgresql")(clock._postgresql)
