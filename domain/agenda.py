"""What is open to a member: events by day, one of them, groups; nothing of people who are kept apart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import Session, lazyload

from domain import inclusion
from domain.errors import NotFound
from domain.inclusion import Item
from domain.models import Event, EventInterest, Group, GroupInterest, Membership, Occurrence, Rsvp
from domain.visibility import visible_to

PAGE_LENGTH = 15
#: Nobody is served by an endless list; beyond this a narrower question helps more.
MOST_PAGES = 20
AHEAD = timedelta(days=60)


@dataclass(frozen=True, kw_only=True, slots=True)
class Wish:
    """What a list of events is narrowed to; none: anything."""

    interest: str | None = None  #: slug
    after: datetime | None = None
    before: datetime | None = None
    online: bool | None = None
    free: bool = False
    needs: tuple[Item, ...] = ()  #: all of them are met


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One occurrence with its event, its group, and the member's own answer."""

    occurrence: Occurrence
    event: Event
    group: Group
    answer: Rsvp | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of entries; pages count from 1."""

    entries: tuple[Entry, ...]
    number: int
    pages: int


def look(session: Session, *, member: str, wish: Wish, now: datetime, page: int = 1) -> Page:
    """Return a page of what is to come, soonest first."""
    query = open_entries(member).where(*narrowed(wish, now), Occurrence.cancelled_at.is_(None))
    count = query.with_only_columns(Occurrence.id).limit(PAGE_LENGTH * MOST_PAGES).subquery()
    found = session.scalar(select(func.count()).select_from(count)) or 0
    pages = max(1, -(-found // PAGE_LENGTH))
    number = min(max(page, 1), pages)
    ordered = query.order_by(Occurrence.starts_at, Occurrence.id).options(*UNSAID)
    return Page(
        entries=entries_of(session, ordered.offset((number - 1) * PAGE_LENGTH).limit(PAGE_LENGTH)),
        number=number,
        pages=pages,
    )


#: What a list says nothing of is not read for it.
UNSAID = (lazyload(Event.interests), lazyload(Group.interests))


def open_entries(member: str) -> Select[Occurrence, Event, Group, Rsvp]:
    """Return the query for all occurrences a member may see, those over or called off among them."""
    return (
        select(Occurrence, Event, Group, Rsvp)
        .join(Event, Event.id == Occurrence.event)
        .join(Group, Group.id == Event.group)
        .join(Rsvp, (Rsvp.occurrence == Occurrence.id) & (Rsvp.member == member), isouter=True)
        .where(Event.published_at.is_not(None), *open_group(member))
    )


def open_group(member: str) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions that a group is open to a member."""
    organizer_seen = visible_to(member, Group.organizer)  # type: ignore[arg-type]
    return Group.closed_at.is_(None), or_(Group.organizer.is_(None), organizer_seen)


def narrowed(wish: Wish, now: datetime) -> list[ColumnElement[bool]]:
    """Return the conditions that an occurrence to come is what was wished for."""
    conditions: list[ColumnElement[bool]] = [
        Occurrence.starts_at > max(now, wish.after or now),
        Occurrence.starts_at < (wish.before or now + AHEAD),
        Event.cancelled_at.is_(None),
    ]
    if wish.interest is not None:
        conditions.append(
            exists().where(EventInterest.event == Event.id, EventInterest.interest == wish.interest)
        )
    if wish.online is not None:
        conditions.append(Event.online.is_(wish.online))
    if wish.free:
        conditions.append(Event.price == 0)
    conditions += [inclusion.holds(item) for item in wish.needs]
    return conditions


def entries_of(session: Session, query: Select[Occurrence, Event, Group, Rsvp]) -> tuple[Entry, ...]:
    """Return what such a query finds."""
    return tuple(
        Entry(occurrence=occurrence, event=event, group=group, answer=answer)
        for occurrence, event, group, answer in session.execute(query)
    )


def one(session: Session, *, member: str, occurrence: str) -> Entry:
    """Return one occurrence, also one that is over or cancelled; what is not open is not there."""
    found = entries_of(session, open_entries(member).where(Occurrence.id == occurrence))
    if not found:
        raise NotFound
    return found[0]


def next_of(session: Session, *, member: str, event: str, now: datetime) -> Entry:
    """Return an event's next occurrence that takes place. Raises `NotFound`."""
    ahead = open_entries(member).where(
        Event.id == event,
        Event.cancelled_at.is_(None),
        Occurrence.starts_at > now,
        Occurrence.cancelled_at.is_(None),
    )
    found = entries_of(session, ahead.order_by(Occurrence.starts_at).limit(1))
    if not found:
        raise NotFound
    return found[0]


def of_group(
    session: Session, *, member: str, group: str, now: datetime, limit: int = 6
) -> tuple[Entry, ...]:
    """Return a group's next occurrences."""
    query = open_entries(member).where(
        Group.id == group, Occurrence.starts_at > now, Occurrence.cancelled_at.is_(None)
    )
    return entries_of(session, query.order_by(Occurrence.starts_at, Occurrence.id).limit(limit))


def of_my_groups(
    session: Session, *, member: str, now: datetime, until: datetime, limit: int
) -> tuple[Entry, ...]:
    """Return what the member's groups do next, as far as they have not answered it."""
    query = open_entries(member).where(
        Occurrence.starts_at > now,
        Occurrence.starts_at < until,
        Occurrence.cancelled_at.is_(None),
        Event.cancelled_at.is_(None),
        Rsvp.id.is_(None),
        _belongs(member),
    )
    return entries_of(session, query.order_by(Occurrence.starts_at, Occurrence.id).limit(limit))


def groups(
    session: Session, *, member: str, interest: str | None = None, page: int = 1
) -> tuple[list[Group], int, int]:
    """Return a page of open groups by name, its number, and how many pages there are."""
    query = select(Group).where(*open_group(member))
    if interest is not None:
        query = query.where(
            exists().where(GroupInterest.group == Group.id, GroupInterest.interest == interest)
        )
    found = (
        session.scalar(select(func.count()).select_from(query.with_only_columns(Group.id).subquery())) or 0
    )
    pages = min(MOST_PAGES, max(1, -(-found // PAGE_LENGTH)))
    number = min(max(page, 1), pages)
    rows = query.order_by(Group.name, Group.id).offset((number - 1) * PAGE_LENGTH).limit(PAGE_LENGTH)
    return list(session.scalars(rows)), number, pages


def joined(session: Session, *, member: str) -> list[Group]:
    """Return the open groups a member belongs to, by name."""
    mine = select(Group).where(_belongs(member), *open_group(member))
    return list(session.scalars(mine.order_by(Group.name)))


def _belongs(member: str) -> ColumnElement[bool]:
    return exists().where(
        Membership.group == Group.id, Membership.member == member, Membership.left_at.is_(None)
    )
