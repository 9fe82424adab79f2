"""The workers' loop without a queue server: here and now, until nothing is due."""

from __future__ import annotations

from collections.abc import Sequence

from domain.events import Lane
from workers import logs
from workers.config import WorkerConfig
from workers.jobs.work import work_lane
from workers.runtime import Runtime, open_runtime


def drain(config: WorkerConfig, lanes: Sequence[str] = ()) -> int:
    """Do the waiting work of ``lanes``, or of all of them, and return how many messages were taken."""
    logs.set_up(json=config.json_logs)
    runtime = open_runtime(config)
    try:
        return drain_lanes(runtime, [Lane(lane) for lane in lanes or Lane])
    finally:
        runtime.close()


def drain_lanes(runtime: Runtime, lanes: Sequence[Lane] = tuple(Lane)) -> int:
    """Go round the lanes, the most urgent first, until a round finds nothing due."""
    handled = 0
    while found := sum(work_lane(runtime, lane) for lane in lanes):
        handled += found
    return handled
