"""Whether it is well: the process itself, everything it needs, and figures for those who run it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from sqlalchemy.exc import SQLAlchemyError

from domain import database, heartbeats
from web import clock, metrics
from web.auth import Audience, audience
from web.config import WebConfig
from web.db import db

bp = Blueprint("health", __name__)


@bp.get("/healthz")
@audience(Audience.ANYONE)
def alive() -> tuple[Any, int]:
    """Say that this process answers; asks nothing else."""
    return jsonify(status="ok"), 200


@bp.get("/readyz")
@audience(Audience.ANYONE)
def ready() -> tuple[Any, int]:
    """Say whether the database answers at the newest version, and what is heard of the others.

    Without relay, worker and queue server the pages still serve, so only the database decides the status.
    """
    facts = {"queue": _queue(_config())}
    try:
        session = db.session()
        session.rollback()  # who is signed in may have been looked up already
        database.begin(session, "read")
        migrated = database.current_revision(db.engine) == _newest()
        for kind in ("relay", "worker"):
            facts[kind] = "alive" if heartbeats.alive(session, kind=kind, now=clock.now()) else "quiet"
    except SQLAlchemyError:
        return jsonify(facts | {"database": "unreachable"}), 503
    facts["database"] = "ok" if migrated else "needs migrating"
    return jsonify(facts), 200 if migrated else 503


@bp.get("/metrics")
@audience(Audience.ANYONE)
def figures() -> Response:
    """Return figures for Prometheus: to this computer, or to who has the token; to others nothing is here."""
    metrics.check_reader(_config())
    return metrics.page()


def _config() -> WebConfig:
    found: WebConfig = current_app.extensions["handrail_config"]
    return found


def _queue(config: WebConfig) -> str:
    """Return whether the queue server answers; pages never wait for it, so neither does this for long."""
    if config.redis_url is None:
        return "none"
    brief = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2, "retry": Retry(NoBackoff(), 0)}
    try:
        with Redis.from_url(config.redis_url, **brief) as client:
            client.ping()
    except RedisError:
        return "away"
    return "ok"


@lru_cache(maxsize=1)
def _newest() -> str | None:
    return database.newest_revision()
