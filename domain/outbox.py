"""The outbox: record, due, take, close, fail; the only door to the queue.

A message is written in the transaction of the change it reports. It is taken under a lease, with a fence
number that grows at each take: who closes it must still hold the fence, so the database effects of a message
happen exactly once, whatever is killed. Attempts count before the run, so a message that kills its process
is counted too; after `MAX_ATTEMPTS` it is dead and waits for a person (`domain.desk`). Times are the
database's own.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, exists, func, literal, or_, select, text, tuple_, update
from sqlalchemy.orm import Session, aliased

from domain import events, tallies
from domain.clock import seconds_now
from domain.models import MessageState, OutboxMessage

LEASE = 150.0  #: seconds a taken message is ours
VOID_LEASE = 900.0  #: a lease further off than this was made by a clock since stepped back
MAX_ATTEMPTS = 8
BACKOFF_CAP = 3600.0
#: How often, and at most how many seconds apart, something is waited for that is away: for two days.
PATIENT_TAKES, PATIENT_PAUSE = 200, 900.0
CHANNEL = "handrail_waiting"  #: on which PostgreSQL tells relays that somebody waits


class Fenced(Exception):
    """Somebody else has taken the message since; nothing of ours may be committed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Taken:
    """A message that is ours until its lease ends."""

    id: str
    kind: str
    body: dict[str, Any]
    lane: str
    aggregate: str
    attempts: int
    fence: int
    last_error: str | None = None  #: class of the error that ended the attempt before

    @property
    def outlived(self) -> bool:
        """Whether an earlier attempt ended with its lease: it neither closed nor failed."""
        return self.attempts > 1 and self.last_error is None

    def fact(self) -> events.DomainEvent:
        """Return the domain event the message carries."""
        return events.KINDS[self.kind](**self.body)


def record(
    session: Session, fact: events.DomainEvent, *, dedupe_key: str | None = None, not_before: float = 0.0
) -> str:
    """Add a message to the running transaction and return its id.

    ``dedupe_key`` already seen: nothing is added, the earlier id is returned. ``not_before``: seconds since
    1970, for timers.
    """
    if dedupe_key is not None:
        lock(session, f"dedupe:{dedupe_key}")
        earlier = session.scalar(select(OutboxMessage.id).where(OutboxMessage.dedupe_key == dedupe_key))
        if earlier is not None:
            tallies.add(session, tallies.Kind.DEDUPE_HITS, lane=fact.lane)
            return earlier
    lock(session, fact.aggregate)
    newest = select(func.coalesce(func.max(OutboxMessage.seq), 0)).where(
        OutboxMessage.aggregate == fact.aggregate
    )
    message = OutboxMessage(
        dedupe_key=dedupe_key,
        kind=fact.kind(),
        body=fact.body(),
        lane=fact.lane,
        aggregate=fact.aggregate,
        seq=(session.scalar(newest) or 0) + 1,
        state=MessageState.READY,
        not_before=not_before,
        created_at=session.scalar(select(seconds_now())),
    )
    session.add(message)
    session.flush()
    if fact.lane is events.Lane.MATCHING and not not_before:
        _tell(session)
    return str(message.id)


def is_recorded(session: Session, dedupe_key: str) -> bool:
    """Return whether there is a message with this key, without counting the question."""
    return bool(session.scalar(select(exists().where(OutboxMessage.dedupe_key == dedupe_key))))


def lock(session: Session, name: str) -> None:
    """Make the order of ``seq`` the order of commits; SQLite's writer is alone anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))"), {"name": name})


def _tell(session: Session) -> None:
    """Have PostgreSQL say, as this commits, that somebody waits; SQLite counts its commits anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_notify(CHANNEL, "")))


@lru_cache(maxsize=1)
def _free() -> ColumnElement[bool]:
    now = seconds_now()
    return and_(
        OutboxMessage.state == MessageState.READY,
        OutboxMessage.not_before <= now,
        or_(
            OutboxMessage.lease_until.is_(None),
            OutboxMessage.lease_until < now,
            OutboxMessage.lease_until > now + VOID_LEASE,
        ),
    )


@lru_cache(maxsize=1)
def _heads() -> ColumnElement[bool]:
    """No earlier message of the aggregate is open; put together once, as that takes longer than to run it."""
    earlier = aliased(OutboxMessage)
    return ~exists().where(
        earlier.aggregate == OutboxMessage.aggregate,
        earlier.seq < OutboxMessage.seq,
        earlier.state.in_((MessageState.READY, MessageState.DEAD)),
    )


def due(session: Session) -> dict[str, int]:
    """Return how many messages could be taken now, by lane."""
    rows = session.execute(
        select(OutboxMessage.lane, func.count().label("waiting"))
        .where(_free(), _heads())
        .group_by(OutboxMessage.lane)
    )
    return {row.lane: row.waiting for row in rows}


