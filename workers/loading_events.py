"""Upcoming occurrences as matching inputs: one query per table, none per event."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, distinct, exists, func, or_, select, union
from sqlalchemy.orm import Session, aliased

from domain.models import (
    Event,
    EventFact,
    EventInterest,
    Group,
    GroupInterest,
    Membership,
    Occurrence,
    Rsvp,
    RsvpStatus,
    Suggestion,
)
from matching.inputs import EventInput, Need, Situation, slot_of
from workers.reach import Box, within
from workers.situations import Fact, situation_of

SHOWN_WITHIN = timedelta(days=28)
MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class _Around:
    """What is known around the events of a run, by the id it hangs on."""

    facts: dict[str, dict[str, Fact]]  #: event
    interests: dict[str, set[str]]  #: event
    group_interests: dict[str, set[str]]  #: group
    people: dict[str, set[str]]  #: group
    going: dict[str, set[str]]  #: occurrence
    newcomers: dict[str, int]  #: occurrence
    gatherings: dict[str, int]  #: group
    attended: dict[str, int]  #: group
    showings: dict[str, int]  #: group


def load_events(
    session: Session, *, now: datetime, days: int, boxes: Sequence[Box] | None = None
) -> list[EventInput]:
    """Return every occurrence that takes place within so many days, as far as the boxes reach."""
    wanted = (
        Occurrence.starts_at > now,
        Occurrence.starts_at <= now + timedelta(days=days),
        Occurrence.cancelled_at.is_(None),
        Event.cancelled_at.is_(None),
        Event.published_at.is_not(None),
        Group.closed_at.is_(None),
        # Where an outing takes place must be known before it can be near anybody; it stays on the list.
        or_(Event.online, Event.latitude.is_not(None)),
        within(boxes),
    )
    rows = session.execute(_columns().where(*wanted).order_by(Occurrence.id)).all()
    around = _around(session, wanted, now)
    zones = {row.time_zone: ZoneInfo(row.time_zone) for row in rows}
    return [_input(row, around, zones[row.time_zone], now) for row in rows]


def situation_at(session: Session, occurrence: Occurrence) -> Situation:
    """Return what one occurrence is like for somebody who knows nobody there."""
    event = session.get_one(Event, occurrence.event)
    group = session.get_one(Group, event.group)
    return situation_of(
        {row.feature: Fact(row.value, row.assumed) for row in event.facts},
        starts_local=occurrence.starts_at.astimezone(ZoneInfo(event.time_zone)),
        minutes=event.duration_minutes,
        online=event.online,
        recurring=event.rrule is not None,
        greeted=bool(event.greeter or group.greeter),
    )


def _columns() -> Any:
    return (
        select(
            Occurrence.id,
            Occurrence.starts_at,
            Occurrence.ends_at,
            func.coalesce(Occurrence.capacity, Event.capacity).label("capacity"),
            Event.id.label("event"),
            Event.title,
            Event.text,
            Event.time_zone,
            Event.duration_minutes,
            Event.rrule,
            Event.online,
            Event.latitude,
            Event.longitude,
            func.coalesce(Event.greeter, Group.greeter).label("greeter"),
            Group.id.label("group"),
            Group.organizer,
            Group.offers,
            Group.values,
            Group.access,
            Group.newcomer_limit,
            Group.created_at,
        )
        .join(Event, Occurrence.event == Event.id)
        .join(Group, Event.group == Group.id)
    )


def _input(row: Any, around: _Around, zone: ZoneInfo, now: datetime) -> EventInput:
    starts_local = row.starts_at.astimezone(zone)
    interests = around.interests.get(row.event, set())
    going = around.going.get(row.id, set())
    people = around.people.get(row.group, set())
    newcomers = around.newcomers.get(row.id, 0)
    return EventInput(
        id=row.id,
        event=row.event,
        group=row.group,
        title=row.title,
        text=row.text,
        interests=frozenset(interests or around.group_interests.get(row.group, set())),
        values=frozenset(row.values),
        offers=frozenset(Need(each) for each in row.offers),
        situation=situation_of(
            around.facts.get(row.event, {}),
            starts_local=starts_local,
            minutes=row.duration_minutes,
            online=row.online,
            recurring=row.rrule is not None,
            greeted=bool(row.greeter),
        ),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        slot=slot_of(starts_local),
        latitude=None if row.online else row.latitude,
        longitude=None if row.online else row.longitude,
        places_left=None if row.capacity is None else max(0, row.capacity - len(going)),
        newcomers_left=None if row.newcomer_limit is None else max(0, row.newcomer_limit - newcomers),
        access=frozenset(row.access),
        going=frozenset(going),
        people=frozenset(people | {row.organizer} if row.organizer else people),
        gatherings_per_month=float(around.gatherings.get(row.group, 0)) if row.rrule else 0.0,
        attended=around.attended.get(row.group, 0),
        showings=around.showings.get(row.group, 0),
        group_age_days=max(0.0, (now - row.created_at) / timedelta(days=1)),
    )


def _around(session: Session, wanted: Sequence[ColumnElement[bool]], now: datetime) -> _Around:
    joined = (
        select(Occurrence.id).join(Event, Occurrence.event == Event.id).join(Group, Event.group == Group.id)
    )
    occurrences = joined.where(*wanted)
    events = joined.with_only_columns(Event.id).where(*wanted)
    groups = joined.with_only_columns(Group.id).where(*wanted)
    facts: dict[str, dict[str, Fact]] = defaultdict(dict)
    stated = select(EventFact.event, EventFact.feature, EventFact.value, EventFact.assumed)
    for event, feature, value, assumed in session.execute(stated.where(EventFact.event.in_(events))):
        facts[event][feature] = Fact(value, assumed)
    going = (Rsvp.occurrence.in_(occurrences), Rsvp.status == RsvpStatus.YES)
    return _Around(
        facts=facts,
        interests=_sets(
            session,
            select(EventInterest.event, EventInterest.interest).where(EventInterest.event.in_(events)),
        ),
        group_interests=_sets(
            session,
            select(GroupInterest.group, GroupInterest.interest).where(GroupInterest.group.in_(groups)),
        ),
        people=_sets(
            session,
            select(Membership.group, Membership.member).where(
                Membership.group.in_(groups), Membership.left_at.is_(None)
            ),
        ),
        going=_sets(session, select(Rsvp.occurrence, Rsvp.member).where(*going)),
        newcomers=_numbers(session, _newcomers(going)),
        gatherings=_numbers(session, _gatherings(now)),
        attended=_numbers(session, _attended()),
        showings=_numbers(session, _showings(now)),
    )


def _sets(session: Session, pairs: Any) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for key, value in session.execute(pairs):
        found[key].add(value)
    return found


def _numbers(session: Session, pairs: Any) -> dict[str, int]:
    return {key: number for key, number in session.execute(pairs)}  # noqa: C416 - rows are not plain tuples


def _newcomers(going: Sequence[ColumnElement[bool]]) -> Any:
    """How many of those going have never been to the group, where the organizer sets a limit to that."""
    earlier, place, event = aliased(Rsvp), aliased(Occurrence), aliased(Event)
    been = (
        exists()
        .where(
            earlier.member == Rsvp.member,
            earlier.attended.is_(True),
            earlier.occurrence == place.id,
            place.event == event.id,
            event.group == Group.id,
        )
        .correlate(Rsvp, Group)
    )
    return (
        select(Rsvp.occurrence, func.count())
        .join(Occurrence, Rsvp.occurrence == Occurrence.id)
        .join(Event, Occurrence.event == Event.id)
        .join(Group, Event.group == Group.id)
        .where(*going, Group.newcomer_limit.is_not(None), ~been)
        .group_by(Rsvp.occurrence)
    )


def _gatherings(now: datetime) -> Any:
    """How often each group meets in the month to come."""
    return (
        select(Event.group, func.count())
        .join(Occurrence, Occurrence.event == Event.id)
        .where(
            Occurrence.starts_at.between(now, now + MONTH),
            Occurrence.cancelled_at.is_(None),
            Event.rrule.is_not(None),
        )
        .group_by(Event.group)
    )


def _attended() -> Any:
    """How many people have ever joined or been to each group."""
    joined = select(Membership.group.label("group"), Membership.member.label("member"))
    been = (
        select(Event.group.label("group"), Rsvp.member.label("member"))
        .join(Occurrence, Occurrence.event == Event.id)
        .join(Rsvp, Rsvp.occurrence == Occurrence.id)
        .where(Rsvp.attended.is_(True))
    )
    people = union(joined, been).subquery()
    return select(people.c.group, func.count(distinct(people.c.member))).group_by(people.c.group)


def _showings(now: datetime) -> Any:
    """How often each group was suggested in the last four weeks."""
    return (
        select(Event.group, func.count())
        .join(Occurrence, Occurrence.event == Event.id)
        .join(Suggestion, Suggestion.occurrence == Occurrence.id)
        .where(Suggestion.created_at > now - SHOWN_WITHIN, Suggestion.created_at < now)
        .group_by(Event.group)
    )
