"""At four times what it can serve, the site refuses kindly, and is itself again soon."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chaos.people import settle
from tests.chaos.place import Place, place, until
from tests.chaos.visitor import Tally, Visitor
from tests.factories import PASSWORD
from tests.faults.crowd import Seen, ask, capacity, flood, like

pytestmark = [pytest.mark.chaos, pytest.mark.alone]
SECONDS = float(os.environ.get("OVERLOAD_SECONDS", "5"))
PAGE = "/events/"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path / "home", on="sqlite") as made:
        made.add("web")
        until(made.answers, what=lambda: made.log("web"))
        yield made


def test_four_times_too_much_is_refused_kindly_and_soon_over(here: Place) -> None:
    town = settle(here.sessions, count=1, outings=1, coming=40)
    visitor = Visitor(here.port, "10.5.0.1", Tally())
    assert visitor.sign_in(town.people[0].email, PASSWORD).status == 302
    served = capacity(visitor, PAGE, seconds=3)
    seen = flood(visitor, PAGE, rate=4 * served, seconds=SECONDS)
    recovery = until(lambda: calm(visitor), patience=30)
    print(  # noqa: T201
        f"capacity {served:.0f}/s; at {4 * served:.0f}/s: {dict(seen.statuses)}, "
        f"p99 {seen.percentile(99):.2f} s; itself again after {recovery:.1f} s"
    )
    assert not seen.failures, seen.failures
    assert set(seen.statuses) == {200, 503}
    assert seen.without_advice == 0
    assert seen.statuses[200] >= served * SECONDS / 4, "those who are let in are served"
    assert recovery < 5


def calm(visitor: Visitor) -> bool:
    """Whether five visitors, one after the other, are served at once."""
    seen = Seen()
    for number in range(5):
        ask(like(visitor, 900_000 + number + int(time.monotonic() * 10) % 50_000), PAGE, seen)
    return seen.statuses[200] == 5 and max(seen.seconds) < 1.0
