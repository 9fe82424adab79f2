"""What operators watch, read from the database alone: lanes, attempts, failures, runs, processes, mail.

Counts look back over a window by the time in ids, so that they cost the same however old a town is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from domain import affinity_models, desk, heartbeats, tallies
from domain.clock import seconds_now
from domain.desk import LaneFigures
from domain.models import Mail, MatchingRun, MessageState, OutboxAudit, OutboxMessage
from domain.tallies import Kind

PROCESSES = ("relay", "worker")
WINDOW = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Measures:
    """One look; "recent" means begun within the window."""

    lanes: tuple[LaneFigures, ...]
    attempts: dict[str, int]  #: recent messages that are done, by how many attempts they took
    failures: dict[str, int]  #: recent messages by the class of their last error
    taken_over: int  #: recent messages taken again without having failed: a lease had ended
    expired: int  #: messages whose lease has ended and whom nobody has taken yet
    runs: dict[str, int]  #: recent matching runs, by status
    run_seconds: float  #: of the recent finished ones together, from request to end
    stages: dict[str, int]  #: recent runs at work, by the matcher's stage
    processes: dict[str, int]  #: alive, by kind
    decisions: dict[str, int]  #: recent ones at the desk
    mails: int  #: recent mails not sent yet
    tallies: dict[Kind, dict[str, int]]  #: how often since the database was made, by lane
    model_age: float | None  #: seconds since the model in force was last learnt; none: there is none


def look(session: Session, *, now: datetime) -> Measures:
    """Read everything once."""
    since = f"{int((now - WINDOW).timestamp() * 1000):012x}"
    message, run = OutboxMessage.id >= since, MatchingRun.id >= since
    done = and_(message, OutboxMessage.state == MessageState.DONE)
    again = and_(message, OutboxMessage.fence > 1, OutboxMessage.last_error.is_(None))
    return Measures(
        lanes=tuple(desk.figures(session)),
        attempts=_by(session, OutboxMessage.attempts, done),
        failures=_by(session, OutboxMessage.last_error, message, OutboxMessage.last_error.is_not(None)),
        taken_over=_number(session, OutboxMessage, again),
        expired=_number(session, OutboxMessage, _expired()),
        runs=_by(session, MatchingRun.status, run),
        run_seconds=_run_seconds(session, run),
        stages=_by(session, MatchingRun.stage, run, MatchingRun.stage.is_not(None)),
        processes={kind: heartbeats.count(session, kind=kind, now=now) for kind in PROCESSES},
        decisions=_by(session, OutboxAudit.action, OutboxAudit.id >= since),
        mails=_number(session, Mail, and_(Mail.id >= since, Mail.sealed.is_not(None))),
        tallies=tallies.totals(session),
        model_age=affinity_models.age(session, now=now),
    )


def _by(session: Session, column: Any, *conditions: Any) -> dict[str, int]:
    counted = select(column, func.count()).where(*conditions).group_by(column)
    return {str(name): number for name, number in session.execute(counted)}


def _number(session: Session, table: Any, condition: Any) -> int:
    return session.scalar(select(func.count()).select_from(table).where(condition)) or 0


def _expired() -> Any:
    return and_(OutboxMessage.state == MessageState.READY, OutboxMessage.lease_until < seconds_now())


def _run_seconds(session: Session, condition: Any) -> float:
    times = session.execute(select(MatchingRun.requested_at, MatchingRun.finished_at).where(condition))
    return sum((end - begin).total_seconds() for begin, end in times if end is not None)
