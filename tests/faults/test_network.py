"""Two machines on a PostgreSQL and a Valkey of a third, with a network between them; one link is cut.

Each machine is a network namespace with a web, a relay and a worker. A cut link is worse than an ended
process: connections stay open and nothing comes through. Members notice a delay.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from domain.events import Lane
from handrail.program import start
from tests.chaos.people import settle
from tests.chaos.place import Place, place, queue_answers, until
from tests.chaos.verdict import still_open
from tests.chaos.visitor import Tally, Visitor
from tests.factories import PASSWORD
from tests.faults.namespaces import HUB, Network, NoNamespaces, network

pytestmark = [pytest.mark.chaos, pytest.mark.alone]
PORT, QUEUE_PORT = 8000, 6390
PROGRAMS = ("web", "relay", "worker")


@pytest.fixture
def net() -> Iterator[Network]:
    try:
        with network("one", "two") as made, made.inside(HUB):
            yield made
    except NoNamespaces as why:
        pytest.skip(f"no network namespaces here: {why}")


@pytest.fixture
def here(net: Network, tmp_path: Path) -> Iterator[Place]:
    """The third machine with the database and the queue server, and two that do the work."""
    with place(tmp_path / "home", on="postgresql", listen="*") as made:
        listen_for_others(made)
        for machine in net.machines:
            with net.inside(machine):
                start_machine(made, net, machine)
        yield made


def listen_for_others(here: Place) -> None:
    here.kill("queue")
    options = ["--port", str(QUEUE_PORT), "--bind", "0.0.0.0", "--protected-mode", "no"]  # noqa: S104
    here.programs["queue"] = replace(
        here.programs["queue"], command=[*here.programs["queue"].command, *options]
    )
    here.running["queue"] = start(here.programs["queue"])
    until(lambda: queue_answers(here))


def start_machine(here: Place, net: Network, machine: str) -> None:
    hub = net.hub_address(machine)
    reached = {
        "HANDRAIL_DATABASE_URL": f"postgresql+psycopg://postgres@{hub}/postgres",
        "HANDRAIL_REDIS_URL": f"redis://{hub}:{QUEUE_PORT}/0",
        "HANDRAIL_LISTEN": f"{net.address(machine)}:{PORT}",
        "HANDRAIL_BASE_URL": f"http://localhost:{PORT}",
    }
    for name in PROGRAMS:
        here.add(name, instance=f"-{machine}", **reached)


def answers(visitor: Visitor) -> bool:
    try:
        return visitor.once("GET", "/healthz", timeout=2).status == 200
    except OSError:
        return False


def save_all(visitors: list[Visitor], words: str) -> None:
    for visitor in visitors:
        assert visitor.send("/profile/needs", own_words=words).status == 303


def test_a_machine_whose_link_is_cut_costs_members_a_delay(here: Place, net: Network) -> None:
    town = settle(here.sessions, count=6, outings=1)
    visitors = []
    for number, person in enumerate(town.people):
        host = net.address(net.machines[number % 2])
        visitor = Visitor(PORT, f"10.5.0.{number}", Tally(), host=host)
        until(partial(answers, visitor), what=lambda: here.log("web-one"))
        assert visitor.sign_in(person.email, PASSWORD).status == 302
        visitors.append(visitor)
    save_all(visitors, "both machines work")
    for worker in ("worker-one", "worker-two"):  # two matchers loading at once take long on a busy machine
        until(lambda: len(here.lanes(worker)) == len(Lane), patience=240, what=lambda: here.log(worker))  # noqa: B023
    until(lambda: still_open(here.sessions) == 0, what=lambda: here.log("worker-two"))
    net.cut("one")
    until(lambda: not answers(visitors[0]), what=lambda: "the link was not cut")
    for visitor in visitors:  # what stands in front sends everybody to the machine that answers
        visitor.host = net.address("two")
    save_all(visitors, "one machine is cut off")
    cut = until(lambda: still_open(here.sessions) == 0, what=lambda: here.log("worker-two"))
    for name in PROGRAMS:
        here.kill_tree(f"{name}-one")
    save_all(visitors, "one machine is dead")
    dead = until(lambda: still_open(here.sessions) == 0, what=lambda: here.log("worker-two"))
    print(f"work was done {cut:.1f} s after a link was cut, {dead:.1f} s after the machine died")  # noqa: T201
    assert all("one machine is dead" in visitor.look("/profile/needs").text for visitor in visitors)
