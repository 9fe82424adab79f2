"""The few others as one member sees them: how many and what they like, names once all have said yes.

A person is named by their place in the circle, never by the id of their account.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.orm import Session, aliased

from domain import circles
from domain.errors import Conflict, NotFound
from domain.models import (
    Circle,
    CirclePlace,
    CircleRequest,
    CircleWish,
    Event,
    Member,
    Occurrence,
    PlaceAnswer,
    Rsvp,
    RsvpStatus,
)
from domain.people import Mention
from domain.visibility import visible_to


class Stage(StrEnum):
    """How far it has come, for one member."""

    NOT_ASKED = "not_asked"
    TOO_LATE = "too_late"  #: not asked, and it can no longer be asked for
    LOOKING = "looking"
    ALONE = "alone"  #: nobody was found, and the member was told so
    PROPOSED = "proposed"  #: a few others are there, the member has not answered
    AGREED = "agreed"  #: the member has said yes, not all others have
    SETTLED = "settled"  #: all have: names are shown


@dataclass(frozen=True, kw_only=True, slots=True)
class Companion:
    """Somebody of one's circle, with whom all have said yes."""

    place: str
    name: str
    shared: tuple[str, ...]  #: interests both chose to show, slugs
    wished: bool = False  #: I would meet them again
    mutual: bool = False  #: and they me


@dataclass(frozen=True, kw_only=True, slots=True)
class Company:
    """What one member is shown about an occurrence's few others."""

    stage: Stage
    request: CircleRequest | None = field(repr=False)
    others: int = 0
    shared: tuple[tuple[str, int], ...] = ()  #: what I like, and how many of the others chose to show it too
    companions: tuple[Companion, ...] = ()  #: only once settled


def look(session: Session, *, member: str, occurrence: Occurrence, now: datetime) -> Company:
    """Return what a member who goes to an occurrence is shown; raises `NotFound` for one who does not."""
    _check_goes(session, member, occurrence.id)
    row = circles.request_of(session, member=member, occurrence=occurrence.id)
    mine = circles.place_of(session, member=member, occurrence=occurrence.id)
    if row is None or row.withdrawn_at is not None:
        may = circles.offered(session, occurrence=occurrence, now=now)
        return Company(stage=Stage.NOT_ASKED if may else Stage.TOO_LATE, request=row)
    if mine is None:
        return Company(stage=Stage.LOOKING if row.told is None else Stage.ALONE, request=row)
    circle = session.get_one(Circle, mine.circle)
    others = _others(session, member, circle.id)
    own = set(row.topics)
    liked = Counter(slug for _, topics in others for slug in topics if slug in own)
    if circle.settled_at is not None:
        return Company(
            stage=Stage.SETTLED,
            request=row,
            others=len(others),
            shared=tuple(sorted(liked.items())),
            companions=_companions(session, member, others, own),
        )
    return Company(
        stage=Stage.AGREED if mine.answer == PlaceAnswer.YES else Stage.PROPOSED,
        request=row,
        others=len(others),
        shared=tuple(sorted(liked.items())),
    )


def _check_goes(session: Session, member: str, occurrence: str) -> None:
    yes = exists().where(Rsvp.member == member, Rsvp.occurrence == occurrence, Rsvp.status == RsvpStatus.YES)
    if not session.scalar(select(yes)):
        raise NotFound


def _others(session: Session, member: str, circle: str) -> list[tuple[CirclePlace, list[str]]]:
    """Return the others of a circle a member may see, with the interests they chose to show."""
    rows = session.execute(
        select(CirclePlace, CircleRequest.topics)
        .join(
            CircleRequest,
            (CircleRequest.member == CirclePlace.member)
            & (CircleRequest.occurrence == CirclePlace.occurrence),
        )
        .where(
            CirclePlace.circle == circle,
            CirclePlace.left_at.is_(None),
            CirclePlace.member != member,
            visible_to(member, CirclePlace.member),
        )
        .order_by(CirclePlace.id)
    )
    return [(place, topics) for place, topics in rows]


