"""Reports: a member's word about a person, a group or an event, and what moderators make of it.

A report parts the two people at once. Danger, and somebody who may be under 18, also gives the reported
person no new places until it is decided. What is overdue is escalated once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from domain import (
    agenda,
    audit,
    blocks,
    circles,
    company,
    events,
    groups,
    needs_cards,
    outbox,
    people,
    restrictions,
    sealed,
)
from domain.audit import Action
from domain.errors import Conflict, Invalid, NotFound
from domain.models import (
    Event,
    Group,
    Limit,
    Occurrence,
    Report,
    ReportCategory,
    ReportState,
    Rsvp,
    RsvpStatus,
)
from domain.people import Mention

LONGEST_TEXT = 2000
PER_DAY = 5
KEPT = timedelta(days=730)  #: after the decision
#: A moderator reads an opened report for this long before opening it again.
OPEN_FOR = timedelta(hours=1)
DUE = {
    ReportCategory.DANGER: timedelta(hours=4),
    ReportCategory.UNDER_AGE: timedelta(hours=24),
    ReportCategory.HARASSMENT: timedelta(hours=24),
    ReportCategory.OTHER: timedelta(hours=72),
}
PAUSES = frozenset({ReportCategory.DANGER, ReportCategory.UNDER_AGE})


class Kind(StrEnum):
    """What is reported (stored as these words)."""

    GROUP = "group"
    EVENT = "event"
    PERSON = "person"
    FELLOW = "fellow"  #: somebody of one's circle, by their place in it


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """What a report is about, as the reporter sees it."""

    kind: Kind
    label: str
    snapshot: dict[str, str] = field(repr=False)  #: how it stood when it was reported
    reported: str | None = None  #: account; none: a listing nobody here runs
    group: str | None = None
    occurrence: str | None = None


def subject(session: Session, *, viewer: str, kind: Kind, identity: str) -> Subject:
    """Return what can be reported under an id the viewer has met it by; raises `NotFound`."""
    match kind:
        case Kind.GROUP:
            return _group(groups.get_open(session, viewer=viewer, group=identity))
        case Kind.EVENT:
            return _event(session, viewer, identity)
        case Kind.PERSON:
            return _person(session, kind, people.fellow(session, viewer=viewer, membership=identity))
        case Kind.FELLOW:
            words = needs_cards.words_shown(session, viewer=viewer, place=identity)
            return _person(session, kind, company.fellow(session, viewer=viewer, place=identity), card=words)


def _person(session: Session, kind: Kind, found: Mention, *, card: str = "") -> Subject:
    group = session.get_one(Group, found.group)
    return Subject(
        kind=kind,
        label=found.label,
        snapshot={"name": found.label, "group": group.name} | ({"card": card} if card else {}),
        reported=found.account,
        group=found.group,
    )


def _group(group: Group) -> Subject:
    return Subject(
        kind=Kind.GROUP,
        label=group.name,
        snapshot={"group": group.name, "summary": group.summary, "description": group.description},
        reported=group.organizer,
        group=group.id,
    )


def _event(session: Session, viewer: str, identity: str) -> Subject:
    """Return an event one can look at, or has been to."""
    occurrence = session.get(Occurrence, identity)
    been = select(Rsvp.id).where(
        Rsvp.member == viewer, Rsvp.occurrence == identity, Rsvp.status != RsvpStatus.NO
    )
    if occurrence is None or session.scalar(been) is None:
        occurrence = agenda.one(session, member=viewer, occurrence=identity).occurrence
    event = session.get_one(Event, occurrence.event)
    group = session.get_one(Group, event.group)
    return Subject(
        kind=Kind.EVENT,
        label=event.title,
        snapshot={
            "event": event.title,
            "text": event.text,
            "starts": occurrence.starts_at.isoformat(),
            "group": group.name,
        },
        reported=group.organizer,
        group=group.id,
        occurrence=occurrence.id,
    )


def file(
    session: Session, *, reporter: str, about: Subject, category: ReportCategory, words: str, now: datetime
) -> Report:
    """Keep a report, part the two people and, where it cannot wait, stop new places for the reported one.

    Raises `Invalid`, and `Conflict` beyond five a day.
    """
    text = words.strip()
    if not text or len(text) > LONGEST_TEXT:
        raise Invalid({"words": f"Say in up to {LONGEST_TEXT} letters what happened."})
    if about.reported == reporter:
        raise Conflict("This is your own. You can change it or close it yourself.")
    _check_not_too_many(session, reporter, now)
    row = Report(
        account=reporter,
        reported=about.reported,
        group=about.group,
        occurrence=about.occurrence,
        kind=about.kind,
        category=category,
        created_at=now,
        due_at=now + DUE[category],
        state=ReportState.OPEN,
    )
    sealed.seal(session, row, {"words": text, "label": about.label, "snapshot": about.snapshot})
    session.add(row)
    session.flush()
    if about.reported is not None:
        _part(session, row, about, now)
    outbox.record(session, events.ReportFiled(report=row.id))
    timer = events.ReportOverdue(report=row.id)
    outbox.record(session, timer, dedupe_key=f"report_overdue:{row.id}", not_before=row.due_at.timestamp())
    return row


def _check_not_too_many(session: Session, reporter: str, now: datetime) -> None:
    today = select(func.count()).where(
        Report.account == reporter, Report.created_at > now - timedelta(days=1)
    )
    if (session.scalar(today) or 0) >= PER_DAY:
        raise Conflict(
            "You have sent us several reports today, and we read each one. If somebody is in danger now, "
            "please use the numbers on the help page."
        )


def _part(session: Session, row: Report, about: Subject, now: datetime) -> None:
    named = about.kind in {Kind.PERSON, Kind.FELLOW}
    label = about.label if named else f"The person who runs “{about.snapshot['group']}”"
    reported, reporter = row.reported or "", row.account or ""
    if row.category in PAUSES:
        restrictions.impose(session, account=reported, limit=Limit.PAUSED, report=row.id, now=now)
        circles.step_out_everywhere(session, member=reported, now=now)
    blocks.block(session, member=reporter, other=reported, label=label, now=now)


def waiting(session: Session, *, moderator: str) -> list[Report]:
    """Return the reports that wait for a decision, most urgent first; none a moderator is part of."""
    return _reports(session, moderator, Report.state != ReportState.DECIDED, Report.due_at)


def decided(session: Session, *, moderator: str, limit: int = 20) -> list[Report]:
    """Return the reports decided last."""
    return _reports(session, moderator, Report.state == ReportState.DECIDED, Report.decided_at.desc())[:limit]


def _reports(session: Session, moderator: str, condition: Any, order: Any) -> list[Report]:
    rows = session.scalars(select(Report).where(condition).order_by(order, Report.id))
    return [row for row in rows if moderator not in (row.account, row.reported)]


def get(session: Session, *, moderator: str, report: str) -> Report:
    """Return a report for a moderator who is no part of it; raises `NotFound`."""
    row = session.get(Report, report)
    if row is None or moderator in (row.account, row.reported):
        raise NotFound
    return row


def open_report(session: Session, *, moderator: str, report: str, now: datetime) -> Report:
    """Let a moderator read a report's words for an hour; the audit log says who did."""
    row = get(session, moderator=moderator, report=report)
    audit.record(
        session,
        actor=moderator,
        action=Action.REPORT_OPENED,
        about=f"report:{row.id}",
        reason="To decide about it.",
        now=now,
    )
    return row


