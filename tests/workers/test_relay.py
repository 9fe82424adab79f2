"""The relay: rings what is due, again after a wipe, and calmly while Redis is away."""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway

from domain import events, heartbeats, outbox, tallies
from domain.database import Sessions, reading, writing
from domain.events import Lane
from handrail.embedded import queue_server
from tests.conftest import NOW
from workers import queue, relay
from workers.waking import Waker


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with queue_server(tmp_path_factory.mktemp("queue")) as url:
        yield url


@pytest.fixture
def client(redis_url: str) -> Iterator[Redis]:
    with queue.connect(redis_url) as opened:
        opened.flushall()
        yield opened


def record(sessions: Sessions, count: int) -> None:
    with writing(sessions) as session:
        for number in range(count):
            outbox.record(session, events.MailRequested(mail=f"m{number}"))


def waiting(client: Redis, lane: Lane = Lane.MAIL) -> int:
    return queue.queue_of(lane, client).count


def rings(sessions: Sessions, client: Redis) -> int:
    return sum(relay.relay_once(sessions, client, now=NOW).values())


def test_nothing_due_rings_nothing(sessions: Sessions, client: Redis) -> None:
    assert rings(sessions, client) == 0
    assert list(client.scan_iter()) == []


def test_as_many_bells_as_workers_at_most(sessions: Sessions, client: Redis) -> None:
    record(sessions, 5)
    assert rings(sessions, client) == 1  # no worker known: one bell, for who comes
    with writing(sessions) as session:
        for number in range(3):
            heartbeats.beat(session, kind="worker", name=f"worker/mail/host/{number}", now=NOW)
    assert rings(sessions, client) == 2
    assert (waiting(client), waiting(client, Lane.BULK)) == (3, 0)


def test_no_more_bells_than_messages(sessions: Sessions, client: Redis) -> None:
    record(sessions, 1)
    with writing(sessions) as session:
        for number in range(3):
            heartbeats.beat(session, kind="worker", name=f"worker/mail/host/{number}", now=NOW)
    assert rings(sessions, client) == 1


def test_a_wiped_queue_is_rung_again_at_once(sessions: Sessions, client: Redis) -> None:
    record(sessions, 1)
    rings(sessions, client)
    client.flushall()
    assert rings(sessions, client) == 1


@pytest.mark.requirement("C53")
def test_nothing_of_a_message_reaches_redis(sessions: Sessions, client: Redis) -> None:
    record(sessions, 3)
    rings(sessions, client)
    jobs = [client.hgetall(key) for key in client.scan_iter("rq:job:*")]
    packed = [data for job in jobs if isinstance(data := job[b"data"], bytes)]
    kept = str(jobs) + "".join(zlib.decompress(data).decode() for data in packed)
    assert "workers.jobs.work.work" in kept
    assert "m0" not in kept
    assert "mail_requested" not in kept


def test_no_transaction_is_open_while_redis_is_spoken_to(
    sessions: Sessions, client: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(sessions, 1)
    held: list[int] = []
    pool = sessions.kw["bind"].pool

    def ring(*_: object, **__: object) -> int:
        held.append(pool.checkedout())
        return 1

    monkeypatch.setattr(queue, "ring", ring)
    rings(sessions, client)
    assert held == [0]


def test_redis_away_is_said_once_and_waited_for(
    sessions: Sessions, client: Redis, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO")
    record(sessions, 1)
    asked, pauses, ring = threading.Event(), [], queue.ring
    answers = [RedisAway(), RedisAway(), RedisAway(), None]

    def sometimes(lane: str, **given: object) -> int:
        answer = answers.pop(0) if answers else None
        if answer is not None:
            raise answer
        return ring(lane, **given)  # type: ignore[arg-type]

    class Noted(Waker):
        def wait(self, asked: threading.Event, *, least: float, most: float) -> bool:
            assert least <= most
            pauses.append(most)
            return not answers

    monkeypatch.setattr(queue, "ring", sometimes)
    with Noted(sessions.kw["bind"]) as waker:
        relay.relay(sessions, client, asked=asked, waker=waker, clock=lambda: NOW)
    said = [record.getMessage() for record in caplog.records]
    assert said == ["queue or database away error=ConnectionError", "queue or database back"]
    assert pauses[1:4] == [pauses[0] * 2, pauses[0] * 4, pauses[0] * 8]
    assert pauses[4] == relay.EVERY
    assert waiting(client) == 1


def test_a_relay_shows_that_it_is_alive_and_signs_off(sessions: Sessions, client: Redis) -> None:
    asked, alive = threading.Event(), []

    def clock() -> object:
        with reading(sessions) as session:
            alive.append(heartbeats.alive(session, kind="relay", now=NOW))
        if len(alive) == 3:
            asked.set()
        return NOW

    with Waker(sessions.kw["bind"]) as waker:
        relay.relay(sessions, client, asked=asked, waker=waker, clock=clock)  # type: ignore[arg-type]
    assert alive[-1]
    with reading(sessions) as session:
        assert not heartbeats.alive(session, kind="relay", now=NOW)
        assert outbox.due(session)["bulk"] == 1  # today's housekeeping, planned once
        assert tallies.totals(session)[tallies.Kind.BELLS] == {"bulk": 1}
