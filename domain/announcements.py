"""What a group has announced: its events with their next date, and the dates of one event."""

from __future__ import annotations

from collections.abc import Sequence
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
    return of_groups(session, groups=[group], now=now)[group.id]


def of_groups(session: Session, *, groups: Sequence[Group], now: datetime) -> dict[str, list[Announced]]:
    """Return the same for several groups, in as many queries as for one."""
    ids = [each.id for each in groups]
    rows = session.scalars(select(Event).where(Event.group.in_(ids)).order_by(Event.id)).all()
    soonest = _next(session, [each.id for each in rows], now)
    found: dict[str, list[Announced]] = {each: [] for each in ids}
    for each in rows:
        found[each.group].append(Announced(event=each, next=soonest.get(each.id)))
    for announced in found.values():
        announced.sort(key=lambda each: (each.next is None, each.next.starts_at if each.next else now))
    return found


def _next(session: Session, events: Sequence[str], now: datetime) -> dict[str, Occurrence]:
    """Return the next occurrence of each event that has one."""
    future = select(Occurrence).where(
        Occurrence.event.in_(events), Occurrence.starts_at > now, Occurrence.cancelled_at.is_(None)
    )
    soonest: dict[str, Occurrence] = {}
    for occurrence in session.scalars(future.order_by(Occurrence.starts_at)):
        soonest.setdefault(occurrence.event, occurrence)
    return soonest


def to_come(session: Session, *, event: Event, now: datetime) -> list[Occurrence]:
    """Return an event's occurrences to come, those called off among them, soonest first."""
    future = select(Occurrence).where(Occurrence.event == event.id, Occurrence.ends_at > now)
    return list(session.scalars(future.order_by(Occurrence.starts_at)))
