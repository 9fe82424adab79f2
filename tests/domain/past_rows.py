"""A member with outings behind them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import reflections, rsvps, schedule
from domain.models import Group, Occurrence, RsvpStatus
from domain.reflections import ReflectionBody
from domain.schedule import EventDraft
from matching.inputs import SituationFeature
from tests.conftest import NOW
from tests.domain.outing_rows import STARTS


def place(
    session: Session,
    group: Group,
    *,
    days: int = 0,
    size: float | None = 0.3,
    starts: datetime = STARTS,
    interests: tuple[str, ...] = ("walking",),
) -> Occurrence:
    """Return the one occurrence of a new event of a group, ``days`` after ``starts``."""
    draft = EventDraft(
        title=f"Outing {days}",
        starts_local=starts + timedelta(days=days),
        duration_minutes=60,
        time_zone="Europe/London",
        interests=interests,
        facts={} if size is None else {SituationFeature.GROUP_SIZE: size},
    )
    event = schedule.publish(session, group=group, draft=draft, now=NOW)
    return session.scalars(select(Occurrence).where(Occurrence.event == event.id)).one()


def go(session: Session, member: str, at: Occurrence, *, intentional: bool = False, **said: Any) -> None:
    """Say yes and look back; ``said`` goes to the reflection, gone to unless it says otherwise."""
    rsvps.respond(
        session,
        member=member,
        occurrence=at.id,
        status=RsvpStatus.YES,
        now=NOW,
        intentional=intentional,
        over_cap=True,
    )
    body = ReflectionBody(**{"attended": True} | said)
    reflections.record(session, member=member, occurrence=at.id, reflection=body, now=at.ends_at)
