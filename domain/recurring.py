"""What comes back regularly: recurring events by the days of the week they fall on (R50)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session, lazyload

from domain import agenda
from domain.agenda import Entry, Wish
from domain.models import Event, Group, Occurrence
from domain.reach import Reach, roughly
from domain.rhythm import pattern_of

#: Series looked through for one page or feed, those that come next first; beyond, a narrower wish helps more.
MOST = 600
PER_DAY = 6  #: shown of each day beside the others
PAGE_LENGTH = 15  #: shown of a day by itself
FEED_LENGTH = 300


class Day(IntEnum):
    """Where a series stands on the page."""

    MONDAY = 0
    TUESDAY = 1
    WEDNESDAY = 2
    THURSDAY = 3
    FRIDAY = 4
    SATURDAY = 5
    SUNDAY = 6
    MOST_DAYS = 7  #: on five days of the week or more
    CHANGING = 8  #: by the date, or on every third day


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """A recurring event with its next date."""

    next: Entry
    days: tuple[Day, ...]
    off: tuple[datetime, ...]  #: called off: starts, those over among them, soonest first

    def off_before(self, now: datetime) -> tuple[datetime, ...]:
        """Return the dates called off that would have come before the next."""
        return tuple(at for at in self.off if now < at < self.next.occurrence.starts_at)


@dataclass(frozen=True, kw_only=True, slots=True)
class Board:
    """One page of it: the days with something on them, in order, and how much there is on each."""

    days: Mapping[Day, tuple[Series, ...]]
    counts: Mapping[Day, int]
    number: int  #: of the page, where one day is looked at; from 1
    pages: int
    cut: bool  #: whether there may be more than was looked through


@dataclass(frozen=True, kw_only=True, slots=True)
class _Found:
    event: str
    starts_at: datetime
    days: tuple[Day, ...]
    order: tuple[str, str, str]  #: by the clock there, then by title


def look(
    session: Session,
    *,
    member: str,
    wish: Wish,
    reach: Reach,
    now: datetime,
    day: Day | None = None,
    page: int = 1,
) -> Board:
    """Return what comes back: a little of every day, or a page of one ``day``."""
    found = sorted(_find(session, member, wish, reach, now), key=lambda each: each.order)
    by_day = {each: [one for one in found if each in one.days] for each in Day}
    counts = {each: len(those) for each, those in by_day.items() if those}
    if day is None:
        shown = {each: by_day[each][:PER_DAY] for each in counts}
        number, pages = 1, 1
    else:
        pages = max(1, -(-len(by_day[day]) // PAGE_LENGTH))
        number = min(max(page, 1), pages)
        shown = {day: by_day[day][(number - 1) * PAGE_LENGTH :][:PAGE_LENGTH]} if by_day[day] else {}
    series = _read(session, member, [one for those in shown.values() for one in those])
    days = {each: _known(series, those) for each, those in shown.items()}
    return Board(days=days, counts=counts, number=number, pages=pages, cut=len(found) >= MOST)


def feed(
    session: Session, *, member: str, wish: Wish, reach: Reach, now: datetime, day: Day | None = None
) -> tuple[Series, ...]:
    """Return what a calendar program is given, soonest first; of one ``day``, where it is named."""
    found = _find(session, member, wish, reach, now)
    wanted = [each for each in found if day is None or day in each.days][:FEED_LENGTH]
    return _known(_read(session, member, wanted), wanted)


def _known(series: Mapping[str, Series], found: Iterable[_Found]) -> tuple[Series, ...]:
    """Return the series found, without one that was called off meanwhile."""
    return tuple(series[each.event] for each in found if each.event in series)


def _find(session: Session, member: str, wish: Wish, reach: Reach, now: datetime) -> list[_Found]:
    """Return the series with a date to come, soonest first, without reading what is said of them."""
    next_at = func.min(Occurrence.starts_at)
    rows = session.execute(
        select(
            Event.id,
            Event.title,
            Event.rrule,
            Event.starts_local,
            Event.online,
            Event.latitude,
            Event.longitude,
            next_at,
        )
        .join(Group, Group.id == Event.group)
        .join(Occurrence, Occurrence.event == Event.id)
        .where(
            Event.rrule.is_not(None),
            Event.published_at.is_not(None),
            Occurrence.cancelled_at.is_(None),
            *agenda.open_group(member),
            *agenda.narrowed(wish, now),
            *roughly(reach),
        )
        .group_by(Event.id)
        .order_by(next_at, Event.id)
        .limit(MOST)
    )
    return [
        _Found(
            event=event,
            starts_at=starts_at,
            days=days_of(rrule or "", starts_local),
            order=(starts_local[11:], title, event),
        )
        for event, title, rrule, starts_local, online, latitude, longitude, starts_at in rows
        if reach.holds(online=online, position=_position(latitude, longitude))
    ]


def _position(latitude: float | None, longitude: float | None) -> tuple[float, float] | None:
    return None if latitude is None or longitude is None else (latitude, longitude)


def days_of(rrule: str, starts_local: str) -> tuple[Day, ...]:
    """Return where a rule stands on the page; ``starts_local`` as an event keeps it."""
    pattern = pattern_of(rrule)
    weekdays = pattern.weekdays(datetime.fromisoformat(starts_local)) if pattern else frozenset()
    if not weekdays:
        return (Day.CHANGING,)
    return (Day.MOST_DAYS,) if len(weekdays) >= 5 else tuple(Day(each) for each in sorted(weekdays))


def _read(session: Session, member: str, found: Sequence[_Found]) -> dict[str, Series]:
    """Return the series by event, in two queries however many there are."""
    days = {each.event: each.days for each in found}
    dates = {(each.event, each.starts_at) for each in found}
    query = agenda.open_entries(member).where(
        tuple_(Occurrence.event, Occurrence.starts_at).in_(sorted(dates))
    )
    unsaid = (*agenda.UNSAID, lazyload(Event.facts))
    off = _off(session, days)
    return {
        entry.event.id: Series(next=entry, days=days[entry.event.id], off=tuple(off[entry.event.id]))
        for entry in agenda.entries_of(session, query.options(*unsaid))
    }


def _off(session: Session, events: Iterable[str]) -> dict[str, list[datetime]]:
    off: dict[str, list[datetime]] = {each: [] for each in events}
    called_off = select(Occurrence.event, Occurrence.starts_at).where(
        Occurrence.event.in_(off), Occurrence.cancelled_at.is_not(None)
    )
    for event, starts_at in session.execute(called_off.order_by(Occurrence.starts_at)):
        off[event].append(starts_at)
    return off
