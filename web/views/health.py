"""Whether it is well: the process itself, and everything it needs."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import Blueprint, jsonify
from sqlalchemy.exc import SQLAlchemyError

from domain import database, heartbeats
from web import clock
from web.auth import Audience, audience
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
    """Say whether the database answers at the newest version, and whether a worker is heard.

    Without a worker the pages still serve, so only the database decides the status.
    """
    try:
        migrated = database.current_revision(db.engine) == _newest()
        worker = heartbeats.alive(db.session(), kind="worker", now=clock.now())
    except SQLAlchemyError:
        return jsonify(database="unreachable"), 503
    facts = {"database": "ok" if migrated else "needs migrating", "worker": "alive" if worker else "quiet"}
    return jsonify(facts), 200 if migrated else 503


@lru_cache(maxsize=1)
def _newest() -> str | None:
    return database.newest_revision()
