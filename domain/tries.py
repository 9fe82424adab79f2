"""Failed tries, counted in the database: the count survives the queue server and is shared by all processes.

What is counted is a mark, a keyed hash made at the edge; the rows tell nobody who tried what.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from domain.models import FailedTry


@dataclass(frozen=True, kw_only=True, slots=True)
class Limit:
    """So many failures within a time; then it is refused until the oldest is that long ago."""

    most: int
    within: timedelta


#: Windows within windows: who goes on failing waits longer and longer.
PER_PERSON = (
    Limit(most=5, within=timedelta(minutes=15)),
    Limit(most=10, within=timedelta(hours=2)),
    Limit(most=20, within=timedelta(days=1)),
)
PER_NETWORK = (Limit(most=60, within=timedelta(minutes=15)),)
LONGEST = max(each.within for each in (*PER_PERSON, *PER_NETWORK))


def too_many(session: Session, *, mark: str, limits: Sequence[Limit], now: datetime) -> bool:
    """Return whether another try is refused for now."""
    return any(_count(session, mark, now - each.within) >= each.most for each in limits)


def _count(session: Session, mark: str, since: datetime) -> int:
    counted = select(func.count()).where(FailedTry.mark == mark, FailedTry.at > since)
    return session.scalar(counted) or 0


def note(session: Session, *, marks: Sequence[str], now: datetime) -> None:
    """Count a failure, and forget what is too old to count."""
    session.execute(delete(FailedTry).where(FailedTry.at <= now - LONGEST))
    session.add_all(FailedTry(mark=mark, at=now) for mark in marks)
    session.flush()
