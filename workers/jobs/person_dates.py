"""Days to keep in mind: one quiet reminder at its hour, by day, never once the day is over."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain import events, hours, mails, person_dates
from domain.models import Member, PersonDate
from workers import remembering
from workers.jobs.job import Job
from workers.runtime import Runtime


def _prepare(runtime: Runtime, _facts: Sequence[events.PersonDateDue]) -> str:
    """Return where links lead."""
    return runtime.base_url


def _apply(session: Session, base_url: str, facts: Sequence[events.PersonDateDue], now: datetime) -> None:
    for fact in facts:
        row = session.get(PersonDate, fact.date, with_for_update=True)
        if row is not None and row.due_at == datetime.fromisoformat(fact.at):
            _on_time(session, row, base_url=base_url, now=now)


def _on_time(session: Session, row: PersonDate, *, base_url: str, now: datetime) -> None:
    """Write, or wait for the morning, or leave a day out that is over."""
    member = session.get_one(Member, row.member)
    zone, day = ZoneInfo(member.time_zone), person_dates.due_for(session, row)
    morning = hours.next_morning(zone, after=now)
    by_day = now.astimezone(zone).hour in hours.BY_DAY
    if not by_day and morning.astimezone(zone).date() <= day:
        person_dates.set_timer(session, row, at=morning)
        return
    if by_day and now.astimezone(zone).date() <= day:
        _write(session, row, member, day=day, base_url=base_url, now=now)
    person_dates.plan(session, row, zone=zone, now=now)


def _write(
    session: Session, row: PersonDate, member: Member, *, day: date, base_url: str, now: datetime
) -> None:
    words = remembering.day(member.display_name, day, person=row.person, base_url=base_url)
    mails.request(
        session,
        account=member.id,
        kind=person_dates.KIND,
        subject=words.subject,
        text=words.text,
        now=now,
        about=row.id,
        until=hours.moment(day + timedelta(days=1), 0, ZoneInfo(member.time_zone)),
    )
    person_dates.reminded(session, row, day=day)


REMIND = Job(prepare=_prepare, apply=_apply)
