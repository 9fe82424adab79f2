"""A member's outings: what is ahead, what waits for a word about how it was, what has been."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session, lazyload

from domain import rsvps
from domain.errors import NotFound
from domain.models import Event, Group, Occurrence, Reflection, Rsvp, RsvpStatus
from domain.rsvps import Plan
from domain.visibility import visible_to

#: What a list says nothing of is not read for it.
_UNSAID = (lazyload(Event.facts), lazyload(Event.interests), lazyload(Group.interests))
_PLANNED = (RsvpStatus.YES, RsvpStatus.WAITING, RsvpStatus.MAYBE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Outing:
    """A member's answer with what it is an answer to."""

    rsvp: Rsvp
    occurrence: Occurrence
    event: Event
    group: Group
    plan: Plan
    reflected: bool

    @property
    def going(self) -> bool:
        """Whether the member has a place."""
        return self.rsvp.status == RsvpStatus.YES


def upcoming(session: Session, *, member: str, now: datetime) -> list[Outing]:
    """Return what a member said yes or maybe to, or waits for, soonest first; also what was cancelled."""
    return _outings(session, member, Rsvp.status.in_(_PLANNED), Occurrence.ends_at > now)


def awaiting(session: Session, *, member: str, now: datetime, limit: int = 5) -> list[Outing]:
    """Return outings that began and have no reflection yet, newest first."""
    begun = (Rsvp.status == RsvpStatus.YES, Occurrence.starts_at <= now, Occurrence.cancelled_at.is_(None))
    return _outings(session, member, *begun, ~_reflected())[::-1][:limit]


def past(session: Session, *, member: str, now: datetime, limit: int = 20) -> list[Outing]:
    """Return outings that have been looked back on, newest first."""
    return _outings(session, member, Occurrence.starts_at <= now, _reflected())[::-1][:limit]


def one(session: Session, *, member: str, rsvp: str) -> Outing:
    """Return one's own outing; anybody else's is not there. Raises `NotFound`."""
    found = _outings(session, member, Rsvp.id == rsvp)
    if not found:
        raise NotFound
    return found[0]


def _reflected() -> ColumnElement[bool]:
    return exists().where(Reflection.member == Rsvp.member, Reflection.occurrence == Rsvp.occurrence)


def _still_ours(member: str) -> ColumnElement[bool]:
    """What was taken back from somebody one is parted from is gone; what one lived through stays."""
    seen = visible_to(member, Group.organizer)  # type: ignore[arg-type]
    return or_(Rsvp.status != RsvpStatus.NO, Group.organizer.is_(None), seen)


def _outings(session: Session, member: str, *conditions: ColumnElement[bool]) -> list[Outing]:
    rows = session.execute(
        select(Rsvp, Occurrence, Event, Group, _reflected().label("reflected"))
        .join(Occurrence, Occurrence.id == Rsvp.occurrence)
        .join(Event, Event.id == Occurrence.event)
        .join(Group, Group.id == Event.group)
        .where(Rsvp.member == member, _still_ours(member), *conditions)
        .order_by(Occurrence.starts_at, Rsvp.id)
        .options(*_UNSAID)
    )
    return [
        Outing(
            rsvp=rsvp,
            occurrence=occurrence,
            event=event,
            group=group,
            plan=rsvps.plan(session, rsvp),
            reflected=reflected,
        )
        for rsvp, occurrence, event, group, reflected in rows
    ]
