"""Who is killed next: drawn from a seed, mostly what is cheap to start again, now and then everything."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from random import Random

from redis.exceptions import RedisError

from tests.chaos.place import Place
from tests.chaos.processes import children


class Monkey:
    """Kills one thing at a time in a place; ``done`` counts what."""

    def __init__(self, place: Place, seed: int) -> None:
        self._place, self._rng = place, Random(seed)
        self.done: Counter[str] = Counter()
        self._ways: dict[str, tuple[int, Callable[[], object]]] = {
            "work-horse": (30, self._horse),
            "lane": (14, self._lane),
            "page process": (12, self._page_process),
            "relay": (12, lambda: place.kill("relay")),
            "queue wiped": (12, self._wipe),
            "queue killed": (8, lambda: place.kill("queue")),
            "worker and all below": (3, lambda: place.kill_tree("worker")),
            "worker alone": (3, lambda: place.kill("worker")),
            "web and all below": (2, lambda: place.kill_tree("web")),
        }
        if place.postgres is not None:
            self._ways["database"] = (8, self._database)

    def strike(self) -> str:
        """Kill something; return what it was."""
        names = list(self._ways)
        (name,) = self._rng.choices(names, [self._ways[each][0] for each in names])
        if self._ways[name][1]() is False:
            name = "relay"  # there was nothing of the kind to kill
            self._place.kill("relay")
        self.done[name] += 1
        return name

    def _horse(self) -> bool:
        """Kill a work-horse; they live for milliseconds, so wait a moment for one."""
        until = time.monotonic() + 1.0
        while time.monotonic() < until:
            if self._one_of(self._place.horses()):
                return True
            time.sleep(0.005)
        return False

    def _lane(self) -> bool:
        return self._one_of(self._place.lanes())

    def _page_process(self) -> bool:
        return self._one_of(children(self._place.running["web"].pid))

    def _one_of(self, pids: list[int]) -> bool:
        if not pids:
            return False
        with suppress(ProcessLookupError):
            os.kill(self._rng.choice(pids), signal.SIGKILL)
        return True

    def _wipe(self) -> None:
        with suppress(RedisError), self._place.redis() as client:
            client.flushall()

    def _database(self) -> None:
        assert self._place.postgres is not None
        self._place.postgres.crash()
        self._place.postgres.start()
