"""Simulated people for the ladder: what is true of them, how they learn, what they say."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from matching.inputs import FEATURE_COUNT, FEATURES
from matching.rungs import KINDS
from matching.situations import QUESTIONS, TRAITS

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]

POINTS = np.array([TRAITS[feature].points for feature in FEATURES])
#: How people differ, without our own doubt about the mean: narrower than what a member starts with.
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


def answer(who: People, rng: np.random.Generator) -> Floats:
    """Return the answers to the six questions; one in ten is skipped."""
    noise = rng.normal(0, np.where(who.noisy, 24, 14)[:, None], (len(who.weights), len(ASKED)))
    said = np.clip(squash(who.weights @ ASKED.T) + who.bias[:, None] + noise, 0, 100).round()
    return np.where(rng.random(said.shape) < 0.1, np.nan, said)


def live_through(who: People, x: Floats, *, goes: NDArray[np.bool_], peak: Floats, predicted: Floats) -> None:
    """Change people by what they went through: easier by learning, harder by what was too much."""
    if who.world.learns == "engaged":
        gain = np.exp(-((peak - 50) ** 2) / (2 * 22**2))
    elif who.world.learns == "surprise":
        gain = np.clip((predicted - peak) / 20, 0, 2)
    else:
        gain = np.full(len(peak), 0.7)
    too_much = peak >= 80
    change = np.where(too_much, np.where(who.fragile, 2.0, 1.0) * 0.8, -gain) * who.rate * goes
    who.weights += change[:, None] * x * np.abs(who.weights) * np.where(who.weights > 0, 1, 0)