def is_open_to(session: Session, *, moderator: str, report: Report, now: datetime) -> bool:
    """Return whether this moderator opened the report within the last hour."""
    at = audit.last(session, actor=moderator, action=Action.REPORT_OPENED, about=f"report:{report.id}")
    return at is not None and at > now - OPEN_FOR


@dataclass(frozen=True, kw_only=True, slots=True)
class Opened:
    """What a report says."""

    words: str = field(repr=False)
    label: str = field(repr=False)
    snapshot: dict[str, str] = field(repr=False)


def read(session: Session, *, moderator: str, report: Report, now: datetime) -> Opened | None:
    """Return the words of a report this moderator has opened; None before that, or when they are gone."""
    if report.sealed is None or not is_open_to(session, moderator=moderator, report=report, now=now):
        return None
    return Opened(**sealed.unseal(session, report))


def prune(session: Session, *, now: datetime) -> int:
    """Remove reports decided more than two years ago; return how many. What is undecided stays."""
    result: Any = session.execute(delete(Report).where(Report.decided_at < now - KEPT))
    return int(result.rowcount)


def others_about(session: Session, report: Report) -> Sequence[Report]:
    """Return earlier reports about the same account, newest first: how often, never their words."""
    if report.reported is None:
        return []
    same = select(Report).where(Report.reported == report.reported, Report.id != report.id)
    return session.scalars(same.order_by(Report.created_at.desc())).all()
