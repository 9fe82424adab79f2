"""Compare ways of choosing the next step on simulated members: `python benchmarks/simulate_ladder.py`.

The members differ on purpose from the table the comfort model starts from; no policy is told how.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matching import comfort
from matching.inputs import FEATURE_COUNT, FEATURES
from matching.pace import Candidate, State
from matching.rungs import KINDS
from matching.situations import QUESTIONS, TRAITS
from matching.steps import choose

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
NONE = -1
WEEKS = 26

POINTS = np.array([TRAITS[feature].points for feature in FEATURES])
#: Between members, without our own doubt: the narrower column of the evidence table.
BETWEEN = np.array([11, 7, 8, 6, 3.5, 10, 7, 9, 6, 5, 7, 4, 7, 5, 3, 4.5])
CATALOGUE = np.array([kind.situation.values for kind in KINDS])
ASKED = np.array([question.situation.values for question in QUESTIONS])


@dataclass(frozen=True, kw_only=True)
class World:
    """How people differ from the table, and how they learn."""

    name: str
    learns: (
        str  # "engaged": most from moderate peaks; "surprise": from better than expected; "flat": from going
    )
    shift: float = 1.0  # s.d. of the population means around the table, in units of its own doubt
    spread: float = 1.0  # of the spread between members
    spiky: float = 0.2  # share of members with heavy tails
    severity: float = 0.0  # added to every constant
    noise: float = 11.0  # s.d. of one evening, drive
    report: float = 5.0  # s.d. of a report, SUDS
    offered: float = (
        1.0  # share of the catalogue that takes place in a week; the ladders always find their rung
    )


WORLDS = (
    World(name="near the table", learns="engaged", shift=0.3),
    World(name="shifted, spiky", learns="surprise", shift=1.5, spread=1.2, spiky=0.4, offered=0.5),
    World(name="harder, noisier", learns="flat", shift=1.0, severity=8, noise=14, report=8),
    World(name="loud nights", learns="engaged", shift=1.0, spiky=0.4, noise=17, report=8),
)


@dataclass
class People:
    """Simulated members: what is true of them and what no policy sees."""

    world: World
    weights: Floats
    fragile: NDArray[np.bool_]
    noisy: NDArray[np.bool_]
    bias: Floats
    keen: Floats  # log-odds of going
    rate: Floats  # how fast they learn
    here: NDArray[np.bool_] = field(init=False)

    def __post_init__(self) -> None:
        self.here = np.ones(len(self.weights), dtype=bool)


def squash(level: Floats) -> Floats:
    return 100 / (1 + np.exp(-(level - 50) / 22))


def people(world: World, count: int, rng: np.random.Generator) -> People:
    doubt = np.array([(TRAITS[f].high - TRAITS[f].low) / 3.29 for f in FEATURES])
    centre = POINTS + world.shift * doubt * rng.standard_normal(FEATURE_COUNT)
    tails = rng.standard_t(3, (count, FEATURE_COUNT))
    plain = rng.standard_normal((count, FEATURE_COUNT))
    spiky = rng.random(count) < world.spiky
    weights = centre + world.spread * BETWEEN * np.where(spiky[:, None], tails, plain)
    weights[:, 0] += world.severity
    return People(
        world=world,
        weights=weights,
        fragile=rng.random(count) < 0.2,
        noisy=rng.random(count) < 0.2,
        bias=rng.normal(10, 8, count),
        keen=rng.normal(1.5, 0.7, count),
        rate=np.exp(rng.normal(np.log(0.08), 0.4, count)),
    )


def index(weights: Floats) -> Floats:
    """Return the true comfort index: mean SUDS over the whole catalogue."""
    found: Floats = squash(weights @ CATALOGUE.T).mean(axis=1)
    return found


class Policy(Protocol):
    def offer(self, week: int, available: Indices) -> Indices: ...

    def learn(self, row: int, step: int, predicted: float, peak: float | None) -> None: ...


class Rule:
    """Start low, up after two calm peaks, down after an overwhelming one."""

    def __init__(self, count: int) -> None:
        self.order = np.argsort(CATALOGUE @ POINTS, kind="stable")
        self.rung = np.zeros(count, dtype=int)
        self.calm = np.zeros(count, dtype=int)

    def offer(self, week: int, available: Indices) -> Indices:
        return self.order[self.rung]

    def learn(self, row: int, step: int, predicted: float, peak: float | None) -> None:
        if peak is None:
            return
        self.calm[row] = self.calm[row] + 1 if peak <= 40 else 0
        if self.calm[row] == 2:
            self.rung[row], self.calm[row] = min(self.rung[row] + 1, len(self.order) - 1), 0
        elif peak >= 80:
            self.rung[row] = max(self.rung[row] - 1, 0)


class Fixed(Rule):
    """The same ladder for everyone, one rung a week."""

    def offer(self, week: int, available: Indices) -> Indices:
        return np.full(len(self.rung), self.order[week * len(self.order) // WEEKS])

    def learn(self, row: int, step: int, predicted: float, peak: float | None) -> None:
        return


class Random(Fixed):
    def __init__(self, count: int, rng: np.random.Generator) -> None:
        super().__init__(count)
        self.rng = rng

    def offer(self, week: int, available: Indices) -> Indices:
        return self.rng.choice(available, len(self.rung))


class Handrail:
    """The product's own: comfort model, ceiling, right size."""

    def __init__(self, answers: Floats) -> None:
        self.states: list[State] = [
            comfort.start([None if np.isnan(a) else float(a) for a in row]) for row in answers
        ]
        self.candidates = [Candidate(id=kind.id, situation=kind.situation, kind=kind.id) for kind in KINDS]

    def offer(self, week: int, available: Indices) -> Indices:
        found = choose(self.states, [self.candidates[place] for place in available])
        return np.array([available[each[0].index] if each else NONE for each in found])

    def learn(self, row: int, step: int, predicted: float, peak: float | None) -> None:
        self.states[row] = comfort.learn(
            self.states[row], self.candidates[step], predicted=predicted, peak=peak, attended=peak is not None
        )


