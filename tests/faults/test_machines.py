"""Several machines on one PostgreSQL and one Valkey: one hangs, then dies; members notice a delay at most.

A machine is a process group of its own: web, relay and worker. Hanging is SIGSTOP, which keeps connections,
leases and locks, and so is worse than a clean cut.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select

from domain.database import reading
from domain.models import MatchingRun, MessageState, OutboxMessage, RunStatus
from tests.chaos.people import Town, settle
from tests.chaos.place import Place, free_port, place, until
from tests.chaos.processes import below
from tests.chaos.verdict import left_over, still_open
from tests.chaos.visitor import Tally, Visitor
from tests.factories import PASSWORD

pytestmark = [
    pytest.mark.chaos,
    pytest.mark.alone,
    pytest.mark.skipif(sys.platform != "linux", reason="stops processes as Linux knows them"),
]
SECOND = ("web-2", "relay-2", "worker-2")


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Place]:
    with place(tmp_path / "home", on="postgresql") as made:
        for name in ("web", "relay", "worker"):
            made.add(name)
        made.add("web", instance="-2", HANDRAIL_LISTEN=f"127.0.0.1:{free_port()}")
        made.add("relay", instance="-2")
        made.add("worker", instance="-2")
        until(made.answers, what=lambda: made.log("web"))
        yield made


def second_port(here: Place) -> int:
    return int(here.programs["web-2"].environ["HANDRAIL_LISTEN"].rpartition(":")[2])


def signal_second(here: Place, number: signal.Signals) -> None:
    """Send a signal to everything on the second machine."""
    for label in SECOND:
        for pid in [here.running[label].pid, *below(here.running[label].pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, number)


def sign_in_all(here: Place, town: Town) -> list[Visitor]:
    visitors = []
    for number, person in enumerate(town.people):
        port = here.port if number % 2 else second_port(here)
        visitor = Visitor(port, f"10.4.0.{number}", Tally())
        until(partial(answers, visitor))
        assert visitor.sign_in(person.email, PASSWORD).status == 302
        visitors.append(visitor)
    return visitors


def answers(visitor: Visitor) -> bool:
    return visitor.look("/healthz").status == 200


def save_all(visitors: list[Visitor], words: str) -> None:
    for visitor in visitors:
        assert visitor.send("/profile/needs", own_words=words).status == 303


def unfinished(here: Place) -> int:
    with reading(here.sessions) as session:
        runs = select(func.count()).select_from(MatchingRun).where(MatchingRun.status != RunStatus.FINISHED)
        return session.scalar(runs) or 0


def told(here: Place) -> str:
    """Say what is left over, and what the machine that works has to say."""
    return "\n".join([*left_over(here.sessions), here.log("relay"), here.log("worker")])


def test_one_machine_hangs_and_dies_and_members_notice_a_delay_at_most(here: Place) -> None:
    town = settle(here.sessions, count=8, outings=1)
    visitors = sign_in_all(here, town)
    save_all(visitors, "both machines work")
    signal_second(here, signal.SIGSTOP)
    for visitor in visitors:  # what stands in front sends everybody to the machine that answers
        visitor.port = here.port
    save_all(visitors, "one machine works")
    # What it held in an open transaction is free after 30 seconds, when the database ends that.
    delay = until(lambda: still_open(here.sessions) == 0, patience=100, what=lambda: told(here))
    assert unfinished(here) == 0
    signal_second(here, signal.SIGCONT)  # it wakes, with leases that have ended
    save_all(visitors, "both again")
    until(lambda: still_open(here.sessions) == 0)
    for label in SECOND:
        here.kill_tree(label)
    save_all(visitors, "one is dead")
    after = until(lambda: still_open(here.sessions) == 0, what=lambda: told(here))
    print(f"work was done {delay:.1f} s after a machine hung, {after:.1f} s after it died")  # noqa: T201
    assert all("one is dead" in visitor.look("/profile/needs").text for visitor in visitors)
    with reading(here.sessions) as session:
        dead = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state == MessageState.DEAD)
        assert session.scalar(dead) == 0
