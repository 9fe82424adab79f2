"""Routines: a reminder at its moment, none once it is over, done, or the member rests."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain import digests, events, hours, mails, routines
from domain.models import Member, Routine
from workers import remembering
from workers.jobs.job import Job
from workers.runtime import Runtime

#: Later than this it is not the hour that was asked for, and may be night.
PROMPT = timedelta(minutes=15)


def _prepare(runtime: Runtime, _facts: Sequence[events.RoutineDue]) -> str:
    """Return where links lead."""
    return runtime.base_url


def _apply(session: Session, base_url: str, facts: Sequence[events.RoutineDue], now: datetime) -> None:
    for fact in facts:
        row = session.get(Routine, fact.routine, with_for_update=True)
        if row is not None and row.due_at == datetime.fromisoformat(fact.at):
            _on_time(session, row, base_url=base_url, now=now)


def _on_time(session: Session, row: Routine, *, base_url: str, now: datetime) -> None:
    member = session.get_one(Member, row.member)
    zone = ZoneInfo(member.time_zone)
    begins = routines.due(session, row, zone=zone)
    if _suits(session, row, member, begins=begins, now=now):
        words = remembering.routine(member.display_name, begins.astimezone(zone), base_url=base_url)
        mails.request(
            session,
            account=member.id,
            kind=routines.KIND,
            subject=words.subject,
            text=words.text,
            now=now,
            about=row.id,
            until=begins + routines.LATE,
        )
        routines.reminded(session, row)
    routines.plan(session, row, zone=zone, now=now)


def _suits(session: Session, row: Routine, member: Member, *, begins: datetime, now: datetime) -> bool:
    """Return whether a reminder is still of use now, and does not come by night where it is late.

    Whether it was done already is looked at as the mail goes.
    """
    by_day = now.astimezone(ZoneInfo(member.time_zone)).hour in hours.BY_DAY
    prompt = row.due_at is not None and now - row.due_at <= PROMPT
    return (
        now <= begins + routines.LATE
        and (prompt or by_day)
        and digests.may_write(session, member=member, now=now)
    )


REMIND = Job(prepare=_prepare, apply=_apply)
