"""The yardstick of `handrail bench lane`: one plain RQ job a member, matched and stored alone."""

from __future__ import annotations

from datetime import UTC, datetime

from domain import runs
from domain.database import writing
from workers import runtime as slot
from workers.config import WorkerConfig
from workers.jobs.match import match_all, store
from workers.passes import Asked
from workers.runtime import Runtime, open_runtime
from workers.runtime import install as fill_slot


def install(config: WorkerConfig) -> None:
    """Give the jobs their runtime."""
    runtime = open_runtime(config)
    fill_slot(runtime)
    runtime.close()


def match_one(member: str) -> None:
    """Match one member and store what was found."""
    runtime: Runtime = slot.current()
    now = datetime.now(UTC)
    with writing(runtime.sessions) as session:
        asked = [Asked(run=runs.request(session, member=member, reason="plain", now=now).id, member=member)]
    found = match_all(runtime, asked)
    with writing(runtime.sessions) as session:
        store(session, found, asked, now)
