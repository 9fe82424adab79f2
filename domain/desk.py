"""The desk: what waits in the outbox, and what a person decides about messages that were given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session

from domain.clock import seconds_now
from domain.errors import Conflict, Invalid, NotFound
from domain.events import Lane
from domain.models import MessageState, OutboxAudit, OutboxMessage

REASON_LENGTH = 400
MOST_ALIKE = 500  #: messages decided about in one transaction


class Action(StrEnum):
    """What may be decided about a dead message (stored as these words)."""

    REPLAY = "replay"
    DISCARD = "discard"


@dataclass(frozen=True, kw_only=True, slots=True)
class LaneFigures:
    """One lane's messages."""

    lane: str
    ready: int = 0  #: could be taken now, or wait behind another of their aggregate
    later: int = 0  #: timers, and messages waiting for their next attempt
    leased: int = 0  #: being worked on
    dead: int = 0
    oldest: float = 0.0  #: seconds the longest waiting ready message has been due; 0 where none waits


def figures(session: Session) -> list[LaneFigures]:
    """Return the figures of every lane, in the order of `Lane`; readable without the queue server."""
    now = session.scalar(select(seconds_now())) or 0.0
    ready = OutboxMessage.state == MessageState.READY
    leased = and_(ready, func.coalesce(OutboxMessage.lease_until, 0.0) >= now)
    free = and_(ready, func.coalesce(OutboxMessage.lease_until, 0.0) < now)
    waiting = and_(free, OutboxMessage.not_before <= now)
    later = OutboxMessage.not_before > OutboxMessage.created_at  # else it was due when it was recorded
    since = case((later, OutboxMessage.not_before), else_=OutboxMessage.created_at)
    rows = session.execute(
        select(
            OutboxMessage.lane,
            func.count(case((waiting, 1))).label("ready"),
            func.count(case((and_(free, OutboxMessage.not_before > now), 1))).label("later"),
            func.count(case((leased, 1))).label("leased"),
            func.count(case((OutboxMessage.state == MessageState.DEAD, 1))).label("dead"),
            func.min(case((waiting, since))).label("since"),
        )
        .where(OutboxMessage.state.in_((MessageState.READY, MessageState.DEAD)))
        .group_by(OutboxMessage.lane)
    )
    found = {
        row.lane: LaneFigures(
            lane=row.lane,
            ready=row.ready,
            later=row.later,
            leased=row.leased,
            dead=row.dead,
            oldest=max(0.0, now - row.since) if row.since is not None else 0.0,
        )
        for row in rows
    }
    return [found.get(lane) or LaneFigures(lane=lane) for lane in Lane]


def dead(session: Session, *, limit: int = 100) -> list[OutboxMessage]:
    """Return messages that were given up, oldest first."""
    given_up = select(OutboxMessage).where(OutboxMessage.state == MessageState.DEAD)
    return list(session.scalars(given_up.order_by(OutboxMessage.id).limit(limit)))


def alike(session: Session, *, message: str, held: bool = False) -> list[str]:
    """Return up to 500 other dead messages of the same kind with the same last problem, oldest first.

    With ``held`` nobody else can decide about them before the transaction ends. Raises `NotFound`.
    """
    row = session.get(OutboxMessage, message)
    if row is None:
        raise NotFound
    others = select(OutboxMessage.id).where(
        OutboxMessage.state == MessageState.DEAD,
        OutboxMessage.kind == row.kind,
        OutboxMessage.last_error.is_not_distinct_from(row.last_error),
        OutboxMessage.id != message,
    )
    chosen = others.order_by(OutboxMessage.id).limit(MOST_ALIKE)
    return list(session.scalars(chosen.with_for_update() if held else chosen))


def replay(session: Session, *, message: str, author: str | None, reason: str, now: datetime) -> None:
    """Give a dead message all its attempts again. Raises `NotFound`, `Conflict` or `Invalid`."""
    row = _decide(session, message=message, action=Action.REPLAY, author=author, reason=reason, now=now)
    row.state, row.attempts, row.not_before, row.lease_until = MessageState.READY, 0, 0.0, None
    session.flush()


def discard(session: Session, *, message: str, author: str | None, reason: str, now: datetime) -> None:
    """Close a dead message without its effects. Raises `NotFound`, `Conflict` or `Invalid`."""
    row = _decide(session, message=message, action=Action.DISCARD, author=author, reason=reason, now=now)
    row.state, row.closed_at = MessageState.DISCARDED, session.scalar(select(seconds_now()))
    session.flush()


def _decide(
    session: Session, *, message: str, action: Action, author: str | None, reason: str, now: datetime
) -> OutboxMessage:
    why = reason.strip()
    if not why or len(why) > REASON_LENGTH:
        raise Invalid({"reason": f"Say in up to {REASON_LENGTH} characters why."})
    row = session.get(OutboxMessage, message, with_for_update=True)
    if row is None:
        raise NotFound
    if row.state != MessageState.DEAD:
        raise Conflict("Somebody has already decided about this message.")
    session.add(OutboxAudit(message=message, action=action, author=author, reason=why, created_at=now))
    return row
