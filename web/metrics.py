"""Figures for Prometheus: requests as this site's processes saw them, everything else from the database.

Labels are routes, never paths: a path may hold a token.
"""

from __future__ import annotations

import hmac
import ipaddress
import time
from collections.abc import Iterator
from typing import Any

from flask import Flask, Response, current_app, g, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy.exc import SQLAlchemyError

from domain import database, measures
from domain.errors import NotFound
from domain.events import Lane
from domain.measures import Measures
from domain.tallies import Kind
from web import clock
from web.config import WebConfig
from web.db import db

BUCKETS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.0, 5.0)
KEY = "handrail_metrics"
#: Anybody may make up others, and each would be kept for as long as the process lives.
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"})


class Figures:
    """The counters of one application."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "handrail_requests", "Requests answered", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "handrail_request_seconds", "Time to answer", ["route"], buckets=BUCKETS, registry=self.registry
        )
        self.turned_away = Counter(
            "handrail_turned_away", "Requests refused because too many came at once", registry=self.registry
        )


def init_app(app: Flask) -> None:
    """Count every request; to be called before anything that may answer one."""
    app.extensions[KEY] = Figures()
    app.before_request(_begin)
    app.after_request(_count)


def figures() -> Figures:
    """Return this application's counters."""
    return figures_of(current_app)


def figures_of(app: Flask) -> Figures:
    """Return an application's counters."""
    found: Figures = app.extensions[KEY]
    return found


def _begin() -> None:
    g.began = time.perf_counter()


def _count(response: Response) -> Response:
    route = request.url_rule.rule if request.url_rule else "none"
    method = request.method if request.method in METHODS else "other"
    figures().requests.labels(method, route, str(response.status_code)).inc()
    if "began" in g:
        figures().seconds.labels(route).observe(time.perf_counter() - g.began)
    return response


def check_reader(config: WebConfig) -> None:
    """Raise `NotFound` unless who asks has the token, or is this very computer."""
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if config.metrics_token and hmac.compare_digest(given.encode(), config.metrics_token.encode()):
        return
    forwarded = not config.proxy_hops and {"X-Forwarded-For", "Forwarded"} & set(request.headers.keys())
    if forwarded or not _is_local(request.remote_addr or ""):
        raise NotFound


def _is_local(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def page() -> Response:
    """Return all figures as text; without the database, those of the requests alone."""
    text = generate_latest(_requests()) + generate_latest(_Looked(_look()))
    return Response(text, content_type=CONTENT_TYPE_LATEST)


def _requests() -> CollectorRegistry:
    """Return the figures of this site's processes together, or of this one where they share nothing."""
    config: WebConfig = current_app.extensions["handrail_config"]
    if config.metrics_folder is None:
        return figures().registry
    registry = CollectorRegistry()
    MultiProcessCollector(registry, path=str(config.metrics_folder))  # type: ignore[no-untyped-call]
    return registry


def _look() -> Measures | None:
    try:
        database.begin(db.session(), "read")
        return measures.look(db.session(), now=clock.now())
    except SQLAlchemyError:
        return None


class _Looked(CollectorRegistry):
    """What was read from the database, in Prometheus's shape."""

    def __init__(self, found: Measures | None) -> None:
        super().__init__()
        self._found = found

    def collect(self) -> Iterator[Any]:
        yield _gauge(
            "handrail_database_up", "Whether the database answers", {"": float(self._found is not None)}
        )
        if self._found is None:
            return
        found = self._found
        for name, says in LANES.items():
            values = {str(lane.lane): float(getattr(lane, name)) for lane in found.lanes}
            yield _gauge(f"handrail_lane_{name}", says, values, label="lane")
        for name, (label, says) in GROUPED.items():
            yield _gauge(f"handrail_{name}", says, getattr(found, name), label=label)
        for name, says in SINGLE.items():
            yield _gauge(f"handrail_{name}", says, {"": getattr(found, name)})
        for kind, says in TALLIES.items():
            family = CounterMetricFamily(f"handrail_{kind}", says, labels=["lane"])
            for lane in Lane:
                family.add_metric([lane], found.tallies[kind].get(lane, 0))
            yield family
        if found.model_age is not None:
            says = "Seconds since the model in force was last learnt"
            yield _gauge("handrail_model_age", says, {"": found.model_age})


LANES = {
    "ready": "Messages that are due",
    "later": "Timers, and messages waiting for their next attempt",
    "leased": "Messages being worked on",
    "dead": "Messages given up, waiting for a person",
    "oldest": "Seconds the longest waiting message has been due",
}
GROUPED = {
    "attempts": ("attempts", "Messages of the last hour that are done, by attempts"),
    "failures": ("error", "Messages of the last hour by the class of their last error"),
    "runs": ("status", "Matching runs of the last hour"),
    "stages": ("stage", "Matching runs at work"),
    "processes": ("kind", "Processes heard of within 90 seconds"),
    "decisions": ("action", "Decisions at the desk in the last hour"),
}
SINGLE = {
    "taken_over": "Messages of the last hour taken again after their lease had ended",
    "expired": "Messages whose lease has ended and which nobody has taken yet",
    "run_seconds": "Seconds of the last hour's finished matching runs together, from request to end",
    "mails": "Mails of the last hour that are not sent yet",
}


TALLIES = {
    Kind.FENCED: "Messages whose worker came too late to close them",
    Kind.LEASE_EXPIRED: "Messages taken again after a lease had ended",
    Kind.BELLS: "Bells rung in the queue server",
    Kind.DEDUPE_HITS: "Messages asked for that were there already",
}


def _gauge(name: str, says: str, values: dict[str, Any], *, label: str = "") -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, says, labels=[label] if label else [])
    for value, number in values.items():
        family.add_metric([value] if label else [], float(number))
    return family
