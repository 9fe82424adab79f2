"""Go through a run's statements once before forking, so that every work-horse finds them compiled.

A work-horse lives for one bell: without this it would spend more time putting its SQL together than matching.
Nothing is taken, found or written: the ids exist nowhere, and each transaction is rolled back.
"""

from __future__ import annotations

import logging

from sqlalchemy.exc import DBAPIError

from domain import outbox, runs, settings, suggestions
from domain.database import begin, reading
from domain.events import Lane
from workers.loading import load_members
from workers.loading_events import load_events
from workers.reach import Box, boxes_of
from workers.runtime import Runtime
from workers.warming import MATCHES

NOBODY = "0" * 32
NOWHERE = Box(south=-90.0, north=-89.9, west=-180.0, east=-179.9)

log = logging.getLogger("handrail.worker")


def rehearse(runtime: Runtime, lane: Lane) -> None:
    """Compile what a bell of this lane will need; where the database is away, the first bell will."""
    try:
        _take(runtime, lane)
        if lane in MATCHES:
            _read(runtime)
            _store(runtime)
    except DBAPIError as error:
        log.info("not rehearsed lane=%s error=%s", lane, type(error).__name__)
    runtime.close()


def _take(runtime: Runtime, lane: Lane) -> None:
    with runtime.sessions() as session:
        begin(session, "write")
        outbox.take(session, lane)
        session.rollback()


def _read(runtime: Runtime) -> None:
    now = runtime.clock()
    with reading(runtime.sessions) as session:
        settings.in_force(session)
        runtime.models.take(session)
        boxes_of(session, [NOBODY])
        load_events(session, now=now, days=1, boxes=[NOWHERE])
        load_members(session, [NOBODY], situations={}, now=now)


def _store(runtime: Runtime) -> None:
    now = runtime.clock()
    with runtime.sessions() as session:
        begin(session, "write")
        runs.start(session, [NOBODY], settings_version=NOBODY, now=now, stage="loading")
        runs.reach(session, [NOBODY], stage="loading")
        runs.standing(session, [NOBODY])
        suggestions.replace(session, members=[NOBODY], drafts=[], now=now)
        runs.finish(session, {NOBODY: {}}, now=now)
        session.rollback()
