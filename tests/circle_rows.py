"""An outing in three days less an hour, people who go there, and the circles they form: rows for tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from domain import circle_forming, circles, rsvps
from domain.circle_forming import Placement
from domain.models import Circle, ConsentPurpose, Member, Occurrence, RsvpStatus
from tests import factories
from tests.conftest import NOW

QUIET = {
    "group_size": 0.4,
    "unstructured": 0.1,
    "observed": 0.0,
    "talking": 0.2,
    "one_to_one": 0.0,
    "hard_to_leave": 0.1,
    "alcohol": 0.0,
    "sensory_load": 0.1,
    "no_host": 0.0,
    "no_role": 0.3,
}
#: What asking for company needs a yes to.
GOING_TOGETHER = (ConsentPurpose.INTRODUCTIONS, ConsentPurpose.CONDUCT)
AHEAD = timedelta(days=2, hours=23)


def games(session: Session, *, starts_in: timedelta = AHEAD, **facts: Any) -> Occurrence:
    group = factories.group(session, name="Games evening", interests=("board-games",), greeter="Maureen")
    place = {"venue": "Mill House", "address": "12 Mill Lane"} | facts
    event = factories.event(session, group=group, title="Board games", facts=QUIET, **place)
    return factories.occurrence(session, event=event, starts_at=NOW + starts_in)


def guest(session: Session, occurrence: Occurrence, name: str, **facts: Any) -> Member:
    """Somebody who said yes, agreed to be introduced and to be kind, and has been out before."""
    liked = facts.pop("interests", {"board-games": 1.0})
    agreed = facts.pop("consents", (ConsentPurpose.COMFORT, *GOING_TOGETHER))
    member = factories.member(session, display_name=name, interests=liked, consents=agreed, **facts)
    for place in (occurrence, past(session, occurrence)):
        row = rsvps.respond(
            session,
            member=member.id,
            occurrence=place.id,
            status=RsvpStatus.YES,
            now=min(NOW, place.starts_at - timedelta(hours=1)),
            over_cap=True,
        )
        row.attended = None if place is occurrence else True
    session.flush()
    return member


def past(session: Session, occurrence: Occurrence) -> Occurrence:
    """The same event a fortnight ago."""
    starts = occurrence.starts_at - timedelta(days=14)
    known = session.query(Occurrence).filter_by(event=occurrence.event, starts_at=starts).one_or_none()
    if known is not None:
        return known
    row = Occurrence(event=occurrence.event, starts_at=starts, ends_at=starts + timedelta(minutes=90))
    session.add(row)
    session.flush()
    return row


def ask(
    session: Session,
    occurrence: Occurrence,
    members: Iterable[Member],
    *,
    topics: Sequence[str] | None = None,
    now: datetime = NOW,
) -> None:
    """Have members ask for company; they show all they like unless ``topics`` says otherwise."""
    for member in members:
        liked = [each.interest for each in member.interests] if topics is None else topics
        circles.ask(session, member=member.id, occurrence=occurrence.id, topics=liked, now=now)


def form(session: Session, occurrence: Occurrence, members: Iterable[Member]) -> Circle:
    """Store one circle, as a worker would."""
    placement = Placement(
        occurrence=occurrence.id, circles=(tuple(sorted(each.id for each in members)),), alone={}
    )
    (circle,) = circle_forming.store(session, placement, now=NOW)
    return circle


def settled(session: Session, occurrence: Occurrence, members: Iterable[Member]) -> Circle:
    """A circle all of whose people have said yes."""
    people = list(members)
    ask(session, occurrence, people)
    circle = form(session, occurrence, people)
    for each in people:
        circles.agree(session, member=each.id, occurrence=occurrence.id, now=NOW)
    return circle
