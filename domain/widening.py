"""The circle grows: distinct groups and people met, as private counts over time (R65)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import Rsvp, RsvpStatus
from domain.past import PastOuting
from domain.visibility import visible_to

#: Fewer people than this are not counted out loud: one could tell who they were.
FEWEST = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Ring:
    """How wide the circle was after an outing."""

    at: datetime
    groups: int
    people: int | None  #: none: fewer than `FEWEST`
    again: int  #: outings in a group one knew already


def widening(session: Session, *, member: str, attended: Sequence[PastOuting]) -> list[Ring]:
    """Return the circle after each outing, oldest first; people are counted, never named.

    Who is blocked, or has gone, is not counted.
    """
    others = _others(session, member, [each.occurrence for each in attended])
    groups: set[str] = set()
    people: set[str] = set()
    again, found = 0, []
    for each in attended:
        again += each.group in groups
        groups.add(each.group)
        people |= others.get(each.occurrence, set())
        told = len(people) if len(people) >= FEWEST else None
        found.append(Ring(at=each.at, groups=len(groups), people=told, again=again))
    return found


def _others(session: Session, member: str, occurrences: Sequence[str]) -> dict[str, set[str]]:
    rows = session.execute(
        select(Rsvp.occurrence, Rsvp.member).where(
            Rsvp.occurrence.in_(occurrences),
            Rsvp.status == RsvpStatus.YES,
            Rsvp.attended.is_not(False),
            Rsvp.member != member,
            visible_to(member, Rsvp.member),
        )
    )
    found: dict[str, set[str]] = {}
    for occurrence, other in rows:
        found.setdefault(occurrence, set()).add(other)
    return found
