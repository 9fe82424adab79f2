"""The relay: rings a bell in each lane that has due work; any number of relays may run.

A bell has no content, so a lost one loses nothing, a doubled one does nothing, and a wiped queue, being
shorter than the number of workers, is rung again at once. No transaction is open while Redis is spoken to.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from domain import heartbeats, outbox, tallies
from domain.database import Sessions, open_engine, open_sessions, reading, writing
from workers import logs, queue
from workers.config import WorkerConfig
from workers.jobs.housekeeping import plan as plan_housekeeping
from workers.processes import ending_on_signal, name_of
from workers.waking import Waker

EVERY = 0.1  #: seconds between two looks while nothing wakes it
LEAST = 0.01  #: seconds between two looks at least
REST = 4  #: times what a look took; with a backlog, when it takes longest, the bells ring anyway
LONGEST_PAUSE = 1.0  #: seconds between two looks while something is away
BEAT_EVERY = 20.0

log = logging.getLogger("handrail.relay")


def relay_once(sessions: Sessions, client: Redis, *, now: datetime) -> dict[str, int]:
    """Ring where work is due, so that no lane has more bells than workers; return how often, by lane."""
    with reading(sessions) as session:
        due = outbox.due(session)
        workers = {lane: heartbeats.count(session, kind="worker", now=now, lane=lane) for lane in due}
    return {
        lane: queue.ring(lane, client=client, bells=waiting, most=max(1, workers[lane]))
        for lane, waiting in due.items()
    }


def run(config: WorkerConfig) -> None:
    """Relay until asked to end; whatever is away meanwhile is waited for."""
    logs.set_up(json=config.json_logs)
    if config.redis_url is None:
        raise SystemExit("The relay needs HANDRAIL_REDIS_URL. Without a queue server, use `handrail drain`.")
    engine = open_engine(config.database_url, hide_parameters=True)
    sessions = open_sessions(engine, config.keyring)
    with (
        ending_on_signal() as asked,
        queue.connect(config.redis_url) as client,
        Waker(engine) as waker,
    ):
        log.info("started")
        relay(sessions, client, asked=asked, waker=waker)
    engine.dispose()
    log.info("ended")


def relay(
    sessions: Sessions,
    client: Redis,
    *,
    asked: threading.Event,
    waker: Waker,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> None:
    """Look again and again until ``asked`` to end."""
    name, calm, next_beat = name_of("relay"), logs.Calm(log, "queue or database"), 0.0
    rung: Counter[str] = Counter()  # kept with the heartbeat: a write for each bell would cost too much
    least, pause = LEAST, EVERY / 10
    while not waker.wait(asked, least=least, most=pause):
        began = time.monotonic()
        try:
            if time.monotonic() >= next_beat:
                _beat(sessions, name, clock(), rung)
                rung.clear()
                next_beat = time.monotonic() + BEAT_EVERY
            rung.update(relay_once(sessions, client, now=clock()))
        except (RedisError, DBAPIError) as error:
            calm.away(error)
            least = pause = min(LONGEST_PAUSE, pause * 2)
        else:
            calm.back()
            least, pause = min(EVERY, max(LEAST, REST * (time.monotonic() - began))), EVERY
    _end(sessions, name, rung)


def _beat(sessions: Sessions, name: str, now: datetime, rung: Counter[str]) -> None:
    with writing(sessions) as session:
        heartbeats.beat(session, kind="relay", name=name, now=now)
        _keep(session, rung)
        plan_housekeeping(session, day=now)


def _keep(session: Session, rung: Counter[str]) -> None:
    for lane, number in rung.items():
        tallies.add(session, tallies.Kind.BELLS, lane=lane, number=number)


def _end(sessions: Sessions, name: str, rung: Counter[str]) -> None:
    try:
        with writing(sessions) as session:
            heartbeats.end(session, name=name)
            _keep(session, rung)
    except DBAPIError as error:
        log.info("not signed off error=%s", type(error).__name__)
