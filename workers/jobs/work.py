"""Take, run, close, until the lane is empty: the one RQ job, and the loop of `workers.drain`."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Sequence
from itertools import islice
from pathlib import Path

from sqlalchemy import and_, true
from sqlalchemy.orm import Session

from domain import outbox, tallies
from domain.database import writing
from domain.events import Lane
from domain.models import OutboxMessage
from domain.outbox import Fenced, Taken
from domain.tallies import Kind
from workers import recover
from workers import runtime as slot
from workers.limit import time_limit
from workers.runtime import Runtime
from workers.subscriptions import SUBSCRIPTIONS, Subscription, subscription_of

PATIENCE = 20.0  #: seconds one bell works
#: Messages whose effects share a transaction, so that writers wait for each other briefly.
CLOSED_TOGETHER = 100
#: Attempts made in company; then each is tried alone, lest one that kills its process takes others along.
TOGETHER = 3

log = logging.getLogger("handrail.work")


def work(lane: str) -> None:
    """Work a lane off until it is empty or 20 seconds have passed."""
    work_lane(slot.current(), Lane(lane), seconds=PATIENCE)


def work_lane(runtime: Runtime, lane: Lane, *, seconds: float | None = None) -> int:
    """Deal with what is due in a lane and return how many messages were taken."""
    until = None if seconds is None else time.monotonic() + seconds
    handled = 0
    while not runtime.asked.is_set() and (until is None or time.monotonic() < until):
        taken = take(runtime, lane)
        if not taken:
            break
        handled += len(taken)
        with runtime.held.holding(taken):
            deal(runtime, taken)
    return handled


def take(runtime: Runtime, lane: Lane) -> list[Taken]:
    """Lease the oldest due message, and others of its kind where its job takes several at once."""
    with writing(runtime.sessions) as session:
        recover.bury(session, lane, now=runtime.clock())
        taken = outbox.take(session, lane)
        if taken and taken[0].kind in SUBSCRIPTIONS:
            taken += _more(session, lane, taken[0], SUBSCRIPTIONS[taken[0].kind])
        tallies.add(session, Kind.LEASE_EXPIRED, lane=lane, number=sum(each.outlived for each in taken))
    return taken


def _more(session: Session, lane: Lane, first: Taken, subscription: Subscription) -> list[Taken]:
    if subscription.batch == 1 or first.attempts > TOGETHER:
        return []
    alike = subscription.alike(session, first) if subscription.alike else true()
    young = and_(alike, OutboxMessage.attempts < TOGETHER)
    return outbox.take(session, lane, kinds=(first.kind,), limit=subscription.batch - 1, alike=young)


def deal(runtime: Runtime, taken: Sequence[Taken]) -> None:
    """Run the job of these messages, all of one kind, and close them; a failure is noted, never raised.

    Where several fail together each is tried on its own, so that one that cannot succeed harms no other.
    """
    open_ones = list(taken)
    try:
        subscription = subscription_of(taken[0].kind)
        with time_limit(subscription.time_limit):
            _run(runtime, subscription, open_ones)
    except Exception as error:  # noqa: BLE001 - whatever it is, the message must not be lost over it
        if len(taken) > 1:
            for each in list(open_ones):
                deal(runtime, [each])
        elif isinstance(error, Fenced):
            log.info("fenced kind=%s message=%s", taken[0].kind, taken[0].id)
            with writing(runtime.sessions) as session:
                tallies.add(session, Kind.FENCED, lane=taken[0].lane)
        else:
            fail(runtime, taken[0], error)


def _run(runtime: Runtime, subscription: Subscription, open_ones: list[Taken]) -> None:
    """Prepare, deliver and apply; messages leave ``open_ones`` as they are closed."""
    job = subscription.job
    plan = job.prepare(runtime, [each.fact() for each in open_ones])
    job.deliver(runtime, plan)
    while chunk := list(islice(open_ones, CLOSED_TOGETHER)):
        with writing(runtime.sessions) as session:
            outbox.close_all(session, chunk)
            job.apply(session, plan, [each.fact() for each in chunk], runtime.clock())
        del open_ones[: len(chunk)]


def fail(runtime: Runtime, message: Taken, error: BaseException) -> None:
    """Plan a message's next attempt; after the last, tell whoever waits for it."""
    log.warning(
        "failed kind=%s message=%s attempt=%d error=%s at=%s",
        message.kind,
        message.id,
        message.attempts,
        type(error).__name__,
        _place(error),
    )
    with writing(runtime.sessions) as session:
        recover.fail(session, message, error, now=runtime.clock())


def _place(error: BaseException) -> str:
    """Return file and line of an error; its words may hold what somebody wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "-"
