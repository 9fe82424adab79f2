"""What a group has announced: its events with their next date, and the dates of one event."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import Event, Group, Occurrence


@dataclass(frozen=True, kw_only=True, slots=True)
class Announced:
    """An event and when it takes place next."""

    event: Event
    next: Occurrence | None  #: none: over, cancelled, or further ahead than occurrences are kept


def of_group(session: Session, *, group: Group, now: datetime) -> list[Announced]:
    """Return a group's events with their next occurrence, soonest first, in two queries."""
    rows = session.scalars(select(Event).where(Event.group == group.id).order_by(Event.id)).all()
    future = select(Occurrence).where(
        Occurrence.event.in_([each.id for each in rows]),
        Occurrence.starts_at > now,
        Occurrence.cancelled_at.is_(None),
    )
    soonest: dict[str, Occurrence] = {}
    for occurrence in session.scalars(future.order_by(Occurrence.starts_at)):
        soonest.setdefault(occurrence.event, occurrence)
    found = [Announced(event=each, next=soonest.get(each.id)) for each in rows]
    return sorted(found, key=lambda each: (each.next is None, each.next.starts_at if each.next else now))


def to_come(session: Session, *, event: Event, now: datetime) -> list[Occurrence]:
    """Return an event's occurrences to come, those called off among them, soonest first."""
    future = select(Occurrence).where(Occurrence.event == event.id, Occurrence.ends_at > now)
    return list(session.scalars(future.order_by(Occurrence.starts_at)))
