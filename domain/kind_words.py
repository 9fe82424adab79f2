"""Kind sentences after an outing, from one of a circle to another who lets them come (R34).

There are a few sentences and no words of one's own, each once for a person and a circle. Nobody counts them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from domain import company, consent
from domain.company import Companion
from domain.errors import NotFound
from domain.models import (
    Circle,
    CirclePlace,
    ConsentPurpose,
    Event,
    KindWord,
    Member,
    Occurrence,
)
from domain.visibility import visible_to

PURPOSE = ConsentPurpose.KIND_WORDS


class Sentence(StrEnum):
    """What may be said (stored as these words)."""

    GLAD = "glad"
    EASY = "easy"
    LISTENED = "listened"
    LAUGHED = "laughed"
    LEARNT = "learnt"


@dataclass(frozen=True, kw_only=True, slots=True)
class Received:
    """One sentence as the member it is for reads it."""

    sender: str = field(repr=False)  #: display name
    sentence: Sentence
    title: str  #: of the outing
    at: datetime


def reachable(session: Session, *, sender: str, occurrence: Occurrence, now: datetime) -> list[Companion]:
    """Return those one was out with who let kind words come and have none from the sender yet, by name."""
    if occurrence.starts_at > now:
        return []
    found = company.look(session, member=sender, occurrence=occurrence, now=now).companions
    places = [each.place for each in found]
    rows = session.execute(select(CirclePlace.id, CirclePlace.member).where(CirclePlace.id.in_(places)))
    members = {row.id: row.member for row in rows}
    allow = consent.holders(session, members.values(), PURPOSE)
    told = set(
        session.scalars(
            select(KindWord.member)
            .join(Circle, Circle.id == KindWord.circle)
            .where(KindWord.sender == sender, Circle.occurrence == occurrence.id)
        )
    )
    return [each for each in found if members[each.place] in allow - told]


def send(
    session: Session, *, sender: str, occurrence: Occurrence, place: str, sentence: Sentence, now: datetime
) -> None:
    """Send one sentence to somebody one was out with; raises `NotFound` for anybody it cannot reach."""
    if place not in {
        each.place for each in reachable(session, sender=sender, occurrence=occurrence, now=now)
    }:
        raise NotFound
    row = session.get_one(CirclePlace, place)
    session.add(
        KindWord(circle=row.circle, member=row.member, sender=sender, sentence=sentence, created_at=now)
    )
    session.flush()


def received(session: Session, *, member: str) -> list[Received]:
    """Return what came to a member, newest first; nothing of whom they do not see any more."""
    rows = session.execute(
        select(Member.display_name, KindWord.sentence, Event.title, KindWord.created_at)
        .join(Member, Member.id == KindWord.sender)
        .join(Circle, Circle.id == KindWord.circle)
        .join(Occurrence, Occurrence.id == Circle.occurrence)
        .join(Event, Event.id == Occurrence.event)
        .where(
            KindWord.member == member,
            KindWord.member.in_(consent.agreed(PURPOSE)),
            visible_to(member, KindWord.sender),
        )
        .order_by(KindWord.created_at.desc(), KindWord.id.desc())
    )
    return [
        Received(sender=name, sentence=Sentence(said), title=title, at=at) for name, said, title, at in rows
    ]


def refuse(session: Session, *, member: str, now: datetime) -> None:
    """Take the consent back and delete what came."""
    consent.withdraw(session, account=member, purpose=PURPOSE, now=now)
    session.execute(delete(KindWord).where(KindWord.member == member))
