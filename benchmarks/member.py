"""From a saved profile to stored suggestions: what one member waits, through the real relay and worker.

``python -m benchmarks.member [--saves 40] [--events 125] [--json]``. Times are from the commit of the save
until the run is finished, seen by asking the database every 5 ms. ``floor`` is the same run in this process.
"""

from __future__ import annotations

import argparse
import base64
import json
import os
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from domain import accounts, database, groups, members, places, runs, schedule
from domain.database import Sessions, reading, writing
from domain.events import Lane
from domain.models import Member, RunStatus
from domain.sealed import Keyring
from handrail.embedded import queue_server
from matching.inputs import Need, SituationFeature
from workers import worker
from workers.config import WorkerConfig
from workers.jobs.work import work_lane
from workers.rehearsal import rehearse
from workers.runtime import open_runtime

TOWN = (51.5, -0.12)
SLUGS = ("board-games", "walking", "gardening", "cooking", "music", "reading")
QUIET = {
    SituationFeature.GROUP_SIZE: 0.4,
    SituationFeature.OBSERVED: 0.1,
    SituationFeature.TALKING: 0.3,
    SituationFeature.NO_HOST: 0.0,
}


def fill(sessions: Sessions, events: int, now: datetime) -> None:
    """Make a region of weekly events, each with eight or nine occurrences in sixty days."""
    for first in range(0, events, 25):
        with writing(sessions) as session:
            draft = groups.GroupDraft(
                name=f"Group {first}", time_zone="Europe/London", offers=(Need.SHARED_ACTIVITY,)
            )
            group = groups.found(session, organizer=None, draft=draft, now=now)
            for number in range(first, min(first + 25, events)):
                starts = (now + timedelta(days=2 + number % 7)).replace(tzinfo=None, hour=9 + number % 10)
                schedule.publish(
                    session,
                    group=group,
                    draft=schedule.EventDraft(
                        title=f"{SLUGS[number % len(SLUGS)]} {number}",
                        starts_local=starts,
                        duration_minutes=60,
                        time_zone="Europe/London",
                        rrule="FREQ=WEEKLY",
                        latitude=TOWN[0],
                        longitude=TOWN[1],
                        interests=(SLUGS[number % len(SLUGS)],),
                        facts=QUIET,
                    ),
                    now=now,
                    source=f"bench:{number}",
                )


def add_member(sessions: Sessions, number: int, now: datetime) -> str:
    with writing(sessions) as session:
        account = accounts.create(session, email=f"m{number}@example.org", password_hash=None, now=now)
        member = members.create(
            session, account=account, display_name=f"M{number}", time_zone="Europe/London", now=now
        )
        members.save_private(
            session, member=member, needs=(Need.SHARED_ACTIVITY,), cell=places.cell_of(*TOWN), now=now
        )
        return str(member.id)


def save(sessions: Sessions, member: str, number: int) -> None:
    with writing(sessions) as session:
        row = session.get_one(Member, member)
        profile = members.Profile(interests={SLUGS[number % len(SLUGS)]: 1.0})
        members.save_profile(session, member=row, profile=profile, now=datetime.now(UTC))


def wait(sessions: Sessions, member: str) -> None:
    while True:
        with reading(sessions) as session:
            run = runs.latest(session, member=member)
            if run is not None and run.status in (RunStatus.FINISHED, RunStatus.FAILED):
                return
        time.sleep(0.005)


@contextmanager
def processes(config: WorkerConfig) -> Iterator[None]:
    environ = os.environ | {
        "HANDRAIL_HOME": str(config.home),
        "HANDRAIL_DATABASE_URL": config.database_url,
        "HANDRAIL_REDIS_URL": config.redis_url or "",
        "HANDRAIL_SECRET_KEY": config.secret_key,
        "HANDRAIL_MASTER_KEY": base64.urlsafe_b64encode(config.master_key).decode(),
    }
    command = [sys.executable, "-m", "handrail"]
    started = [subprocess.Popen([*command, name], env=environ) for name in ("relay", "worker")]
    try:
        yield
    finally:
        for each in started:
            each.terminate()
        for each in started:
            each.wait(20)


def measure(saves: int, events: int) -> dict[str, float]:
    home, master = Path(tempfile.mkdtemp(prefix="handrail-bench-")), os.urandom(32)
    url, now = f"sqlite:///{home}/handrail.db", datetime.now(UTC)
    database.upgrade(url)
    sessions = database.open_sessions(database.open_engine(url), Keyring((master,)))
    fill(sessions, events, now)
    ids = [add_member(sessions, number, now) for number in range(saves)]
    with queue_server(home) as redis_url:
        config = WorkerConfig(
            database_url=url,
            redis_url=redis_url,
            secret_key=secrets.token_urlsafe(48),
            master_key=master,
            base_url="http://localhost:8000",
            home=home,
            mail_from="handrail@localhost",
        )
        with processes(config):
            for member in ids:
                wait(sessions, member)
            waited = [_one(sessions, member, number) for number, member in enumerate(ids)]
    return {
        "saves": saves,
        "events": events,
        "p50": statistics.median(waited),
        "p90": sorted(waited)[int(len(waited) * 0.9)],
        "worst": max(waited),
        "floor": _floor(sessions, config, ids),
    }


def _one(sessions: Sessions, member: str, number: int) -> float:
    time.sleep(0.05 + 0.013 * (number % 11))  # not in step with the relay
    save(sessions, member, number)
    began = time.monotonic()
    wait(sessions, member)
    return time.monotonic() - began


def _floor(sessions: Sessions, config: WorkerConfig, ids: list[str]) -> float:
    worker.preload()
    runtime = open_runtime(config)
    rehearse(runtime, Lane.MATCHING)
    times = []
    for number, member in enumerate(ids[:10]):
        save(sessions, member, number + 1)
        began = time.monotonic()
        work_lane(runtime, Lane.MATCHING)
        times.append(time.monotonic() - began)
    runtime.close()
    return statistics.median(times)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--saves", type=int, default=40)
    asked.add_argument("--events", type=int, default=125)
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    found = measure(given.saves, given.events)
    print(
        json.dumps(found)
        if given.json
        else "  ".join(
            f"{name} {value:.3f}" if value < 10 else f"{name} {value:.0f}" for name, value in found.items()
        )
    )


if __name__ == "__main__":
    main()
