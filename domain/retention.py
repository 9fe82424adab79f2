"""What is kept for how long: messages two weeks, what was suggested thirty days after it was replaced.

What a member said yes to, and what waits for an answer, is kept, with the run it came from.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, or_, select
from sqlalchemy.orm import Session, aliased

from domain.clock import seconds_now
from domain.models import Answer, BulkRun, MatchingRun, MessageState, Occurrence, OutboxMessage, Suggestion

KEPT = 14 * 86_400.0  #: seconds, for messages
RUNS_KEPT = timedelta(days=30)
BATCH = 500


def prune_messages(session: Session, *, limit: int = BATCH) -> int:
    """Remove up to ``limit`` messages closed more than 14 days ago; return how many. Dead ones stay."""
    old = (
        select(OutboxMessage.id)
        .where(
            OutboxMessage.state.in_((MessageState.DONE, MessageState.DISCARDED)),
            OutboxMessage.closed_at < seconds_now() - KEPT,
        )
        .limit(limit)
    )
    return _remove(session, OutboxMessage, OutboxMessage.id.in_(old))


def prune_suggestions(session: Session, *, now: datetime, after: str = "") -> str | None:
    """Go through the next suggestions made 30 days ago and remove what is of no more use.

    That is what was replaced 30 days ago, and a "not now" once its outing is over; a yes and a "not a fit"
    count for ever. Returns the last id looked at, to go on after; None at the end.
    """
    before = now - RUNS_KEPT
    to_come = exists().where(Occurrence.id == Suggestion.occurrence, Occurrence.starts_at > now)
    replaced = and_(Suggestion.answer.is_(None), Suggestion.retired_at < before)
    put_off = and_(Suggestion.answer == Answer.NOT_NOW, Suggestion.answered_at < before, ~to_come)
    return _sweep(session, Suggestion, or_(replaced, put_off), before=before, after=after)


def prune_runs(session: Session, *, now: datetime, after: str = "") -> str | None:
    """Go through the next runs asked for over 30 days ago and remove those with no suggestion left.

    A member's newest stays, as their page speaks of it. Returns as `prune_suggestions`.
    """
    newer = aliased(MatchingRun)
    empty = and_(
        MatchingRun.finished_at < now - RUNS_KEPT,
        ~exists().where(Suggestion.run == MatchingRun.id),
        exists().where(newer.member == MatchingRun.member, newer.id > MatchingRun.id),
    )
    return _sweep(session, MatchingRun, empty, before=now - RUNS_KEPT, after=after)


def _sweep(session: Session, table: Any, useless: Any, *, before: datetime, after: str) -> str | None:
    """Look at the next rows in the order of their ids, which is that of time, each once however many stay."""
    oldest_kept = f"{int(before.timestamp() * 1000):012x}"
    ids = list(
        session.scalars(
            select(table.id).where(table.id > after, table.id < oldest_kept).order_by(table.id).limit(BATCH)
        )
    )
    if not ids:
        return None
    _remove(session, table, and_(table.id.in_(ids), useless))
    return str(ids[-1])


def prune_bulk_runs(session: Session, *, now: datetime, limit: int = BATCH) -> int:
    """Remove up to ``limit`` bulk runs that ended 30 days ago; their parts go with them."""
    old = select(BulkRun.id).where(BulkRun.finished_at < now - RUNS_KEPT).limit(limit)
    return _remove(session, BulkRun, BulkRun.id.in_(old))


def _remove(session: Session, table: Any, condition: Any) -> int:
    result: Any = session.execute(delete(table).where(condition).execution_options(synchronize_session=False))
    return int(result.rowcount)
