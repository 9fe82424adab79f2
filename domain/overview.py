"""Figures and lists for admins: how many, how it runs; never what anybody said or felt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from domain.models import (
    Event,
    Group,
    Heartbeat,
    MatchingRun,
    Member,
    Occurrence,
    OutboxAudit,
    Role,
    RoleName,
    RunStatus,
    account_roles,
)

PAGE = 50
#: Runs and members over which exclusions are added up; with fewer members, one could be read out.
EXCLUSION_RUNS, LEAST_MEMBERS = 500, 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Figures:
    """How many of each there are."""

    members: int
    organizers: int
    groups: int  #: open ones
    events: int  #: not cancelled
    upcoming: int  #: occurrences still to come


@dataclass(frozen=True, kw_only=True, slots=True)
class Exclusions:
    """What ruled events out, added up over many members' latest runs."""

    members: int
    possible: int
    by_reason: dict[str, int] = field(default_factory=dict)  #: most first


def figures(session: Session, *, now: datetime) -> Figures:
    """Return the figures of the first page."""
    organizers = (
        select(func.count())
        .select_from(account_roles)
        .join(Role, Role.id == account_roles.c.role_id)
        .where(Role.name == RoleName.ORGANIZER)
    )
    return Figures(
        members=_count(session, select(func.count()).select_from(Member)),
        organizers=_count(session, organizers),
        groups=_count(session, select(func.count()).where(Group.closed_at.is_(None))),
        events=_count(session, select(func.count()).where(Event.cancelled_at.is_(None))),
        upcoming=_count(
            session,
            select(func.count()).where(Occurrence.starts_at > now, Occurrence.cancelled_at.is_(None)),
        ),
    )


def _count(session: Session, statement: Select[int]) -> int:
    return session.scalar(statement) or 0


def run_counts(session: Session) -> dict[str, int]:
    """Return how many matching runs there are of each status."""
    rows = session.execute(select(MatchingRun.status, func.count()).group_by(MatchingRun.status))
    found = {row[0]: row[1] for row in rows}
    return {str(status): found.get(status, 0) for status in RunStatus}


def recent_runs(
    session: Session, *, status: RunStatus | None = None, page: int = 1
) -> tuple[Sequence[MatchingRun], bool]:
    """Return one page of runs, newest first, and whether there are older ones."""
    statement = select(MatchingRun).order_by(MatchingRun.id.desc())
    if status is not None:
        statement = statement.where(MatchingRun.status == status)
    rows = session.scalars(statement.offset((page - 1) * PAGE).limit(PAGE + 1)).all()
    return rows[:PAGE], len(rows) > PAGE


def exclusions(session: Session) -> Exclusions | None:
    """Return what ruled events out lately; None while fewer than ten members are in it.

    A single run's counts follow from what a member said about themselves, so they are shown added up only.
    """
    finished = (
        select(MatchingRun.member, MatchingRun.outcome)
        .where(MatchingRun.status == RunStatus.FINISHED)
        .order_by(MatchingRun.id.desc())
        .limit(EXCLUSION_RUNS)
    )
    latest = {row.member: row.outcome or {} for row in reversed(session.execute(finished).all())}
    if len(latest) < LEAST_MEMBERS:
        return None
    reasons: Counter[str] = Counter()
    for outcome in latest.values():
        reasons.update(outcome.get("excluded", {}))
    possible = sum(outcome.get("possible", 0) for outcome in latest.values())
    return Exclusions(members=len(latest), possible=possible, by_reason=dict(reasons.most_common()))


def heartbeats(session: Session) -> Sequence[Heartbeat]:
    """Return every process that was heard of lately, by kind and name."""
    return session.scalars(select(Heartbeat).order_by(Heartbeat.kind, Heartbeat.name)).all()


def decisions(session: Session, *, limit: int = 20) -> Sequence[OutboxAudit]:
    """Return the latest decisions about dead messages, newest first."""
    return session.scalars(select(OutboxAudit).order_by(OutboxAudit.id.desc()).limit(limit)).all()
