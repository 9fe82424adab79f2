"""A word now and then that somebody could be got in touch with: by choice, seldom, never just after (R68).

A timer carries the id of the row and the moment planned; the row names the moment that counts. As it comes,
it waits where the member rests, was in touch, noted something, has a day of theirs near, or had enough of
such words this week. Nothing counts how often somebody was written to.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from domain import digests, events, hours, notebook, outbox, person_dates, person_notes, portfolio, sealed
from domain.models import Mail, Member, PersonTouch

KIND = "person_touch"  #: of its mails
HOUR = 18  #: of the member's own clock: the day's work is done, and it is not late
DAY = timedelta(days=1)
MOST, SPAN = 2, timedelta(days=7)  #: so many in that time, over everybody


class Every(StrEnum):
    """About how often (sealed as these words)."""

    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"


APART = {
    Every.WEEK: timedelta(days=7),
    Every.FORTNIGHT: timedelta(days=14),
    Every.MONTH: timedelta(days=30),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class TouchView:
    """What was chosen for one person."""

    person: str
    every: Every = field(repr=False)


def choose(session: Session, *, member: Member, person: str, every: Every, now: datetime) -> PersonTouch:
    """Ask for a word about somebody of one's own portfolio, or for another pace. Raises `NotFound`."""
    portfolio.person(session, member=member.id, person=person)
    lock(session, member.id)
    row, before = _row(session, member.id, person), 0
    if row is None:
        row = PersonTouch(member=member.id, person=person, created_at=now)
    else:
        before = _written(session, row)
    _seal(session, row, every, before)
    session.add(row)
    set_timer(session, row, at=_later(now, every, member))
    return row


def end(session: Session, *, member: str, person: str) -> None:
    """Send no more words about somebody. Safe to repeat. Raises `NotFound` for nobody of theirs."""
    portfolio.person(session, member=member, person=person)
    row = _row(session, member, person)
    if row is not None:
        session.delete(row)
        session.flush()


def in_touch(session: Session, *, member: Member, person: str, now: datetime) -> None:
    """Note that the two were in touch; the next word comes that much later. Raises `NotFound`."""
    portfolio.person(session, member=member.id, person=person)
    portfolio.did(session, member=member.id, entry=person, now=now)
    row = _row(session, member.id, person)
    if row is not None:
        set_timer(session, row, at=_later(now, _every(session, row), member))


def of(session: Session, *, member: str) -> dict[str, TouchView]:
    """Return what a member chose, by person."""
    rows = session.scalars(select(PersonTouch).where(PersonTouch.member == member))
    return {row.person: TouchView(person=row.person, every=_every(session, row)) for row in rows}


def lock(session: Session, member: str) -> Member:
    """Return a member, nobody else choosing, counting or writing about their people until the commit."""
    return session.get_one(Member, member, with_for_update={"key_share": True})


def _row(session: Session, member: str, person: str) -> PersonTouch | None:
    wanted = select(PersonTouch).where(PersonTouch.member == member, PersonTouch.person == person)
    return session.scalar(wanted.with_for_update())


def _seal(session: Session, row: PersonTouch, every: Every, written: int) -> None:
    sealed.seal(session, row, {"every": every, "written": written})


def _every(session: Session, row: PersonTouch) -> Every:
    return Every(sealed.unseal(session, row)["every"])


def _written(session: Session, row: PersonTouch) -> int:
    number: int = sealed.unseal(session, row)["written"]
    return number


def _later(sign: datetime, every: Every, member: Member) -> datetime:
    """Return the hour of the day that much after a sign of contact."""
    zone = ZoneInfo(member.time_zone)
    return hours.moment(sign.astimezone(zone).date() + APART[every], HOUR, zone)


def set_timer(session: Session, row: PersonTouch, *, at: datetime) -> None:
    """Let this moment be the one that counts."""
    row.due_at = at
    session.flush()
    fact = events.PersonTouchDue(touch=row.id, at=at.isoformat())
    outbox.record(session, fact, dedupe_key=f"person_touch:{row.id}:{fact.at}", not_before=at.timestamp())


