"""Reminders: one a yes, and none for what was cancelled, taken back or moved since."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from domain import events, mails
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
        words = letters.reminder(letters.outing(event, occurrence, member), base_url=base_url)
        mails.request(
            session,
            account=member.id,
            kind="reminder",
            subject=words.subject,
            text=words.text,
            now=now,
            rsvp=rsvp.id,
        )


REMIND = Job(prepare=_prepare, apply=_apply)
