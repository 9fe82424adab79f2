"""Heartbeats: which processes have said lately that they are alive.

A process is named by its kind, its lane if it serves one, its machine and its number, such as
``worker/mail/oak/4711``.
"""

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


def alive(session: Session, *, kind: str, now: datetime, lane: str = "") -> bool:
    """Return whether a process of a kind, or one that serves ``lane``, was heard of within 90 seconds."""
    return count(session, kind=kind, now=now, lane=lane) > 0


def count(session: Session, *, kind: str, now: datetime, lane: str = "") -> int:
    """Return how many processes of a kind are alive, or only of those that serve ``lane``."""
    named = f"{kind}/{lane}/" if lane else ""
    fresh = and_(_fresh(kind, now), Heartbeat.name.startswith(named, autoescape=True))
    return session.scalar(select(func.count()).select_from(Heartbeat).where(fresh)) or 0


def names(session: Session, *, kind: str, now: datetime) -> list[str]:
    """Return the names of the processes of a kind that are alive."""
    return list(session.scalars(select(Heartbeat.name).where(_fresh(kind, now)).order_by(Heartbeat.name)))


def prune(session: Session, *, now: datetime) -> None:
    """Remove processes not heard of for a day."""
    session.execute(delete(Heartbeat).where(Heartbeat.seen_at < now - KEPT))


def _fresh(kind: str, now: datetime) -> ColumnElement[bool]:
    return and_(Heartbeat.kind == kind, Heartbeat.seen_at >= now - FRESH)
