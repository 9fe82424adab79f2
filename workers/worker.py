"""The worker: loads the code once, then forks a process for each lane and keeps them running."""

from __future__ import annotations

import logging
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import configure_mappers
from sqlalchemy.pool import NullPool

from domain import heartbeats
from domain.database import Sessions, open_engine, open_sessions, writing
from domain.events import Lane
from workers import logs
from workers.config import WorkerConfig
from workers.held import Held
from workers.processes import end_with_parent, ending_on_signal, name_of
from workers.recover import give_back
from workers.runtime import open_runtime
from workers.warming import MATCHES, Warming

TICK = 0.2  #: seconds between two looks at the children
BEAT_EVERY = 20.0
PATIENCE = 8.0  #: seconds a lane is given to finish its message when asked to end
PAUSE = 1.0  #: seconds before a lane that died is started again

log = logging.getLogger("handrail.worker")


@dataclass(slots=True)
class _Child:
    lane: Lane
    held: Held = field(default_factory=Held)
    pid: int = 0
    due: float = 0.0  #: when to start it, while it is not running


def run(config: WorkerConfig, lanes: Sequence[str] = ()) -> None:
    """Serve ``lanes``, or all of them, until asked to end; nothing runs any more when this returns."""
    logs.set_up(json=config.json_logs)
    if config.redis_url is None:
        raise SystemExit("A worker needs HANDRAIL_REDIS_URL. Without a queue server, use `handrail drain`.")
    children = [_Child(Lane(lane)) for lane in lanes or Lane]
    preload()
    # No connection of the parent's may be open when it forks.
    engine = open_engine(config.database_url, hide_parameters=True, poolclass=NullPool)
    with ending_on_signal() as asked, Warming() as warming:
        log.info("started lanes=%s", ",".join(child.lane for child in children))
        next_beat, pause = 0.0, 0.0
        while not asked.wait(pause):
            ready = [child for child in children if child.lane not in MATCHES or warming.done()]
            begun = [_look(config, child) for child in ready]
            if any(begun) or time.monotonic() >= next_beat:
                _beat(open_sessions(engine, config.keyring), children)
                next_beat = time.monotonic() + BEAT_EVERY
            pause = TICK
        _stop(config, children)
        _sign_off(open_sessions(engine, config.keyring), children)
    log.info("ended")


def preload() -> None:
    """Load what every work-horse needs, once, so that forking one takes milliseconds."""
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # a thread pool would not survive the fork
    import workers.jobs.work  # noqa: PLC0415 - loads scikit-learn, which the relay does not need

    configure_mappers()
    log.debug("loaded %s", workers.jobs.work.__name__)


def _look(config: WorkerConfig, child: _Child) -> bool:
    """Start a lane that is not running; give back what one that died was working on. Return if started."""
    if child.pid and os.waitpid(child.pid, os.WNOHANG)[0]:
        log.warning("lane ended by itself lane=%s", child.lane)
        child.pid, child.due = 0, time.monotonic() + PAUSE
        _give_back(config, child)
    if child.pid or time.monotonic() < child.due:
        return False
    child.pid = _fork(config, child)
    return True


def _fork(config: WorkerConfig, child: _Child) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the parent, which asks its children
        end_with_parent(parent)
        from workers.lane import serve  # noqa: PLC0415 - RQ is the child's alone

        serve(config, child.lane, child.held)
        status = 0
    except BaseException as error:  # noqa: BLE001 - a forked child must never return into its parent's code
        log.warning("lane failed lane=%s error=%s", child.lane, type(error).__name__)
    finally:
        os._exit(status)


def _beat(sessions: Sessions, children: Sequence[_Child]) -> None:
    now = datetime.now(UTC)
    try:
        with writing(sessions) as session:
            for child in children:
                if child.pid:
                    name = name_of("worker", child.lane, child.pid)
                    heartbeats.beat(session, kind="worker", name=name, now=now)
    except DBAPIError as error:
        log.warning("no heartbeat error=%s", type(error).__name__)


def _stop(config: WorkerConfig, children: Sequence[_Child]) -> None:
    """Ask every lane to end; after a while, end those that have not, with their work-horses.

    What they have still in hand is given back, so that others need not wait for its lease to end.
    """
    running = [child for child in children if child.pid]
    for child in running:
        os.kill(child.pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while running and time.monotonic() < deadline:
        running = [child for child in running if not os.waitpid(child.pid, os.WNOHANG)[0]]
        time.sleep(0.02)
    for child in running:
        os.kill(child.pid, signal.SIGKILL)
        os.waitpid(child.pid, 0)
    for child in children:
        _give_back(config, child)


def _give_back(config: WorkerConfig, child: _Child) -> None:
    runtime = open_runtime(config, held=child.held)
    give_back(runtime)
    runtime.close()


def _sign_off(sessions: Sessions, children: Sequence[_Child]) -> None:
    try:
        with writing(sessions) as session:
            for child in children:
                heartbeats.end(session, name=name_of("worker", child.lane, child.pid))
    except DBAPIError as error:
        log.info("not signed off error=%s", type(error).__name__)
