"""Go with a few others: ask for it, say yes or step out, and what ends it.

Stepping out needs no reason and loses nothing. Why somebody is there no longer, a block among other things,
is told to nobody. A circle that falls under three ends; who is left over is placed anew, or told.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import consent, events, outbox, restrictions
from domain.errors import Conflict, Invalid, NotAllowed, NotFound
from domain.models import (
    Circle,
    CirclePlace,
    CircleRequest,
    ConsentPurpose,
    Event,
    Member,
    Occurrence,
    PlaceAnswer,
    Rsvp,
    RsvpStatus,
)

#: Before an occurrence: when circles are first formed, and when the last are, and those unanswered end.
FIRST, LAST = timedelta(days=3), timedelta(hours=24)
FEWEST = 3
#: A member may step out so often, for one occurrence, and still ask again: others are asked anew each time.
MOST_DECLINED = 2
MOST_TOPICS = 8


def offered(session: Session, *, occurrence: Occurrence, now: datetime) -> bool:
    """Return whether one may still ask for company: in person, taking place, and more than a day ahead."""
    event = session.get_one(Event, occurrence.event)
    return (
        not event.online
        and bool(event.venue or event.address)
        and occurrence.cancelled_at is None
        and now < occurrence.starts_at - LAST
    )


def ask(
    session: Session, *, member: str, occurrence: str, topics: Sequence[str], now: datetime
) -> CircleRequest:
    """Ask to go with a few others; said again, the topics change. ``topics``: own interests to be shown.

    Raises `NotFound` without a yes to the occurrence, `Conflict` when it is too late, `NotAllowed` without
    the consent and a yes to how people treat each other, `Invalid` for topics that are not one's own.
    """
    place = locked(session, occurrence)
    if place is None or not _goes(session, member, occurrence):
        raise NotFound
    row = request_of(session, member=member, occurrence=occurrence)
    _check_may_ask(session, place, row, member=member, now=now)
    if not consent.has(session, account=member, purpose=ConsentPurpose.INTRODUCTIONS):
        raise NotAllowed("We need your yes before the others are shown your name.")
    if not consent.has(session, account=member, purpose=ConsentPurpose.CONDUCT):
        raise NotAllowed("Please say first that you keep to how people treat each other here.")
    own = {each.interest for each in session.get_one(Member, member).interests}
    if not set(topics) <= own or len(topics) > MOST_TOPICS:
        raise Invalid({"topics": f"Choose up to {MOST_TOPICS} of the things you like."})
    if row is None:
        row = CircleRequest(occurrence=occurrence, member=member, asked_at=now)
        session.add(row)
    elif row.withdrawn_at is not None:
        row.asked_at, row.card = now, None
    row.topics, row.withdrawn_at, row.told = sorted(set(topics)), None, None
    session.flush()
    _plan(session, place, now)
    return row


def _check_may_ask(
    session: Session, place: Occurrence, row: CircleRequest | None, *, member: str, now: datetime
) -> None:
    if not offered(session, occurrence=place, now=now):
        raise Conflict("It is too late to find company for this one. You can ask for another date.")
    if restrictions.held(session, [member]):
        raise Conflict("We cannot look for company for you just now.")
    if row is not None and row.declined >= MOST_DECLINED:
        raise Conflict("For this date you stepped out before. You can ask again for another one.")


def _plan(session: Session, place: Occurrence, now: datetime) -> None:
    """Set the two timers, once each, and look at once where the first is past."""
    for moment in (place.starts_at - FIRST, place.starts_at - LAST):
        if moment > now:
            name = moment.isoformat()
            outbox.record(
                session,
                events.CirclesDue(occurrence=place.id, at=name),
                dedupe_key=f"circles:{place.id}:{name}",
                not_before=moment.timestamp(),
            )
    if now >= place.starts_at - FIRST:
        look_again(session, occurrence=place.id)


def look_again(session: Session, *, occurrence: str) -> None:
    """Have everybody placed anew who has no circle."""
    outbox.record(session, events.CirclesDue(occurrence=occurrence))


def request_of(session: Session, *, member: str, occurrence: str) -> CircleRequest | None:
    """Return what a member asked for, also when they took it back."""
    return session.scalar(
        select(CircleRequest).where(CircleRequest.member == member, CircleRequest.occurrence == occurrence)
    )


def place_of(session: Session, *, member: str, occurrence: str) -> CirclePlace | None:
    """Return a member's place in a circle that stands."""
    return session.scalar(
        select(CirclePlace).where(
            CirclePlace.member == member, CirclePlace.occurrence == occurrence, CirclePlace.left_at.is_(None)
        )
    )


def live_places(session: Session, circle: str) -> Sequence[CirclePlace]:
    """Return the places of a circle nobody has left."""
    rows = select(CirclePlace).where(CirclePlace.circle == circle, CirclePlace.left_at.is_(None))
    return session.scalars(rows.order_by(CirclePlace.id)).all()


def agree(session: Session, *, member: str, occurrence: str, now: datetime) -> Circle:
    """Say yes to one's circle; the last yes settles it. Safe to repeat. Raises `NotFound`, `Conflict`."""
    place = locked(session, occurrence)
    mine = place_of(session, member=member, occurrence=occurrence)
    if place is None or mine is None:
        raise NotFound
    if place.cancelled_at is not None or place.starts_at <= now:
        raise Conflict("It is too late for this one.")
    circle = session.get_one(Circle, mine.circle)
    if mine.answer != PlaceAnswer.YES:
        mine.answer, mine.answered_at = PlaceAnswer.YES, now
        session.flush()
        settle(session, circle, now)
    return circle


