"""Say yes, no or maybe to an occurrence; the last place goes to one person, and nobody is pushed too far.

A yes for which no place is offered becomes "waiting". Whether that is because it is full, or because of
somebody who should not be met there, is not told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from domain import circles, events, outbox, restrictions, sealed, suggestions
from domain.errors import Conflict, Invalid, NotFound
from domain.models import Courtesy, Event, Group, Member, Occurrence, Rsvp, RsvpStatus, TaskTaker
from domain.visibility import visible_to

#: A reminder comes a day before, but never before nine or after seven in the evening, local time.
REMINDER_AHEAD = timedelta(hours=24)
EARLIEST_HOUR, LATEST_HOUR = 9, 19


class Strain(StrEnum):
    """Why a yes would be more than the member asked for."""

    WEEKLY_CAP = "weekly_cap"
    REST_GAP = "rest_gap"


class OverCap(Conflict):
    """More than the member wanted in a week, or too soon after another: ask first, decline prepared (R16)."""

    def __init__(self, strain: Strain) -> None:
        words = {
            Strain.WEEKLY_CAP: "You have as much planned that week as you said you would like.",
            Strain.REST_GAP: "This one is close to another outing. You asked for a rest in between.",
        }
        super().__init__(words[strain])
        self.strain = strain


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a member keeps to themselves about an outing they said yes to."""

    expected: int | None = None  #: SUDS 0-100
    reward: str | None = None  #: something nice afterwards (R17)


def respond(  # noqa: PLR0913  (one answer, said in full)
    session: Session,
    *,
    member: str,
    occurrence: str,
    status: RsvpStatus,
    now: datetime,
    intentional: bool | None = None,
    expected: int | None = None,
    reward: str | None = None,
    over_cap: bool = False,
) -> Rsvp:
    """Set a member's answer; what is not given stays as it was.

    The row of the occurrence is locked first, so two who want the last place are served one after the other.
    Raises `NotFound`, `Conflict` when it is cancelled or over, `OverCap` unless ``over_cap``, `Invalid`.
    """
    place = _locked(session, member, occurrence, leaving=status is RsvpStatus.NO)
    row = _own(session, member, occurrence)
    earlier = row.status if row else None
    if status is RsvpStatus.YES and earlier != RsvpStatus.YES:
        _check_open(place, now)
        if not over_cap and (strain := strains(session, member=member, occurrence=place)):
            raise OverCap(strain)
        if not place_offered(session, member=member, occurrence=place):
            status = RsvpStatus.WAITING
    elif place.ends_at <= now:
        raise Conflict("This one is over. You can say how it was.")
    if row is None:
        row = Rsvp(occurrence=occurrence, member=member, status=status, intentional=False, responded_at=now)
        session.add(row)
    if status != row.status:
        row.responded_at = now
    row.status = status
    row.intentional = row.intentional if intentional is None else intentional
    _keep_plan(session, row, expected, reward)
    session.flush()
    if status != earlier:
        if earlier == RsvpStatus.YES:
            _forget(session, row)
            circles.step_out(session, member=member, occurrence=occurrence, now=now)
        _announce(session, row, place, now)
    return row


def _forget(session: Session, row: Rsvp) -> None:
    """Remove what somebody said, or has taken to do, of an outing they no longer go to."""
    for table in (Courtesy, TaskTaker):
        theirs = delete(table).where(table.occurrence == row.occurrence, table.member == row.member)
        session.execute(theirs.execution_options(synchronize_session=False))


