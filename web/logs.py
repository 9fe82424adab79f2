"""Log lines of the pages: one a request, with its number; of an error its kind and place, never its words.

An error's words, and the parameters of a statement, may hold what somebody wrote.
"""

from __future__ import annotations

import json
import logging
import sys
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from flask import Flask, Response, g, request

log = logging.getLogger("handrail.web")
PLACES = 6  #: of the innermost calls that led to an error


class Lines(logging.Formatter):
    """A record as one line, of JSON or of text."""

    def __init__(self, *, as_json: bool) -> None:
        super().__init__()
        self._as_json = as_json

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        facts = {"event": record.getMessage(), **getattr(record, "facts", {})}
        if record.exc_info and record.exc_info[0]:
            facts |= {"error": record.exc_info[0].__name__, "at": places(record.exc_info[2])}
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        if self._as_json:
            return json.dumps({"timestamp": moment, "level": record.levelname.lower(), **facts})
        said = " ".join(f"{name}={value}" for name, value in facts.items() if name != "event")
        return one_line(f"{moment} [{record.levelname.lower()}] {facts['event']} {said}".rstrip())


def one_line(text: str) -> str:
    """Return the text with every character that could begin a line, or steer a terminal, spelt out."""
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)


def places(trace: TracebackType | None) -> list[str]:
    """Return where an error came from: file, line and function of the innermost calls, outermost first."""
    frames = traceback.extract_tb(trace)[-PLACES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]


def set_up(*, as_json: bool) -> None:
    """Write log lines to standard error; for the server's entry alone, not for tests."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines(as_json=as_json))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in ("alembic", "sqlalchemy", "flask-limiter", "flask_limiter"):
        logging.getLogger(name).setLevel(logging.CRITICAL)


def init_app(app: Flask) -> None:
    """Note each request once it is answered."""
    app.after_request(_note)


def _note(response: Response) -> Response:
    from web.errors import reference  # noqa: PLC0415 - which renders pages, and so imports much of this

    facts: dict[str, Any] = {
        "request": reference(),
        "method": request.method,
        "route": request.url_rule.rule if request.url_rule else "none",
        "status": response.status_code,
        "ms": round((time.perf_counter() - g.began) * 1000, 1) if "began" in g else None,
    }
    if request.endpoint not in {"static", "security.static", "health.alive", "health.figures"}:
        log.info("request", extra={"facts": facts})
    response.headers["X-Request-ID"] = facts["request"]
    return response
