"""A made-up town on a database and queue server of its own, for measurements; gone when they end."""

from __future__ import annotations

import base64
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from domain import accounts, database, groups, places, regions, schedule, sealed
from domain.clock import seconds_now
from domain.database import Sessions, reading, writing
from domain.models import Account, Member, MemberInterest, MessageState, OutboxMessage, SealingKey
from domain.models.base import new_id
from domain.sealed import Keyring
from handrail.embedded import queue_server
from matching.inputs import Need, SituationFeature
from workers.config import WorkerConfig

TOWN = (51.5, -0.12)
SLUGS = ("board-games", "walking", "gardening", "cooking", "music", "reading")
QUIET = {
    SituationFeature.GROUP_SIZE: 0.4,
    SituationFeature.OBSERVED: 0.1,
    SituationFeature.TALKING: 0.3,
    SituationFeature.NO_HOST: 0.0,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class BenchPlace:
    """Where a measurement runs."""

    home: Path
    url: str
    sessions: Sessions
    config: WorkerConfig
    environ: dict[str, str]

    @contextmanager
    def running(self, *names: str) -> Iterator[None]:
        """Run programs of Handrail, such as ``relay`` or ``worker``, until the block ends."""
        started = [_start(self.environ, name.split()) for name in names]
        try:
            yield
        finally:
            for each in started:
                each.terminate()
            for each in started:
                each.wait(30)


def _start(environ: dict[str, str], words: Sequence[str]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "handrail", *words]
    return subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL)  # noqa: S603 - our own programs


@contextmanager
def bench_place(database_url: str | None = None, *, pool: int = 5) -> Iterator[BenchPlace]:
    """Give a place on an empty database: SQLite of its own, or the PostgreSQL named."""
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="handrail-bench-")))
        url = database_url or f"sqlite:///{home}/handrail.db"
        database.upgrade(url)
        master = os.urandom(32)
        engine = database.open_engine(url, pool_size=pool)
        stack.callback(engine.dispose)
        redis_url = stack.enter_context(queue_server(home))
        config = WorkerConfig(
            database_url=url,
            redis_url=redis_url,
            secret_key=secrets.token_urlsafe(48),
            master_key=master,
            base_url="http://localhost:8000",
            home=home,
            mail_from="handrail@localhost",
        )
        sessions = database.open_sessions(engine, Keyring((master,)))
        yield BenchPlace(home=home, url=url, sessions=sessions, config=config, environ=_environ(config))


def _environ(config: WorkerConfig) -> dict[str, str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith("HANDRAIL_")}
    return kept | {
        "HANDRAIL_HOME": str(config.home),
        "HANDRAIL_DATABASE_URL": config.database_url,
        "HANDRAIL_REDIS_URL": config.redis_url or "",
        "HANDRAIL_SECRET_KEY": config.secret_key,
        "HANDRAIL_MASTER_KEY": base64.urlsafe_b64encode(config.master_key).decode(),
        "HANDRAIL_PROXY_HOPS": "1",
        "OMP_NUM_THREADS": "1",
    }


def add_events(sessions: Sessions, count: int, now: datetime) -> None:
    """Add weekly events of one region, each with eight or nine occurrences in sixty days."""
    for first in range(0, count, 25):
        with writing(sessions) as session:
            draft = groups.GroupDraft(
                name=f"Group {first}", time_zone="Europe/London", offers=(Need.SHARED_ACTIVITY,)
            )
            group = groups.found(session, organizer=None, draft=draft, now=now)
            for number in range(first, min(first + 25, count)):
                event = _event(number, now)
                schedule.publish(session, group=group, draft=event, now=now, source=f"bench:{number}")


def _event(number: int, now: datetime) -> schedule.EventDraft:
    slug = SLUGS[number % len(SLUGS)]
    return schedule.EventDraft(
        title=f"{slug} {number}",
        starts_local=(now + timedelta(days=2 + number % 7)).replace(tzinfo=None, hour=9 + number % 10),
        duration_minutes=60,
        time_zone="Europe/London",
        rrule="FREQ=WEEKLY",
        latitude=TOWN[0],
        longitude=TOWN[1],
        interests=(slug,),
        facts=QUIET,
    )


def add_members(sessions: Sessions, count: int, now: datetime, *, password: str | None = None) -> list[str]:
    """Add members in bulk, each with a key, a place and an interest; return their ids."""
    private = {"needs": [Need.SHARED_ACTIVITY], "cell": places.cell_of(*TOWN), "place_name": "Town"}
    ids = [new_id() for _ in range(count)]
    with writing(sessions) as session:
        rows: dict[type, list[dict[str, object]]] = {
            Account: [],
            SealingKey: [],
            Member: [],
            MemberInterest: [],
        }
        for number, id_ in enumerate(ids):
            member = Member(id=id_)
            sealed.seal(session, member, private)
            member.region = regions.mark(session, str(private["cell"]))
            account = _account(session, number, id_, now, password)
            (key,) = session.new
            session.expunge(key)
            wrapped = {name: getattr(key, name) for name in ("owner", "wrapped", "master", "created_at")}
            rows[SealingKey].append(wrapped)
            rows[Account].append(account)
            rows[Member].append(_member(member, now))
            interest = {"member": id_, "interest": SLUGS[number % len(SLUGS)], "weight": 1.0}
            rows[MemberInterest].append(interest)
        for table, values in rows.items():
            session.execute(insert(table), values)
    return ids


def _account(
    session: Session, number: int, id_: str, now: datetime, password: str | None
) -> dict[str, object]:
    row = Account(id=id_)
    accounts.set_email(session, row, f"m{number}@example.org")
    return {
        "id": id_,
        "email_mark": row.email_mark,
        "sealed": row.sealed,
        "password": password,
        "active": True,
        "demo": False,
        "created_at": now,
        "confirmed_at": now,
        "fs_uniquifier": id_,
    }


def _member(member: Member, now: datetime) -> dict[str, object]:
    return {
        "id": member.id,
        "display_name": "M",
        "time_zone": "Europe/London",
        "region": member.region,
        "radius_km": 10.0,
        "online_only": False,
        "weekly_cap": 1,
        "rest_hours": 48,
        "steps_done": [],
        "created_at": now,
        "sealed": member.sealed,
    }


def open_messages(sessions: Sessions) -> int:
    """Return how many messages are due or being worked on."""
    with reading(sessions) as session:
        ready = OutboxMessage.state == MessageState.READY
        due = (
            select(func.count())
            .select_from(OutboxMessage)
            .where(ready, OutboxMessage.not_before <= seconds_now())
        )
        return session.scalar(due) or 0


def drained(sessions: Sessions, *, patience: float = 3600.0) -> float:
    """Wait until nothing is due any more; return the seconds it took. Raises ``TimeoutError``."""
    began = time.monotonic()
    while open_messages(sessions):
        if time.monotonic() - began > patience:
            raise TimeoutError
        time.sleep(0.02)
    return time.monotonic() - began


def moment() -> datetime:
    """Return now, to the second."""
    return datetime.now(UTC).replace(microsecond=0)
