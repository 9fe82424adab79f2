"""Small courtesies around an outing: running late, having to leave early, a thank-you to the host (R72).

One tap each, once, in no words of one's own, and taken back in one tap. The organizer sees a number, with the
names they may see already; the few others one goes with see the first two. They are gone when the outing is
over, a thank-you a month later, and nothing is counted of how reliable anybody is (R54).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy import and_, delete, exists, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased

from domain.errors import Conflict
from domain.guests import may_be_named
from domain.models import (
    Circle,
    CirclePlace,
    Courtesy,
    CourtesyKind,
    Event,
    Group,
    Member,
    Occurrence,
    Rsvp,
    RsvpStatus,
)
from domain.outings import Outing
from domain.visibility import visible_to

#: How long after an outing one may say thank you, and the host reads it.
THANKED_FOR = timedelta(days=30)
OF_THE_DAY = (CourtesyKind.LATE, CourtesyKind.EARLY)


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """Who said the same: some by name, the others as a number."""

    names: tuple[str, ...] = ()
    others: int = 0

    @classmethod
    def of(cls, people: Sequence[str | None]) -> Self:
        """Return it of people in order, ``None`` for one who is not named."""
        named = tuple(each for each in people if each is not None)
        return cls(names=named, others=len(people) - len(named))


def open_to(session: Session, outing: Outing, *, now: datetime) -> tuple[CourtesyKind, ...]:
    """Return what a member can say of an outing just now: only what somebody would read."""
    place, host = outing.occurrence, outing.group.organizer
    if not outing.going or place.cancelled_at is not None or outing.rsvp.attended is False:
        return ()
    thanks = host not in {None, outing.rsvp.member} and place.starts_at <= now < place.ends_at + THANKED_FOR
    heard = _is_its_day(outing, now) and (host is not None or _in_circle(session, outing.rsvp))
    return (OF_THE_DAY if heard else ()) + ((CourtesyKind.THANKS,) if thanks else ())


def _is_its_day(outing: Outing, now: datetime) -> bool:
    """Return whether it is the day of the outing, where it takes place, and not over."""
    zone, place = ZoneInfo(outing.event.time_zone), outing.occurrence
    return now < place.ends_at and now.astimezone(zone).date() >= place.starts_at.astimezone(zone).date()


def said(session: Session, outing: Outing) -> set[CourtesyKind]:
    """Return what the member has said of an outing."""
    return {CourtesyKind(row.kind) for row in session.scalars(_own(outing.rsvp))}


def say(session: Session, outing: Outing, *, kind: CourtesyKind, now: datetime) -> None:
    """Say it, once however often it is pressed. Raises `Conflict` where it is not the time for it."""
    if kind not in open_to(session, outing, now=now):
        raise Conflict("It is not the time for this now. Nothing was sent.")
    row = outing.rsvp
    if kind in said(session, outing):
        return
    try:
        with session.begin_nested():
            session.add(Courtesy(occurrence=row.occurrence, member=row.member, kind=kind, said_at=now))
            session.flush()
    except IntegrityError:  # pressed twice at this moment
        pass


def take_back(session: Session, outing: Outing, *, kind: CourtesyKind) -> None:
    """Say it no more. Safe to repeat."""
    session.execute(
        delete(Courtesy)
        .where(
            Courtesy.occurrence == outing.rsvp.occurrence,
            Courtesy.member == outing.rsvp.member,
            Courtesy.kind == kind,
        )
        .execution_options(synchronize_session=False)
    )


def of_the_day(
    session: Session, *, viewer: str, group: Group, occurrences: Sequence[Occurrence], now: datetime
) -> dict[str, dict[CourtesyKind, Said]]:
    """Return by occurrence who runs late or has to leave early, as a group's organizer may know it."""
    ids = [each.id for each in occurrences if each.ends_at > now]
    return _said(session, viewer=viewer, group=group, occurrences=ids, kinds=OF_THE_DAY)


