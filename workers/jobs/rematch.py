"""Bulk runs: everybody is matched again, 200 members a step, in a lane that keeps nobody waiting."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from domain import events, runs
from domain.database import writing
from domain.models import BulkRun, MatchingRun, RunStatus
from workers.jobs.job import Job
from workers.jobs.match import Asked, Found, match_all, store
from workers.runtime import Runtime

STEP = 200  #: members matched in one pass

Fact = events.SettingsActivated | events.BulkStepDue


@dataclass(frozen=True, kw_only=True, slots=True)
class _Step:
    asked: list[Asked]
    found: dict[str, Found] = field(repr=False)


def _prepare(runtime: Runtime, facts: Sequence[Fact]) -> _Step:
    """Add a run for each member of the step and match them; a step tried again uses the runs it has."""
    (fact,) = facts
    with writing(runtime.sessions) as session:
        asked = _runs_of_step(session, fact.bulk, runtime.clock())
    return _Step(asked=asked, found=match_all(runtime, asked) if asked else {})


def _runs_of_step(session: Session, bulk_id: str, now: datetime) -> list[Asked]:
    bulk = session.get(BulkRun, bulk_id)
    if bulk is None or bulk.finished_at is not None:
        return []
    members = runs.next_members(session, bulk, limit=STEP)
    known = runs.running_in(session, bulk_id, members)
    missing = [
        MatchingRun(
            member=member,
            bulk=bulk_id,
            reason=bulk.reason,
            status=RunStatus.RUNNING,
            requested_at=bulk.requested_at,
            started_at=now,
        )
        for member in members
        if member not in known
    ]
    session.add_all(missing)
    session.flush()
    both = known | {run.member: run.id for run in missing}
    return [Asked(run=both[member], member=member) for member in members]


def _apply(session: Session, plan: _Step, facts: Sequence[Fact], now: datetime) -> None:
    (fact,) = facts
    bulk = session.get(BulkRun, fact.bulk)
    if bulk is None or bulk.finished_at is not None:
        return
    store(session, plan.found, plan.asked, now)
    runs.step(session, bulk, [each.member for each in plan.asked], now=now)


REMATCH = Job(prepare=_prepare, apply=_apply)
