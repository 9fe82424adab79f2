"""Whether a reminder is still true at the moment it is sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import Event, Group, Occurrence, Rsvp, RsvpStatus


def still_going(session: Session, rsvp: str, *, now: datetime) -> bool:
    """Return whether the answer is a yes to something that takes place and has not begun."""
    found = session.scalar(
        select(Rsvp.id)
        .join(Occurrence, Rsvp.occurrence == Occurrence.id)
        .join(Event, Occurrence.event == Event.id)
        .join(Group, Event.group == Group.id)
        .where(
            Rsvp.id == rsvp,
            Rsvp.status == RsvpStatus.YES,
            Occurrence.starts_at > now,
            Occurrence.cancelled_at.is_(None),
            Event.cancelled_at.is_(None),
            Group.closed_at.is_(None),
        )
    )
    return found is not None
