"""Place those who asked for company: who they are, and the transaction that stores what was worked out.

Between the two somebody may have been blocked, have stepped out or said yes: everything is looked at again
under the locks that such a change needs as well, and what no longer holds is worked out anew.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from domain import circles, consent, events, outbox, restrictions, suggestions
from domain.models import (
    Account,
    Circle,
    CirclePlace,
    CircleRequest,
    ConsentPurpose,
    Occurrence,
    PlaceAnswer,
    Rsvp,
    RsvpStatus,
)

#: Who went with whom, and whom they would meet again, is kept as long as groups' history.
KEPT = timedelta(days=365)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pool:
    """Who is to be placed for an occurrence."""

    free: tuple[str, ...]  #: members without a circle
    open: Mapping[str, tuple[str, ...]]  #: by circle that waits for answers: its members
    topics: Mapping[str, frozenset[str]]  #: by member: interests they let the others see


@dataclass(frozen=True, kw_only=True, slots=True)
class Placement:
    """What was worked out for an occurrence."""

    occurrence: str
    circles: tuple[tuple[str, ...], ...]  #: members
    replaces: tuple[str, ...] = ()  #: circles that wait for answers and are formed anew
    alone: Mapping[str, str]  #: members nobody was found for, and why


def pool(session: Session, *, occurrence: str) -> Pool:
    """Return who asked for company at an occurrence, goes there, and may be placed."""
    rows = _eligible(session, occurrence)
    places = session.execute(
        select(CirclePlace.member, CirclePlace.circle, Circle.settled_at)
        .join(Circle, Circle.id == CirclePlace.circle)
        .where(CirclePlace.occurrence == occurrence, CirclePlace.left_at.is_(None))
        .order_by(CirclePlace.id)
    ).all()
    taken = {row.member for row in places}
    waiting: dict[str, tuple[str, ...]] = {}
    for row in places:
        if row.settled_at is None:
            waiting[row.circle] = (*waiting.get(row.circle, ()), row.member)
    return Pool(
        free=tuple(sorted(rows.keys() - taken)),
        open=waiting,
        topics={member: frozenset(row.topics) for member, row in rows.items()},
    )


def _eligible(session: Session, occurrence: str) -> dict[str, CircleRequest]:
    asked = session.scalars(
        select(CircleRequest)
        .join(Account, Account.id == CircleRequest.member)
        .join(Rsvp, (Rsvp.member == CircleRequest.member) & (Rsvp.occurrence == CircleRequest.occurrence))
        .where(
            CircleRequest.occurrence == occurrence,
            CircleRequest.withdrawn_at.is_(None),
            Rsvp.status == RsvpStatus.YES,
            Account.active.is_(True),
        )
    )
    rows = {row.member: row for row in asked}
    agreed = consent.holders(session, rows.keys(), ConsentPurpose.INTRODUCTIONS)
    kept = agreed - restrictions.held(session, rows.keys())
    return {member: row for member, row in rows.items() if member in kept}


def lock_people(session: Session, members: Collection[str]) -> None:
    """Hold these accounts until the commit: a block and a circle of the same people wait for each other."""
    rows = select(Account.id).where(Account.id.in_(members)).order_by(Account.id)
    session.execute(rows.with_for_update(key_share=True)).all()


def store(session: Session, placement: Placement, *, now: datetime) -> list[Circle]:
    """Store the circles that still hold, tell who is alone, and ask for the rest to be worked out anew."""
    lock_people(session, {member for circle in placement.circles for member in circle})
    place = circles.locked(session, placement.occurrence)
    if place is None or place.cancelled_at is not None or now >= place.starts_at - circles.LAST:
        return []
    current = pool(session, occurrence=place.id)
    if not set(placement.replaces) <= current.open.keys():
        circles.look_again(session, occurrence=place.id)
        return []
    free = set(current.free) | {member for each in placement.replaces for member in current.open[each]}
    blocked = suggestions.apart(session, free)
    good = [each for each in placement.circles if _holds(each, free, blocked)]
    if len(good) < len(placement.circles):
        circles.look_again(session, occurrence=place.id)
        if placement.replaces:
            return []
    for each in placement.replaces:
        circles.end(session, session.get_one(Circle, each), now)
    formed = [_form(session, place.id, members, now) for members in good]
    for why in sorted(set(placement.alone.values())):
        members = [member for member, reason in placement.alone.items() if reason == why and member in free]
        circles.tell_alone(session, occurrence=place.id, members=members, why=why)
    return formed


def _holds(members: Sequence[str], free: Collection[str], blocked: Mapping[str, set[str]]) -> bool:
    """Return whether all of them can still be placed and no two are to be kept apart."""
    them = set(members)
    return (
        len(them) >= circles.FEWEST
        and them <= set(free)
        and not any(blocked.get(member, set()) & them for member in members)
    )


def _form(session: Session, occurrence: str, members: Sequence[str], now: datetime) -> Circle:
    circle = Circle(occurrence=occurrence, formed_at=now)
    session.add(circle)
    session.flush()
    for member in sorted(members):
        session.add(
            CirclePlace(circle=circle.id, occurrence=occurrence, member=member, answer=PlaceAnswer.WAITING)
        )
        row = circles.request_of(session, member=member, occurrence=occurrence)
        if row is not None:
            row.told = None
    session.flush()
    outbox.record(session, events.CircleFormed(circle=circle.id))
    return circle


def close(session: Session, *, occurrence: str, now: datetime) -> None:
    """A day ahead: three who said yes go together, whoever has not answered goes alone; the rest is told."""
    place = circles.locked(session, occurrence)
    if place is None or place.cancelled_at is not None or place.starts_at <= now:
        return
    standing = select(Circle).where(
        Circle.occurrence == place.id, Circle.ended_at.is_(None), Circle.settled_at.is_(None)
    )
    for circle in session.scalars(standing.order_by(Circle.id)).all():
        places = circles.live_places(session, circle.id)
        if sum(each.answer == PlaceAnswer.YES for each in places) < circles.FEWEST:
            circles.end(session, circle, now)
            continue
        for each in places:
            each.left_at = None if each.answer == PlaceAnswer.YES else now
        session.flush()
        circles.settle(session, circle, now)
    alone = pool(session, occurrence=place.id).free
    circles.tell_alone(session, occurrence=place.id, members=alone, why="too_few")


def prune(session: Session, *, now: datetime) -> int:
    """Remove what was asked and formed for occurrences a year ago; return how many circles."""
    over = select(Occurrence.id).where(Occurrence.ends_at < now - KEPT)
    session.execute(delete(CircleRequest).where(CircleRequest.occurrence.in_(over)))
    result: Any = session.execute(delete(Circle).where(Circle.occurrence.in_(over)))
    return int(result.rowcount)
