"""`handrail bench store`: suggestions stored as a run does, against the driver alone with the same bytes."""

from __future__ import annotations

import json
import time
from datetime import datetime
from typing import Any

import click
from sqlalchemy import text

from domain import suggestions
from domain.database import writing
from domain.models import MatchingRun, RunStatus
from domain.models.base import new_id
from domain.rows import insert_all
from domain.suggestions import Drafted
from handrail import bench_place as bench
from handrail.bench_place import BenchPlace

CLOSED_TOGETHER = 100  #: members whose lists share a transaction, as in `workers.jobs.work`

EACH = 3  #: suggestions a member
BODY = {
    "score": 0.7312, "anticipated": 41.5, "low": 22.1, "high": 58.9, "certainty": "some",
    "reasons": [{"code": "interest", "data": {"words": ["walking"], "number": None}}] * 3,
    "parts": dict.fromkeys(("interest", "ladder", "need", "time", "near", "variety"), 0.5),
}  # fmt: skip


@click.command()
@click.option("--members", default=10_000, show_default=True, type=click.IntRange(10))
@click.option("--database", envvar="BENCH_DATABASE_URL", help="An empty PostgreSQL; SQLite where left out.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def bench_store(*, members: int, database: str | None, as_json: bool) -> None:
    """Seal and store three suggestions for each member, in steps of 100 members, as workers do."""
    with bench.bench_place(database) as place:
        now = bench.moment()
        bench.add_events(place.sessions, 5, now)
        ids = bench.add_members(place.sessions, members, now)
        drafts = _drafts(place, ids)
        ours = _ours(place, ids, drafts)
        raw = _raw(place)
    rows = members * EACH
    report: dict[str, Any] = {
        "rows": rows,
        "sealed_and_stored": round(ours[0], 2),
        "driver_alone": round(raw[0], 2),
        "ratio": round(ours[0] / raw[0], 1),
        "cpu": round(ours[1], 2),
        "driver_cpu": round(raw[1], 2),
        "cpu_ratio": round(ours[1] / raw[1], 1),
        "per_cpu_second": round(rows / ours[1]),
    }
    click.echo(
        json.dumps(report) if as_json else "\n".join(f"{name}: {value}" for name, value in report.items())
    )


def _drafts(place: BenchPlace, ids: list[str]) -> dict[str, list[Drafted]]:
    """Return what each member is to be shown, by member; each has a run of their own."""
    drafts: dict[str, list[Drafted]] = {}
    now = bench.moment()
    run_of = {member: new_id() for member in ids}
    with writing(place.sessions) as session:
        occurrences = list(session.scalars(text("SELECT id FROM occurrences ORDER BY id LIMIT 3")))
        insert_all(session, MatchingRun, [_run(run, member, now) for member, run in run_of.items()])
    for member, run in run_of.items():
        drafts[member] = [
            Drafted(
                run=run,
                member=member,
                occurrence=occurrence,
                position=position,
                kind="right_sized",
                body=BODY,
            )
            for position, occurrence in enumerate(occurrences, 1)
        ]
    return drafts


def _run(run: str, member: str, now: datetime) -> dict[str, Any]:
    return {
        "id": run,
        "member": member,
        "reason": "bench",
        "status": RunStatus.RUNNING,
        "requested_at": now,
        "started_at": now,
    }


def _ours(place: BenchPlace, ids: list[str], drafts: dict[str, list[Drafted]]) -> tuple[float, float]:
    """Return seconds, and processor seconds of this process."""
    began, before = time.perf_counter(), time.process_time()
    for first in range(0, len(ids), CLOSED_TOGETHER):
        some = ids[first : first + CLOSED_TOGETHER]
        with writing(place.sessions) as session:
            found = [draft for member in some for draft in drafts[member]]
            suggestions.replace(session, members=some, drafts=found, now=bench.moment())
    return time.perf_counter() - began, time.process_time() - before


def _raw(place: BenchPlace) -> tuple[float, float]:
    """Store the very same rows in a table of the same columns, constraints and indexes, in one go."""
    engine = place.sessions.kw["bind"]
    with engine.begin() as connection:
        driver: Any = connection.connection.driver_connection
        cursor = driver.cursor()
        cursor.execute("SELECT * FROM suggestions")
        rows = cursor.fetchall()
        cursor.execute("DELETE FROM suggestions")
        began, before = time.perf_counter(), time.process_time()
        if engine.dialect.name == "sqlite":
            marks = ",".join("?" * len(rows[0]))
            cursor.executemany(f"INSERT INTO suggestions VALUES ({marks})", rows)  # noqa: S608 - only marks
        else:
            with cursor.copy("COPY suggestions FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
    return time.perf_counter() - began, time.process_time() - before