def _locked(session: Session, member: str, occurrence: str, *, leaving: bool) -> Occurrence:
    """Return the occurrence; one the member can no longer see may still be left."""
    place = session.scalar(
        select(Occurrence)
        .where(Occurrence.id == occurrence)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if place is None:
        raise NotFound
    if not _visible(session, member, place) and not (leaving and _own(session, member, occurrence)):
        raise NotFound
    return place


def _visible(session: Session, member: str, place: Occurrence) -> bool:
    event = session.get_one(Event, place.event)
    group = session.get_one(Group, event.group)
    if event.published_at is None or group.closed_at is not None:
        return False
    seen = select(Group.id).where(Group.id == group.id, visible_to(member, Group.organizer))  # type: ignore[arg-type]
    return group.organizer is None or session.scalar(seen) is not None


def _own(session: Session, member: str, occurrence: str) -> Rsvp | None:
    return session.scalar(select(Rsvp).where(Rsvp.member == member, Rsvp.occurrence == occurrence))


def _check_open(place: Occurrence, now: datetime) -> None:
    if place.cancelled_at is not None:
        raise Conflict("This one is not taking place. We can look for another.")
    if place.starts_at <= now:
        raise Conflict("This one has already begun. We can look for another.")


def place_offered(session: Session, *, member: str, occurrence: Occurrence) -> bool:
    """Return whether a yes would get a place; full and "better not together" look the same."""
    if not _visible(session, member, occurrence) or _kept_out(session, member, occurrence):
        return False
    others = select(Rsvp.member).where(
        Rsvp.occurrence == occurrence.id, Rsvp.status == RsvpStatus.YES, Rsvp.member != member
    )
    going = set(session.scalars(others))
    if going & suggestions.apart(session, [member]).get(member, set()):
        return False
    capacity = capacity_of(session, occurrence)
    return capacity is None or len(going) < capacity


def _kept_out(session: Session, member: str, occurrence: Occurrence) -> bool:
    group = session.get_one(Event, occurrence.event).group
    return restrictions.kept_out(session, member=member, group=group)


def capacity_of(session: Session, occurrence: Occurrence) -> int | None:
    """Return how many may come, the occurrence's own number before the event's; none: no limit."""
    return occurrence.capacity or session.get_one(Event, occurrence.event).capacity


def next_waiting(session: Session, *, occurrence: Occurrence) -> Rsvp | None:
    """Return the answer that has waited longest and would now get a place: somebody to tell."""
    waiting = select(Rsvp).where(Rsvp.occurrence == occurrence.id, Rsvp.status == RsvpStatus.WAITING)
    for row in session.scalars(waiting.order_by(Rsvp.responded_at, Rsvp.id)):
        if place_offered(session, member=row.member, occurrence=occurrence):
            return row
    return None


def strains(session: Session, *, member: str, occurrence: Occurrence) -> Strain | None:
    """Return what a yes would strain: the member's weekly cap, or their rest between two outings."""
    person = session.get_one(Member, member)
    rest = timedelta(hours=person.rest_hours)
    begin, end = _week_of(occurrence.starts_at, ZoneInfo(person.time_zone))
    planned = session.scalars(
        select(Occurrence)
        .join(Rsvp, Rsvp.occurrence == Occurrence.id)
        .where(
            Rsvp.member == member,
            Rsvp.status == RsvpStatus.YES,
            Occurrence.id != occurrence.id,
            Occurrence.cancelled_at.is_(None),
            Occurrence.ends_at > min(begin, occurrence.starts_at - rest),
            Occurrence.starts_at < max(end, occurrence.ends_at + rest),
        )
    ).all()
    if sum(begin <= other.starts_at < end for other in planned) >= person.weekly_cap:
        return Strain.WEEKLY_CAP
    near = (
        other.ends_at + rest > occurrence.starts_at and occurrence.ends_at + rest > other.starts_at
        for other in planned
    )
    return Strain.REST_GAP if any(near) else None


def _week_of(instant: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return Monday to Monday, local midnights, around an instant."""
    local = instant.astimezone(zone)
    monday = local.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=local.weekday())
    return monday, monday + timedelta(days=7)


def _keep_plan(session: Session, row: Rsvp, expected: int | None, reward: str | None) -> None:
    if expected is None and reward is None:
        return
    if expected is not None and not 0 <= expected <= 100:
        raise Invalid({"expected": "Choose a number from 0 to 100, or leave it empty."})
    body = sealed.unseal(session, row)
    if expected is not None:
        body["expected"] = expected
    if reward is not None:
        body["reward"] = reward.strip()[:200] or None
    sealed.seal(session, row, body)


def plan(session: Session, row: Rsvp) -> Plan:
    """Return what the member expects of the outing, and the reward paired with it."""
    body: dict[str, Any] = sealed.unseal(session, row)
    return Plan(expected=body.get("expected"), reward=body.get("reward"))


def _announce(session: Session, row: Rsvp, place: Occurrence, now: datetime) -> None:
    outbox.record(session, events.RsvpChanged(occurrence=row.occurrence, member=row.member))
    if row.status != RsvpStatus.YES:
        return
    due = reminder_at(place.starts_at, ZoneInfo(session.get_one(Member, row.member).time_zone))
    if due > now:
        key = f"reminder:{row.id}:{place.starts_at:%Y%m%dT%H%M}"
        timer = events.ReminderDue(rsvp=row.id)
        outbox.record(session, timer, dedupe_key=key, not_before=due.timestamp())


def reminder_at(starts_at: datetime, zone: ZoneInfo) -> datetime:
    """Return when to remind: a day before, moved into the hours in which a message does not disturb."""
    local = (starts_at - REMINDER_AHEAD).astimezone(zone)
    if local.hour < EARLIEST_HOUR:
        return local.replace(hour=EARLIEST_HOUR, minute=0, second=0, microsecond=0)
    if local.hour >= LATEST_HOUR:
        return local.replace(hour=LATEST_HOUR, minute=0, second=0, microsecond=0)
    return local


def own(session: Session, *, member: str, rsvp: str) -> Rsvp:
    """Return one's own answer; anybody else's is not there. Raises `NotFound`."""
    row = session.get(Rsvp, rsvp)
    if row is None or row.member != member:
        raise NotFound
    return row


def answer_to(session: Session, *, member: str, occurrence: str) -> Rsvp | None:
    """Return one's own answer to an occurrence, if there is one."""
    return _own(session, member, occurrence)


def cancel(session: Session, *, member: str, rsvp: str, now: datetime) -> Rsvp:
    """Take a yes back: one tap, no reason, nothing lost. Safe to repeat."""
    row = own(session, member=member, rsvp=rsvp)
    return respond(session, member=member, occurrence=row.occurrence, status=RsvpStatus.NO, now=now)
