"""A published or changed event: whoever it could concern is matched again, once for what comes together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import bulk_runs, events
from domain.clock import seconds_now
from workers.jobs.job import Job

GATHER = 10.0  #: seconds in which further events join the same bulk run


def _published(session: Session, _plan: None, facts: Sequence[events.EventPublished], now: datetime) -> None:
    for fact in facts:
        gather(session, fact.event, now)


def gather(session: Session, event: str, now: datetime) -> None:
    """Have the lists around an event looked at in a moment, together with others."""
    bulk_runs.match_around(session, event=event, now=now, not_before=_soon(session))


def _imported(
    session: Session, _plan: None, _facts: Sequence[events.ListingsImported], now: datetime
) -> None:
    bulk_runs.match_everybody(session, reason="import", now=now, not_before=_soon(session))


def _soon(session: Session) -> float:
    return (session.scalar(select(seconds_now())) or 0.0) + GATHER


PUBLISHED = Job(apply=_published)
IMPORTED = Job(apply=_imported)