def waits_until(session: Session, row: PersonTouch, *, member: Member, now: datetime) -> datetime | None:
    """Return until when a word that is due has to wait; none: it may come now."""
    zone = ZoneInfo(member.time_zone)
    moments = [*_quiet(session, row, member, now), *_enough(session, member, now)]
    if now.astimezone(zone).hour not in hours.BY_DAY:
        moments.append(hours.next_at(HOUR, zone, after=now))
    return max((each for each in moments if each > now), default=None)


def _quiet(session: Session, row: PersonTouch, member: Member, now: datetime) -> Iterator[datetime]:
    """Yield moments before which a word would not be of use to this member, or about this person."""
    every, zone = _every(session, row), ZoneInfo(member.time_zone)
    if member.paused_until is not None and member.paused_until > now:
        yield hours.next_at(HOUR, zone, after=member.paused_until)
    elif not digests.may_write(session, member=member, now=now):
        yield _later(now, every, member)
    for sign in _signs(session, row, member, now):
        yield _later(sign, every, member)


def _signs(session: Session, row: PersonTouch, member: Member, now: datetime) -> Iterator[datetime]:
    """Yield when the person was last seen, noted about, and has a day of theirs that is near."""
    seen = notebook.own(session, member=member.id, entry=row.person).done_at
    noted = person_notes.newest(session, person=row.person)
    near = person_dates.near(session, member=member, person=row.person, within=SPAN, now=now)
    day = hours.moment(near, HOUR, ZoneInfo(member.time_zone)) if near else None
    yield from (each for each in (seen, noted, day) if each is not None)


def _enough(session: Session, member: Member, now: datetime) -> Iterator[datetime]:
    """Yield when the next may come, where this span has had its most."""
    recent = session.scalars(
        select(Mail.created_at)
        .where(
            Mail.account == member.id,
            Mail.kind == KIND,
            Mail.created_at > now - SPAN,
            or_(Mail.sent_at.is_not(None), Mail.sealed.is_not(None)),
        )
        .order_by(Mail.created_at.desc())
        .limit(MOST)
    ).all()
    if len(recent) == MOST:
        yield hours.next_at(HOUR, ZoneInfo(member.time_zone), after=recent[-1] + SPAN)


def written(session: Session, row: PersonTouch, *, member: Member, now: datetime) -> int:
    """Note that a word goes now, plan the next, and return how many went before it."""
    every, before = _every(session, row), _written(session, row)
    _seal(session, row, every, before + 1)
    zone = ZoneInfo(member.time_zone)
    day = now.astimezone(zone).date() + math.ceil(APART[every] / DAY * _crowding(session, member)) * DAY
    set_timer(session, row, at=hours.moment(day, HOUR, zone))
    return before


def _crowding(session: Session, member: Member) -> float:
    """Return how many times as far apart words about each have to be, for everybody to have their turn."""
    asked = sum(SPAN / APART[each.every] for each in of(session, member=member.id).values())
    return max(1.0, asked / MOST)


def still_wanted(session: Session, *, touch: str, now: datetime) -> bool:
    """Return whether a word that was written still stands: not stopped, not resting, not in touch since."""
    row = session.get(PersonTouch, touch)
    if row is None:
        return False
    member = session.get_one(Member, row.member)
    return not any(each > now for each in _quiet(session, row, member, now))


def move(session: Session, *, member: Member, now: datetime) -> None:
    """Plan anew for a member who lives by another clock now: the same days, by that clock."""
    zone = ZoneInfo(member.time_zone)
    for row in session.scalars(select(PersonTouch).where(PersonTouch.member == member.id).with_for_update()):
        at = hours.moment(row.due_at.astimezone(zone).date(), HOUR, zone)
        set_timer(session, row, at=max(at, hours.next_at(HOUR, zone, after=now)))


def stop(session: Session, *, member: str) -> None:
    """Send no more such words about anybody. Safe to repeat."""
    for row in session.scalars(select(PersonTouch).where(PersonTouch.member == member).with_for_update()):
        session.delete(row)
    session.flush()


def planned(session: Session, *, member: str) -> int:
    """Return about how many people a word is to come."""
    return session.scalar(select(func.count()).where(PersonTouch.member == member)) or 0
