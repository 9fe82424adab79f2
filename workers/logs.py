"""Calm, short log lines: ids and counts, as text or as JSON."""

from __future__ import annotations

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

#: Their lines repeat what ours say, or are too many.
QUIET = ("rq", "rq.worker", "rq.job", "rq.queue", "alembic", "sqlalchemy", "numba")


def set_up(*, json: bool) -> None:
    """Write log lines to standard error, one a line."""
    shared: list[structlog.typing.Processor] = [
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    text = structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    last = [_fields, structlog.processors.JSONRenderer()] if json else [text]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *last],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.CRITICAL)


def _fields(_logger: Any, _method: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Make fields of a line's ``name=value``, so that a message can be looked up by its id."""
    words = str(line["event"]).split()
    found = dict(word.split("=", 1) for word in words if "=" in word)
    return {**found, **line, "event": " ".join(word for word in words if "=" not in word)}


class Calm:
    """Says once that something is away and once that it is back, however often it is asked."""

    def __init__(self, log: logging.Logger, what: str) -> None:
        self._log, self._what, self._away = log, what, False

    def away(self, error: BaseException) -> None:
        """Note that it does not answer."""
        if not self._away:
            self._log.warning("%s away error=%s", self._what, type(error).__name__)
        self._away = True

    def back(self) -> None:
        """Note that it answers."""
        if self._away:
            self._log.info("%s back", self._what)
        self._away = False