def waits(session: Session, lane: str, *, longer_than: float) -> bool:
    """Return whether a message of a lane has been due for ``longer_than`` seconds with nobody taking it."""
    since = seconds_now() - longer_than
    old = and_(OutboxMessage.not_before <= since, OutboxMessage.created_at <= since)
    waiting = exists().where(OutboxMessage.lane == lane, old, _free(), _heads())
    return bool(session.scalar(select(waiting)))


#: What `Taken` holds.
_FACTS = (
    OutboxMessage.id,
    OutboxMessage.kind,
    OutboxMessage.body,
    OutboxMessage.lane,
    OutboxMessage.aggregate,
    OutboxMessage.attempts,
    OutboxMessage.fence,
    OutboxMessage.last_error,
)


def bury(session: Session, lane: str) -> list[Taken]:
    """Make messages dead whose attempts are used up (those that killed their process); return them."""
    rows = session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.lane == lane, _free(), OutboxMessage.attempts >= MAX_ATTEMPTS)
        .values(state=MessageState.DEAD, lease_until=None)
        .returning(*_FACTS)
        .execution_options(synchronize_session=False)
    )
    return [Taken(**row._mapping) for row in rows]


def take(
    session: Session, lane: str, *, kinds: tuple[str, ...] = (), limit: int = 1, alike: Any = None
) -> list[Taken]:
    """Lease up to ``limit`` due messages of a lane, oldest first; the caller commits at once.

    ``kinds``: only these; ``alike``: a further condition. Messages of one aggregate are never taken together,
    and those whose attempts are used up not at all: `bury` them.
    """
    conditions = [OutboxMessage.lane == lane, _free(), _heads(), OutboxMessage.attempts < MAX_ATTEMPTS]
    if kinds:
        conditions.append(OutboxMessage.kind.in_(kinds))
    if alike is not None:
        conditions.append(alike)
    rows = session.execute(_lease(conditions, limit))
    taken = [Taken(**row._mapping) for row in rows]
    return sorted(taken, key=lambda each: each.id)


def _lease(conditions: list[Any], limit: int) -> Any:
    chosen = (
        select(OutboxMessage.id)
        .where(*conditions)
        .order_by(OutboxMessage.not_before, OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=OutboxMessage)
        .cte("chosen")
        .prefix_with("MATERIALIZED")
    )
    return (
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(select(chosen.c.id)))
        .values(
            attempts=OutboxMessage.attempts + 1,
            fence=OutboxMessage.fence + 1,
            lease_until=seconds_now() + LEASE,
        )
        .returning(*_FACTS)
        .execution_options(synchronize_session=False)
    )


def _mine(message: Taken) -> Update:
    return update(OutboxMessage).where(
        OutboxMessage.id == message.id,
        OutboxMessage.fence == message.fence,
        OutboxMessage.state == MessageState.READY,
    )


def close(session: Session, message: Taken) -> None:
    """Mark the message done in the transaction of its effects; raises `Fenced` when it is no longer ours."""
    close_all(session, [message])


def close_all(session: Session, messages: Sequence[Taken]) -> None:
    """Mark messages done in the transaction of their effects; raises `Fenced` when one is no longer ours."""
    held = [(message.id, message.fence) for message in messages]
    result: Any = session.execute(
        update(OutboxMessage)
        .where(
            tuple_(OutboxMessage.id, OutboxMessage.fence).in_(held),
            OutboxMessage.state == MessageState.READY,
        )
        .values(state=MessageState.DONE, lease_until=None, closed_at=seconds_now())
        .execution_options(synchronize_session=False)
    )
    if result.rowcount != len(held):
        raise Fenced(messages[0].id)


def fail(session: Session, message: Taken, error: BaseException, *, counts: bool = True) -> Taken | None:
    """Plan the next attempt, or give the message up after the last; only the error's class is kept.

    ``counts``: no where something the message needs is away; that is waited for, for about two days. Returns
    the message if it was given up by this, None if it is tried again or somebody else's by now.
    """
    counts = counts or message.fence >= PATIENT_TAKES
    last = counts and message.attempts >= MAX_ATTEMPTS
    pause = backoff(message.attempts) if counts else min(PATIENT_PAUSE, backoff(message.fence))
    row = session.execute(
        _mine(message)
        .values(
            state=MessageState.DEAD if last else MessageState.READY,
            lease_until=None,
            attempts=message.attempts if counts else message.attempts - 1,
            last_error=type(error).__name__[:120],
            not_before=seconds_now() + literal(pause),
        )
        .returning(*_FACTS)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return Taken(**row._mapping) if row and last else None


def backoff(attempts: int) -> float:
    """Return seconds until the next attempt: 2, 4, 8 ... up to an hour, spread by up to a quarter."""
    return min(BACKOFF_CAP, 2.0 ** min(attempts, 20) * random.uniform(0.75, 1.25))  # noqa: S311
