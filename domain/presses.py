"""One press of a form's button, one effect: a press is noted in the transaction of what it does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from domain.models import Press

KEPT = timedelta(days=2)  #: longer than a page stays open to be sent a second time
BATCH = 500


def first(session: Session, *, press: str, now: datetime) -> bool:
    """Note a press and return whether it is the first of its name.

    Two at once wait for each other, so that the second knows what became of the first: rolled back with the
    transaction, the press was none, and the next is the first.
    """
    insert: Any = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    noted = insert(Press).values(id=press, at=now).on_conflict_do_nothing().returning(Press.id)
    return session.scalar(noted) is not None


def prune(session: Session, *, now: datetime) -> int:
    """Remove presses nobody will repeat, some at a time; return how many."""
    old = select(Press.id).where(Press.at < now - KEPT).limit(BATCH)
    removed: Any = session.execute(
        delete(Press).where(Press.id.in_(old)).execution_options(synchronize_session=False)
    )
    return int(removed.rowcount)