def answer(who: People, rng: np.random.Generator) -> Floats:
    """Return the answers to the six questions; one in ten is skipped."""
    noise = rng.normal(0, np.where(who.noisy, 24, 14)[:, None], (len(who.weights), len(ASKED)))
    said = np.clip(squash(who.weights @ ASKED.T) + who.bias[:, None] + noise, 0, 100).round()
    return np.where(rng.random(said.shape) < 0.1, np.nan, said)


@dataclass
class Tally:
    gained: Floats
    attended: Indices
    overwhelmed: Indices
    left: NDArray[np.bool_]
    offered: Indices


def live(who: People, policy: Policy, rng: np.random.Generator) -> Tally:
    """Let 26 weeks pass, one proposal a week, and count."""
    count = len(who.weights)
    before = index(who.weights)
    attended, overwhelmed, offered, away = (np.zeros(count, dtype=int) for _ in range(4))
    for week in range(WEEKS):
        draws = rng.standard_normal((count, 3)), rng.random((count, 2))
        available = np.flatnonzero(rng.permutation(len(CATALOGUE)) < who.world.offered * len(CATALOGUE))
        steps = policy.offer(week, available)
        asked = who.here & (steps != NONE)
        x = CATALOGUE[steps]
        level = (who.weights * x).sum(axis=1)
        noisy = np.where(who.noisy, 2.0, 1.0)
        predicted = np.clip(squash(level) + who.bias + 12 * noisy * draws[0][:, 0], 0, 100)
        goes = asked & (draws[1][:, 0] < 1 / (1 + np.exp(-(who.keen - 0.05 * (predicted - 40)))))
        peak = squash(level + who.world.noise * draws[0][:, 1])
        said = np.clip(peak + who.world.report * noisy * draws[0][:, 2], 0, 100).round()
        too_much = goes & (peak >= 80)
        _learn(who, x, goes, peak, predicted)
        away = np.where(goes, 0, away + 1)
        hazard = 0.006 + np.where(too_much, 0.08, 0) + np.where(away >= 4, 0.01, 0)
        for row in np.flatnonzero(asked):
            policy.learn(
                int(row),
                int(steps[row]),
                float(predicted[row].round()),
                float(said[row]) if goes[row] else None,
            )
        offered += asked
        attended += goes
        overwhelmed += too_much
        who.here &= ~(draws[1][:, 1] < hazard * np.where(who.fragile, 2, 1))
    return Tally(before - index(who.weights), attended, overwhelmed, ~who.here, offered)


def _learn(who: People, x: Floats, goes: NDArray[np.bool_], peak: Floats, predicted: Floats) -> None:
    if who.world.learns == "engaged":
        gain = np.exp(-((peak - 50) ** 2) / (2 * 22**2))
    elif who.world.learns == "surprise":
        gain = np.clip((predicted - peak) / 20, 0, 2)
    else:
        gain = np.full(len(peak), 0.7)
    too_much = peak >= 80
    change = np.where(too_much, np.where(who.fragile, 2.0, 1.0) * 0.8, -gain) * who.rate * goes
    who.weights += change[:, None] * x * np.abs(who.weights) * np.where(who.weights > 0, 1, 0)


def simulate(world: World, count: int, seed: int) -> tuple[People, dict[str, Tally]]:
    first = people(world, count, np.random.default_rng(seed))
    answers = answer(first, np.random.default_rng(seed + 1))
    policies: dict[str, Policy] = {
        "rule": Rule(count),
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20261122)
    options = parser.parse_args()
    for number, world in enumerate(WORLDS):
        first, tallies = simulate(world, options.members, options.seed + 100 * number)
        start = f"learns: {world.learns}; mean index {index(first.weights).mean():.0f}"
        print(f"\n**{world.name}** ({start})\n\n{HEADER}")
        for group, who in subgroups(first).items():
            shown = (
                tallies if group == "everybody" else {name: tallies[name] for name in ("rule", "Handrail")}
            )
            for name, tally in shown.items():
                print(f"| {group} | {name} | {row(tally, tallies['rule'], who)} |")


if __name__ == "__main__":
    main()