def _companions(
    session: Session, member: str, others: Sequence[tuple[CirclePlace, list[str]]], own: set[str]
) -> tuple[Companion, ...]:
    ids = [place.member for place, _ in others]
    rows = session.execute(select(Member.id, Member.display_name).where(Member.id.in_(ids)))
    names = {row.id: row.display_name for row in rows}
    wished = set(
        session.scalars(
            select(CircleWish.other).where(CircleWish.member == member, CircleWish.other.in_(ids))
        )
    )
    both = mutual(session, [member]).get(member, set())
    found = (
        Companion(
            place=place.id,
            name=names[place.member],
            shared=tuple(sorted(own & set(topics))),
            wished=place.member in wished,
            mutual=place.member in both,
        )
        for place, topics in others
    )
    return tuple(sorted(found, key=lambda each: (each.name.casefold(), each.place)))


def fellow(session: Session, *, viewer: str, place: str) -> Mention:
    """Return somebody the viewer was shown by name in a circle; raises `NotFound` for anybody else.

    Also one who has stepped out since: something may have happened before that.
    """
    mine = aliased(CirclePlace)
    row: Any = session.execute(
        select(CirclePlace.id, CirclePlace.member, Member.display_name, Event.group)
        .join(Circle, Circle.id == CirclePlace.circle)
        .join(mine, mine.circle == Circle.id)
        .join(Member, Member.id == CirclePlace.member)
        .join(Occurrence, Occurrence.id == Circle.occurrence)
        .join(Event, Event.id == Occurrence.event)
        .where(
            CirclePlace.id == place,
            mine.member == viewer,
            CirclePlace.member != viewer,
            was_named(CirclePlace),
            was_named(mine),
            visible_to(viewer, CirclePlace.member),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return Mention(account=row.member, group=row.group, label=row.display_name, membership=row.id)


def was_named(place: Any) -> Any:
    """Return the condition that a place was there when names were shown."""
    return Circle.settled_at.is_not(None) & (place.left_at.is_(None) | (place.left_at >= Circle.settled_at))


def wish(
    session: Session, *, member: str, occurrence: Occurrence, places: Collection[str], now: datetime
) -> None:
    """Say with whom of one's circle one would like to be again; who is left out is no longer wished for.

    Raises `NotFound` for a place that is not one's companion's, `Conflict` before it has begun.
    """
    company = look(session, member=member, occurrence=occurrence, now=now)
    mine = circles.place_of(session, member=member, occurrence=occurrence.id)
    if company.stage is not Stage.SETTLED or mine is None:
        raise NotFound
    if occurrence.starts_at > now:
        raise Conflict("You can say this once you have met.")
    if not set(places) <= {each.place for each in company.companions}:
        raise NotFound
    rows = {each.place: session.get_one(CirclePlace, each.place).member for each in company.companions}
    session.execute(
        delete(CircleWish).where(CircleWish.member == member, CircleWish.other.in_(rows.values()))
    )
    session.add_all(
        CircleWish(circle=mine.circle, member=member, other=rows[place], created_at=now)
        for place in sorted(places)
    )
    session.flush()


def mutual(session: Session, members: Collection[str]) -> dict[str, set[str]]:
    """Return for each member whom they would meet again and who would meet them, both together (R55)."""
    theirs = aliased(CircleWish)
    rows = session.execute(
        select(CircleWish.member, CircleWish.other)
        .join(theirs, (theirs.member == CircleWish.other) & (theirs.other == CircleWish.member))
        .where(CircleWish.member.in_(members))
    )
    found: dict[str, set[str]] = {}
    for member, other in rows:
        found.setdefault(member, set()).add(other)
    return found


def met(session: Session, members: Collection[str]) -> dict[str, set[str]]:
    """Return for each member with whom they were in a circle that took place."""
    theirs = aliased(CirclePlace)
    rows = session.execute(
        select(CirclePlace.member, theirs.member)
        .join(theirs, theirs.circle == CirclePlace.circle)
        .join(Circle, Circle.id == CirclePlace.circle)
        .where(
            CirclePlace.member.in_(members),
            theirs.member != CirclePlace.member,
            Circle.settled_at.is_not(None),
            CirclePlace.left_at.is_(None),
            theirs.left_at.is_(None),
        )
    )
    found: dict[str, set[str]] = {}
    for member, other in rows:
        found.setdefault(member, set()).add(other)
    return found
