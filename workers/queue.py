"""RQ as we use it: a runner of processes that knows one job, ``work(lane)``, and is told nothing else.

SQL owns the work. What lies in Redis is a bell: an RQ job that says only "look at this lane". A job of any
other kind, or one that carries callbacks, webhooks or retries, was not put there by us; it is refused and
counted before anything it names is imported.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from rq import Queue
from rq.exceptions import NoSuchJobError
from rq.job import Job

from domain.events import Lane

WORK = "workers.jobs.work.work"
BELL_TTL = 60  #: seconds a lost or failed bell stays; one that is still needed is rung again
#: Seconds a bell may work: the loop's own 20, the longest time limit of a message, and some air.
BELL_TIMEOUT = 140
REFUSED = "handrail:refused"
_MAY_BE_SET = frozenset(
    b"created_at data description ended_at enqueued_at exc_info failure_ttl last_heartbeat origin result_ttl "
    b"started_at status timeout ttl worker_name enqueue_at_front enqueue_at_front_on_retry meta".split()
)


class Refused(NoSuchJobError):
    """A job in the queue was not put there by us; RQ goes on as if it did not exist."""


def connect(url: str) -> Redis:
    """Return a client that fails within two seconds and never sends anything twice."""
    return Redis.from_url(url, socket_timeout=2, socket_connect_timeout=2, retry=Retry(NoBackoff(), 0))


class Bell(Job):
    """The one job there is; anything else is refused as it is read."""

    def restore(self, raw_data: Mapping[bytes, bytes]) -> Any:
        """Read the job from Redis; raises `Refused` without importing anything it names."""
        if any(value and name not in _MAY_BE_SET for name, value in raw_data.items()):
            self._refuse()
        restored = super().restore(raw_data)
        if not self._rings_a_lane():
            self._refuse()
        return restored

    def _rings_a_lane(self) -> bool:
        try:
            name, instance, args, kwargs = self.serializer.loads(self.data)
        except (ValueError, TypeError):
            return False
        ours = name == WORK and instance is None and not kwargs and isinstance(args, list)
        return ours and len(args) == 1 and args[0] in list(Lane)

    def _refuse(self) -> None:
        self.connection.incr(REFUSED)
        self.connection.delete(self.key)
        raise Refused(self.id)

    @property
    def func(self) -> Callable[[str], None]:
        """The job's function, whatever name the queue holds."""
        from workers.jobs.work import work  # noqa: PLC0415 - a bell is rung without loading what it starts

        return work


def queue_of(lane: str, client: Redis) -> Queue:
    """Return the lane's queue."""
    return Queue(lane, connection=client, serializer="json", job_class=Bell)


def ring(lane: str, *, client: Redis, bells: int, most: int) -> int:
    """Ring until ``bells`` wait, but never more than ``most``; return how often it rang."""
    queue = queue_of(lane, client)
    wanted = max(0, min(bells, most) - queue.count)
    for _ in range(wanted):
        queue.enqueue_call(
            WORK,
            args=(str(lane),),
            timeout=BELL_TIMEOUT,
            ttl=BELL_TTL,
            result_ttl=0,
            failure_ttl=BELL_TTL,
            description=str(lane),
        )
    return wanted


def refused(client: Redis) -> int:
    """Return how many jobs were refused since the queue server started."""
    count: Any = client.get(REFUSED)
    return int(count or 0)
