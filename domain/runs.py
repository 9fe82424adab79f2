"""The life of a matching run: requested, running, finished or failed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, exists, func, select, update
from sqlalchemy.orm import Session, aliased

from domain import events, outbox
from domain.models import BulkRun, MatchingRun, Member, RunStatus
from domain.rows import insert_all


class Matched(NamedTuple):
    """What a run came to, in counts, and marks of what it was told."""

    member: str
    outcome: Mapping[str, Any]
    inputs: Mapping[str, Any]


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
    stage: str | None = None,
) -> None:
    """Mark runs as running, with the settings and the model taken for them.

    One that is tried again names what is taken for it now: that is what its suggestions come from.
    """
    session.execute(
        update(MatchingRun)
        .where(MatchingRun.id.in_(runs))
        .values(
            status=RunStatus.RUNNING,
            stage=stage,
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


def standing(session: Session, runs: Sequence[str]) -> set[str]:
    """Return those of the runs that still exist and whose member has none that began later.

    Of the others the picture is older, or the member is gone.
    """
    newer = aliased(MatchingRun)
    later = exists().where(newer.member == MatchingRun.member, newer.started_at > MatchingRun.started_at)
    return set(session.scalars(select(MatchingRun.id).where(MatchingRun.id.in_(runs), ~later)))


def unmatched(session: Session, members: Collection[str], *, since: datetime) -> set[str]:
    """Return those of the members who exist and have no run that began after a moment."""
    later = exists().where(MatchingRun.member == Member.id, MatchingRun.started_at > since)
    return set(session.scalars(select(Member.id).where(Member.id.in_(members), ~later)))


def add_finished(
    session: Session,
    outcomes: Mapping[str, Matched],
    *,
    bulk: BulkRun,
    settings_version: str,
    model_version: str,
    began: datetime,
    now: datetime,
) -> None:
    """Add runs of a bulk run that are over as they are written, by the run's id."""
    rows = [
        {
            "id": run,
            "member": each.member,
            "bulk": bulk.id,
            "reason": bulk.reason,
            "status": RunStatus.FINISHED,
            "settings_version": settings_version,
            "model_version": model_version,
            "requested_at": bulk.requested_at,
            "started_at": began,
            "finished_at": now,
            "outcome": dict(each.outcome),
            "inputs": dict(each.inputs),
        }
        for run, each in outcomes.items()
    ]
    insert_all(session, MatchingRun, rows)


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
