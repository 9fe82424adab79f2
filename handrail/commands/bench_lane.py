"""`handrail bench lane`: many changed profiles, from the outbox to stored suggestions."""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click
from sqlalchemy import func, select

from domain.database import writing
from domain.events import MatchingRunRequested
from domain.models import MatchingRun, OutboxMessage
from domain.models.base import new_id
from domain.rows import insert_all
from handrail import bench_place as bench

if TYPE_CHECKING:
    from handrail.bench_place import BenchPlace


@click.command()
@click.option("--members", default=5000, show_default=True, type=click.IntRange(10))
@click.option("--events", default=125, show_default=True, help="Weekly ones, eight or nine occurrences each.")
@click.option("--plain", default=200, show_default=True, help="Members matched by one plain RQ job each.")
@click.option("--workers", default="1", show_default=True, help="How many workers, such as 1,2.")
@click.option("--database", envvar="BENCH_DATABASE_URL", help="An empty PostgreSQL; SQLite where left out.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def bench_lane(
    *, members: int, events: int, plain: int, workers: str, database: str | None, as_json: bool
) -> None:
    """Change many profiles at once and say how fast their suggestions are there.

    Beside it, in the same town, one RQ job for each member, as applications usually do it: forked, matching
    and storing for that member alone, with the matcher loaded before.
    """
    report: dict[str, Any] = {"members": members, "occurrences_from": events, "cores": os.cpu_count()}
    with bench.bench_place(database) as place:
        now = bench.moment()
        bench.add_events(place.sessions, events, now)
        ids = bench.add_members(place.sessions, members, now)
        with place.running("relay"), place.running("worker"):
            bench.drained(place.sessions)
        counts = [int(each) for each in workers.split(",")]
        for count in counts:
            report[f"workers_{count}"] = _lane(place, ids, count)
        if plain:
            report["plain"] = _plain(place, ids[:plain])
            ours = report[f"workers_{counts[0]}"]
            for unit in ("per_second", "per_cpu_second"):
                report[f"times_plain_{unit}"] = round(ours[unit] / report["plain"][unit], 1)
    click.echo(
        json.dumps(report) if as_json else "\n".join(f"{name}: {value}" for name, value in report.items())
    )


def _lane(place: BenchPlace, ids: list[str], count: int) -> dict[str, float]:
    """Record all the work first, then let it be worked off."""
    idle = _cpu(place, count, lambda: None)
    began = time.perf_counter()
    _ask_all(place, ids)
    asked = time.perf_counter() - began
    seconds: list[float] = []

    def work() -> None:
        with place.running("relay"):
            seconds.append(bench.drained(place.sessions))

    cpu = _cpu(place, count, work) - idle
    return _rate(len(ids), seconds[0], cpu) | {"asked": round(asked, 2)}


def _ask_all(place: BenchPlace, ids: list[str]) -> None:
    """Record a run and its message for each member, as `runs.request` does, many with a statement."""
    now, asked = bench.moment(), {member: new_id() for member in ids}
    with writing(place.sessions) as session:
        insert_all(session, MatchingRun, [_run(run, member, now) for member, run in asked.items()])
        seen = {row.aggregate: row.seq for row in session.execute(_last_messages())}
        facts = [MatchingRunRequested(member=member, run=run) for member, run in asked.items()]
        insert_all(
            session, OutboxMessage, [_message(fact, seen.get(fact.aggregate, 0) + 1) for fact in facts]
        )


def _run(run: str, member: str, now: datetime) -> dict[str, Any]:
    return {"id": run, "member": member, "reason": "bench", "status": "requested", "requested_at": now}


def _last_messages() -> Any:
    last = select(OutboxMessage.aggregate, func.max(OutboxMessage.seq).label("seq"))
    return last.group_by(OutboxMessage.aggregate)


def _message(fact: MatchingRunRequested, seq: int) -> dict[str, Any]:

    return {
        "id": new_id(),
        "kind": fact.kind(),
        "body": fact.body(),
        "lane": fact.lane,
        "aggregate": fact.aggregate,
        "seq": seq,
        "state": "ready",
        "attempts": 0,
        "fence": 0,
        "not_before": 0.0,
        "created_at": time.time(),
    }


def _cpu(place: BenchPlace, count: int, work: Callable[[], None]) -> float:
    """Return the processor seconds that workers took from their start to their end, with work in between."""
    before = _children()
    with place.running(*["worker"] * count):
        _await_workers(place, count)
        work()
    return _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _rate(members: int, seconds: float, cpu: float) -> dict[str, float]:
    return {
        "seconds": round(seconds, 2),
        "per_second": round(members / seconds, 1),
        "per_cpu_second": round(members / cpu, 1),
    }


def _await_workers(place: BenchPlace, count: int) -> None:
    """Wait until every worker has forked its lanes and said so."""
    from datetime import UTC, datetime  # noqa: PLC0415

    from domain import heartbeats  # noqa: PLC0415
    from domain.database import reading  # noqa: PLC0415

    while True:
        with reading(place.sessions) as session:
            alive = heartbeats.count(session, kind="worker", now=datetime.now(UTC), lane="matching")
        if alive >= count:
            return
        time.sleep(0.05)


def _plain(place: BenchPlace, ids: list[str]) -> dict[str, float]:
    """Let RQ's own worker do one job a member, one after the other, each in a fork."""
    from rq import Queue, Worker  # noqa: PLC0415

    from handrail import bench_plain  # noqa: PLC0415
    from workers import queue  # noqa: PLC0415
    from workers.warming import warm  # noqa: PLC0415
    from workers.worker import preload  # noqa: PLC0415

    preload()
    warm()
    bench_plain.install(place.config)
    with queue.connect(place.config.redis_url or "") as client:
        jobs = Queue("plain", connection=client, serializer="json")
        for member in ids:
            jobs.enqueue_call(bench_plain.match_one, args=(member,), result_ttl=0)
        worker = Worker([jobs], connection=client, serializer="json")
        began, before = time.perf_counter(), _children()
        worker.work(burst=True, logging_level="CRITICAL")
        return _rate(len(ids), time.perf_counter() - began, _children() - before)
