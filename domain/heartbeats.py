"""Heartbeats: which processes have said lately that they are alive."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, select
from sqlalchemy.orm import Session

from domain.models import Heartbeat

FRESH = timedelta(seconds=90)  #: who was last heard of longer ago counts as gone
KEPT = timedelta(days=1)


def beat(session: Session, *, kind: str, name: str, now: datetime) -> None:
    """Note that the process ``name`` of a kind (web, relay, worker) is alive."""
    row = session.get(Heartbeat, name)
    if row is None:
        session.add(Heartbeat(name=name, kind=kind, seen_at=now))
    else:
        row.kind, row.seen_at = kind, now
    session.flush()


def end(session: Session, *, name: str) -> None:
    """Note that the process ``name`` has ended as it should."""
    session.execute(delete(Heartbeat).where(Heartbeat.name == name))


def alive(session: Session, *, kind: str, now: datetime) -> bool:
    """Return whether any process of a kind was heard of within 90 seconds."""
    return count(session, kind=kind, now=now) > 0


def count(session: Session, *, kind: str, now: datetime, prefix: str = "") -> int:
    """Return how many processes of a kind are alive whose names begin with ``prefix``."""
    fresh = and_(_fresh(kind, now), Heartbeat.name.startswith(prefix, autoescape=True))
    return session.scalar(select(func.count()).select_from(Heartbeat).where(fresh)) or 0


def names(session: Session, *, kind: str, now: datetime) -> list[str]:
    """Return the names of the processes of a kind that are alive."""
    return list(session.scalars(select(Heartbeat.name).where(_fresh(kind, now)).order_by(Heartbeat.name)))


def prune(session: Session, *, now: datetime) -> None:
    """Remove processes not heard of for a day."""
    session.execute(delete(Heartbeat).where(Heartbeat.seen_at < now - KEPT))


def _fresh(kind: str, now: datetime) -> ColumnElement[bool]:
    return and_(Heartbeat.kind == kind, Heartbeat.seen_at >= now - FRESH)
