"""What moved on a ladder and why; proposals, which only the member can turn into a step (R01, R36)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import rungs, sealed
from domain.errors import Conflict, NotFound
from domain.ladder_records import ChangeBody, ChangeKind, ChangeView
from domain.models import LadderChange, ProposalStatus, Reflection

#: At most one raise in this time (R36).
BETWEEN_RAISES = timedelta(days=7)
SHOWN_CHANGES = 20


class HeldBack(Conflict):
    """A raise came less than a week after the last one; the proposal stays open."""

    def __init__(self, until: datetime) -> None:
        super().__init__("You moved up less than a week ago. Let that step settle first. This one will wait.")
        self.until = until


def record_change(
    session: Session,
    *,
    member: str,
    reflection: str | None,
    body: ChangeBody,
    proposes: bool,
    now: datetime,
) -> LadderChange:
    """Keep what moved and why; one that ``proposes`` waits for the member, replacing an earlier one."""
    if reflection is not None and session.get_one(Reflection, reflection).member != member:
        raise NotFound
    if proposes:
        replace_open(session, member, now)
    row = LadderChange(
        member=member,
        reflection=reflection,
        created_at=now,
        proposal=ProposalStatus.OPEN if proposes else None,
    )
    sealed.seal(session, row, body.to_json())
    session.add(row)
    session.flush()
    return row


def replace_open(session: Session, member: str, now: datetime) -> None:
    """Close the proposal that waits, because the ladder has moved on."""
    still_open = select(LadderChange).where(
        LadderChange.member == member, LadderChange.proposal == ProposalStatus.OPEN
    )
    for row in session.scalars(still_open):
        row.proposal, row.decided_at = ProposalStatus.REPLACED, now


def take_smaller(session: Session, *, member: str, rung: str, what: str, now: datetime) -> LadderChange:
    """Count a smaller version of a step, on a tough day, as taking part: nothing is lost by it (R19)."""
    rungs.own_rung(session, member, rung)
    body = ChangeBody(kind=ChangeKind.SMALLER, rung=rung, reason="tough_day", words=(what.strip()[:200],))
    return record_change(session, member=member, reflection=None, body=body, proposes=False, now=now)


def newest_changes(session: Session, member: str) -> list[ChangeView]:
    """Return the last changes, opened, newest first."""
    rows = session.scalars(
        select(LadderChange)
        .where(LadderChange.member == member)
        .order_by(LadderChange.created_at.desc(), LadderChange.id.desc())
        .limit(SHOWN_CHANGES)
    )
    return [ChangeView.of(row, ChangeBody.from_json(sealed.unseal(session, row))) for row in rows]


def own_change(session: Session, *, member: str, change: str) -> LadderChange:
    """Return one's own change; anybody else's is not there. Raises `NotFound`."""
    row = session.get(LadderChange, change)
    if row is None or row.member != member:
        raise NotFound
    return row


def after_reflection(session: Session, *, member: str, reflection: str) -> list[ChangeView]:
    """Return what moved because of one reflection, oldest first."""
    rows = session.scalars(
        select(LadderChange)
        .where(LadderChange.member == member, LadderChange.reflection == reflection)
        .order_by(LadderChange.created_at, LadderChange.id)
    )
    return [ChangeView.of(row, ChangeBody.from_json(sealed.unseal(session, row))) for row in rows]


def decline(session: Session, *, member: str, change: str, now: datetime) -> LadderChange:
    """Leave the ladder as it is. Declining costs nothing."""
    row = _open_change(session, member, change)
    row.proposal, row.decided_at = ProposalStatus.DECLINED, now
    session.flush()
    return row


def accept(session: Session, *, member: str, change: str, now: datetime) -> LadderChange:
    """Do what a proposal says. Raises `HeldBack` for a second raise in a week, `Conflict` once decided."""
    rungs.in_use(session, member)
    row = _open_change(session, member, change)
    body = ChangeBody.from_json(sealed.unseal(session, row))
    if body.kind is ChangeKind.ADVANCE and (until := held_back_until(session, member=member, now=now)):
        raise HeldBack(until)
    _do(session, member, body)
    row.proposal, row.decided_at = ProposalStatus.ACCEPTED, now
    session.flush()
    return row


def _open_change(session: Session, member: str, change: str) -> LadderChange:
    row = own_change(session, member=member, change=change)
    if row.proposal != ProposalStatus.OPEN:
        raise Conflict("This has been decided already. Your ladder shows where you are.")
    return row


def held_back_until(session: Session, *, member: str, now: datetime) -> datetime | None:
    """Return until when no further raise is taken; none: one may be."""
    recent = session.scalars(
        select(LadderChange)
        .where(
            LadderChange.member == member,
            LadderChange.proposal == ProposalStatus.ACCEPTED,
            LadderChange.decided_at > now - BETWEEN_RAISES,
        )
        .order_by(LadderChange.decided_at.desc())
    )
    for row in recent:
        if row.decided_at and sealed.unseal(session, row)["kind"] == ChangeKind.ADVANCE:
            return row.decided_at + BETWEEN_RAISES
    return None


def _do(session: Session, member: str, body: ChangeBody) -> None:
    match body.kind:
        case ChangeKind.ADVANCE:
            _set_reached(session, member, body.to, reached=True)
        case ChangeKind.STEP_DOWN | ChangeKind.OTHER_KIND:
            _set_reached(session, member, body.rung, reached=False)
            _set_reached(session, member, body.to, reached=True)
        case ChangeKind.SPLIT:
            _split(session, member, body)
        case _:
            raise Conflict("There is nothing to decide here.")


def _set_reached(session: Session, member: str, rung: str | None, *, reached: bool) -> None:
    if rung is None:
        return
    _, row = rungs.own_rung(session, member, rung)
    if not reached or row.archived_at is None:
        rungs.reseal(session, row, {"reached": reached})


def _split(session: Session, member: str, body: ChangeBody) -> None:
    """Put a smaller step before the one that was too much, and work on that one first."""
    if body.new is None or body.rung is None:
        raise Conflict("There is nothing to decide here.")
    ladder, hard = rungs.own_rung(session, member, body.rung)
    rungs.check_room(session, ladder)
    rungs.reseal(session, hard, {"reached": False})
    smaller = rungs.add(session, ladder, body.new, position=rungs.top(session, ladder) + 1, reached=True)
    session.flush()
    for above in reversed([row for row in rungs.rungs_of(session, ladder) if row.archived_at is None][:-1]):
        if above.position < hard.position:
            break
        rungs.swap(session, smaller, above, spare=rungs.top(session, ladder) + 1)
