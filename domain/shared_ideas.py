"""What two who would both meet again could do together: out of what each was proposed anyway (R71).

An outing stands here only while it waits for an answer on the lists of both, so that it is within reach,
under the ceiling and open to each by the rules of every suggestion, and nothing about either is worked out
for the other. Lists are short and change with each answer, so what is missing says nothing. It takes place
online or in the town where the two met, so what is there says nothing new of where either lives.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from domain import agenda, consent, suggestions
from domain.agenda import Entry
from domain.company import Companion
from domain.models import CirclePlace, ConsentPurpose, Event, EventInterest, Member, Occurrence

MOST = 3


def of(
    session: Session, *, member: str, met: Occurrence, companions: Sequence[Companion], now: datetime
) -> dict[str, tuple[Entry, ...]]:
    """Return up to `MOST` outings to come, soonest first, by place of a companion in a circle that met.

    ``companions``: as `domain.company` shows them, blocks taken into account. Without a wish to meet again on
    both sides, an interest both chose to show, and both consents, nothing; nothing while either rests.
    """
    wanted = {each.place: each.shared for each in companions if each.mutual and each.shared}
    people = _accounts(session, wanted)
    agreed = _agreed(session, {member, *people.values()}, now)
    if member not in agreed or not people:
        return {}
    waiting = suggestions.waiting(session, members=agreed)
    mine = waiting.get(member, set())
    found = {
        place: _entries(session, member, mine & waiting.get(account, set()), wanted[place], met=met, now=now)
        for place, account in people.items()
    }
    return {place: entries for place, entries in found.items() if entries}


def _accounts(session: Session, wanted: Mapping[str, object]) -> dict[str, str]:
    rows = session.execute(select(CirclePlace.id, CirclePlace.member).where(CirclePlace.id.in_(wanted)))
    return {row.id: row.member for row in rows}


def _agreed(session: Session, members: Collection[str], now: datetime) -> set[str]:
    """Return those of them who agree to be introduced and do not rest."""
    agreed = consent.holders(session, members, ConsentPurpose.INTRODUCTIONS)
    resting = select(Member.id).where(Member.id.in_(agreed), Member.paused_until > now)
    return agreed - set(session.scalars(resting))


def _entries(
    session: Session,
    member: str,
    both: Collection[str],
    interests: Collection[str],
    *,
    met: Occurrence,
    now: datetime,
) -> tuple[Entry, ...]:
    if not both:
        return ()
    town = session.get_one(Event, met.event).locality
    near: ColumnElement[bool] = Event.online.is_(True)
    if town is not None:
        near = or_(near, Event.locality == town)
    about = select(EventInterest.event).where(EventInterest.interest.in_(interests))
    query = agenda.open_entries(member).where(
        Occurrence.id.in_(both),
        Occurrence.starts_at > now,
        Event.id.in_(about),
        near,
    )
    return agenda.entries_of(session, query.order_by(Occurrence.starts_at, Occurrence.id).limit(MOST))
