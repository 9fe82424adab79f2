"""Bells and forged jobs, in a real queue server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from redis.exceptions import ConnectionError as RedisAway
from rq import Queue, SimpleWorker
from rq.registry import FailedJobRegistry

from domain.events import Lane
from handrail.embedded import queue_server
from workers import queue


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with queue_server(tmp_path_factory.mktemp("queue")) as url:
        yield url


@pytest.fixture
def client(redis_url: str) -> Iterator[Redis]:
    with queue.connect(redis_url) as opened:
        opened.flushall()
        yield opened


class Quiet(SimpleWorker):
    """RQ's worker in this process, without signals or subscriptions."""

    def subscribe(self) -> None: ...

    def unsubscribe(self) -> None: ...

    def _install_signal_handlers(self) -> None: ...


def work_off(client: Redis) -> bool:
    worker = Quiet(
        [queue.queue_of(Lane.MAIL, client)], connection=client, job_class=queue.Bell, serializer="json"
    )
    return worker.work(burst=True, logging_level="CRITICAL")


def test_no_more_bells_wait_than_there_are_workers(client: Redis) -> None:
    assert queue.ring(Lane.MAIL, client=client, bells=5, most=2) == 2
    assert queue.ring(Lane.MAIL, client=client, bells=5, most=2) == 0
    assert queue.ring(Lane.BULK, client=client, bells=1, most=2) == 1
    assert queue.queue_of(Lane.MAIL, client).count == 2


def test_a_bell_holds_nothing_but_its_lane(client: Redis) -> None:
    queue.ring(Lane.MAIL, client=client, bells=1, most=1)
    (job,) = queue.queue_of(Lane.MAIL, client).jobs
    assert (job.func_name, list(job.args), job.kwargs) == (queue.WORK, ["mail"], {})
    assert client.ttl(job.key) > 0


def test_a_bell_starts_the_loop_and_leaves_nothing(client: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []
    monkeypatch.setattr("workers.jobs.work.work", looked.append)
    queue.ring(Lane.MAIL, client=client, bells=1, most=1)
    assert work_off(client)
    assert looked == ["mail"]
    assert list(client.scan_iter("rq:job:*")) == []
    assert queue.refused(client) == 0


FORGERIES: dict[str, dict[str, Any]] = {
    "another function": {"func": "os.mkdir", "args": ("{folder}",)},
    "another lane": {"func": queue.WORK, "args": ("everything",)},
    "further arguments": {"func": queue.WORK, "args": ("mail", "x")},
    "named arguments": {"func": queue.WORK, "args": ("mail",), "kwargs": {"lane": "mail"}},
    "a method": {"func": queue.WORK, "args": ({"lane": "mail"},)},
}


@pytest.mark.requirement("C52")
@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES.keys())
def test_a_forged_job_is_refused_and_counted(client: Redis, tmp_path: Path, forgery: dict[str, Any]) -> None:
    folder = tmp_path / "made"
    given = {
        **forgery,
        "args": tuple(str(folder) if each == "{folder}" else each for each in forgery["args"]),
    }
    Queue(Lane.MAIL, connection=client, serializer="json").enqueue_call(**given)
    queue.ring(Lane.MAIL, client=client, bells=0, most=1)
    assert not work_off(client)
    assert not folder.exists()
    assert queue.refused(client) == 1
    assert list(client.scan_iter("rq:job:*")) == []


@pytest.mark.requirement("C52")
@pytest.mark.parametrize(
    "field",
    ["success_callback_name", "failure_callback_name", "stopped_callback_name", "webhooks", "retries_left",
     "dependency_ids", "rate_limit_key", "repeats_left", "group_id"],
)  # fmt: skip
def test_a_bell_that_carries_more_is_refused(client: Redis, field: str) -> None:
    queue.ring(Lane.MAIL, client=client, bells=1, most=1)
    (key,) = client.scan_iter("rq:job:*")
    client.hset(key, field, "1")
    assert not work_off(client)
    assert queue.refused(client) == 1


@pytest.mark.requirement("C52")
def test_a_pickle_is_not_opened(client: Redis, tmp_path: Path) -> None:
    folder = tmp_path / "made"
    Queue(Lane.MAIL, connection=client, serializer="pickle").enqueue_call("os.mkdir", args=(str(folder),))
    assert not work_off(client)
    assert not folder.exists()
    assert queue.refused(client) == 1


def test_a_job_that_fails_is_not_tried_again_by_rq(client: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    def explode(_lane: str) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("workers.jobs.work.work", explode)
    queue.ring(Lane.MAIL, client=client, bells=1, most=1)
    work_off(client)
    mail = queue.queue_of(Lane.MAIL, client)
    assert mail.count == 0
    (failed,) = FailedJobRegistry(queue=mail).get_job_ids()
    assert 0 < client.ttl(f"rq:job:{failed}") <= queue.BELL_TTL


def test_a_queue_server_that_is_away_is_noticed_and_nothing_is_sent_twice() -> None:
    client = queue.connect("redis://127.0.0.1:1/0")
    retry = client.get_retry()
    assert retry is not None
    assert retry.get_retries() == 0
    assert client.connection_pool.connection_kwargs["socket_timeout"] == 2
    with pytest.raises(RedisAway):
        client.ping()
