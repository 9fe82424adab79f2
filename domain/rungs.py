"""Rungs: their order, their rewards, and what is put away; the edits a member makes to a ladder in use."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import sealed
from domain.errors import Conflict, Invalid, NotFound
from domain.ladder_records import LONGEST_LABEL, RungBody
from domain.models import Ladder, Rung

MOST_RUNGS = 10


def in_use(session: Session, member: str) -> Ladder | None:
    """Return the ladder in use, locked, so that two moves never cross."""
    in_use = select(Ladder).where(Ladder.member == member, Ladder.archived_at.is_(None))
    return session.scalar(in_use.with_for_update())


def rungs_of(session: Session, ladder: Ladder) -> list[Rung]:
    """Return the rungs of a ladder in order, those put away last."""
    return list(session.scalars(select(Rung).where(Rung.ladder == ladder.id).order_by(Rung.position)))


def add(session: Session, ladder: Ladder, body: RungBody, *, position: int, reached: bool) -> Rung:
    """Add a rung; the caller flushes."""
    row = Rung(ladder=ladder.id, member=ladder.member, position=position)
    sealed.seal(session, row, body.to_json() | {"reached": reached})
    session.add(row)
    return row


def own_rung(session: Session, member: str, rung: str) -> tuple[Ladder, Rung]:
    """Return the member's ladder in use, locked, and one rung of it. Raises `NotFound`."""
    ladder = in_use(session, member)
    row = session.get(Rung, rung, populate_existing=True)
    if ladder is None or row is None or row.ladder != ladder.id:
        raise NotFound
    return ladder, row


def top(session: Session, ladder: Ladder) -> int:
    """Return the highest position taken, -1 where there is none."""
    highest = session.scalar(select(func.max(Rung.position)).where(Rung.ladder == ladder.id))
    return -1 if highest is None else highest


def check_room(session: Session, ladder: Ladder) -> None:
    """Raise `Conflict` when the ladder is full (R14)."""
    if sum(each.archived_at is None for each in rungs_of(session, ladder)) >= MOST_RUNGS:
        raise Conflict(
            f"Your ladder has {MOST_RUNGS} steps. Put one away first, so that it stays easy to see."
        )


def reseal(session: Session, row: Rung, changed: dict[str, Any]) -> None:
    """Change some of what is sealed in a rung."""
    sealed.seal(session, row, sealed.unseal(session, row) | changed)
    session.flush()


def move(session: Session, *, member: str, rung: str, by: int) -> None:
    """Move a rung one place, -1 to the gentle end, +1 to the hard end; at the edge nothing happens."""
    ladder, row = own_rung(session, member, rung)
    active = [each for each in rungs_of(session, ladder) if each.archived_at is None]
    if row not in active:
        raise NotFound
    place = active.index(row) + by
    if not 0 <= place < len(active):
        return
    swap(session, row, active[place], spare=top(session, ladder) + 1)


def swap(session: Session, one: Rung, other: Rung, *, spare: int) -> None:
    """Exchange two positions by way of a spare one: no two rungs may share a place, not even for a moment."""
    first, second = one.position, other.position
    for row, position in ((one, spare), (other, first), (one, second)):
        row.position = position
        session.flush()


def archive(session: Session, *, member: str, rung: str, now: datetime) -> None:
    """Put a rung away; it is kept and can come back. Safe to repeat. The last one stays."""
    ladder, row = own_rung(session, member, rung)
    active = [each for each in rungs_of(session, ladder) if each.archived_at is None]
    if row not in active:
        return
    if len(active) == 1:
        raise Conflict("A ladder keeps at least one step. Add another one first.")
    row.archived_at = now
    row.position = top(session, ladder) + 1
    session.flush()


def restore(session: Session, *, member: str, rung: str) -> None:
    """Take a rung back from the archive, as the last step. Safe to repeat."""
    ladder, row = own_rung(session, member, rung)
    if row.archived_at is None:
        return
    check_room(session, ladder)
    row.archived_at = None
    row.position = top(session, ladder) + 1
    session.flush()


def pair_reward(session: Session, *, member: str, rung: str, reward: str) -> None:
    """Pair a rung with something nice; an empty text takes it away (R17)."""
    _, row = own_rung(session, member, rung)
    reseal(session, row, {"reward": reward.strip()[:200] or None})


def reword(session: Session, *, member: str, rung: str, label: str) -> None:
    """Put a rung into the member's own words; what it is made of stays. Raises `Invalid` for an empty one."""
    _, row = own_rung(session, member, rung)
    if not label.strip():
        raise Invalid({"label": "Say in a few words what the step is."})
    reseal(session, row, {"label": label.strip()[:LONGEST_LABEL]})


def settle(session: Session, *, member: str, rung: str, now: datetime) -> None:
    """Mark a rung as settled. Safe to repeat; going on to the next one stays the member's choice."""
    _, row = own_rung(session, member, rung)
    row.settled_at = row.settled_at or now
    session.flush()
