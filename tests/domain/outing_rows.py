"""Rows that the tests of outings, reflections and ladders begin with."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import accounts, groups, members, schedule
from domain.groups import GroupDraft
from domain.models import Event, Group, Member, Occurrence, OutboxMessage
from domain.schedule import EventDraft
from tests.conftest import NOW

#: A Wednesday evening in London, two days after `NOW`.
STARTS = datetime(2026, 6, 3, 18, 30)  # noqa: DTZ001  (wall time)


def a_member(
    session: Session, name: str = "ann", *, weekly_cap: int = 1, zone: str = "Europe/London"
) -> Member:
    account = accounts.create(
        session, email=f"{name}@example.com", password_hash=None, now=NOW, confirmed=True
    )
    member = members.create(session, account=account, display_name=name.title(), time_zone=zone, now=NOW)
    member.weekly_cap = weekly_cap
    session.flush()
    return member


def a_group(session: Session, *, organizer: str | None = None) -> Group:
    draft = GroupDraft(name="Slow Walkers", time_zone="Europe/London", interests=("walking",))
    return groups.found(session, organizer=organizer, draft=draft, now=NOW)


def an_event(
    session: Session, *, group: Group | None = None, starts: datetime = STARTS, capacity: int | None = None
) -> Event:
    draft = EventDraft(
        title="Evening walk",
        starts_local=starts,
        duration_minutes=60,
        time_zone="Europe/London",
        capacity=capacity,
        address="12 Mill Lane",
        interests=("walking",),
    )
    return schedule.publish(session, group=group or a_group(session), draft=draft, now=NOW)


def an_occurrence(
    session: Session, *, days: int = 0, capacity: int | None = None, group: Group | None = None
) -> Occurrence:
    """Return the one occurrence of a new event, ``days`` after `STARTS`."""
    event = an_event(session, group=group, starts=STARTS + timedelta(days=days), capacity=capacity)
    return session.scalars(select(Occurrence).where(Occurrence.event == event.id)).one()


def recorded(session: Session, kind: str) -> list[OutboxMessage]:
    found = select(OutboxMessage).where(OutboxMessage.kind == kind).order_by(OutboxMessage.id)
    return list(session.scalars(found))
