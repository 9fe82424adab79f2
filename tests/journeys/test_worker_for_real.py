"""The real queue server, relay and worker: killed in the middle of work, wiped, and gone altogether."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select as select_rows

from domain import database, heartbeats, mails
from domain.database import Sessions, reading, writing
from domain.events import Lane
from domain.models import Mail, MessageState, OutboxMessage
from handrail.embedded import queue_server
from tests import factories
from tests.conftest import KEYRING, NOW
from tests.journeys.serving import config_of
from workers import queue
from workers.config import WorkerConfig
from workers.drain import drain

pytestmark = pytest.mark.journey

ROOT = Path(__file__).parents[2]
PATIENCE = 40.0  #: seconds anything here may take on a busy machine


@dataclass
class Place:
    """A home with a database, and the means to run our processes in it."""

    home: Path
    url: str
    redis_url: str | None
    sessions: Sessions

    @property
    def config(self) -> WorkerConfig:
        return config_of(self.url, self.redis_url, self.home)

    def start(self, kind: str, **more: str) -> subprocess.Popen[bytes]:
        told = {**os.environ, "HANDRAIL_TEST_PLACE": f"{self.url}|{self.redis_url}|{self.home}", **more}
        command = [sys.executable, "-m", "tests.journeys.serving", kind]
        return subprocess.Popen(command, env=told, cwd=ROOT, start_new_session=True)

    @contextmanager
    def running(self, kind: str, **more: str) -> Iterator[subprocess.Popen[bytes]]:
        """Run the relay or the worker until the block ends, then ask it to end."""
        process = self.start(kind, **more)
        try:
            yield process
        finally:
            process.terminate()
            assert process.wait(PATIENCE) == 0


@pytest.fixture
def place(tmp_path: Path, sqlite_url: str) -> Iterator[Place]:
    engine = database.open_engine(sqlite_url)
    with queue_server(tmp_path / "home") as redis_url:
        yield Place(tmp_path / "home", sqlite_url, redis_url, database.open_sessions(engine, KEYRING))
    engine.dispose()


def until(met: Callable[[], object]) -> None:
    """Wait for something that other processes bring about."""
    deadline = time.monotonic() + PATIENCE
    nothing, _ = os.pipe()
    while not met():
        assert time.monotonic() < deadline, "it never came about"
        select.select([nothing], [], [], 0.02)


def ask_for_mails(sessions: Sessions, count: int) -> list[str]:
    with writing(sessions) as session:
        account = factories.account(session)
        return [
            mails.request(
                session, account=account.id, kind="test", subject=f"{number}", text="Hello", now=NOW
            ).id
            for number in range(count)
        ]


def sent(sessions: Sessions) -> set[str]:
    with reading(sessions) as session:
        return set(session.scalars(select_rows(Mail.id).where(Mail.sent_at.is_not(None))))


def leased(sessions: Sessions) -> int:
    with reading(sessions) as session:
        held = select_rows(OutboxMessage).where(
            OutboxMessage.lane == "mail", OutboxMessage.lease_until.is_not(None)
        )
        return len(session.scalars(held).all())


def children(pid: int) -> list[int]:
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in found.split()]


def workers_alive(sessions: Sessions, lane: Lane = Lane.MAIL) -> bool:
    with reading(sessions) as session:
        return heartbeats.alive(session, kind="worker", lane=lane, now=datetime.now(UTC))


def serving_mail(sessions: Sessions) -> int:
    """The process that serves the lane `mail`."""
    with reading(sessions) as session:
        names = heartbeats.names(session, kind="worker", now=datetime.now(UTC))
    return max(int(name.rpartition("/")[2]) for name in names if name.startswith("worker/mail/"))


def block_the_mailer(home: Path) -> Path:
    """Make writing a mail wait, so that its work-horse can be killed in the middle of it."""
    stop = home / "stop"
    stop.touch()
    return stop


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
@pytest.mark.parametrize("victim", ["work-horse", "lane", "both"])
def test_killed_in_the_middle_the_work_is_redone_once(place: Place, victim: str) -> None:
    stop = block_the_mailer(place.home)
    with place.running("relay"), place.running("worker"):
        until(lambda: workers_alive(place.sessions))
        asked = ask_for_mails(place.sessions, 1)
        lane = serving_mail(place.sessions)
        until(lambda: leased(place.sessions) and children(lane))
        (horse,) = children(lane)
        if victim in ("lane", "both"):
            os.kill(lane, signal.SIGSTOP)  # so that it sees nothing of its work-horse's end
        if victim in ("work-horse", "both"):
            os.kill(horse, signal.SIGKILL)
        if victim in ("lane", "both"):
            os.kill(lane, signal.SIGKILL)
        until(lambda: not Path(f"/proc/{horse}").exists())  # or it might finish before its end reaches it
        stop.unlink()
        began = time.monotonic()
        until(lambda: sent(place.sessions) == set(asked))
        assert time.monotonic() - began < 30
    with reading(place.sessions) as session:
        message = session.scalars(select_rows(OutboxMessage).where(OutboxMessage.lane == "mail")).one()
        assert (message.state, message.attempts) == (MessageState.DONE, 2)
    assert len(list((place.home / "mail").glob("*.eml"))) == 1


def test_no_mail_waits_for_the_matcher(place: Place, tmp_path: Path) -> None:
    """The first start compiles for half a minute, which nobody who signs up meanwhile is to notice."""
    with place.running("relay"), place.running("worker", NUMBA_CACHE_DIR=str(tmp_path / "empty")):
        asked = ask_for_mails(place.sessions, 1)
        until(lambda: sent(place.sessions) == set(asked))
        assert not workers_alive(place.sessions, Lane.MATCHING)


def test_a_wiped_queue_is_rung_again(place: Place) -> None:
    with place.running("worker"):
        until(lambda: workers_alive(place.sessions))
        asked = ask_for_mails(place.sessions, 3)
        with queue.connect(place.redis_url or "") as client, place.running("relay"):
            for _ in range(5):
                client.flushall()
            until(lambda: sent(place.sessions) == set(asked))
            client.flushall()
            asked += ask_for_mails(place.sessions, 3)
            until(lambda: sent(place.sessions) == set(asked))


def test_a_forged_job_leaves_the_worker_working(place: Place, tmp_path: Path) -> None:
    from rq import Queue  # noqa: PLC0415

    with place.running("worker"), queue.connect(place.redis_url or "") as client:
        until(lambda: workers_alive(place.sessions))
        Queue("mail", connection=client, serializer="json").enqueue_call("os.mkdir", args=(f"{tmp_path}/x",))
        until(lambda: queue.refused(client) == 1)
        asked = ask_for_mails(place.sessions, 1)
        with place.running("relay"):
            until(lambda: sent(place.sessions) == set(asked))
        assert not (tmp_path / "x").exists()


def test_without_a_queue_server_draining_does_the_work(place: Place) -> None:
    place.redis_url = None
    asked = ask_for_mails(place.sessions, 3)
    assert drain(place.config) == 3
    assert sent(place.sessions) == set(asked)
    assert drain(place.config) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nothing_is_left_behind_when_the_worker_is_killed(place: Place) -> None:
    worker = place.start("worker")
    until(lambda: workers_alive(place.sessions, Lane.MATCHING))
    lanes = children(worker.pid)
    assert len(lanes) == 4
    worker.kill()
    worker.wait()
    until(lambda: not any(Path(f"/proc/{lane}").exists() for lane in lanes))
