"""A cancelled occurrence: everybody who said yes is told once, with what they could do instead (R52)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import events, mails, runs, suggestions
from domain.models import Event, Member, Occurrence, Rsvp, RsvpStatus
from workers import letters
from workers.jobs.event import gather
from workers.jobs.job import Job
from workers.letters import Outing
from workers.runtime import Runtime

MOST_BACKUPS = 2
AFFECTED = (RsvpStatus.YES, RsvpStatus.WAITING, RsvpStatus.MAYBE)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Cancelled:
    occurrence: Occurrence
    event: Event
    base_url: str


def _prepare(runtime: Runtime, _facts: Sequence[events.OccurrenceCancelled]) -> str:
    """Return where links lead."""
    return runtime.base_url


def _apply(
    session: Session, base_url: str, facts: Sequence[events.OccurrenceCancelled], now: datetime
) -> None:
    for fact in facts:
        occurrence = session.get(Occurrence, fact.occurrence)
        if occurrence is None or occurrence.cancelled_at is None or occurrence.starts_at <= now:
            continue
        event = session.get_one(Event, occurrence.event)
        gather(session, event.id, now)  # whoever had it in their list gets another
        told = _Cancelled(occurrence=occurrence, event=event, base_url=base_url)
        going = select(Rsvp).where(Rsvp.occurrence == occurrence.id, Rsvp.status.in_(AFFECTED))
        for rsvp in session.scalars(going.order_by(Rsvp.id)):
            _tell(session, session.get_one(Member, rsvp.member), told, now)


def _tell(session: Session, member: Member, told: _Cancelled, now: datetime) -> None:
    words = letters.cancelled(
        letters.outing(told.event, told.occurrence, member),
        reason=told.occurrence.cancel_reason or "",
        backups=_backups(session, member, now=now, besides=told.event.id),
        base_url=told.base_url,
    )
    mails.request(
        session, account=member.id, kind="cancelled", subject=words.subject, text=words.text, now=now
    )
    runs.request(session, member=member.id, reason="cancelled", now=now)


def _backups(session: Session, member: Member, *, now: datetime, besides: str) -> list[Outing]:
    """Return what the member's own suggestions offer instead; nothing harder is looked for in a hurry."""
    offered = [
        letters.outing(each.event, each.occurrence, member)
        for each in suggestions.current(session, member=member.id)
        if each.event is not None
        and each.occurrence is not None
        and each.occurrence.starts_at > now
        and each.event.id != besides
    ]
    return offered[:MOST_BACKUPS]


CANCELLED = Job(prepare=_prepare, apply=_apply)
