"""Block somebody: from that moment neither sees the other anywhere, and nothing brings them together.

Who is blocked is not told. Where one of the two runs a group, the other belongs to it no longer and their
answers there are taken back; elsewhere the places both already had are left to them, but not in one circle.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from domain import circle_forming, circles, rsvps, runs, sealed
from domain.errors import Conflict, NotFound
from domain.models import (
    Account,
    Block,
    Event,
    Group,
    Member,
    Membership,
    Occurrence,
    Rsvp,
    RsvpStatus,
)

LONGEST_LABEL = 160


@dataclass(frozen=True, kw_only=True, slots=True)
class Blocked:
    """One entry of a member's list."""

    id: str
    label: str = field(repr=False)  #: the words they knew the other by
    created_at: datetime


def block(session: Session, *, member: str, other: str, label: str, now: datetime) -> Block:
    """Part two people, at once and both ways; safe to repeat. Raises `NotFound`, `Conflict`."""
    if member == other:
        raise Conflict("That is you. There is nobody to block here.")
    if session.get(Account, other) is None:
        raise NotFound
    circle_forming.lock_people(session, (member, other))
    known = session.scalar(select(Block).where(Block.member == member, Block.other == other))
    if known is not None:
        return known
    row = Block(member=member, other=other, created_at=now)
    sealed.seal(session, row, {"label": label.strip()[:LONGEST_LABEL]})
    session.add(row)
    session.flush()
    for organizer, guest in ((member, other), (other, member)):
        _part_from_groups(session, organizer=organizer, guest=guest, now=now)
    circles.part(session, member=member, other=other, now=now)
    _look_anew(session, (member, other), now)
    return row


def _part_from_groups(session: Session, *, organizer: str, guest: str, now: datetime) -> None:
    """End what a guest has in the groups an organizer runs."""
    own = select(Group.id).where(Group.organizer == organizer)
    belongs = select(Membership).where(
        Membership.member == guest, Membership.left_at.is_(None), Membership.group.in_(own)
    )
    for membership in session.scalars(belongs):
        membership.left_at = max(now, membership.since)
    take_back(session, member=guest, groups=list(session.scalars(own)), now=now)


def take_back(session: Session, *, member: str, groups: list[str] | None, now: datetime) -> None:
    """Answer no wherever a member said something else to what is to come; ``groups`` None: everywhere."""
    planned = (
        select(Rsvp.occurrence)
        .join(Occurrence, Occurrence.id == Rsvp.occurrence)
        .join(Event, Event.id == Occurrence.event)
        .where(Rsvp.member == member, Rsvp.status != RsvpStatus.NO, Occurrence.ends_at > now)
    )
    if groups is not None:
        planned = planned.where(Event.group.in_(groups))
    for occurrence in session.scalars(planned.order_by(Rsvp.id)).all():
        rsvps.respond(session, member=member, occurrence=occurrence, status=RsvpStatus.NO, now=now)


def _look_anew(session: Session, people: tuple[str, ...], now: datetime) -> None:
    for person in people:
        if session.get(Member, person) is not None:
            runs.request(session, member=person, reason="block", now=now)


def undo(session: Session, *, member: str, block: str, now: datetime) -> None:
    """Take a block of one's own back; the other's own block, if there is one, stays. Raises `NotFound`."""
    row = session.get(Block, block)
    if row is None or row.member != member:
        raise NotFound
    session.delete(row)
    session.flush()
    _look_anew(session, (member, row.other), now)


def listed(session: Session, *, member: str) -> list[Blocked]:
    """Return whom a member has blocked, newest first."""
    rows = session.scalars(
        select(Block).where(Block.member == member).order_by(Block.created_at.desc(), Block.id.desc())
    )
    return [
        Blocked(id=row.id, label=sealed.unseal(session, row).get("label", ""), created_at=row.created_at)
        for row in rows
    ]


def apart(session: Session, one: str, other: str) -> bool:
    """Return whether two people are parted, whoever asked for it."""
    either = or_(
        (Block.member == one) & (Block.other == other), (Block.member == other) & (Block.other == one)
    )
    return session.scalar(select(Block.id).where(either).limit(1)) is not None
