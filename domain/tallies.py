"""How often something has happened, for operators: a row for each time, folded into one a kind each night.

Nothing is added up in place, as whoever counted would wait for everybody else who counts.
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from domain.models import Tally


class Kind(StrEnum):
    """What is counted, by lane (stored as these words)."""

    FENCED = "fenced"  #: a worker came too late to close its message; another had taken it
    LEASE_EXPIRED = "lease_expired"  #: a message was taken again whose lease had ended
    BELLS = "bells"  #: a bell was rung
    DEDUPE_HITS = "dedupe_hits"  #: a message was asked for that was there already


def add(session: Session, kind: Kind, *, lane: str, number: int = 1) -> None:
    """Count something that has just happened, in the transaction of it."""
    if number:
        session.add(Tally(name=kind, lane=lane, number=number))
        session.flush()


def totals(session: Session) -> dict[Kind, dict[str, int]]:
    """Return how often each has happened since the database was made, by lane."""
    found: dict[Kind, dict[str, int]] = {kind: {} for kind in Kind}
    summed = select(Tally.name, Tally.lane, func.sum(Tally.number)).group_by(Tally.name, Tally.lane)
    for name, lane, number in session.execute(summed):
        found[Kind(name)][lane] = int(number)
    return found


def fold(session: Session) -> None:
    """Put one row in the place of many, without losing what is counted meanwhile."""
    gone = session.execute(
        delete(Tally)
        .returning(Tally.name, Tally.lane, Tally.number)
        .execution_options(synchronize_session=False)
    )
    sums: Counter[tuple[str, str]] = Counter()
    for name, lane, number in gone:
        sums[name, lane] += number
    session.add_all(Tally(name=name, lane=lane, number=number) for (name, lane), number in sums.items())
    session.flush()
