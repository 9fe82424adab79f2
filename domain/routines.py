"""Routines: small things that come round each week, done or rested from, both equally well (R18, R61).

Nothing counts days in a row, and a rest is noted as a rest. A timer carries the id of the row and the moment
planned; the row names the moment that counts, and, sealed, the day reminded of last.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import events, outbox, portfolio, sealed
from domain.errors import Conflict, NotFound
from domain.models import Member, Routine, RoutineDay
from domain.routine_body import Nudge, RoutineBody

KIND = "routine"  #: of its mails
MOST = 20
#: After its beginning a reminder may still come this long.
LATE = timedelta(hours=1)
#: Further back no mark can be about a day that is today somewhere.
RECENT = timedelta(days=2)


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutineView:
    """A routine as its owner sees it."""

    id: str
    paused: bool
    today: bool | None  #: what was noted of today: done, rested from; none: nothing
    body: RoutineBody = field(repr=False)

    def falls_on(self, day: date) -> bool:
        """Return whether it is for that day."""
        return not self.paused and day.weekday() in self.body.days


def begin(session: Session, *, member: Member, body: RoutineBody, now: datetime) -> Routine:
    """Begin a routine. Raises `Conflict` beyond `MOST`, `NotFound` for a person of somebody else."""
    _check_person(session, member, body)
    if (session.scalar(select(func.count()).where(Routine.member == member.id)) or 0) >= MOST:
        raise Conflict(f"{MOST} routines are plenty. Let one go first.")
    row = Routine(member=member.id, created_at=now)
    _seal(session, row, body, {})
    session.add(row)
    plan(session, row, zone=ZoneInfo(member.time_zone), now=now)
    return row


def change(session: Session, *, member: Member, routine: str, body: RoutineBody, now: datetime) -> None:
    """Put another day, time, name or reminder in place. Raises `NotFound`."""
    row = own(session, member=member.id, routine=routine)
    _check_person(session, member, body)
    _seal(session, row, body, _noted(session, row))
    plan(session, row, zone=ZoneInfo(member.time_zone), now=now)


def _check_person(session: Session, member: Member, body: RoutineBody) -> None:
    if body.person is not None:
        portfolio.person(session, member=member.id, person=body.person)


def pause(session: Session, *, member: Member, routine: str, now: datetime) -> None:
    """Let it rest until it is taken up again. Safe to repeat."""
    row = own(session, member=member.id, routine=routine)
    row.paused_at = row.paused_at or now
    plan(session, row, zone=ZoneInfo(member.time_zone), now=now)


def take_up(session: Session, *, member: Member, routine: str, now: datetime) -> None:
    """Go on with one that rests."""
    row = own(session, member=member.id, routine=routine)
    row.paused_at = None
    plan(session, row, zone=ZoneInfo(member.time_zone), now=now)


def remove(session: Session, *, member: str, routine: str) -> None:
    """Let a routine go; what was done of it stays in the member's past."""
    session.delete(own(session, member=member, routine=routine))
    session.flush()


def mark(session: Session, *, member: Member, routine: str, done: bool, now: datetime) -> None:
    """Note of today that it was done, or rested from; the word said last counts. Raises `NotFound`."""
    row = own(session, member=member.id, routine=routine)
    today = _today(member, now)
    wanted = select(RoutineDay).where(RoutineDay.routine == routine, RoutineDay.created_at > now - RECENT)
    marks = [each for each in session.scalars(wanted) if _day(session, each) == today]
    found = marks[0] if marks else RoutineDay(member=member.id, routine=routine, created_at=now)
    sealed.seal(session, found, {"day": today.isoformat(), "done": done})
    session.add(found)
    session.flush()
    _saw(session, row, done=done, now=now)


def _saw(session: Session, row: Routine, *, done: bool, now: datetime) -> None:
    """Let the portfolio know that somebody was seen, where they are still in it."""
    person = _body(session, row).person
    if not done or person is None:
        return
    try:
        portfolio.did(session, member=row.member, entry=person, now=now)
    except NotFound:
        return


def own(session: Session, *, member: str, routine: str) -> Routine:
    """Return one's own row, locked; anybody else's is not there. Raises `NotFound`."""
    row = session.get(Routine, routine, with_for_update=True)
    if row is None or row.member != member:
        raise NotFound
    return row


