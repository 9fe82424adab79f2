"""The life of a matching run: requested, running, finished or failed; and of a bulk run over many members."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from domain import events, outbox
from domain.models import BulkRun, MatchingRun, Member, RunStatus

OPEN = (RunStatus.REQUESTED, RunStatus.RUNNING)
STUCK = timedelta(days=1)


def request(
    session: Session, *, member: str, reason: str, now: datetime, bulk: str | None = None
) -> MatchingRun:
    """Ask for suggestions for the member with this id; a run that still waits is reused.

    ``reason``: one word, such as ``profile``, ``reflection``, ``rsvp``, ``settings``.
    """
    outbox.lock(session, f"member:{member}")  # somebody else may be asking for the same just now
    waiting = session.scalar(
        select(MatchingRun).where(MatchingRun.member == member, MatchingRun.status == RunStatus.REQUESTED)
    )
    if waiting is not None:
        return waiting
    run = MatchingRun(member=member, bulk=bulk, reason=reason, status=RunStatus.REQUESTED, requested_at=now)
    session.add(run)
    session.flush()
    outbox.record(session, events.MatchingRunRequested(member=member, run=run.id))
    return run


def latest(session: Session, *, member: str) -> MatchingRun | None:
    """Return the member's newest run; its ``stage`` and ``status`` are the progress a page shows."""
    return session.scalar(
        select(MatchingRun).where(MatchingRun.member == member).order_by(MatchingRun.id.desc()).limit(1)
    )


def start(
    session: Session,
    runs: Sequence[str],
    *,
    settings_version: str,
    model_version: str | None = None,
    now: datetime,
) -> None:
    """Mark runs as running, with the settings and the model taken for them.

    One that is tried again names what is taken for it now: that is what its suggestions come from.
    """
    session.execute(
        update(MatchingRun)
        .where(MatchingRun.id.in_(runs))
        .values(
            status=RunStatus.RUNNING,
            settings_version=settings_version,
            model_version=model_version,
            started_at=func.coalesce(MatchingRun.started_at, now),
            finished_at=None,
            failure=None,
        )
        .execution_options(synchronize_session=False)
    )


def reach(session: Session, runs: Sequence[str], *, stage: str) -> None:
    """Write the stage that running runs have come to."""
    session.execute(
        update(MatchingRun)
        .where(MatchingRun.id.in_(runs), MatchingRun.status == RunStatus.RUNNING)
        .values(stage=stage)
        .execution_options(synchronize_session=False)
    )


def superseded(session: Session, runs: Sequence[str]) -> set[str]:
    """Return those of the runs whose member has a run that began later: theirs is the older picture."""
    newer = aliased(MatchingRun)
    later = exists().where(newer.member == MatchingRun.member, newer.started_at > MatchingRun.started_at)
    return set(session.scalars(select(MatchingRun.id).where(MatchingRun.id.in_(runs), later)))


_FINISH = (
    update(MatchingRun.__table__)  # type: ignore[arg-type]
    .where(MatchingRun.__table__.c.id == bindparam("run"))
    .values(
        status=RunStatus.FINISHED,
        stage=None,
        finished_at=bindparam("now"),
        outcome=bindparam("found"),
        inputs=bindparam("told"),
    )
)


def finish(
    session: Session,
    outcomes: Mapping[str, Mapping[str, Any]],
    *,
    inputs: Mapping[str, Mapping[str, Any]] | None = None,
    now: datetime,
) -> None:
    """Mark runs as finished, each with its outcome: counts only, no content.

    ``inputs``: by run, the marks of what it was told (`workers.inputs`).
    """
    marks = inputs or {}
    if outcomes:
        session.connection().execute(
            _FINISH,
            [
                {"run": run, "found": dict(outcome), "now": now, "told": marks.get(run)}
                for run, outcome in outcomes.items()
            ],
        )


def give_up(session: Session, run: str, *, failure: str, now: datetime) -> None:
    """Mark a run as failed, so that the member may ask again; ``failure`` is the name of an error's class."""
    session.execute(
        update(MatchingRun)
        .where(MatchingRun.id == run, MatchingRun.status.in_(OPEN))
        .values(status=RunStatus.FAILED, stage=None, finished_at=now, failure=failure[:200])
        .execution_options(synchronize_session=False)
    )


def end_stuck(session: Session, *, now: datetime) -> int:
    """Mark as failed what has been open for a day: its message was given up without a word."""
    result: Any = session.execute(
        update(MatchingRun)
        .where(MatchingRun.status.in_(OPEN), MatchingRun.requested_at < now - STUCK)
        .values(status=RunStatus.FAILED, stage=None, finished_at=now, failure="Stuck")
        .execution_options(synchronize_session=False)
    )
    return int(result.rowcount)


def begin_bulk(
    session: Session, *, reason: str, now: datetime, settings_version: str | None = None
) -> BulkRun:
    """Add a bulk run over every member; the caller records what takes its first step."""
    total = session.scalar(select(func.count()).select_from(Member)) or 0
    bulk = BulkRun(reason=reason, settings_version=settings_version, requested_at=now, total=total)
    session.add(bulk)
    session.flush()
    return bulk


def match_everybody(session: Session, *, reason: str, now: datetime, not_before: float = 0.0) -> BulkRun:
    """Ask for a bulk run over every member; one for the same reason that has not begun is reused.

    ``not_before``: seconds since 1970, to wait for more of the same.
    """
    waiting = session.scalar(
        select(BulkRun)
        .where(BulkRun.reason == reason, BulkRun.finished_at.is_(None), BulkRun.done == 0)
        .order_by(BulkRun.id.desc())
        .limit(1)
    )
    if waiting is not None and not _begun(session, waiting):
        return waiting
    bulk = begin_bulk(session, reason=reason, now=now)
    outbox.record(session, events.BulkStepDue(bulk=bulk.id), not_before=not_before)
    return bulk


def _begun(session: Session, bulk: BulkRun) -> bool:
    return session.scalar(select(exists().where(MatchingRun.bulk == bulk.id))) or False


def latest_bulk(session: Session) -> BulkRun | None:
    """Return the newest bulk run, for its progress bar."""
    return session.scalar(select(BulkRun).order_by(BulkRun.id.desc()).limit(1))


def next_members(session: Session, bulk: BulkRun, *, limit: int) -> list[str]:
    """Return the ids of the members of a bulk run's next step, in order."""
    return list(
        session.scalars(select(Member.id).where(Member.id > bulk.after).order_by(Member.id).limit(limit))
    )


def running_in(session: Session, bulk: str, members: Sequence[str]) -> dict[str, str]:
    """Return the runs a bulk run has begun for these members and not finished: run id by member id."""
    rows = session.execute(
        select(MatchingRun.member, MatchingRun.id).where(
            MatchingRun.bulk == bulk,
            MatchingRun.member.in_(members),
            MatchingRun.status == RunStatus.RUNNING,
        )
    )
    return {row.member: row.id for row in rows}


def step(session: Session, bulk: BulkRun, members: Sequence[str], *, now: datetime) -> None:
    """Note that a bulk run has dealt with these members; none left ends it."""
    if members:
        bulk.after, bulk.done = members[-1], bulk.done + len(members)
        bulk.total = max(bulk.total, bulk.done)
        outbox.record(session, events.BulkStepDue(bulk=bulk.id))
    else:
        bulk.finished_at, bulk.total = now, bulk.done
    session.flush()
