"""A published or changed event: everybody is matched again, once for all that was published together."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events, runs
from domain.clock import seconds_now
from workers.jobs.job import Job

GATHER = 10.0  #: seconds in which further events join the same bulk run


def _apply(session: Session, _plan: None, _facts: Sequence[events.EventPublished], now: datetime) -> None:
    moment = session.scalar(select(seconds_now())) or 0.0
    runs.match_everybody(session, reason="event", now=now, not_before=moment + GATHER)


PUBLISHED = Job(apply=_apply)
