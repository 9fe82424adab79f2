"""Wake the relay when something was committed, so that it need not look often to be quick.

A hint and no more: what is missed is found at the next look. SQLite has a counter of commits that costs a
few microseconds to read; PostgreSQL tells who listens when a message with somebody waiting was recorded.
"""

from __future__ import annotations

import threading
import time
from types import TracebackType
from typing import Any, Self

from psycopg.sql import SQL, Identifier
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from domain.outbox import CHANNEL

TICK = 0.01  #: seconds between two looks at the counter


class Waker:
    """Waits for a commit on a connection of its own; without one it only waits."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._held: Any = None
        self._driver: Any = None
        self._seen = 0

    def __enter__(self) -> Self:
        """Return it; it connects when it first waits."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connection."""
        self.drop()

    def wait(self, asked: threading.Event, *, least: float, most: float) -> bool:
        """Wait ``least`` seconds, then for a commit, ``most`` in all; return whether ``asked`` to end."""
        until = time.monotonic() + most
        if asked.wait(least):
            return True
        try:
            self._connect()
            while (left := until - time.monotonic()) > 0 and not asked.is_set():
                if self._told(asked, min(TICK, left)):
                    break
        except Exception as error:
            if not isinstance(error, self._engine.dialect.loaded_dbapi.Error | DBAPIError):
                raise
            self.drop()
            return asked.wait(max(0.0, until - time.monotonic()))
        return asked.is_set()

    def drop(self) -> None:
        """Give the connection up; the next wait makes another."""
        held, self._held, self._driver = self._held, None, None
        if held is not None:
            held.close()

    def _connect(self) -> None:
        if self._driver is not None:
            return
        self._held = self._engine.raw_connection()
        self._driver = self._held.driver_connection
        self._held.detach()  # not the pool's any more: it is held for good
        if self._engine.dialect.name == "postgresql":
            self._driver.autocommit = True
            self._driver.execute(SQL("LISTEN {}").format(Identifier(CHANNEL)))
        else:
            self._seen = self._version()

    def _told(self, asked: threading.Event, seconds: float) -> bool:
        if self._engine.dialect.name == "postgresql":
            return any(True for _ in self._driver.notifies(timeout=seconds, stop_after=1))
        if asked.wait(seconds):
            return True
        before, self._seen = self._seen, self._version()
        return before != self._seen

    def _version(self) -> int:
        (version,) = self._driver.execute("PRAGMA data_version").fetchone()
        return int(version)
