"""How many requests are worked on at once: what is too much is refused at once, and told when to come back.

A page that would wait behind hundreds helps nobody, and holds up those before it. The refusal is made before
anything is read, and says nothing about anybody.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from flask import Flask
from prometheus_client import Counter

from web.security import HEADERS

#: Worked on at once by one process, and waiting for their turn; together fewer than the server's threads.
AT_ONCE, WAITING = 6, 12
WATCHERS = 2  #: who watches over it has places of their own, to see it when it is crowded
PATIENCE = 1.0  #: seconds somebody waits for their turn
COME_BACK = 3  #: seconds
ALWAYS = frozenset({"/healthz"})
WATCHING = frozenset({"/readyz", "/metrics"})
PAGE = """<!doctype html>
<html lang="en-GB"><head><meta charset="utf-8"><title>{title} – Handrail</title></head>
<body><main><h1>{title}</h1><p>{text}</p><p><a href="/help">{help}</a></p></main></body></html>
"""
TITLE = "Many people are here just now"
TEXT = "Nothing is wrong with what you did. Wait a few seconds, then load the page again."
HELP = "Get help"

Wsgi = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class Admission:
    """A door before an application: so many inside, so many waiting, nobody else."""

    def __init__(self, inside: Wsgi, *, turned_away: Counter) -> None:
        self._inside, self._turned_away = inside, turned_away
        self._places, self._watching = threading.Semaphore(AT_ONCE), threading.Semaphore(WATCHERS)
        self._bench = threading.Semaphore(WAITING)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer, or refuse."""
        path = environ.get("PATH_INFO")
        if path in ALWAYS:
            return self._inside(environ, start_response)
        places = self._watching if path in WATCHING else self._places
        if not self._enter(places):
            self._turned_away.inc()
            return refuse(start_response)
        try:
            return self._inside(environ, start_response)
        finally:
            places.release()

    def _enter(self, places: threading.Semaphore) -> bool:
        if places.acquire(blocking=False):
            return True
        if not self._bench.acquire(blocking=False):
            return False
        try:
            return places.acquire(timeout=PATIENCE)
        finally:
            self._bench.release()


def refuse(start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer 503 with a short page of no style."""
    body = PAGE.format(title=escape(TITLE), text=escape(TEXT), help=escape(HELP)).encode()
    headers = {
        **HEADERS,
        "Content-Type": "text/html; charset=utf-8",
        "Content-Length": str(len(body)),
        "Content-Security-Policy": "default-src 'none'",
        "Cache-Control": "no-store",
        "Retry-After": str(COME_BACK),
    }
    start_response("503 Service Unavailable", list(headers.items()))
    return [body]


def init_app(app: Flask, turned_away: Counter) -> None:
    """Put the door before everything else."""
    app.wsgi_app = Admission(app.wsgi_app, turned_away=turned_away)  # type: ignore[method-assign]
