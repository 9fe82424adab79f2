"""Company in the fictional town: one circle that has said yes, and one that is still looked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import circle_forming, circles, consent, needs_cards, rsvps
from domain.card_body import Boundary, CardBody, Ease, Telling
from domain.circle_forming import Placement
from domain.models import ConsentPurpose, Event, Member, Occurrence, Rsvp, RsvpStatus

MATES = 3
#: What helps some of them; the last of them shows no card, as many will not.
CARDS = (
    CardBody(
        eases=(Ease.QUIET_AT_FIRST, Ease.START_TALK),
        boundaries=(Boundary.NO_PHOTOS,),
        telling=Telling.LISTEN,
        words="I laugh late, but I do laugh.",
    ),
    CardBody(eases=(Ease.LEAVE_EARLY,), boundaries=(Boundary.NOT_WORK,), telling=Telling.IDEAS),
)
WITHIN = timedelta(days=21)


def seed_company(session: Session, *, member: Member, others: Sequence[Member], now: datetime) -> None:
    """Let a member go to their next outing with three others, and ask for company at a later one."""
    coming = _coming(session, now)
    planned = set(
        session.scalars(
            select(Rsvp.occurrence).where(Rsvp.member == member.id, Rsvp.status == RsvpStatus.YES)
        )
    )
    soon = next((each for each in coming if each.id in planned), None)
    if soon is not None:
        _together(session, soon, (member, *others[:MATES]), now)
    later = next(
        (each for each in coming if each.id not in planned and each.starts_at > now + circles.FIRST), None
    )
    if later is not None:
        _ask(session, later, member, now)


def _coming(session: Session, now: datetime) -> list[Occurrence]:
    """Return the outings in person one may still ask company for, soonest first."""
    rows = session.scalars(
        select(Occurrence)
        .join(Event, Event.id == Occurrence.event)
        .where(Occurrence.starts_at > now + circles.LAST, Occurrence.starts_at < now + WITHIN)
        .order_by(Occurrence.starts_at, Occurrence.id)
    )
    return [each for each in rows if circles.offered(session, occurrence=each, now=now)]


def _together(session: Session, place: Occurrence, people: Sequence[Member], now: datetime) -> None:
    asked = [each for each in people if _ask(session, place, each, now)]
    for mate, card in zip(asked[1:], CARDS, strict=False):
        needs_cards.save(session, member=mate, card=card, now=now)
        needs_cards.show_at(session, member=mate.id, occurrence=place, now=now)
    ids = tuple(sorted(each.id for each in asked))
    placement = Placement(occurrence=place.id, circles=(ids,), alone={})
    if circle_forming.store(session, placement, now=now):
        for each in ids:
            circles.agree(session, member=each, occurrence=place.id, now=now)


def _ask(session: Session, place: Occurrence, member: Member, now: datetime) -> bool:
    """Have a member say yes and ask for company; return whether there was a place for them."""
    answer = rsvps.respond(
        session, member=member.id, occurrence=place.id, status=RsvpStatus.YES, now=now, over_cap=True
    )
    if answer.status != RsvpStatus.YES:
        return False
    for purpose in (ConsentPurpose.INTRODUCTIONS, ConsentPurpose.CONDUCT):
        consent.give(session, account=member.id, purpose=purpose, now=now)
    topics = [each.interest for each in member.interests][: circles.MOST_TOPICS]
    circles.ask(session, member=member.id, occurrence=place.id, topics=topics, now=now)
    return True
