"""A running Handrail for the faults of one module, on each database; a test leaves it as it found it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest

from tests.chaos.people import Town, settle
from tests.chaos.place import Place, place, until
from tests.chaos.visitor import Tally, Visitor
from tests.factories import PASSWORD


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def here(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Web, relay and worker at work."""
    if sys.platform != "linux":
        pytest.skip("watches processes as Linux does")
    with place(tmp_path_factory.mktemp("faults") / "home", on=request.param) as made:
        for name in ("web", "relay", "worker"):
            made.add(name)
        until(made.answers, what=lambda: made.log("web"))
        yield made


@pytest.fixture(scope="module")
def town(here: Place) -> Town:
    return settle(here.sessions, count=6, outings=3)


@pytest.fixture
def visitor(here: Place, town: Town) -> Visitor:
    """The first member, signed in."""
    made = Visitor(here.port, "10.2.0.1", Tally())
    assert made.sign_in(town.people[0].email, PASSWORD).status == 302
    return made
