"""Decide about reports: nothing found, warned, removed from a group, suspended; two people for the last.

What somebody decided, and why, stands in the audit log. Who wrote the report hears which of the four it was.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import audit, blocks, erasure, events, outbox, reports, restrictions, runs, schedule
from domain.audit import Action
from domain.errors import Conflict, NotAllowed
from domain.models import Group, Limit, Member, Membership, Outcome, Report, ReportState, Rsvp, RsvpStatus

CLOSED = "The group is closed after a report."


def decide(
    session: Session, *, moderator: str, report: str, outcome: Outcome, reason: str, now: datetime
) -> Report:
    """Decide about a report one has opened; a suspension waits for a second moderator.

    Raises `NotFound`, `Conflict` where it is decided or was not opened, `Invalid` without a reason.
    """
    row = _locked(session, moderator, report, ReportState.OPEN)
    if not reports.is_open_to(session, moderator=moderator, report=row, now=now):
        raise Conflict("Open the report and read it first.")
    if outcome is Outcome.SUSPENDED:
        if row.reported is None:
            raise Conflict("There is no account here that could be suspended.")
        row.outcome, row.state, row.proposed_by = outcome, ReportState.SECOND, moderator
        _note(session, row, moderator, Action.SUSPENSION_PROPOSED, reason, now)
        session.flush()
        return row
    row.outcome = outcome
    _note(session, row, moderator, Action.REPORT_DECIDED, f"{outcome}: {reason}", now)
    _close(session, row, moderator, now)
    return row


def agree(session: Session, *, moderator: str, report: str, reason: str, now: datetime) -> Report:
    """Confirm a suspension as the second moderator; raises `NotAllowed` for the first."""
    row = _second(session, moderator, report, now)
    _note(session, row, moderator, Action.REPORT_DECIDED, f"{row.outcome}: {reason}", now)
    _close(session, row, moderator, now)
    return row


def refuse(session: Session, *, moderator: str, report: str, reason: str, now: datetime) -> Report:
    """Send a suspension back to be decided anew."""
    row = _second(session, moderator, report, now)
    _note(session, row, moderator, Action.SUSPENSION_REFUSED, reason, now)
    row.state, row.outcome, row.proposed_by = ReportState.OPEN, None, None
    session.flush()
    return row


def _second(session: Session, moderator: str, report: str, now: datetime) -> Report:
    row = _locked(session, moderator, report, ReportState.SECOND)
    if row.proposed_by == moderator:
        raise NotAllowed("Somebody else has to look at this one too.")
    if not reports.is_open_to(session, moderator=moderator, report=row, now=now):
        raise Conflict("Open the report and read it first.")
    return row


def _locked(session: Session, moderator: str, report: str, state: ReportState) -> Report:
    row = reports.get(session, moderator=moderator, report=report)
    session.refresh(row, with_for_update=True)
    if row.state != state:
        raise Conflict("Somebody has decided about this in the meantime.")
    return row


def _note(session: Session, row: Report, moderator: str, action: Action, reason: str, now: datetime) -> None:
    audit.record(session, actor=moderator, action=action, about=f"report:{row.id}", reason=reason, now=now)


def _close(session: Session, row: Report, moderator: str, now: datetime) -> None:
    row.state, row.decided_by, row.decided_at = ReportState.DECIDED, moderator, now
    session.flush()
    if row.outcome == Outcome.REMOVED:
        _remove(session, row, now)
    elif row.outcome == Outcome.SUSPENDED and row.reported is not None:
        suspend(session, account=row.reported, report=row.id, now=now)
    _end_pause(session, row, now)
    outbox.record(session, events.ReportDecided(report=row.id))


def _remove(session: Session, row: Report, now: datetime) -> None:
    """Take the reported person out of the group; where it is theirs, or nobody's here, the group closes."""
    group = session.get(Group, row.group) if row.group else None
    if group is None:
        return
    if row.reported is None or group.organizer == row.reported:
        schedule.wind_up(session, group=group, reason=CLOSED, now=now)
        return
    belongs = select(Membership).where(
        Membership.group == group.id, Membership.member == row.reported, Membership.left_at.is_(None)
    )
    for membership in session.scalars(belongs):
        membership.left_at = max(now, membership.since)
    blocks.take_back(session, member=row.reported, groups=[group.id], now=now)
    restrictions.impose(
        session, account=row.reported, limit=Limit.REMOVED, report=row.id, now=now, group=group.id
    )


def suspend(session: Session, *, account: str, report: str, now: datetime) -> None:
    """Shut an account out: it is signed out at its next request, and what it runs is closed."""
    erasure.close_groups(session, organizer=account, now=now)
    blocks.take_back(session, member=account, groups=None, now=now)
    restrictions.impose(session, account=account, limit=Limit.SUSPENDED, report=report, now=now)


def _end_pause(session: Session, row: Report, now: datetime) -> None:
    """Give new places again, unless another report still stands in the way; who waits is looked at anew."""
    for account in restrictions.lift(session, report=row.id, limit=Limit.PAUSED, now=now):
        if session.get(Member, account) is None or restrictions.held(session, [account]):
            continue
        runs.request(session, member=account, reason="report", now=now)
        waits = select(Rsvp).where(Rsvp.member == account, Rsvp.status == RsvpStatus.WAITING)
        for rsvp in session.scalars(waits):
            outbox.record(session, events.RsvpChanged(occurrence=rsvp.occurrence, member=account))


def escalate(session: Session, *, report: str, now: datetime) -> bool:
    """Note that a report has waited too long; return whether it was so, and for the first time."""
    row = session.get(Report, report, with_for_update=True)
    if row is None or row.state == ReportState.DECIDED or row.escalated_at is not None or row.due_at > now:
        return False
    row.escalated_at = now
    audit.record(
        session,
        actor=None,
        action=Action.REPORT_ESCALATED,
        about=f"report:{row.id}",
        reason="It has waited longer than we promise.",
        now=now,
    )
    return True
