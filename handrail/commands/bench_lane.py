"""`handrail bench lane`: many changed profiles, from the outbox to stored suggestions."""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING, Any

import click

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
    from domain import runs  # noqa: PLC0415
    from domain.database import writing  # noqa: PLC0415

    report: dict[str, Any] = {"members": members, "occurrences_from": events, "cores": os.cpu_count()}
    with bench.bench_place(database) as place:
        now = bench.moment()
        bench.add_events(place.sessions, events, now)
        ids = bench.add_members(place.sessions, members, now)
        with place.running("relay", "worker"):
            bench.drained(place.sessions)
        for count in map(int, workers.split(",")):
            with place.running(*["worker"] * count):
                _await_workers(place, count)
                began = time.perf_counter()
                for start in range(0, members, 500):
                    with writing(place.sessions) as session:
                        for member in ids[start : start + 500]:
                            runs.request(session, member=member, reason="bench", now=now)
                asked = time.perf_counter() - began
                with place.running("relay"):
                    seconds = bench.drained(place.sessions)
            report[f"workers_{count}"] = _rate(members, seconds) | {"asked": round(asked, 2)}
        if plain:
            report["plain"] = _rate(plain, _plain(place, ids[:plain]))
            first = report[f"workers_{workers.split(',', maxsplit=1)[0]}"]
            report["times_plain"] = round(first["per_second"] / report["plain"]["per_second"], 1)
    click.echo(
        json.dumps(report) if as_json else "\n".join(f"{name}: {value}" for name, value in report.items())
    )


def _rate(members: int, seconds: float) -> dict[str, float]:
    return {"seconds": round(seconds, 2), "per_second": round(members / seconds, 1)}


def _await_workers(place: BenchPlace, count: int) -> None:
    """Wait until every worker has forked its lanes and said so."""
    from datetime import UTC, datetime  # noqa: PLC0415

    from domain import heartbeats  # noqa: PLC0415
    from domain.database import reading  # noqa: PLC0415

    while True:
        with reading(place.sessions) as session:
            alive = heartbeats.count(session, kind="worker", now=datetime.now(UTC), prefix="worker/matching/")
        if alive >= count:
            return
        time.sleep(0.05)


def _plain(place: BenchPlace, ids: list[str]) -> float:
    """Let RQ's own worker do one job a member, one after the other, each in a fork; return the seconds."""
    from rq import Queue, Worker  # noqa: PLC0415

    from handrail import bench_plain  # noqa: PLC0415
    from workers import queue  # noqa: PLC0415
    from workers.worker import preload  # noqa: PLC0415

    preload()
    bench_plain.install(place.config)
    with queue.connect(place.config.redis_url or "") as client:
        jobs = Queue("plain", connection=client, serializer="json")
        for member in ids:
            jobs.enqueue_call(bench_plain.match_one, args=(member,), result_ttl=0)
        worker = Worker([jobs], connection=client, serializer="json")
        began = time.perf_counter()
        worker.work(burst=True, logging_level="CRITICAL")
        return time.perf_counter() - began
