"""`handrail bench member`: what one member waits from a saved profile to stored suggestions."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from statistics import median, quantiles
from typing import Any, NamedTuple

import click

from domain import bulk_runs, runs
from domain import members as people
from domain.database import Sessions, reading, writing
from domain.models import Member, RunStatus
from handrail import bench_place as bench
from handrail.bench_place import BenchPlace

DONE = (RunStatus.FINISHED, RunStatus.FAILED)


class _Wait(NamedTuple):
    """What one save waited for, in seconds."""

    all: float
    begun: float  #: until a process worked on it


@click.command()
@click.option("--members", default=2000, show_default=True, type=click.IntRange(10))
@click.option("--events", default=125, show_default=True, help="Weekly ones, eight or nine occurrences each.")
@click.option("--saves", default=100, show_default=True, type=click.IntRange(10))
@click.option("--database", envvar="BENCH_DATABASE_URL", help="An empty PostgreSQL; SQLite where left out.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def bench_member(*, members: int, events: int, saves: int, database: str | None, as_json: bool) -> None:
    """Save profiles one after the other, on a quiet machine and while everybody is matched again.

    Times are from the commit of the save until its run is finished, seen by asking every 5 ms. Of them
    ``begun`` is until a process works on it (relay, bell, fork, lease), ``worked`` the rest. Processor
    seconds are those of relay and worker for one save.
    """
    report: dict[str, Any] = {"members": members, "occurrences_from": events, "saves": saves}
    with bench.bench_place(database) as place:
        now = bench.moment()
        bench.add_events(place.sessions, events, now)
        ids = bench.add_members(place.sessions, members, now)
        idle, _ = _cpu(place, ids[0], dict)
        used, report["quiet"] = _cpu(place, ids[0], lambda: _waits(place.sessions, ids, saves))
        report["quiet"]["cpu"] = round((used - idle) / saves, 3)
        _, report["bulk"] = _cpu(place, ids[0], lambda: _under_bulk(place.sessions, ids, saves))
    click.echo(
        json.dumps(report) if as_json else "\n".join(f"{name}: {value}" for name, value in report.items())
    )


def _cpu(
    place: BenchPlace, member: str, work: Callable[[], dict[str, float]]
) -> tuple[float, dict[str, float]]:
    """Return the processor seconds of relay and worker, from start to end, and what the work found."""
    before = _children()
    with place.running("relay", "worker"):
        _wait_for(place.sessions, member, _ask(place.sessions, member))
        bench.drained(place.sessions)
        found = work()
    return _children() - before, found


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _under_bulk(sessions: Sessions, ids: Sequence[str], saves: int) -> dict[str, float]:
    """Measure while everybody is matched again, beginning anew as often as that ends."""
    waited: list[_Wait] = []
    while len(waited) < saves:
        with writing(sessions) as session:
            bulk = bulk_runs.match_everybody(session, reason="bench", now=bench.moment())
            bulk_id = bulk.id if bulk is not None else ""
        while len(waited) < saves and _running(sessions, bulk_id):
            waited.append(_one(sessions, ids[len(waited) % len(ids)], len(waited)))
    return _figures(waited)


def _running(sessions: Sessions, bulk: str) -> bool:
    from domain.models import BulkRun  # noqa: PLC0415

    with reading(sessions) as session:
        row = session.get(BulkRun, bulk)
        return row is not None and row.finished_at is None


def _waits(sessions: Sessions, ids: Sequence[str], saves: int) -> dict[str, float]:
    return _figures([_one(sessions, ids[number % len(ids)], number) for number in range(saves)])


def _figures(waited: list[_Wait]) -> dict[str, float]:
    parts = quantiles((each.all for each in waited), n=100)
    return {
        "p50": round(parts[49], 3),
        "p90": round(parts[89], 3),
        "p99": round(parts[98], 3),
        "begun_p50": round(median(each.begun for each in waited), 3),
        "worked_p50": round(median(each.all - each.begun for each in waited), 3),
    }


def _one(sessions: Sessions, member: str, number: int) -> _Wait:
    time.sleep(0.05 + 0.013 * (number % 11))  # not in step with the relay
    run = _ask(sessions, member, number)
    saved, began = datetime.now(UTC), time.monotonic()
    started_at = _wait_for(sessions, member, run)
    return _Wait(all=time.monotonic() - began, begun=(started_at - saved).total_seconds())


def _ask(sessions: Sessions, member: str, number: int = 0) -> str:
    """Save a profile as the page does; return the run it asks for."""
    liked = {bench.SLUGS[number % len(bench.SLUGS)]: 1.0}
    with writing(sessions) as session:
        row = session.get_one(Member, member)
        people.save_profile(
            session, member=row, profile=people.Profile(interests=liked), now=datetime.now(UTC)
        )
        newest = runs.latest(session, member=member)
        return newest.id if newest else ""


def _wait_for(sessions: Sessions, member: str, run: str) -> datetime:
    """Wait until a run is finished; return when it began."""
    while True:
        with reading(sessions) as session:
            newest = runs.latest(session, member=member)
            if newest is not None and newest.id >= run and newest.status in DONE:
                return newest.started_at or newest.requested_at
        time.sleep(0.005)