def thanks(
    session: Session, *, viewer: str, group: Group, event: Event, now: datetime
) -> list[tuple[Occurrence, Said]]:
    """Return the thank-yous for an event's dates of the last month, newest first."""
    lately = select(Occurrence).where(
        Occurrence.event == event.id,
        Occurrence.starts_at <= now,
        Occurrence.ends_at > now - THANKED_FOR,
        exists().where(Courtesy.occurrence == Occurrence.id, Courtesy.kind == CourtesyKind.THANKS),
    )
    rows = session.scalars(lately.order_by(Occurrence.starts_at.desc())).all()
    found = _said(
        session,
        viewer=viewer,
        group=group,
        occurrences=[each.id for each in rows],
        kinds=(CourtesyKind.THANKS,),
    )
    return [(each, found[each.id][CourtesyKind.THANKS]) for each in rows if each.id in found]


def _said(
    session: Session,
    *,
    viewer: str,
    group: Group,
    occurrences: Sequence[str],
    kinds: Sequence[CourtesyKind],
) -> dict[str, dict[CourtesyKind, Said]]:
    rows = session.execute(
        select(Courtesy.occurrence, Courtesy.kind, Member.display_name, may_be_named(group).label("named"))
        .join(Rsvp, and_(Rsvp.occurrence == Courtesy.occurrence, Rsvp.member == Courtesy.member))
        .join(Member, Member.id == Courtesy.member)
        .where(
            Courtesy.occurrence.in_(occurrences),
            Courtesy.kind.in_(kinds),
            Rsvp.status == RsvpStatus.YES,
            visible_to(viewer, Courtesy.member),
        )
        .order_by(Member.display_name, Member.id)
    )
    names: dict[str, dict[CourtesyKind, list[str | None]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        names[row.occurrence][CourtesyKind(row.kind)].append(row.display_name if row.named else None)
    return {place: _counted(by_kind) for place, by_kind in names.items()}


def _counted(by_kind: Mapping[CourtesyKind, list[str | None]]) -> dict[CourtesyKind, Said]:
    return {kind: Said.of(by_kind[kind]) for kind in CourtesyKind if kind in by_kind}


def of_companions(
    session: Session, *, member: str, occurrence: Occurrence, now: datetime
) -> dict[CourtesyKind, Said]:
    """Return who of the few others one goes with runs late or has to leave early, by name."""
    if occurrence.ends_at <= now:
        return {}
    mine = aliased(CirclePlace)
    rows = session.execute(
        select(Courtesy.kind, Member.display_name)
        .join(Member, Member.id == Courtesy.member)
        .join(CirclePlace, CirclePlace.member == Courtesy.member)
        .join(Circle, Circle.id == CirclePlace.circle)
        .join(mine, mine.circle == Circle.id)
        .where(
            Courtesy.occurrence == occurrence.id,
            Courtesy.kind.in_(OF_THE_DAY),
            Circle.occurrence == occurrence.id,
            Circle.settled_at.is_not(None),
            CirclePlace.left_at.is_(None),
            CirclePlace.member != member,
            mine.member == member,
            mine.left_at.is_(None),
            visible_to(member, Courtesy.member),
        )
        .order_by(Member.display_name, Member.id)
    )
    names: dict[CourtesyKind, list[str | None]] = defaultdict(list)
    for kind, name in rows:
        names[CourtesyKind(kind)].append(name)
    return _counted(names)


def prune(session: Session, *, now: datetime) -> None:
    """Remove what nobody reads any more."""
    over = select(Occurrence.id).where(Occurrence.ends_at <= now)
    long_over = select(Occurrence.id).where(Occurrence.ends_at <= now - THANKED_FOR)
    for condition in (
        and_(Courtesy.kind.in_(OF_THE_DAY), Courtesy.occurrence.in_(over)),
        Courtesy.occurrence.in_(long_over),
    ):
        session.execute(delete(Courtesy).where(condition).execution_options(synchronize_session=False))


def _own(row: Rsvp) -> Any:
    return select(Courtesy).where(Courtesy.occurrence == row.occurrence, Courtesy.member == row.member)


def _in_circle(session: Session, row: Rsvp) -> bool:
    """Return whether the member goes with a few others who see each other's names."""
    settled = exists().where(
        CirclePlace.member == row.member,
        CirclePlace.occurrence == row.occurrence,
        CirclePlace.left_at.is_(None),
        CirclePlace.circle == Circle.id,
        Circle.settled_at.is_not(None),
    )
    return bool(session.scalar(select(settled)))