def of(session: Session, *, member: Member, now: datetime) -> list[RoutineView]:
    """Return a member's routines, by time of day."""
    rows = session.scalars(select(Routine).where(Routine.member == member.id)).all()
    marks = _marks(session, member, now) if rows else {}
    found = [
        RoutineView(
            id=row.id, paused=row.paused_at is not None, today=marks.get(row.id), body=_body(session, row)
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: (each.body.hour, each.body.minute, each.id))


def one(session: Session, *, member: str, routine: str) -> RoutineBody:
    """Return one's own routine, opened. Raises `NotFound`."""
    row = session.get(Routine, routine)
    if row is None or row.member != member:
        raise NotFound
    return _body(session, row)


def open_today(routines: Sequence[RoutineView], *, today: date) -> list[RoutineView]:
    """Return those for today of which nothing is noted yet."""
    return [each for each in routines if each.falls_on(today) and each.today is None]


def done(session: Session, *, member: str) -> tuple[datetime, ...]:
    """Return when routines were done, oldest first; rests are no one's business, not even of a count."""
    rows = session.scalars(
        select(RoutineDay).where(RoutineDay.member == member).order_by(RoutineDay.created_at, RoutineDay.id)
    )
    return tuple(row.created_at for row in rows if sealed.unseal(session, row)["done"])


def _marks(session: Session, member: Member, now: datetime) -> dict[str, bool]:
    """Return what was noted of today, by routine."""
    today = _today(member, now)
    wanted = select(RoutineDay).where(RoutineDay.member == member.id, RoutineDay.created_at > now - RECENT)
    bodies = [(row.routine, sealed.unseal(session, row)) for row in session.scalars(wanted)]
    return {routine: body["done"] for routine, body in bodies if routine and body["day"] == today.isoformat()}


def _today(member: Member, now: datetime) -> date:
    return now.astimezone(ZoneInfo(member.time_zone)).date()


def _day(session: Session, row: RoutineDay) -> date:
    return date.fromisoformat(sealed.unseal(session, row)["day"])


def _seal(session: Session, row: Routine, body: RoutineBody, noted: dict[str, Any]) -> None:
    sealed.seal(session, row, {"routine": body.to_json()} | noted)


def _body(session: Session, row: Routine) -> RoutineBody:
    return RoutineBody.from_json(sealed.unseal(session, row)["routine"])


def _noted(session: Session, row: Routine) -> dict[str, str]:
    """Return what was planned (``due_for``) and what was reminded of (``reminded``), days as ISO 8601."""
    body = sealed.unseal(session, row)
    return {name: body[name] for name in ("due_for", "reminded") if name in body}


def plan(session: Session, row: Routine, *, zone: ZoneInfo, now: datetime) -> None:
    """Plan the next reminder; none where it rests or none is wanted."""
    body, noted = _body(session, row), _noted(session, row)
    if row.paused_at is not None or body.nudge is Nudge.NONE:
        row.due_at = None
        session.flush()
        return
    last = noted.get("reminded")
    ahead = body.nudges(zone, after=now)
    day, at = next((day, at) for day, at in ahead if at > now and day.isoformat() != last)
    _seal(session, row, body, noted | {"due_for": day.isoformat()})
    row.due_at = at
    session.flush()
    fact = events.RoutineDue(routine=row.id, at=at.isoformat())
    outbox.record(session, fact, dedupe_key=f"routine:{row.id}:{fact.at}", not_before=at.timestamp())


def due(session: Session, row: Routine, *, zone: ZoneInfo) -> datetime:
    """Return when it begins on the day that the planned reminder is about."""
    return _body(session, row).begins(date.fromisoformat(_noted(session, row)["due_for"]), zone)


def reminded(session: Session, row: Routine) -> None:
    """Note that the planned day was reminded of; it is not done again."""
    noted = _noted(session, row)
    _seal(session, row, _body(session, row), noted | {"reminded": noted["due_for"]})
    session.flush()


def still_wanted(session: Session, *, routine: str) -> bool:
    """Return whether the reminder written last still stands: not let go, paused, moved, done or stopped."""
    row = session.get(Routine, routine)
    if row is None or row.paused_at is not None:
        return False
    body, last = _body(session, row), _noted(session, row).get("reminded")
    if body.nudge is Nudge.NONE or last is None or date.fromisoformat(last).weekday() not in body.days:
        return False
    newest = select(RoutineDay).where(RoutineDay.routine == row.id).order_by(RoutineDay.created_at.desc())
    rows = session.scalars(newest.limit(7))
    return all(sealed.unseal(session, each)["day"] != last for each in rows)


def move(session: Session, *, member: Member, now: datetime) -> None:
    """Plan anew for a member who lives by another clock now."""
    for row in _planned(session, member.id):
        plan(session, row, zone=ZoneInfo(member.time_zone), now=now)


def stop(session: Session, *, member: str) -> None:
    """Send no more reminders of any routine; the routines stay. Safe to repeat."""
    for row in _planned(session, member):
        body = RoutineBody.from_json(_body(session, row).to_json() | {"nudge": Nudge.NONE})
        _seal(session, row, body, _noted(session, row))
        row.due_at = None
    session.flush()


def planned(session: Session, *, member: str) -> int:
    """Return for how many routines a reminder is to come."""
    wanted = select(func.count()).where(Routine.member == member, Routine.due_at.is_not(None))
    return session.scalar(wanted) or 0


def _planned(session: Session, member: str) -> list[Routine]:
    wanted = select(Routine).where(Routine.member == member, Routine.due_at.is_not(None))
    return list(session.scalars(wanted.order_by(Routine.id).with_for_update()))
