"""Visits: where an account is signed in. A visit that was ended is over at the next request, everywhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from domain.models import Visit

LONGEST = timedelta(hours=12)
#: On a device of one's own, where that was asked for.
KEPT = timedelta(days=30)


def begin(session: Session, *, account: str, kept: bool, now: datetime) -> Visit:
    """Begin a visit; what is over of this account's earlier ones is cleared away."""
    session.execute(delete(Visit).where(Visit.account == account, Visit.ends_at <= now))
    row = Visit(account=account, begun_at=now, ends_at=now + (KEPT if kept else LONGEST), kept=kept)
    session.add(row)
    session.flush()
    return row


def current(session: Session, *, visit: str, account: str, now: datetime) -> Visit | None:
    """Return the visit if it is this account's and not over."""
    row = session.get(Visit, visit)
    return row if row is not None and row.account == account and now < row.ends_at else None


def listed(session: Session, *, account: str, now: datetime) -> Sequence[Visit]:
    """Return where an account is signed in, newest first."""
    found = select(Visit).where(Visit.account == account, Visit.ends_at > now)
    return session.scalars(found.order_by(Visit.begun_at.desc(), Visit.id.desc())).all()


def end(session: Session, visit: str) -> None:
    """End one visit. Safe to repeat."""
    session.execute(delete(Visit).where(Visit.id == visit))


def end_others(session: Session, *, account: str, keep: str | None) -> None:
    """End all of an account's visits but one."""
    session.execute(delete(Visit).where(Visit.account == account, Visit.id != (keep or "")))
