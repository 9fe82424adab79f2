"""Compare ways of choosing the next step: `python -m benchmarks.simulate_ladder` (`--speed` times them).

The members differ on purpose from the table the comfort model starts from; no policy is told how.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.ladder_people import (
    CATALOGUE,
    WORLDS,
    Floats,
    Indices,
    People,
    World,
    answer,
    index,
    live_through,
    people,
    squash,
)
from benchmarks.ladder_policies import NONE, WEEKS, Fixed, Handrail, Policy, Random, Rule
from matching import comfort
from matching.inputs import FEATURE_COUNT, Situation
from matching.pace import Candidate
from matching.steps import choose


@dataclass
class Tally:
    gained: Floats
    attended: Indices
    overwhelmed: Indices
    left: NDArray[np.bool_]
    offered: Indices


class Evening(NamedTuple):
    """What comes of one week's proposals; arrays are (members,)."""

    predicted: Floats
    goes: NDArray[np.bool_]
    peak: Floats  #: what it was
    said: Floats  #: what was reported


def evening(who: People, x: Floats, asked: NDArray[np.bool_], rng: np.random.Generator) -> Evening:
    """Draw what members expect, whether they go, how it is and what they say."""
    level = (who.weights * x).sum(axis=1)
    expects, night, report = rng.standard_normal((3, len(level)))
    noisy = np.where(who.noisy, 2.0, 1.0)
    predicted = np.clip(squash(level) + who.bias + 12 * noisy * expects, 0, 100).round()
    willing = 1 / (1 + np.exp(-(who.keen - 0.05 * (predicted - 40))))
    peak = squash(level + who.world.noise * night)
    said = np.clip(peak + who.world.report * noisy * report, 0, 100).round()
    return Evening(predicted, asked & (rng.random(len(level)) < willing), peak, said)


def live(who: People, policy: Policy, rng: np.random.Generator) -> Tally:
    """Let 26 weeks pass, one proposal a week, and count."""
    count = len(who.weights)
    before = index(who.weights)
    attended, overwhelmed, offered, away = (np.zeros(count, dtype=int) for _ in range(4))
    for week in range(WEEKS):
        available = np.flatnonzero(rng.permutation(len(CATALOGUE)) < who.world.offered * len(CATALOGUE))
        steps = policy.offer(week, available)
        asked = who.here & (steps != NONE)
        found = evening(who, CATALOGUE[steps], asked, rng)
        too_much = found.goes & (found.peak >= 80)
        live_through(who, CATALOGUE[steps], goes=found.goes, peak=found.peak, predicted=found.predicted)
        for row in np.flatnonzero(asked):
            peak = float(found.said[row]) if found.goes[row] else None
            policy.learn(int(row), int(steps[row]), float(found.predicted[row]), peak)
        offered, attended, overwhelmed = offered + asked, attended + found.goes, overwhelmed + too_much
        away = np.where(found.goes, 0, away + 1)
        leaves = 0.006 + np.where(too_much, 0.08, 0) + np.where(away >= 4, 0.01, 0)
        who.here &= rng.random(count) >= leaves * np.where(who.fragile, 2, 1)
    return Tally(before - index(who.weights), attended, overwhelmed, ~who.here, offered)


def simulate(world: World, count: int, seed: int) -> tuple[People, dict[str, Tally]]:
    first = people(world, count, np.random.default_rng(seed))
    answers = answer(first, np.random.default_rng(seed + 1))
    policies: dict[str, Policy] = {
        "rule": Rule(count),
        "rule, nine rungs": Rule(count, every=3),
        "random": Random(count, np.random.default_rng(seed + 2)),
        "fixed ladder": Fixed(count),
        "Handrail": Handrail(answers),
    }
    tallies = {}
    for name, policy in policies.items():
        who = replace(first, weights=first.weights.copy())
        tallies[name] = live(who, policy, np.random.default_rng(seed + 3))
    return first, tallies


def subgroups(first: People) -> dict[str, NDArray[np.bool_]]:
    severe = index(first.weights) >= np.quantile(index(first.weights), 2 / 3)
    return {
        "everybody": np.ones(len(severe), dtype=bool),
        "fragile": first.fragile,
        "noisy": first.noisy,
        "most severe third": severe,
    }


HEADER = (
    "| | policy | comfort gained ± s.e. | more than the rule (lower 95 % bound) | overwhelming, % ± s.e. "
    "| left, % (against the rule) | attended of offered |\n|---|---|---:|---:|---:|---:|---:|"
)


def row(tally: Tally, rule: Tally, who: NDArray[np.bool_]) -> str:
    gained, more = tally.gained[who], (tally.gained - rule.gained)[who]
    bound = more.mean() - 1.96 * _error(more)
    attended = tally.attended[who].sum()
    share = tally.overwhelmed[who].sum() / max(attended, 1)
    left = 100 * tally.left[who].mean()
    cells = (
        f"{gained.mean():.2f} ± {_error(gained):.2f}",
        "" if tally is rule else f"{more.mean():+.2f} ({bound:+.2f})",
        f"{100 * share:.2f} ± {100 * np.sqrt(share * (1 - share) / max(attended, 1)):.2f}",
        f"{left:.1f} ({left - 100 * rule.left[who].mean():+.1f})",
        f"{tally.attended[who].mean():.1f} of {tally.offered[who].mean():.1f}",
    )
    return " | ".join(cells)


def _error(values: Floats) -> float:
    return float(values.std(ddof=1) / np.sqrt(len(values)))


def speed(members: int = 10_000, situations: int = 50) -> None:
    """Print the median of seven: one update, and everybody's next steps in one call."""
    rng = np.random.default_rng(1)
    states = [comfort.start(rng.integers(0, 101, 6).astype(float).tolist()) for _ in range(members)]
    places = [Situation(values=(1.0, *rng.random(FEATURE_COUNT - 1).tolist())) for _ in range(situations)]
    candidates = [Candidate(id=f"{place:02}", situation=each) for place, each in enumerate(places)]
    updates, calls = [], []
    for _ in range(7):
        began = time.perf_counter()
        for state in states[:200]:
            comfort.learn(state, places[0], predicted=50, peak=40, attended=True)
        updates.append((time.perf_counter() - began) / 200)
        began = time.perf_counter()
        choose(states, candidates)
        calls.append(time.perf_counter() - began)
    print(f"one update {1000 * np.median(updates):.2f} ms")
    print(f"{members} members, {situations} candidates: {np.median(calls):.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--speed", action="store_true", help="time one update and one call instead")
    options = parser.parse_args()
    if options.speed:
        speed()
        return
    for number, world in enumerate(WORLDS):
        first, tallies = simulate(world, options.members, options.seed + 100 * number)
        start = f"learns: {world.learns}; mean index {index(first.weights).mean():.0f}"
        print(f"\n**{world.name}** ({start})\n\n{HEADER}")
        for group, who in subgroups(first).items():
            few = ("rule", "rule, nine rungs", "Handrail")
            shown = tallies if group == "everybody" else {name: tallies[name] for name in few}
            for name, tally in shown.items():
                print(f"| {group} | {name} | {row(tally, tallies['rule'], who)} |")


if __name__ == "__main__":
    main()
