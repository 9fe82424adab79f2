"""The weekly letter: written at its hour, planned again for the next week, never at night."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from domain import digests, events, hours, mails
from domain.models import Digest, Member
from workers import week_letter
from workers.jobs.job import Job
from workers.runtime import Runtime


def _prepare(runtime: Runtime, _facts: Sequence[events.DigestDue]) -> str:
    """Return where links lead."""
    return runtime.base_url


def _apply(session: Session, base_url: str, facts: Sequence[events.DigestDue], now: datetime) -> None:
    for fact in facts:
        row = session.get(Digest, fact.member, with_for_update=True)
        if row is not None and row.wanted and row.due_at == datetime.fromisoformat(fact.at):
            _on_time(session, row, base_url=base_url, now=now)


def _on_time(session: Session, row: Digest, *, base_url: str, now: datetime) -> None:
    """Write, or wait for the morning, or leave a week out that is over."""
    member = session.get_one(Member, row.member)
    zone = ZoneInfo(member.time_zone)
    late = row.due_at is None or now - row.due_at > digests.LATE
    if not late and now.astimezone(zone).hour not in hours.BY_DAY:
        digests.set_timer(session, row, at=hours.next_morning(zone, after=now))
        return
    if not late and digests.may_write(session, member=member, now=now):
        _write(session, row, member, base_url=base_url, now=now)
    digests.plan(session, row, zone=member.time_zone, now=now)


def _write(session: Session, row: Digest, member: Member, *, base_url: str, now: datetime) -> None:
    week = digests.week_ahead(session, member=member.id, now=now)
    if week.empty:
        return
    stop_link = f"{base_url}/mails/stop/{digests.stop_token(session, member.id)}"
    words = week_letter.week_ahead(week, member, base_url=base_url, stop_link=stop_link)
    mails.request(
        session,
        account=member.id,
        kind=digests.KIND,
        subject=words.subject,
        text=words.text,
        now=now,
        stop_link=stop_link,
    )
    row.sent_at = now


WRITE = Job(prepare=_prepare, apply=_apply)
