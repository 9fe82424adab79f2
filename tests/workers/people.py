"""A small place for workers' tests, made through the same functions as the pages."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import accounts, consent, groups, members, places, schedule
from domain.groups import GroupDraft
from domain.models import ConsentPurpose, Event, Group, Member, Occurrence
from domain.schedule import EventDraft
from matching.inputs import Need, SituationFeature
from tests.conftest import NOW

TOWN = (51.5, -0.12)
#: A quiet, hosted outing: what most members can manage.
QUIET = {
    SituationFeature.GROUP_SIZE: 0.4,
    SituationFeature.UNSTRUCTURED: 0.1,
    SituationFeature.OBSERVED: 0.0,
    SituationFeature.TALKING: 0.2,
    SituationFeature.ONE_TO_ONE: 0.0,
    SituationFeature.HARD_TO_LEAVE: 0.1,
    SituationFeature.ALCOHOL: 0.0,
    SituationFeature.SENSORY_LOAD: 0.1,
    SituationFeature.NO_HOST: 0.0,
    SituationFeature.NO_ROLE: 0.3,
}
LOUD = dict.fromkeys(QUIET, 1.0)


def add_member(session: Session, name: str = "ann", *, comfort: bool = True) -> Member:
    account = accounts.create(
        session, email=f"{name}@example.org", password_hash="x", now=NOW, confirmed=True
    )
    member = members.create(
        session, account=account, display_name=name.title(), time_zone="Europe/London", now=NOW
    )
    if comfort:
        consent.give(session, account=member.id, purpose=ConsentPurpose.COMFORT, now=NOW)
    members.save_profile(
        session, member=member, profile=members.Profile(interests={"board-games": 1.0}), now=NOW
    )
    members.save_private(
        session, member=member, needs=(Need.SHARED_ACTIVITY,), cell=places.cell_of(*TOWN), now=NOW
    )
    return member


def add_group(session: Session, name: str = "Games", organizer: str = "olga") -> Group:
    account = accounts.find(session, f"{organizer}@example.org") or accounts.create(
        session, email=f"{organizer}@example.org", password_hash="x", now=NOW
    )
    draft = GroupDraft(name=name, time_zone="Europe/London", offers=(Need.SHARED_ACTIVITY,))
    return groups.found(session, organizer=account.id, draft=draft, now=NOW)


def add_event(
    session: Session,
    group: Group,
    *,
    title: str = "Board games",
    day: int = 3,
    facts: dict[SituationFeature, float] | None = None,
    capacity: int | None = None,
    rrule: str | None = None,
) -> Event:
    starts = datetime(NOW.year, NOW.month, NOW.day, 14, 0) + timedelta(days=day)  # noqa: DTZ001 (wall time)
    draft = EventDraft(
        title=title,
        starts_local=starts,
        duration_minutes=60,
        time_zone="Europe/London",
        rrule=rrule,
        latitude=TOWN[0],
        longitude=TOWN[1],
        capacity=capacity,
        interests=("board-games",),
        facts=facts or QUIET,
    )
    return schedule.publish(session, group=group, draft=draft, now=NOW)


def first_occurrence(session: Session, event: Event) -> Occurrence:
    rows = select(Occurrence).where(Occurrence.event == event.id).order_by(Occurrence.starts_at)
    return session.scalars(rows.limit(1)).one()
