"""Check-ins: short questions from time to time, offered and never pressed, for the member alone.

Each kind can be put off, stopped and forgotten. No score is shown, no label given.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from domain import consent, events, outbox, sealed
from domain.checkin_answers import BODIES, Answers, Kept
from domain.errors import NotAllowed
from domain.models import CheckIn, CheckInKind, ConsentPurpose, Member, Prompt

#: Weeks after the first answers at which the loneliness questions are offered, then every `THEN`.
WEEKS, THEN = (0, 6, 12, 26), 13
WEEK = timedelta(weeks=1)
#: Days until a kind is offered for the first time after joining, and between two offers.
FIRST = {CheckInKind.LONELINESS: timedelta(0), CheckInKind.WEEK: WEEK, CheckInKind.SELF: 4 * WEEK}
BETWEEN = {CheckInKind.WEEK: WEEK, CheckInKind.SELF: 8 * WEEK}
#: Whoever answers late is not asked again at once.
AT_LEAST = 3 * WEEK


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """How a kind of check-in stands for a member."""

    kind: CheckInKind
    due_at: datetime
    by_mail: bool = False
    stopped: bool = False

    def due(self, now: datetime) -> bool:
        """Return whether it is offered now."""
        return not self.stopped and self.due_at <= now


def offers(session: Session, *, member: Member) -> dict[CheckInKind, Offer]:
    """Return how each kind stands; who never touched one has it as it comes with joining."""
    rows = {row.kind: row for row in session.scalars(select(Prompt).where(Prompt.member == member.id))}
    found = {}
    for kind in CheckInKind:
        row = rows.get(kind)
        found[kind] = (
            Offer(kind=kind, due_at=member.created_at + FIRST[kind])
            if row is None
            else Offer(kind=kind, due_at=row.due_at, by_mail=row.by_mail, stopped=row.stopped_at is not None)
        )
    return found


def due(session: Session, *, member: Member, now: datetime) -> list[CheckInKind]:
    """Return the kinds offered now."""
    return [kind for kind, offer in offers(session, member=member).items() if offer.due(now)]


def answer(
    session: Session, *, member: Member, kind: CheckInKind, answers: Answers, now: datetime
) -> CheckIn:
    """Keep a set of answers and plan the next offer. Raises `NotAllowed` without a standing consent."""
    if not consent.has(session, account=member.id, purpose=ConsentPurpose.CHECK_INS):
        raise NotAllowed("We need your yes before we keep your answers.")
    first = not history(session, member=member.id, kind=kind)
    row = CheckIn(member=member.id, kind=kind, created_at=now)
    sealed.seal(session, row, answers.to_json())
    session.add(row)
    prompt = _prompt(session, member, kind, now)
    if first:
        prompt.started_at = now
    prompt.stopped_at = None
    _plan(session, prompt, _next(kind, prompt.started_at, now))
    if kind is CheckInKind.SELF:
        outbox.record(session, events.SelfChecked(member=member.id, check_in=row.id))
    return row


def _next(kind: CheckInKind, started: datetime, now: datetime) -> datetime:
    if kind is not CheckInKind.LONELINESS:
        return now + BETWEEN[kind]
    return next(at for at in _schedule(started) if at >= now + AT_LEAST)


def _schedule(started: datetime) -> Sequence[datetime]:
    """Return when the loneliness questions come, for thirty years."""
    weeks = [*WEEKS, *range(WEEKS[-1] + THEN, 52 * 30, THEN)]
    return [started + week * WEEK for week in weeks]


def _prompt(session: Session, member: Member, kind: CheckInKind, now: datetime) -> Prompt:
    """Return the member's row of a kind, locked, made where there is none."""
    row = session.scalar(
        select(Prompt).where(Prompt.member == member.id, Prompt.kind == kind).with_for_update()
    )
    if row is None:
        row = Prompt(
            member=member.id,
            kind=kind,
            started_at=now,
            due_at=member.created_at + FIRST[kind],
            by_mail=False,
        )
        session.add(row)
        session.flush()
    return row


def _plan(session: Session, prompt: Prompt, due_at: datetime) -> None:
    """Offer it then, and let a mail say so where one was asked for."""
    prompt.due_at = due_at
    session.flush()
    if prompt.by_mail and prompt.stopped_at is None:
        at = due_at.isoformat()
        fact = events.CheckInDue(prompt=prompt.id, at=at)
        outbox.record(session, fact, dedupe_key=f"check_in:{prompt.id}:{at}", not_before=due_at.timestamp())


def snooze(session: Session, *, member: Member, kind: CheckInKind, now: datetime) -> None:
    """Put it off for a week."""
    _plan(session, _prompt(session, member, kind, now), now + WEEK)


def stop(session: Session, *, member: Member, kind: CheckInKind, now: datetime) -> None:
    """Offer it no more; answers stay until they are forgotten."""
    _prompt(session, member, kind, now).stopped_at = now
    session.flush()


def take_up(session: Session, *, member: Member, kind: CheckInKind, now: datetime) -> None:
    """Offer it again, from now on."""
    prompt = _prompt(session, member, kind, now)
    prompt.stopped_at = None
    _plan(session, prompt, max(prompt.due_at, now))


def remind(session: Session, *, member: Member, kind: CheckInKind, by_mail: bool, now: datetime) -> None:
    """Ask for a mail the next time it is offered, or for none."""
    prompt = _prompt(session, member, kind, now)
    prompt.by_mail = by_mail
    session.flush()
    if prompt.due_at > now:
        _plan(session, prompt, prompt.due_at)


def history(session: Session, *, member: str, kind: CheckInKind) -> list[Kept]:
    """Return a member's answers, opened, oldest first."""
    rows = session.scalars(
        select(CheckIn)
        .where(CheckIn.member == member, CheckIn.kind == kind)
        .order_by(CheckIn.created_at, CheckIn.id)
    )
    return [
        Kept(id=row.id, at=row.created_at, answers=BODIES[kind].from_json(sealed.unseal(session, row)))
        for row in rows
    ]


def forget(session: Session, *, member: Member, now: datetime) -> None:
    """Take the consent back, delete every answer and offer nothing more until asked."""
    consent.withdraw(session, account=member.id, purpose=ConsentPurpose.CHECK_INS, now=now)
    session.execute(delete(CheckIn).where(CheckIn.member == member.id))
    for kind in CheckInKind:
        stop(session, member=member, kind=kind, now=now)
