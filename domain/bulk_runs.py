"""Bulk runs: many members matched again because something for all of them changed, region by region.

A part of a bulk run is one region's members, worked through in steps. Parts are messages of their own, so
that any number of workers on any number of machines can take them.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select, true, update
from sqlalchemy.orm import Session

from domain import events, outbox, regions
from domain.models import BulkPart, BulkRun, Event, Member, Occurrence, Suggestion

EVENT = "event"  #: reason of a bulk run about events


def begin(session: Session, *, reason: str, now: datetime, settings_version: str | None = None) -> BulkRun:
    """Add a bulk run over every member; the caller records what takes its first step."""
    total = session.scalar(select(func.count()).select_from(Member)) or 0
    bulk = BulkRun(reason=reason, settings_version=settings_version, requested_at=now, total=total)
    session.add(bulk)
    session.flush()
    return bulk


def match_everybody(session: Session, *, reason: str, now: datetime, not_before: float = 0.0) -> BulkRun:
    """Ask for a bulk run over every member; one for the same reason that has not begun is reused.

    ``not_before``: seconds since 1970, to wait for more of the same.
    """
    bulk = _waiting(session, reason, about_all=True)
    if bulk is None:
        bulk = begin(session, reason=reason, now=now)
        outbox.record(session, events.BulkStepDue(bulk=bulk.id), not_before=not_before)
    return bulk


def match_around(session: Session, *, event: str, now: datetime, not_before: float = 0.0) -> BulkRun:
    """Ask for a bulk run over the members an event could concern; one that has not begun takes it in."""
    bulk = _waiting(session, EVENT, about_all=False)
    if bulk is None:
        bulk = BulkRun(reason=EVENT, events=[event], requested_at=now, total=0)
        session.add(bulk)
        session.flush()
        outbox.record(session, events.BulkStepDue(bulk=bulk.id), not_before=not_before)
    elif event not in (bulk.events or []):
        bulk.events = [*(bulk.events or []), event]
        session.flush()
    return bulk


def _waiting(session: Session, reason: str, *, about_all: bool) -> BulkRun | None:
    """Return a bulk run that has not begun, held so that it cannot begin before this transaction ends."""
    found = session.scalar(
        select(BulkRun)
        .where(
            BulkRun.reason == reason,
            BulkRun.finished_at.is_(None),
            BulkRun.events.is_(None) if about_all else BulkRun.events.is_not(None),
        )
        .order_by(BulkRun.id.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return found if found is not None and found.finished_at is None and not _begun(session, found) else None


def _begun(session: Session, bulk: BulkRun) -> bool:
    return session.scalar(select(exists().where(BulkPart.bulk == bulk.id))) or False


def latest(session: Session) -> BulkRun | None:
    """Return the newest bulk run over everybody, for its progress bar."""
    everybody = select(BulkRun).where(BulkRun.events.is_(None))
    return session.scalar(everybody.order_by(BulkRun.id.desc()).limit(1))


def divide(session: Session, bulk_id: str, *, now: datetime) -> None:
    """Begin a bulk run: a part, and a message, for each region where it concerns somebody; safe to repeat."""
    held = select(BulkRun).where(BulkRun.id == bulk_id).with_for_update()
    bulk = session.scalar(held.execution_options(populate_existing=True))
    if bulk is None or bulk.finished_at is not None or _begun(session, bulk):
        return
    counted = select(Member.region, func.count()).where(concerned(session, bulk)).group_by(Member.region)
    rows = session.execute(counted.order_by(Member.region))
    people = {region: number for region, number in rows}  # noqa: C416 - rows are not plain tuples
    bulk.total = sum(people.values())
    parts = [BulkPart(bulk=bulk.id, region=region) for region in people]
    session.add_all(parts)
    if not parts:
        bulk.finished_at = now
    session.flush()
    for part in parts:
        outbox.record(session, events.BulkStepDue(bulk=bulk.id, part=part.id))


def concerned(session: Session, bulk: BulkRun) -> ColumnElement[bool]:
    """Return the condition that a bulk run could change a member's list."""
    if bulk.events is None:
        return true()
    taking_place = select(Event).where(Event.id.in_(bulk.events), Event.cancelled_at.is_(None))
    within = regions.reached_by(session, session.scalars(taking_place))
    return or_(within, Member.id.in_(_holders(bulk.events)))


def _holders(about: Collection[str]) -> Select[str]:
    """Members in whose list one of the events stands."""
    return (
        select(Suggestion.member)
        .join(Occurrence, Suggestion.occurrence == Occurrence.id)
        .where(Occurrence.event.in_(about), Suggestion.retired_at.is_(None), Suggestion.answer.is_(None))
    )


def holders(session: Session, bulk: BulkRun, members: Collection[str]) -> set[str]:
    """Return those of the members in whose list an event of the bulk run stands."""
    among = _holders(bulk.events or []).where(Suggestion.member.in_(members))
    return set(session.scalars(among))


def next_members(session: Session, bulk: BulkRun, part: BulkPart, *, limit: int) -> list[str]:
    """Return the ids of the members of a part's next step, in order."""
    following = select(Member.id).where(Member.region == part.region, Member.id > part.after)
    wanted = following.where(concerned(session, bulk)).order_by(Member.id).limit(limit)
    return list(session.scalars(wanted))


def step(session: Session, bulk: BulkRun, part: BulkPart, members: Sequence[str], *, now: datetime) -> None:
    """Note that a part has dealt with these members; none left ends it, and the last part the bulk run."""
    if members:
        part.after = members[-1]
        _count(session, bulk, len(members))
        outbox.record(session, events.BulkStepDue(bulk=bulk.id, part=part.id))
    else:
        part.finished_at = now
        session.flush()
        _count(session, bulk, 0)  # holds the row, so that of two last parts the later sees the other's end
        left = exists().where(BulkPart.bulk == bulk.id, BulkPart.finished_at.is_(None))
        if not session.scalar(select(left)):
            bulk.finished_at, bulk.total = now, bulk.done
    session.flush()


def _count(session: Session, bulk: BulkRun, more: int) -> None:
    done = BulkRun.done + more
    session.execute(
        update(BulkRun)
        .where(BulkRun.id == bulk.id)
        .values(done=done, total=case((BulkRun.total < done, done), else_=BulkRun.total))
        .execution_options(synchronize_session=False)
    )
    session.refresh(bulk)
