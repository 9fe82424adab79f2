"""Publish events, change and cancel them, and keep their occurrences in step with their rule.

Instants are kept for occurrences only; an event keeps wall time, zone and RRULE, so that 18:30 stays 18:30
across daylight saving changes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from domain import circles, events, groups, low_pressure, outbox
from domain.errors import Conflict, Invalid, NotFound
from domain.models import Event, EventFact, EventInterest, Group, Occurrence, Rsvp
from domain.models.base import new_id
from domain.recurrence import Recurrence, UnsupportedRule, check_rule, occurrences_between, skipped_times
from domain.zones import zones
from matching.inputs import SituationFeature

#: How far ahead occurrences are kept.
AHEAD = timedelta(days=60)
LONGEST = 14 * 24 * 60


@dataclass(frozen=True, kw_only=True, slots=True)
class EventDraft:
    """What an organizer says about an event; ``facts`` are stated, ``assumed`` inferred from words."""

    title: str
    text: str = ""
    starts_local: datetime  #: naive wall time in ``time_zone``
    duration_minutes: int
    time_zone: str
    rrule: str | None = None
    exdates: str | None = None
    venue: str | None = None
    address: str | None = None
    locality: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    online: bool = False
    url: str | None = None
    price: float | None = None  #: none: not stated; 0: free
    currency: str | None = None
    capacity: int | None = None
    greeter: str | None = None
    leaving: str | None = None
    arriving: str | None = None
    low_pressure: bool = False
    interests: tuple[str, ...] = ()
    facts: Mapping[SituationFeature, float] = field(default_factory=dict)
    assumed: Mapping[SituationFeature, float] = field(default_factory=dict)


def check_draft(draft: EventDraft) -> None:
    """Raise `Invalid` with every problem at once."""
    problems: dict[str, str] = {}
    if not draft.title.strip():
        problems["title"] = "Give the event a title."
    if not 0 < draft.duration_minutes <= LONGEST:
        problems["duration_minutes"] = "Say how long it takes, up to two weeks."
    if draft.time_zone not in zones():
        problems["time_zone"] = "Choose a time zone from the list."
    if draft.capacity is not None and draft.capacity < 1:
        problems["capacity"] = "Places must be one or more, or left empty for no limit."
    if (draft.latitude is None) != (draft.longitude is None):
        problems["latitude"] = "Give both latitude and longitude, or neither."
    if any(not 0 <= value <= 1 for value in (*draft.facts.values(), *draft.assumed.values())):
        problems["facts"] = "Each fact lies between 0 and 1."
    if draft.low_pressure and (lacking := low_pressure.lacking(draft)):
        problems["low_pressure"] = low_pressure.refusal(lacking)
    problems |= _rule_problems(draft)
    if problems:
        raise Invalid(problems)


def _rule_problems(draft: EventDraft) -> dict[str, str]:
    problems: dict[str, str] = {}
    try:
        if draft.rrule is not None:
            check_rule(draft.rrule)
    except UnsupportedRule as error:
        problems["rrule"] = f"We cannot repeat it this way: {error}."
    try:
        skipped_times(draft.exdates)
    except UnsupportedRule as error:
        problems["exdates"] = f"We cannot leave that date out: {error}."
    return problems


def publish(
    session: Session,
    *,
    group: Group,
    draft: EventDraft,
    now: datetime,
    source: str | None = None,
    fingerprint: str | None = None,
    identity: str | None = None,
) -> Event:
    """Add an event to a group, open to members at once, with its occurrences for the next 60 days.

    An imported one (with a ``source``) is announced by its import, not one by one; one sent twice, under the
    same ``identity``, is published once. Raises `Invalid`.
    """
    check_draft(draft)
    known = session.get(Event, identity) if identity else None
    if known is not None:
        if known.group != group.id:
            raise Conflict("This form was sent before. Please begin a new one.")
        return known
    event = Event(
        id=identity or new_id(),
        group=group.id,
        created_at=now,
        published_at=now,
        changed_at=now,
        sequence=0,
        source=source,
        fingerprint=fingerprint,
    )
    _write(event, draft)
    session.add(event)
    session.flush()
    expand(session, event=event, now=now)
    if source is None:
        outbox.record(session, events.EventPublished(event=event.id))
    return event


def _write(event: Event, draft: EventDraft) -> None:
    event.title = draft.title.strip()[:200]
    event.text = draft.text
    event.starts_local = draft.starts_local.strftime("%Y-%m-%dT%H:%M")
    event.rrule = check_rule(draft.rrule) if draft.rrule else None
    for name in [
        "duration_minutes",
        "time_zone",
        "exdates",
        "venue",
        "address",
        "locality",
        "latitude",
        "longitude",
        "online",
        "url",
        "price",
        "currency",
        "capacity",
        "greeter",
        "leaving",
        "arriving",
        "low_pressure",
    ]:
        setattr(event, name, getattr(draft, name))
    stated = {**draft.assumed, **draft.facts}
    event.facts = [
        EventFact(feature=feature.value, value=value, assumed=feature not in draft.facts)
        for feature, value in stated.items()
    ]
    event.interests = [EventInterest(interest=slug) for slug in dict.fromkeys(draft.interests)]


def change(
    session: Session, *, event: Event, draft: EventDraft, now: datetime, fingerprint: str | None = None
) -> Event:
    """Change an event. Future occurrences that no longer fit are cancelled, saying that it was moved."""
    check_draft(draft)
    if event.cancelled_at is not None:
        raise Conflict("This event has been cancelled. Post a new one instead.")
    event.facts.clear()
    event.interests.clear()
    session.flush()
    _write(event, draft)
    event.changed_at = now
    event.sequence += 1
    event.fingerprint = fingerprint or event.fingerprint
    session.flush()
    _drop_what_moved(session, event, now)
    expand(session, event=event, now=now)
    if event.source is None:
        outbox.record(session, events.EventPublished(event=event.id))
    return event


def recurrence_of(event: Event) -> Recurrence:
    """Return when the event takes place, as people say it."""
    return Recurrence(
        starts_local=datetime.strptime(event.starts_local, "%Y-%m-%dT%H:%M"),  # noqa: DTZ007  (wall time)
        duration=timedelta(minutes=event.duration_minutes),
        tz=event.time_zone,
        rrule=event.rrule,
        exdates=event.exdates,
    )


def _earliest(event: Event, now: datetime) -> datetime:
    """Return from when occurrences are kept: a single past event keeps its one occurrence."""
    if event.rrule is not None:
        return now - timedelta(days=1)
    return recurrence_of(event).starts_local.replace(tzinfo=ZoneInfo(event.time_zone)) - timedelta(days=1)


def expand(session: Session, *, event: Event, now: datetime, until: datetime | None = None) -> int:
    """Add the occurrences missing up to ``until`` (60 days ahead); return how many. Safe to repeat."""
    if event.cancelled_at is not None:
        return 0
    before = until or now + AHEAD
    if event.rrule is None:
        before = max(before, _earliest(event, now) + timedelta(days=3))
    spans = occurrences_between(recurrence_of(event), after=_earliest(event, now), before=before)
    known = set(session.scalars(select(Occurrence.starts_at).where(Occurrence.event == event.id)))
    missing = [span for span in spans if span.starts_at not in known]
    session.add_all(
        Occurrence(event=event.id, starts_at=span.starts_at, ends_at=span.ends_at) for span in missing
    )
    session.flush()
    return len(missing)


def _drop_what_moved(session: Session, event: Event, now: datetime) -> None:
    spans = occurrences_between(recurrence_of(event), after=_earliest(event, now), before=now + AHEAD)
    ends = {span.starts_at: span.ends_at for span in spans}
    future = select(Occurrence).where(
        Occurrence.event == event.id, Occurrence.starts_at > now, Occurrence.cancelled_at.is_(None)
    )
    for occurrence in session.scalars(future):
        if occurrence.starts_at in ends:
            occurrence.ends_at = ends[occurrence.starts_at]
        elif session.scalar(select(exists().where(Rsvp.occurrence == occurrence.id))):
            cancel_occurrence(
                session, occurrence=occurrence, reason="It has been moved to another time.", now=now
            )
        else:
            session.delete(occurrence)
    session.flush()


def cancel_occurrence(session: Session, *, occurrence: Occurrence, reason: str, now: datetime) -> None:
    """Cancel one occurrence; those who said yes are told, with a backup. Safe to repeat."""
    if occurrence.cancelled_at is not None:
        return
    if not reason.strip():
        raise Invalid({"reason": "Say in a few words why, so that people are not left wondering."})
    occurrence.cancelled_at = now
    occurrence.cancel_reason = reason.strip()[:280]
    session.flush()
    circles.end_all(session, occurrence=occurrence.id, now=now)
    outbox.record(session, events.OccurrenceCancelled(occurrence=occurrence.id))


def cancel(session: Session, *, event: Event, reason: str, now: datetime) -> None:
    """Cancel an event with all its occurrences to come."""
    future = select(Occurrence).where(Occurrence.event == event.id, Occurrence.starts_at > now)
    for occurrence in session.scalars(future):
        cancel_occurrence(session, occurrence=occurrence, reason=reason, now=now)
    event.cancelled_at = event.cancelled_at or now
    event.cancel_reason = reason.strip()[:280]
    event.changed_at = now
    event.sequence += 1
    session.flush()


def wind_up(session: Session, *, group: Group, reason: str, now: datetime) -> None:
    """Close a group and cancel what it still announces, so that nobody comes to a locked door."""
    announced = select(Event).where(Event.group == group.id, Event.cancelled_at.is_(None))
    for event in session.scalars(announced.order_by(Event.id)):
        cancel(session, event=event, reason=reason, now=now)
    groups.close(session, group=group, now=now)


def reopen(session: Session, *, event: Event, now: datetime) -> None:
    """Take back an event's cancellation and that of its occurrences to come. Safe to repeat."""
    if event.cancelled_at is None:
        return
    future = select(Occurrence).where(Occurrence.event == event.id, Occurrence.starts_at > now)
    for row in (event, *session.scalars(future)):
        row.cancelled_at = row.cancel_reason = None
    session.flush()


def get_event(session: Session, event: str) -> Event:
    """Return a published event of an open group, or raise `NotFound`."""
    found = session.get(Event, event)
    if found is None or found.published_at is None:
        raise NotFound
    return found
