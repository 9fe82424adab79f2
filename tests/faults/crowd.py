"""Many visitors at once: as many as are served, or more than can be."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from statistics import quantiles

from tests.chaos.visitor import Tally, Visitor


@dataclass(slots=True)
class Seen:
    """What the crowd was answered."""

    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    failures: Counter[str] = field(default_factory=Counter)
    without_advice: int = 0  #: refusals that did not say when to come back
    lock: threading.Lock = field(default_factory=threading.Lock)

    def percentile(self, number: int) -> float:
        return quantiles(self.seconds, n=100)[number - 1]


def ask(visitor: Visitor, path: str, seen: Seen) -> None:
    """Ask once and note the answer."""
    began = time.monotonic()
    try:
        reply = visitor.once("GET", path, timeout=10)
    except (OSError, http.client.HTTPException) as error:
        with seen.lock:
            seen.failures[type(error).__name__] += 1
        return
    with seen.lock:
        seen.statuses[reply.status] += 1
        seen.seconds.append(time.monotonic() - began)
        seen.without_advice += reply.status == 503 and "Retry-After" not in reply.headers


def like(visitor: Visitor, number: int) -> Visitor:
    """Return a browser with the same session from another network."""
    return Visitor(
        visitor.port, f"10.{number // 60000 % 200 + 20}.{number // 250 % 240}.{number % 250}", Tally(),
        cookies=dict(visitor.cookies),
    )  # fmt: skip


def capacity(visitor: Visitor, path: str, *, seconds: float, at_once: int = 6) -> float:
    """Return how many requests a second are served when each visitor asks again once answered."""
    seen, until = Seen(), time.monotonic() + seconds

    def ask_again(number: int) -> None:
        count = 0
        while time.monotonic() < until:
            ask(like(visitor, number * 1000 + count), path, seen)
            count += 1

    threads = [threading.Thread(target=ask_again, args=(number,)) for number in range(at_once)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(seen.statuses) == {200}, (seen.statuses, seen.failures)
    return seen.statuses[200] / seconds


def flood(visitor: Visitor, path: str, *, rate: float, seconds: float) -> Seen:
    """Let visitors come at a rate, whether or not earlier ones were answered."""
    seen, threads, began = Seen(), [], time.monotonic()
    for number in range(int(rate * seconds)):
        time.sleep(max(0.0, began + number / rate - time.monotonic()))
        thread = threading.Thread(target=ask, args=(like(visitor, 100_000 + number), path, seen))
        thread.start()
        threads.append(thread)
    for thread in threads:
        thread.join()
    return seen
