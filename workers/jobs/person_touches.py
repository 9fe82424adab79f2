"""A word now and then to get in touch: at its hour, seldom, and not where it would not be of use just now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from domain import events, mails, person_touches
from domain.models import Member, PersonTouch
from workers import remembering
from workers.jobs.job import Job
from workers.runtime import Runtime

#: Not sent by then, it is left out; the next one comes in its turn.
LATE = timedelta(hours=24)


def _prepare(runtime: Runtime, _facts: Sequence[events.PersonTouchDue]) -> str:
    """Return where links lead."""
    return runtime.base_url


def _apply(session: Session, base_url: str, facts: Sequence[events.PersonTouchDue], now: datetime) -> None:
    for fact in facts:
        row = session.get(PersonTouch, fact.touch)
        if row is None:
            continue
        # Two of one member wait for each other, so that both do not count themselves the last of the week.
        member = person_touches.lock(session, row.member)
        row = session.get(PersonTouch, fact.touch, with_for_update=True)
        if row is not None and row.due_at == datetime.fromisoformat(fact.at):
            _on_time(session, row, member, base_url=base_url, now=now)


def _on_time(session: Session, row: PersonTouch, member: Member, *, base_url: str, now: datetime) -> None:
    """Write, or wait."""
    until = person_touches.waits_until(session, row, member=member, now=now)
    if until is not None:
        person_touches.set_timer(session, row, at=until)
        return
    before = person_touches.written(session, row, member=member, now=now)
    words = remembering.touch(member.display_name, before, person=row.person, base_url=base_url)
    mails.request(
        session,
        account=member.id,
        kind=person_touches.KIND,
        subject=words.subject,
        text=words.text,
        now=now,
        about=row.id,
        until=now + LATE,
    )


REMIND = Job(prepare=_prepare, apply=_apply)
