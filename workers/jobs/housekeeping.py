"""Once a day: recurring events further ahead, what is done pruned, what people joined learnt from anew."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import (
    affinity_models,
    audit,
    belonging,
    circle_forming,
    courtesies,
    events,
    fits,
    heartbeats,
    outbox,
    presses,
    regions,
    reports,
    retention,
    runs,
    schedule,
    tallies,
)
from domain.database import reading, writing
from domain.models import Event
from workers.jobs.job import Job
from workers.runtime import Runtime

log = logging.getLogger("handrail.housekeeping")

AT = time_of_day(3, 10, tzinfo=UTC)  #: when few people are about
BATCH = 25  #: events expanded, and hundreds of messages pruned, before other writers get their turn
SHARE = 20.0  #: seconds for what may take more than one night
MARKED = 200  #: members whose region is worked out in one transaction


def plan(session: Session, *, day: datetime, not_before: float = 0.0) -> None:
    """Plan a day's housekeeping, once however often it is asked for."""
    name = f"{day:%Y-%m-%d}"
    key = f"housekeeping:{name}"
    if not outbox.is_recorded(session, key):  # each relay asks every few seconds
        fact = events.HousekeepingDue(day=name)
        outbox.record(session, fact, dedupe_key=key, not_before=not_before)


def _prepare(runtime: Runtime, _facts: Sequence[events.HousekeepingDue]) -> None:
    """Do what bears repeating, in small transactions of its own."""
    now = runtime.clock()
    _expand(runtime, now)
    _repeat(runtime, lambda session: regions.fill(session, limit=MARKED))
    _repeat(runtime, retention.prune_messages)
    _repeat(runtime, lambda session: presses.prune(session, now=now))
    _sweep(runtime, retention.prune_suggestions, now)
    _sweep(runtime, retention.prune_runs, now)
    _repeat(runtime, lambda session: retention.prune_bulk_runs(session, now=now))
    with writing(runtime.sessions) as session:
        heartbeats.prune(session, now=now)
        runs.end_stuck(session, now=now)
        affinity_models.prune(session, now=now)
        audit.prune(session, now=now)
        reports.prune(session, now=now)
        tallies.fold(session)
        circle_forming.prune(session, now=now)
        belonging.prune(session, now=now)
        courtesies.prune(session, now=now)
    _attest(runtime)


def _repeat(runtime: Runtime, step: Callable[[Session], int]) -> None:
    """Go on with something in transactions of its own until nothing is left of it."""
    while True:
        with writing(runtime.sessions) as session:
            if not step(session):
                return


def _sweep(runtime: Runtime, prune: Callable[..., str | None], now: datetime) -> None:
    """Go through a table in transactions of its own, as far as a night's share of time goes."""
    after: str | None = ""
    until = time.monotonic() + SHARE
    while after is not None and time.monotonic() < until:
        with writing(runtime.sessions) as session:
            after = prune(session, now=now, after=after)


def _attest(runtime: Runtime) -> None:
    """Write the head of the audit log where it cannot be cut off unseen, or the entry that does not fit."""
    with reading(runtime.sessions) as session:
        head, broken = audit.head(session), audit.verify(session)
    if broken is None:
        log.info("audit entries=%d head=%s", head.number, head.digest)
    else:
        log.error("audit broken at=%d", broken)


def _expand(runtime: Runtime, now: datetime) -> None:
    with reading(runtime.sessions) as session:
        recurring = select(Event.id).where(Event.rrule.is_not(None), Event.cancelled_at.is_(None))
        ids = list(session.scalars(recurring.where(Event.published_at.is_not(None)).order_by(Event.id)))
    for start in range(0, len(ids), BATCH):
        with writing(runtime.sessions) as session:
            for event in session.scalars(select(Event).where(Event.id.in_(ids[start : start + BATCH]))):
                schedule.expand(session, event=event, now=now)


def _apply(session: Session, _plan: None, facts: Sequence[events.HousekeepingDue], now: datetime) -> None:
    fits.request(session, reason=fits.NIGHTLY, now=now)
    for fact in facts:
        # After a long sleep the days missed need not be made up for one by one.
        latest = max(date.fromisoformat(fact.day), now.astimezone(UTC).date())
        tomorrow = datetime.combine(latest + timedelta(days=1), AT)
        plan(session, day=tomorrow, not_before=tomorrow.timestamp())


KEEP = Job(prepare=_prepare, apply=_apply)
