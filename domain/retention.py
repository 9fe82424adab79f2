"""What is kept for how long: finished messages two weeks, so that the outbox stays small."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from domain.clock import seconds_now
from domain.models import MessageState, OutboxMessage

KEPT = 14 * 86_400.0  #: seconds
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
    result: Any = session.execute(
        delete(OutboxMessage).where(OutboxMessage.id.in_(old)).execution_options(synchronize_session=False)
    )
    return int(result.rowcount)
