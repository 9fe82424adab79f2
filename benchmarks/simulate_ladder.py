"""Compare ways of choosing the next step: `python -m benchmarks.simulate_ladder` (`--speed` times them).

The members differ on purpose from the table the comfort model starts from; no policy is told how. `--all`
adds the worlds that were held out while the rules were made.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.ladder_people import (
    Floats,
    Indices,
    People,
    answer,
    felt,
    index,
    live_through,
    on_offer,
    people,
    said_as,
)
from benchmarks.ladder_policies import WEEKS, Fixed, Handrail, Policy, Random, Rule
from benchmarks.ladder_worlds import HELD_OUT, WORLDS, World
from matching import comfort
from matching.inputs import FEATURE_COUNT, Situation
from matching.pace import Candidate


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
    level, world = (who.weights * x).sum(axis=1), who.world
    expects, night, report = rng.standard_normal((3, len(level)))
    if world.heavy:
        night = rng.standard_t(3, len(level))
    noisy = np.where(who.noisy, 2.0, 1.0)
    feared = np.clip(felt(level, world.link) + who.bias + 12 * noisy * expects, 0, 100)
    predicted = said_as(feared, world)
    willing = 1 / (1 + np.exp(-(who.keen - world.shying * (predicted - 40))))
    peak = felt(level + world.noise * night, world.link)
    said = said_as(np.clip(peak + world.report * noisy * report, 0, 100), world)
    return Evening(predicted, asked & (rng.random(len(level)) < willing), peak, said)


def live(who: People, policy: Policy, rng: np.random.Generator) -> Tally:
    """Let 26 weeks pass, one proposal a week, and count."""
    count = len(who.weights)
    before = index(who)
    attended, overwhelmed, offered, away = (np.zeros(count, dtype=int) for _ in range(4))
    for week in range(WEEKS):
        x = policy.offer(week, *on_offer(who.world, rng))
        asked = who.here & (x[:, 0] > 0)
        found = evening(who, x, asked, rng)
        too_much = found.goes & (found.peak >= 80)
        live_through(who, x, goes=found.goes, peak=found.peak, predicted=found.predicted)
        _tell(policy, asked, found, silent=rng.random(count) < who.world.unasked)
        offered, attended, overwhelmed = offered + asked, attended + found.goes, overwhelmed + too_much
        away = np.where(found.goes, 0, away + 1)
        leaves = 0.006 + np.where(too_much, 0.08, 0) + np.where(away >= 4, 0.01, 0)
        who.here &= rng.random(count) >= leaves * np.where(who.fragile, 2, 1)
    return Tally(before - index(who), attended, overwhelmed, ~who.here, offered)


def _tell(policy: Policy, asked: NDArray[np.bool_], found: Evening, *, silent: NDArray[np.bool_]) -> None:
    for row in np.flatnonzero(asked):
        predicted = None if silent[row] else float(found.predicted[row])
        policy.learn(int(row), predicted, float(found.said[row]) if found.goes[row] else None)


def simulate(world: World, count: int, seed: int) -> tuple[People, dict[str, Tally]]:
    first = people(world, count, np.random.default_rng(seed))
    answers = answer(first, np.random.default_rng(seed + 1))
    policies: dict[str, Policy] = {
        "rule": Rule(count),
        "rule, nine rungs": Rule(count, every=3),
        "random": Random(count, np.random.default_rng(seed + 2)),
        "fixed ladder": Fixed(count),
        "Handrail": Handrail(answers),
        "Handrail, next_step": Handrail(answers, practice=False),
    }
    tallies = {}
    for name, policy in policies.items():
        who = replace(first, weights=first.weights.copy())
        tallies[name] = live(who, policy, np.random.default_rng(seed + 3))
    return first, tallies


def subgroups(first: People) -> dict[str, NDArray[np.bool_]]:
    severe = index(first) >= np.quantile(index(first), 2 / 3)
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
    """Print the median processor time of seven: one update, and everybody's next steps in one call."""
    rng = np.random.default_rng(1)
    states = [comfort.start(rng.integers(0, 101, 6).astype(float).tolist()) for _ in range(members)]
    places = [Situation(values=(1.0, *rng.random(FEATURE_COUNT - 1).tolist())) for _ in range(situations)]
    candidates = [Candidate(id=f"{place:02}", situation=each) for place, each in enumerate(places)]
    updates, calls = [], []
    for _ in range(7):
        began = time.process_time()
        for state in states[:200]:
            comfort.learn(state, places[0], predicted=50, peak=40, attended=True)
        updates.append((time.process_time() - began) / 200)
        began = time.process_time()
        comfort.choose(states, candidates)
        calls.append(time.process_time() - began)
    print(f"one update {1000 * np.median(updates):.2f} ms")
    print(f"{members} members, {situations} candidates: {np.median(calls):.2f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20261122)
    parser.add_argument("--all", action="store_true", help="the worlds held out, too: some five minutes")
    parser.add_argument("--speed", action="store_true", help="time one update and one call instead")
    options = parser.parse_args()
    if options.speed:
        speed()
        return
    for number, world in enumerate(WORLDS + HELD_OUT if options.all else WORLDS):
        first, tallies = simulate(world, options.members, options.seed + 100 * number)
        start = f"learns: {world.learns}; mean index {index(first).mean():.0f}"
        print(f"\n**{world.name}** ({start})\n\n{HEADER}")
        for group, who in subgroups(first).items():
            few = ("rule", "rule, nine rungs", "Handrail", "Handrail, next_step")
            shown = tallies if group == "everybody" else {name: tallies[name] for name in few}
            for name, tally in shown.items():
                print(f"| {group} | {name} | {row(tally, tallies['rule'], who)} |")


if __name__ == "__main__":
    main()
