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

from domain import belonging, inclusion
from domain.inclusion import Statement
from domain.models import (
    Event,
    EventFact,
    EventInterest,
    EventTask,
    Group,
    GroupInterest,
    Membership,
    Occurrence,
    Rsvp,
    RsvpStatus,
    Suggestion,
    TaskTaker,
)
from matching.inputs import EventInput, Need, Situation, slot_of
from matching.inputs import SituationFeature as F
from workers.reach import Box, within
from workers.situations import TASK_OFFERED, TASK_TAKEN, Fact, is_evening, situation_of

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
    belonging: dict[str, float]  #: group, where enough people said
    tasked: set[str]  #: events with small tasks to take


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
    of_events = _joined(Event.id).where(*wanted)
    around = _around(session, wanted, now)
    groups = {row.id: row for row in session.execute(_groups(_joined(Group.id).where(*wanted)))}
    upcoming = {
        row.id: _Upcoming(row, groups[row.group], around, now)
        for row in session.execute(_events().where(Event.id.in_(of_events)))
    }
    rows = session.execute(_occurrences().where(*wanted).order_by(Occurrence.id)).all()
    return [_input(row, upcoming[row.event], around) for row in rows]


def situation_at(session: Session, occurrence: Occurrence, *, member: str = "") -> Situation:
    """Return what one occurrence is like for somebody who knows nobody there; a task a member took counts."""
    event = session.get_one(Event, occurrence.event)
    group = session.get_one(Group, event.group)
    return situation_of(
        {row.feature: Fact(row.value, row.assumed) for row in event.facts},
        starts_local=occurrence.starts_at.astimezone(ZoneInfo(event.time_zone)),
        minutes=event.duration_minutes,
        online=event.online,
        recurring=event.rrule is not None,
        greeted=bool(event.greeter or group.greeter),
        no_role=_no_role(session, occurrence, member),
    )


def _no_role(session: Session, occurrence: Occurrence, member: str) -> float:
    """Return what is left of having nothing to do: a task taken, or one that could be."""
    mine = exists().where(TaskTaker.occurrence == occurrence.id, TaskTaker.member == member)
    if session.scalar(select(mine)):
        return TASK_TAKEN
    some = exists().where(EventTask.event == occurrence.event)
    return TASK_OFFERED if session.scalar(select(some)) else 1.0


def _joined(column: Any) -> Any:
    """Select from occurrences with their events and groups."""
    return (
        select(column)
        .select_from(Occurrence)
        .join(Event, Occurrence.event == Event.id)
        .join(Group, Event.group == Group.id)
    )


def _occurrences() -> Any:
    return _joined(Occurrence.id).add_columns(
        Occurrence.starts_at, Occurrence.ends_at, Occurrence.capacity, Occurrence.event
    )


def _events() -> Any:
    return select(
        Event.id,
        Event.group,
        Event.title,
        Event.text,
        Event.time_zone,
        Event.duration_minutes,
        Event.rrule,
        Event.online,
        Event.latitude,
        Event.longitude,
        Event.capacity,
        Event.greeter,
        Event.price,
    )


def _groups(ids: Any) -> Any:
    return select(
        Group.id,
        Group.organizer,
        Group.offers,
        Group.values,
        Group.access,
        Group.newcomer_limit,
        Group.created_at,
        Group.greeter,
    ).where(Group.id.in_(ids))


class _Upcoming:
    """An event with what all its occurrences share, worked out once."""

    def __init__(self, row: Any, group: Any, around: _Around, now: datetime) -> None:
        self.zone, self.capacity, self.newcomer_limit = (
            ZoneInfo(row.time_zone),
            row.capacity,
            group.newcomer_limit,
        )
        self._row, self._greeted, self._facts = (
            row,
            bool(row.greeter or group.greeter),
            around.facts.get(row.id, {}),
        )
        self._situations: dict[bool, Situation] = {}
        self._no_role = TASK_OFFERED if row.id in around.tasked else 1.0
        people = around.people.get(group.id, set())
        self.shared: dict[str, Any] = {
            "event": row.id,
            "group": group.id,
            "title": row.title,
            "text": row.text,
            "interests": frozenset(
                around.interests.get(row.id) or around.group_interests.get(group.id, set())
            ),
            "values": frozenset(group.values),
            "offers": frozenset(Need(each) for each in group.offers),
            "latitude": None if row.online else row.latitude,
            "longitude": None if row.online else row.longitude,
            "access": inclusion.met(self._statement(group)),
            "people": frozenset(people | {group.organizer} if group.organizer else people),
            "gatherings_per_month": float(around.gatherings.get(group.id, 0)) if row.rrule else 0.0,
            "attended": around.attended.get(group.id, 0),
            "showings": around.showings.get(group.id, 0),
            "belonging": around.belonging.get(group.id),
            "group_age_days": max(0.0, (now - group.created_at) / timedelta(days=1)),
        }

    def _statement(self, group: Any) -> Statement:
        host = self._facts.get(F.NO_HOST)
        return Statement(
            there=group.access,
            online=self._row.online,
            price=self._row.price,
            greeted=inclusion.greeted(
                self._row.greeter,
                group.greeter,
                no_host=None if host is None or host.assumed else host.value,
            ),
        )

    def situation(self, starts_local: datetime) -> Situation:
        """Return what it is like at that hour: of all the hours only day and evening differ."""
        evening = is_evening(starts_local)
        if evening not in self._situations:
            self._situations[evening] = situation_of(
                self._facts,
                starts_local=starts_local,
                minutes=self._row.duration_minutes,
                online=self._row.online,
                recurring=self._row.rrule is not None,
                greeted=self._greeted,
                no_role=self._no_role,
            )
        return self._situations[evening]


def _input(row: Any, event: _Upcoming, around: _Around) -> EventInput:
    starts_local = row.starts_at.astimezone(event.zone)
    going, limit = around.going.get(row.id, set()), event.newcomer_limit
    capacity = event.capacity if row.capacity is None else row.capacity
    return EventInput(
        id=row.id,
        situation=event.situation(starts_local),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        slot=slot_of(starts_local),
        places_left=None if capacity is None else max(0, capacity - len(going)),
        newcomers_left=None if limit is None else max(0, limit - around.newcomers.get(row.id, 0)),
        going=frozenset(going),
        **event.shared,
    )


def _around(session: Session, wanted: Sequence[ColumnElement[bool]], now: datetime) -> _Around:
    occurrences = _joined(Occurrence.id).where(*wanted)
    events = _joined(Event.id).where(*wanted)
    groups = _joined(Group.id).where(*wanted)
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
        belonging=belonging.of_groups(session, groups, now=now),
        tasked=set(session.scalars(select(EventTask.event).where(EventTask.event.in_(events)))),
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
