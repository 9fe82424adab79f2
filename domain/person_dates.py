"""Days to keep in mind about somebody one sees: once or every year, with one quiet reminder if wanted (R70).

Which day, whom it is about and what it is are sealed. A timer carries the id of the row and the moment
planned; the row names the moment that counts, so that one planned otherwise since comes to nothing. The
sealed body also keeps which day was reminded of last: a change of hour or zone brings no second one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import events, outbox, portfolio, sealed
from domain.errors import Conflict, Invalid, NotFound
from domain.hours import HOURS, moment
from domain.models import Member, PersonDate

KIND = "person_date"  #: of its mails
LONGEST = 120
MOST = 20  #: of one person
DAY = timedelta(days=1)
LEAP_DAY = (2, 29)


class Remind(StrEnum):
    """Which reminder is wanted (sealed as these words)."""

    NONE = "none"
    DAY = "day"
    EVE = "eve"  #: the day before


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


@dataclass(frozen=True, kw_only=True, slots=True)
class DateBody:
    """A day and what it is. Raises `Invalid` where there is no such day, or no word of what it is."""

    what: str = field(repr=False)
    month: int = field(repr=False)
    day: int = field(repr=False)
    year: int | None = field(default=None, repr=False)  #: none: every year
    hard: bool = field(default=False, repr=False)
    remind: Remind = Remind.NONE
    hour: int = HOURS[0]  #: of the member's own clock, one of `HOURS`

    def __post_init__(self) -> None:
        problems = {}
        if not self.what.strip():
            problems["what"] = "Write a word or two about what day it is."
        if _date(self.year or 2000, self.month, self.day) is None:
            problems["day"] = "There is no such day. Look at the day and the month once more."
        if self.hour not in HOURS:
            problems["hour"] = "Choose one of the times."
        if problems:
            raise Invalid(problems)

    def next_day(self, after: date) -> date | None:
        """Return the next such day, ``after`` included; none: it is over.

        29 February is the 28th in years without one.
        """
        if self.year is not None:
            only = date(self.year, self.month, self.day)
            return only if only >= after else None
        return next(day for year in (after.year, after.year + 1) if (day := self._in(year)) >= after)

    def _in(self, year: int) -> date:
        return _date(year, self.month, self.day) or date(year, self.month, self.day - 1)

    def to_json(self) -> dict[str, Any]:
        """Return the body to seal; the inverse of `from_json`."""
        names = ("what", "month", "day", "year", "hard", "remind", "hour")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        """Read a sealed day."""
        return cls(**body | {"remind": Remind(body["remind"])})


def once(month: int, day: int, *, today: date) -> int | None:
    """Return the year in which this day comes next, today included; none: there is no such day."""
    years = range(today.year, today.year + 9)
    return next((year for year in years if (found := _date(year, month, day)) and found >= today), None)


@dataclass(frozen=True, kw_only=True, slots=True)
class DateView:
    """A day as its owner sees it."""

    id: str
    person: str
    next: date | None  #: none: it is over
    body: DateBody = field(repr=False)


def add(session: Session, *, member: Member, person: str, body: DateBody, now: datetime) -> PersonDate:
    """Keep a day about somebody of one's own portfolio. Raises `NotFound`, `Conflict` beyond `MOST`."""
    portfolio.person(session, member=member.id, person=person)
    if (session.scalar(select(func.count()).where(PersonDate.person == person)) or 0) >= MOST:
        raise Conflict(f"{MOST} days are plenty. Take one out first.")
    row = PersonDate(member=member.id, person=person, created_at=now)
    _seal(session, row, body, {})
    session.add(row)
    plan(session, row, zone=ZoneInfo(member.time_zone), now=now)
    return row


def change(session: Session, *, member: Member, date: str, body: DateBody, now: datetime) -> PersonDate:
    """Put another day, other words or another reminder in place. Raises `NotFound`."""
    row = own(session, member=member.id, date=date)
    _seal(session, row, body, _noted(session, row))
    plan(session, row, zone=ZoneInfo(member.time_zone), now=now)
    return row


def remove(session: Session, *, member: str, date: str) -> str:
    """Take one's own day out and return whom it was about. Raises `NotFound`."""
    row = own(session, member=member, date=date)
    session.delete(row)
    session.flush()
    return row.person


def own(session: Session, *, member: str, date: str) -> PersonDate:
    """Return one's own row, locked; anybody else's is not there. Raises `NotFound`."""
    row = session.get(PersonDate, date, with_for_update=True)
    if row is None or row.member != member:
        raise NotFound
    return row


def one(session: Session, *, member: Member, date: str, now: datetime) -> DateView:
    """Return one's own day. Raises `NotFound`."""
    row = session.get(PersonDate, date)
    if row is None or row.member != member.id:
        raise NotFound
    return _view(session, row, _today(member, now))


def of(session: Session, *, member: Member, now: datetime, person: str | None = None) -> list[DateView]:
    """Return a member's days, all or those about one person, the next one first, those that are over last."""
    wanted = select(PersonDate).where(PersonDate.member == member.id)
    if person is not None:
        wanted = wanted.where(PersonDate.person == person)
    found = [_view(session, row, _today(member, now)) for row in session.scalars(wanted)]
    return sorted(found, key=lambda each: (each.next or date.max, each.id))


