"""A whole Handrail of real processes, each of which can be killed and started again."""

from __future__ import annotations

import base64
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from subprocess import Popen

from redis import Redis
from redis.exceptions import RedisError

from domain import database
from domain.database import Sessions
from domain.sealed import Keyring
from handrail.embedded import queue_program
from handrail.program import Program, last_lines, start, stop
from tests.chaos.post_office import PostOffice, post_office
from tests.chaos.postgres import Postgres
from tests.chaos.processes import below, children

PATIENCE = 60.0  #: seconds anything may take on a busy machine
KEYRING = Keyring((bytes(range(32)),))
SECRET = "only for tests, and long enough: 0123456789"


def until(
    met: Callable[[], object],
    *,
    patience: float = PATIENCE,
    what: Callable[[], str] = lambda: "it never came about",
) -> float:
    """Wait for something other processes bring about; return how long it took, in seconds.

    ``what`` is asked, when it has taken too long, what to say.
    """
    began = time.monotonic()
    while not met():
        assert time.monotonic() - began < patience, what()
        time.sleep(0.02)
    return time.monotonic() - began


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@dataclass
class Place:
    """What runs, where it is reached, and the means to end it badly."""

    home: Path
    url: str
    queue_url: str
    port: int
    sessions: Sessions
    mail: PostOffice
    postgres: Postgres | None
    environ: Mapping[str, str]
    programs: dict[str, Program] = field(default_factory=dict)
    running: dict[str, Popen[bytes]] = field(default_factory=dict)

    @property
    def base(self) -> str:
        return f"http://localhost:{self.port}"

    def add(self, name: str, *arguments: str, instance: str = "", **more: str) -> None:
        """Start a program of ours; ``instance`` tells several of a kind apart."""
        label = f"{name}{instance}"
        self.programs[label] = Program(
            name=label,
            command=[sys.executable, "-m", "tests.chaos.program", name, *arguments],
            log=self.home / "logs" / f"{label}.log",
            environ={**self.environ, **more},
        )
        self.running[label] = start(self.programs[label])

    def respawn(self) -> list[str]:
        """Start again what has ended, as a supervisor does; return what it was."""
        gone = [label for label, process in self.running.items() if process.poll() is not None]
        for label in gone:
            self.running[label] = start(self.programs[label])
        return gone

    def kill(self, label: str) -> None:
        """Kill one process, without a word to its children."""
        with suppress(ProcessLookupError):
            self.running[label].kill()
        self.running[label].wait()

    def kill_tree(self, label: str) -> None:
        """Kill a process and everything below it at once."""
        top = self.running[label].pid
        for pid in [top, *below(top)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.running[label].wait()

    def lanes(self, label: str = "worker") -> list[int]:
        """Return the processes that serve the lanes."""
        return children(self.running[label].pid)

    def horses(self, label: str = "worker") -> list[int]:
        """Return the work-horses at work just now."""
        return [horse for lane in self.lanes(label) for horse in children(lane)]

    def redis(self) -> Redis:
        return Redis.from_url(self.queue_url, socket_timeout=2)

    def answers(self, path: str = "/healthz") -> bool:
        """Whether the pages answer well."""
        try:
            with urllib.request.urlopen(f"{self.base}{path}", timeout=5) as answer:  # noqa: S310 - our own
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def log(self, label: str) -> str:
        return last_lines(self.home / "logs" / f"{label}.log", 40)


def queue_answers(place: Place) -> bool:
    try:
        with place.redis() as client:
            return bool(client.ping())
    except RedisError:
        return False


@contextmanager
def place(
    home: Path,
    *,
    on: str,
    lease: float = 4.0,
    backoff: float = 0.5,
    room: Path | None = None,
    listen: str = "",
) -> Iterator[Place]:
    """Give a Handrail on ``sqlite`` or ``postgresql``; of its programs only the queue server runs yet."""
    with ExitStack() as stack:
        postgres = None
        home.mkdir(parents=True, exist_ok=True)
        url = f"sqlite:///{room or home}/handrail.db"
        if on == "postgresql":
            postgres = Postgres(room=room, listen=listen)
            stack.callback(postgres.stop)
            postgres.start()
            url = postgres.url
        database.upgrade(url)
        engine = database.open_engine(url)
        stack.callback(engine.dispose)
        queue_url, server = stack.enter_context(queue_program(home))
        mail = stack.enter_context(post_office())
        made = Place(
            home=home, url=url, queue_url=queue_url, port=free_port(), mail=mail, postgres=postgres,
            sessions=database.open_sessions(engine, KEYRING), environ={},
        )  # fmt: skip
        made.environ = environ_of(made, lease=lease, backoff=backoff)
        stack.callback(_stop_all, made)
        made.programs["queue"] = server
        made.running["queue"] = start(server)
        until(lambda: queue_answers(made))
        yield made


def environ_of(place: Place, *, lease: float, backoff: float) -> dict[str, str]:
    """Return the environment every program of ours is given."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("HANDRAIL_")}
    given = {
        "HOME": str(place.home),
        "DATABASE_URL": place.url,
        "REDIS_URL": place.queue_url,
        "SECRET_KEY": SECRET,
        "MASTER_KEY": base64.urlsafe_b64encode(KEYRING.masters[0]).decode(),
        "LISTEN": f"127.0.0.1:{place.port}",
        "BASE_URL": place.base,
        "SMTP_URL": place.mail.url,
        "PROXY_HOPS": "1",
        "LOG": "json",
    }
    more = {"CHAOS_LEASE": str(lease), "CHAOS_BACKOFF": str(backoff), "OMP_NUM_THREADS": "1"}
    return {**kept, **{f"HANDRAIL_{name}": text for name, text in given.items()}, **more}


def _stop_all(place: Place) -> None:
    for label in sorted(place.running, key=lambda label: label == "queue"):
        if place.running[label].poll() is None:
            place.running[label].send_signal(signal.SIGCONT)
            stop(place.running[label], patience=15)
