"""Reminders: one a yes, by day, and none for what was cancelled, taken back or moved since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain import events, hours, mails, outbox
from domain.models import Event, Member, Occurrence, Rsvp
from workers import letters
from workers.jobs.job import Job
from workers.jobs.still_going import still_going
from workers.runtime import Runtime


def _prepare(runtime: Runtime, _facts: Sequence[events.ReminderDue]) -> str:
    """Return where links lead."""
    return runtime.base_url


def _apply(session: Session, base_url: str, facts: Sequence[events.ReminderDue], now: datetime) -> None:
    for fact in facts:
        if not still_going(session, fact.rsvp, now=now):
            continue
        rsvp = session.get_one(Rsvp, fact.rsvp)
        occurrence = session.get_one(Occurrence, rsvp.occurrence)
        event, member = session.get_one(Event, occurrence.event), session.get_one(Member, rsvp.member)
        zone = ZoneInfo(member.time_zone)
        if (at := _kinder_hour(occurrence, zone, now)) is not None:
            key = f"reminder:{rsvp.id}:{at:%Y%m%dT%H%M}"
            outbox.record(session, fact, dedupe_key=key, not_before=at.timestamp())
            continue
        today = occurrence.starts_at.astimezone(zone).date() == now.astimezone(zone).date()
        words = letters.reminder(letters.outing(event, occurrence, member), base_url=base_url, today=today)
        mails.request(
            session,
            account=member.id,
            kind="reminder",
            subject=words.subject,
            text=words.text,
            now=now,
            rsvp=rsvp.id,
        )


def _kinder_hour(occurrence: Occurrence, zone: ZoneInfo, now: datetime) -> datetime | None:
    """Return the morning to wait for, where one that is late would come by night; None: now is well."""
    if now.astimezone(zone).hour in hours.BY_DAY:
        return None
    morning = hours.next_morning(zone, after=now)
    return morning if morning < occurrence.starts_at else None


REMIND = Job(prepare=_prepare, apply=_apply)
