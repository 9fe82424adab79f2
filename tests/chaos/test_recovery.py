"""How soon a member's work flows again after a worker, the queue server or the database has died.

The promise is 10, 5 and 10 seconds (docs/explanation/reliability.md); twice that is allowed here, because the
machine that runs the tests may be busy. With ``pytest -s`` the times are printed.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import select

from domain.database import reading
from domain.events import Lane
from domain.models import MatchingRun, RunStatus
from tests.chaos.people import Town, settle
from tests.chaos.place import Place, place, until
from tests.chaos.visitor import Tally, Visitor
from tests.factories import PASSWORD

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.alone,
    pytest.mark.skipif(sys.platform != "linux", reason="kills processes as Linux knows them"),
]
ROUNDS = 3


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with place(tmp_path_factory.mktemp("recovery") / "home", on="postgresql") as made:
        for name in ("web", "relay", "worker"):
            made.add(name)
        until(made.answers, what=lambda: made.log("web"))
        yield made


@pytest.fixture(scope="module")
def town(here: Place) -> Town:
    return settle(here.sessions, count=1, outings=1)


def worker_dies(here: Place) -> None:
    here.kill_tree("worker")


def queue_dies(here: Place) -> None:
    here.kill("queue")


def database_dies(here: Place) -> None:
    assert here.postgres is not None
    here.postgres.crash()
    here.postgres.start()


@pytest.mark.parametrize(
    ("end", "promised"),
    [(worker_dies, 10), (queue_dies, 5), (database_dies, 10)],
    ids=["worker", "queue server", "database"],
)
def test_work_flows_again_soon(here: Place, town: Town, end: Callable[[Place], None], promised: int) -> None:
    visitor = Visitor(here.port, "10.7.0.1", Tally())
    assert visitor.sign_in(town.people[0].email, PASSWORD).status == 302
    took = []
    for number in range(ROUNDS):
        until(lambda: finished(here, town))
        end(here)
        here.respawn()
        began = time.monotonic()
        assert visitor.send("/profile/needs", own_words=f"after {end.__name__} {number}").status == 303
        until(lambda: finished(here, town), what=lambda: here.log("worker"))
        took.append(time.monotonic() - began)
    print(f"{end.__name__}: " + ", ".join(f"{each:.1f} s" for each in took))  # noqa: T201
    assert max(took) < 2 * promised


def test_with_a_second_worker_nobody_waits_for_the_first_to_start(here: Place, town: Town) -> None:
    visitor = Visitor(here.port, "10.7.0.2", Tally())
    assert visitor.sign_in(town.people[0].email, PASSWORD).status == 302
    here.respawn()
    here.add("worker", instance="-2")
    until(lambda: len(here.lanes("worker-2")) == len(Lane), what=lambda: here.log("worker-2"))
    until(lambda: finished(here, town))
    here.kill_tree("worker")
    began = time.monotonic()
    assert visitor.send("/profile/needs", own_words="the other is there").status == 303
    until(lambda: finished(here, town), what=lambda: here.log("worker-2"))
    took = time.monotonic() - began
    here.kill_tree("worker-2")
    here.respawn()
    print(f"one of two workers dies: {took:.1f} s")  # noqa: T201
    assert took < 2 * 10


def finished(here: Place, town: Town) -> bool:
    """Whether the member's newest run has ended; while the database is away, it has not."""
    with reading(here.sessions) as session:
        newest = select(MatchingRun.status).where(MatchingRun.member == town.people[0].id)
        return session.scalar(newest.order_by(MatchingRun.id.desc()).limit(1)) == RunStatus.FINISHED
