"""What is somebody else's takes as long to be refused as what is nowhere: no clock tells the two apart."""

from __future__ import annotations

import time
from statistics import median

import pytest

from tests.security import walk
from tests.security.actors import Actor
from tests.security.site import Site
from tests.security.who_may import Answer, expected

ASKS, MORE = 7, 41
WITHIN = 0.2


def seconds(site: Site, path: str) -> float:
    """Processor time of one ask, which other programs on the machine do not lengthen."""
    began = time.thread_time()
    site.ask(Actor.OTHER, path)
    return time.thread_time() - began


def difference(site: Site, theirs: str, nowhere: str, asks: int) -> float:
    """How much longer the one takes than the other, as a part of it: medians of asks that take turns."""
    taken = [(seconds(site, theirs), seconds(site, nowhere)) for _ in range(asks)]
    one, other = median(each[0] for each in taken), median(each[1] for each in taken)
    return abs(one - other) / max(one, other)


@pytest.mark.requirement("C03")
def test_no_clock_tells_what_is_somebody_elses_from_what_is_nowhere(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where a few asks seem to differ, many decide: the most that chance does is ask again."""
    missing = walk.nowhere(site.world.things)
    found: dict[str, float] = {}
    for rule, _method in walk.rules(site.app, ("GET",)):
        if not walk.objects(rule) or expected(rule.endpoint, Actor.OTHER) is not Answer.MISSING:
            continue
        theirs, nowhere = (walk.path_of(site.app, rule, each) for each in (site.world.things, missing))
        part = difference(site, theirs, nowhere, ASKS)
        found[rule.rule] = part if part < WITHIN else difference(site, theirs, nowhere, MORE)
    with capsys.disabled():
        print(f"\ntiming: {len(found)} pages, largest difference {max(found.values()):.0%}")  # noqa: T201
    assert len(found) > 8
    assert {rule: part for rule, part in found.items() if part >= WITHIN} == {}
