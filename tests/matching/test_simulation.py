"""A small run of the simulator in two worlds: more comfort than the rule, few hard evenings, nobody lost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.ladder_people import Floats, Indices, answer, people
from benchmarks.ladder_policies import Handrail, Rule
from benchmarks.ladder_worlds import HELD_OUT, WORLDS, World
from benchmarks.simulate_ladder import live
from matching.comfort import anticipate

PEOPLE = 120


class Watched(Handrail):
    """Handrail, with every offer held to the member's own ceiling."""

    offers = 0

    def offer(self, week: int, situations: Floats, available: Indices) -> Floats:
        found = super().offer(week, situations, available)
        for state, x in zip(self.states, found, strict=True):
            if x[0]:
                self.offers += 1
                assert anticipate(state, x).risk_above(state.pace.limit) <= state.pace.risk + 1e-9
        return found


@pytest.mark.requirement("R06")
@pytest.mark.parametrize("world", [WORLDS[2], HELD_OUT[0]], ids=lambda world: world.name)
def test_the_simulated_are_held_to_what_is_promised(world: World) -> None:
    first = people(world, PEOPLE, np.random.default_rng(1))
    watched = Watched(answer(first, np.random.default_rng(2)))
    ours, rule = (
        live(replace(first, weights=first.weights.copy()), policy, np.random.default_rng(3))
        for policy in (watched, Rule(PEOPLE))
    )
    more = ours.gained - rule.gained
    assert watched.offers > 0.9 * 26 * PEOPLE
    assert more.mean() - 1.96 * more.std() / np.sqrt(PEOPLE) > 0
    assert ours.overwhelmed.sum() <= 0.02 * ours.attended.sum()
    assert ours.left.mean() <= rule.left.mean() + 0.03