def settle(session: Session, circle: Circle, now: datetime) -> None:
    """Let the people of a circle see each other's names once all of them have said yes."""
    places = live_places(session, circle.id)
    if circle.settled_at is None and all(each.answer == PlaceAnswer.YES for each in places):
        circle.settled_at = now
        session.flush()
        outbox.record(session, events.CircleSettled(circle=circle.id))


def step_out(session: Session, *, member: str, occurrence: str, now: datetime) -> None:
    """Go alone after all, whatever was asked or said before: no reason, nothing lost. Safe to repeat."""
    place = locked(session, occurrence)
    row = request_of(session, member=member, occurrence=occurrence)
    if place is None or row is None:
        return
    if row.withdrawn_at is None:
        row.withdrawn_at = now
        row.declined += place_of(session, member=member, occurrence=occurrence) is not None
        session.flush()
    _leave(session, place, member, now)


def step_out_everywhere(session: Session, *, member: str, now: datetime) -> None:
    """Take back whatever a member asked for and has not happened yet."""
    asked = (
        select(CircleRequest.occurrence)
        .join(Occurrence, Occurrence.id == CircleRequest.occurrence)
        .where(
            CircleRequest.member == member, CircleRequest.withdrawn_at.is_(None), Occurrence.starts_at > now
        )
    )
    for occurrence in session.scalars(asked.order_by(CircleRequest.id)).all():
        step_out(session, member=member, occurrence=occurrence, now=now)


def withdraw_consent(session: Session, *, member: str, now: datetime) -> None:
    """Take the consent back, and step out of everything that rests on it."""
    consent.withdraw(session, account=member, purpose=ConsentPurpose.INTRODUCTIONS, now=now)
    step_out_everywhere(session, member=member, now=now)


def part(session: Session, *, member: str, other: str, now: datetime) -> None:
    """Take a member out of the circles they share with somebody; they are placed anew, with others."""
    theirs = select(CirclePlace.circle).where(CirclePlace.member == other, CirclePlace.left_at.is_(None))
    shared = (
        select(CirclePlace.occurrence)
        .join(Occurrence, Occurrence.id == CirclePlace.occurrence)
        .where(
            CirclePlace.member == member,
            CirclePlace.left_at.is_(None),
            CirclePlace.circle.in_(theirs),
            Occurrence.starts_at > now,
        )
    )
    for occurrence in session.scalars(shared.order_by(CirclePlace.id)).all():
        place = locked(session, occurrence)
        if place is not None:
            _leave(session, place, member, now)


def end_all(session: Session, *, occurrence: str, now: datetime) -> None:
    """End every circle of an occurrence that does not take place; its people are told of that elsewhere."""
    standing = select(Circle).where(Circle.occurrence == occurrence, Circle.ended_at.is_(None))
    for circle in session.scalars(standing.order_by(Circle.id)).all():
        end(session, circle, now)


def end(session: Session, circle: Circle, now: datetime) -> list[str]:
    """End a circle and return whose places were in it."""
    places = live_places(session, circle.id)
    for each in places:
        each.left_at = now
    circle.ended_at = now
    session.flush()
    return [each.member for each in places]


def _leave(session: Session, place: Occurrence, member: str, now: datetime) -> None:
    """Give up a place; what is left of the circle goes on with three or more, and ends with fewer."""
    mine = place_of(session, member=member, occurrence=place.id)
    if mine is None:
        return
    circle = session.get_one(Circle, mine.circle)
    mine.left_at = now
    session.flush()
    rest = live_places(session, circle.id)
    if len(rest) < FEWEST:
        left_over = end(session, circle, now)
        if now >= place.starts_at - LAST:
            tell_alone(session, occurrence=place.id, members=left_over, why="too_few")
        elif circle.settled_at is not None:
            outbox.record(session, events.CircleShrank(circle=circle.id))
    elif circle.settled_at is not None:
        outbox.record(session, events.CircleShrank(circle=circle.id))
    else:
        settle(session, circle, now)
    if now < place.starts_at - LAST:
        look_again(session, occurrence=place.id)


def tell_alone(session: Session, *, occurrence: str, members: Iterable[str], why: str) -> None:
    """Note why nobody was found for these members, and have those told who were not yet."""
    for member in sorted(members):
        row = request_of(session, member=member, occurrence=occurrence)
        if row is not None and row.withdrawn_at is None and row.told is None:
            row.told = why
            session.flush()
            outbox.record(session, events.CompanyNotFound(request=row.id))


def _goes(session: Session, member: str, occurrence: str) -> bool:
    yes = select(Rsvp.id).where(
        Rsvp.member == member, Rsvp.occurrence == occurrence, Rsvp.status == RsvpStatus.YES
    )
    return session.scalar(yes) is not None


def locked(session: Session, occurrence: str) -> Occurrence | None:
    """Return the occurrence, its circles changed by nobody else until the commit."""
    return session.scalar(
        select(Occurrence)
        .where(Occurrence.id == occurrence)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
