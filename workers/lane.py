"""One process that serves one lane: RQ's worker, and the work-horse it forks for each bell."""

from __future__ import annotations

import logging
import os
import signal
import time
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Worker
from rq.exceptions import StopRequested

from domain.events import Lane
from workers import logs, queue
from workers import runtime as slot
from workers.config import WorkerConfig
from workers.held import Held
from workers.processes import end_with_parent, name_of
from workers.recover import give_back
from workers.rehearsal import rehearse
from workers.runtime import Runtime, open_runtime
from workers.warming import MATCHES

LONGEST_WAIT = 2.0  #: seconds between two tries to reach the queue server

log = logging.getLogger("handrail.worker")


class LaneWorker(Worker):
    """RQ's forking worker on one queue: no commands taken from Redis, no threads, nothing left behind."""

    max_connection_wait_time = LONGEST_WAIT

    def __init__(self, lane: Lane, client: Redis, *, runtime: Runtime, calm: logs.Calm) -> None:
        self._lane, self._runtime, self._calm = lane, runtime, calm
        super().__init__(
            [queue.queue_of(lane, client)],
            name=f"{name_of(lane)}/{int(time.time() * 1000)}",
            connection=client,
            job_class=queue.Bell,
            serializer="json",
            worker_ttl=35,
            maintenance_interval=20,
            job_monitoring_interval=15,
            default_result_ttl=0,
            log_job_description=False,
        )

    @property
    def asked_to_end(self) -> bool:
        """Whether a signal asked this worker to end."""
        return self._shutdown_requested_date is not None

    def heartbeat(self, *args: Any, **kwargs: Any) -> None:
        """Say in Redis that this worker lives; what it says there decides nothing."""
        try:
            super().heartbeat(*args, **kwargs)
        except RedisError as error:
            self._calm.away(error)
            raise
        self._calm.back()

    def subscribe(self) -> None:
        """Take no commands: who can write to Redis must not stop a worker; and a fork wants no threads."""

    def unsubscribe(self) -> None:
        """Nothing was subscribed to."""

    def clean_group_registries(self) -> None:
        """There are no groups of jobs."""

    def fork_work_horse(self, job: Any, queue: Any) -> None:
        """Fork with no connection to the database open."""
        self._runtime.close()
        super().fork_work_horse(job, queue)

    def monitor_work_horse(self, job: Any, queue: Any, execution: Any) -> None:
        """Wait for the work-horse, also while the queue server is away, and give back what it left behind."""
        try:
            super().monitor_work_horse(job, queue, execution)
        finally:
            if self.horse_pid:
                self.wait_for_horse()
                self._horse_pid = 0
            give_back(self._runtime)
            if self._lane in MATCHES:
                self._runtime.models.look(self._runtime.sessions)

    def main_work_horse(self, job: Any, queue: Any) -> None:
        """Work, and end at once should the worker be killed: its messages are then somebody else's."""
        end_with_parent(self.pid or 0, by=signal.SIGKILL)
        super().main_work_horse(job, queue)

    def setup_work_horse_signals(self) -> None:
        """Finish the message in hand when asked to end, and begin no other."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, lambda *_: self._runtime.end())

    def handle_warm_shutdown_request(self) -> None:
        """Pass the wish to end on to the work-horse."""
        if self.horse_pid:
            os.kill(self.horse_pid, signal.SIGTERM)


def serve(config: WorkerConfig, lane: Lane, held: Held) -> None:
    """Serve a lane until asked to end, however often the queue server goes away."""
    runtime = open_runtime(config, held=held)
    slot.install(runtime)
    rehearse(runtime, lane)
    calm = logs.Calm(log, f"queue lane={lane}")
    worker, wait = None, LONGEST_WAIT / 8
    while worker is None or not worker.asked_to_end:
        try:
            if worker is not None:
                time.sleep(wait)
            worker = LaneWorker(lane, queue.connect(config.redis_url or ""), runtime=runtime, calm=calm)
            worker.work(logging_level="CRITICAL")
            wait = LONGEST_WAIT / 8
        except StopRequested:
            return
        except RedisError as error:
            calm.away(error)
            wait = min(LONGEST_WAIT, wait * 2)
