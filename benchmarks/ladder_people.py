"""Simulated people for the ladder: what is true of them, how they learn, what they say."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from benchmarks.ladder_worlds import Learns, Link, World
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


def felt(level: Floats, link: Link) -> Floats:
    """Return the distress of drives."""
    return np.clip(level, 0, 100) if link is Link.PLAIN else 100 / (1 + np.exp(-(level - 50) / 22))


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
        bias=rng.normal(*world.bias, count),
        keen=rng.normal(1.5, 0.7, count),
        rate=np.exp(rng.normal(np.log(0.08), 0.4, count)),
    )


def index(who: People) -> Floats:
    """Return the true comfort index: mean SUDS over the whole catalogue."""
    found: Floats = felt(who.weights @ CATALOGUE.T, who.world.link).mean(axis=1)
    return found


def answer(who: People, rng: np.random.Generator) -> Floats:
    """Return the answers to the six questions; some are skipped."""
    noise = rng.normal(0, np.where(who.noisy, 24, 14)[:, None], (len(who.weights), len(ASKED)))
    true = felt(who.weights @ ASKED.T, who.world.link)
    said = said_as(np.clip(true + who.bias[:, None] + noise, 0, 100), who.world)
    return np.where(rng.random(said.shape) < who.world.skipped, np.nan, said)


def said_as(suds: Floats, world: World) -> Floats:
    """Return SUDS as people say them."""
    return suds.round(-1 if world.tens else 0)


def on_offer(world: World, rng: np.random.Generator) -> tuple[Floats, Indices]:
    """Return the situations of a week and which of them take place."""
    if world.drawn is None:
        places = np.flatnonzero(rng.permutation(len(CATALOGUE)) < world.offered * len(CATALOGUE))
        return CATALOGUE, places
    count = int(rng.integers(world.drawn[0], world.drawn[1] + 1))
    hardness = rng.beta(1.0, 1.0, (count, 1))
    values = np.clip(hardness + rng.normal(0, 0.3, (count, FEATURE_COUNT)), 0, 1)
    values[:, 0] = 1
    return values, np.arange(count)


def live_through(who: People, x: Floats, *, goes: NDArray[np.bool_], peak: Floats, predicted: Floats) -> None:
    """Change people by what they went through: easier by learning, harder by what was too much."""
    gain = _gain(who.world.learns, peak, predicted)
    too_much = peak >= 80
    change = np.where(too_much, np.where(who.fragile, 2.0, 1.0) * 0.8, -gain) * who.rate * goes
    practised = x if who.world.learns is not Learns.WHOLE else np.full_like(x, x.mean(axis=1, keepdims=True))
    who.weights += change[:, None] * practised * np.abs(who.weights) * np.where(who.weights > 0, 1, 0)


def _gain(learns: Learns, peak: Floats, predicted: Floats) -> Floats:
    match learns:
        case Learns.ENGAGED | Learns.WHOLE:
            gain: Floats = np.exp(-((peak - 50) ** 2) / (2 * 22**2))
        case Learns.SURPRISE:
            gain = np.clip((predicted - peak) / 20, 0, 2)
        case Learns.BAND:
            gain = ((peak >= 30) & (peak <= 70)).astype(float)
        case Learns.FLAT:
            gain = np.full(len(peak), 0.7)
    return gain