def coming(days: Iterable[DateView], *, today: date, within: timedelta) -> list[DateView]:
    """Return those that are near, the nearest first."""
    return [each for each in days if each.next is not None and each.next <= today + within]


def near(session: Session, *, member: Member, person: str, within: timedelta, now: datetime) -> date | None:
    """Return the latest day about somebody that is no further off than that, behind or ahead."""
    today = _today(member, now)
    rows = session.scalars(
        select(PersonDate).where(PersonDate.member == member.id, PersonDate.person == person)
    )
    days = [_body(session, row).next_day(today - within) for row in rows]
    return max((day for day in days if day is not None and day <= today + within), default=None)


def any_today(session: Session, *, member: Member, now: datetime) -> bool:
    """Return whether today is one of a member's days."""
    today = _today(member, now)
    return any(each.next == today for each in of(session, member=member, now=now))


def _today(member: Member, now: datetime) -> date:
    return now.astimezone(ZoneInfo(member.time_zone)).date()


def _view(session: Session, row: PersonDate, today: date) -> DateView:
    body = _body(session, row)
    return DateView(id=row.id, person=row.person, next=body.next_day(today), body=body)


def _seal(session: Session, row: PersonDate, body: DateBody, noted: dict[str, str]) -> None:
    sealed.seal(session, row, {"date": body.to_json()} | noted)


def _body(session: Session, row: PersonDate) -> DateBody:
    return DateBody.from_json(sealed.unseal(session, row)["date"])


def _noted(session: Session, row: PersonDate) -> dict[str, str]:
    """Return what was planned (``due_for``) and what was reminded of (``reminded``), days as ISO 8601."""
    body = sealed.unseal(session, row)
    return {name: body[name] for name in ("due_for", "reminded") if name in body}


def plan(session: Session, row: PersonDate, *, zone: ZoneInfo, now: datetime) -> None:
    """Plan the next reminder, or none where none is wanted or the day is over."""
    body, noted = _body(session, row), _noted(session, row)
    done = noted.get("reminded")
    ahead = reminders(body, zone, now) if body.remind is not Remind.NONE else iter(())
    found = next(((day, at) for day, at in ahead if at > now and day.isoformat() != done), None)
    if found is None:
        row.due_at = None
        session.flush()
        return
    _seal(session, row, body, noted | {"due_for": found[0].isoformat()})
    set_timer(session, row, at=found[1])


def reminders(body: DateBody, zone: ZoneInfo, after: datetime) -> Iterator[tuple[date, datetime]]:
    """Yield the days to come, each with the moment of its reminder."""
    day = body.next_day(after.astimezone(zone).date())
    while day is not None:
        yield day, moment(day - DAY if body.remind is Remind.EVE else day, body.hour, zone)
        day = body.next_day(day + DAY)


def set_timer(session: Session, row: PersonDate, *, at: datetime) -> None:
    """Let this moment be the one that counts."""
    row.due_at = at
    session.flush()
    fact = events.PersonDateDue(date=row.id, at=at.isoformat())
    outbox.record(session, fact, dedupe_key=f"person_date:{row.id}:{fact.at}", not_before=at.timestamp())


def due_for(session: Session, row: PersonDate) -> date:
    """Return the day that the planned reminder is about."""
    return date.fromisoformat(_noted(session, row)["due_for"])


def reminded(session: Session, row: PersonDate, *, day: date) -> None:
    """Note that this day was reminded of; it is not done again."""
    _seal(session, row, _body(session, row), _noted(session, row) | {"reminded": day.isoformat()})
    session.flush()


def still_wanted(session: Session, *, date: str) -> bool:
    """Return whether the reminder written last still stands: not taken out, moved or stopped since."""
    row = session.get(PersonDate, date)
    if row is None:
        return False
    body, done = _body(session, row), _noted(session, row).get("reminded")
    return body.remind is not Remind.NONE and done is not None and _falls_on(body, done)


def _falls_on(body: DateBody, day: str) -> bool:
    return body.next_day(date.fromisoformat(day)) == date.fromisoformat(day)


def move(session: Session, *, member: Member, now: datetime) -> None:
    """Plan anew for a member who lives by another clock now."""
    for row in _planned(session, member.id):
        plan(session, row, zone=ZoneInfo(member.time_zone), now=now)


def stop(session: Session, *, member: str) -> None:
    """Send no more reminders of any day; the days stay. Safe to repeat."""
    for row in _planned(session, member):
        body = DateBody.from_json(_body(session, row).to_json() | {"remind": Remind.NONE})
        _seal(session, row, body, _noted(session, row))
        row.due_at = None
    session.flush()


def planned(session: Session, *, member: str) -> int:
    """Return for how many days a reminder is to come."""
    wanted = select(func.count()).where(PersonDate.member == member, PersonDate.due_at.is_not(None))
    return session.scalar(wanted) or 0


def _planned(session: Session, member: str) -> list[PersonDate]:
    wanted = select(PersonDate).where(PersonDate.member == member, PersonDate.due_at.is_not(None))
    return list(session.scalars(wanted.order_by(PersonDate.id).with_for_update()))
