"""A made-up crowd as the fused pass sees it, and other ways to do the same work: yardsticks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr
from sklearn.metrics import pairwise_distances_chunked
from sklearn.neighbors import NearestNeighbors

from matching import beliefs, comfort, fused
from matching.arithmetic import BELIEF
from matching.features import chord_within
from matching.gathering import Gathering, Open, gather
from matching.gaussian import PEAK_SD
from matching.inputs import FEATURE_COUNT, SLOT_COUNT
from matching.situations import drive

DIMENSIONS, _GROUPS = 64, 1
#: How often a weekly event takes place in the time looked at, and how many different people there are.
DATES, _PEOPLE = 8, 256
_BLOCK = 512
_CODES = np.array([1, 2, 3, 4, 5], dtype=np.int32)
_RADIUS_KM = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Crowd:
    """Members and events, packed."""

    events: Open
    gathering: Gathering
    members: fused.Members
    k: int = 20

    @property
    def size(self) -> int:
        """Return how many members there are."""
        return len(self.members.energy)

    def part(self, start: int, stop: int) -> Crowd:
        """Return the same events with some of the members."""
        short = {name: getattr(self.members, name)[start:stop] for name in _PER_MEMBER}
        ends = np.zeros(len(short["energy"]) + 1, dtype=np.int32)
        members = self.members._replace(**short, barred_from=ends, special_from=ends)
        return replace(self, members=members)


_PER_MEMBER = (
    "energy",
    "point",
    "reach",
    "tastes",
    "needs",
    "learned",
    "belief",
    "single",
    "strange",
    "numbers",
    "recent",
)


def crowd(members: int, events: int, *, country: bool, weekly: bool = False, seed: int) -> Crowd:
    """Return newcomers after some of their six questions and events of all kinds; a country is 600 km across.

    No two events are alike, unless ``weekly``: then each has eight dates.
    """
    rng = np.random.default_rng(seed)
    width = 2.7 if country else 0.06
    found = _events(-(-events // DATES) if weekly else events, width, rng)
    if weekly:
        dates: list[Any] = [np.repeat(each, DATES, axis=0)[:events] for each in found]
        found = Open(*dates)
    return Crowd(events=found, gathering=gather(found), members=_members(members, width, rng))


def engines() -> dict[str, Callable[[Crowd], Any]]:
    """Return the ways to match a crowd, by name."""
    return {
        "sgemm": sgemm,
        "handrail": whole,
        "numpy": plain,
        "scikit-learn": chunked,
        "scikit-learn cosine": neighbours,
    }


def sgemm(crowd: Crowd) -> float:
    """Multiply members by events in blocks and keep nothing: the limit."""
    last = 0.0
    room = np.empty((_BLOCK, len(crowd.events.slot)), dtype=np.float32)
    events = crowd.events.about.T
    for start in range(0, crowd.size, _BLOCK):
        block = crowd.members.tastes[start : start + _BLOCK]
        last += float(np.matmul(block, events, out=room[: len(block)])[0, 0])
    return last


def whole(crowd: Crowd) -> NDArray[np.int32]:
    """Return the best columns (members, roles, k) by the fused pass: every hard limit and every part."""
    found = np.empty((crowd.size, fused.ROLES, crowd.k), dtype=np.int32)
    for start in range(0, crowd.size, _BLOCK):
        block = crowd.part(start, start + _BLOCK)
        best = fused.empty(block.size, crowd.k)
        fused.match_block(block.gathering, block.members, best, _CODES)
        found[start : start + block.size] = best.column
    return found


def plain(crowd: Crowd) -> list[NDArray[np.intp]]:
    """Return the right-sized best by blocked matrices in NumPy: the same limits and parts."""
    found = []
    for start in range(0, crowd.size, _BLOCK):
        rows = slice(start, start + _BLOCK)
        interest = crowd.members.tastes[rows] @ crowd.events.about.T
        found.append(_best(_scores(crowd, rows, interest), crowd.k))
    return found


def chunked(crowd: Crowd) -> list[NDArray[np.intp]]:
    """Return the same with scikit-learn's chunked cosine distances as the inner product."""
    found, start = [], 0
    events, members = crowd.events.about, crowd.members.tastes
    for distances in pairwise_distances_chunked(members, events, metric="cosine", working_memory=32):
        rows = slice(start, start + len(distances))
        found.append(_best(_scores(crowd, rows, 1 - distances), crowd.k))
        start += len(distances)
    return found


def neighbours(crowd: Crowd) -> Any:
    """Return the nearest by cosine alone, by brute force in scikit-learn."""
    index = NearestNeighbors(n_neighbors=crowd.k, algorithm="brute", metric="cosine", n_jobs=1)
    return index.fit(crowd.events.about).kneighbors(crowd.members.tastes, return_distance=False)


def _scores(crowd: Crowd, rows: slice, interest: NDArray[Any]) -> NDArray[Any]:
    """Return scores (block, n), minus infinity where a limit excludes."""
    events, members = crowd.events, crowd.members
    numbers = members.numbers[rows, :, None]
    energy = members.energy[rows][:, events.slot]
    apart = 2 - 2 * (members.point[rows] @ events.point.T)
    belief = members.belief[rows].reshape(-1, BELIEF * FEATURE_COUNT)
    doubts = np.hstack([beliefs.products(events.situation), events.assumed])
    mean = belief[:, :FEATURE_COUNT] @ events.situation.T
    variance = belief[:, FEATURE_COUNT:] @ doubts.T + numbers[:, 13]
    spread = np.sqrt(variance)
    score = interest + events.constant + energy + members.needs[rows][:, events.offers]
    attend = expit(numbers[:, 8] - 5 * expit((mean - 50) / 22) + 0.3 * events.hosted)
    risk = ndtr((mean - numbers[:, 0]) / spread)
    wide = numbers[:, 12] ** 2 + variance / 2
    near = np.exp(-((mean - numbers[:, 5]) ** 2) / (2 * wide))
    ladder = near * attend * np.sqrt(np.clip(1 - risk / numbers[:, 4], 0, 1)) / np.sqrt(wide)
    score += ladder * numbers[:, 12] * numbers[:, 10]
    excluded = (energy < 0) | (~events.online & (apart > members.reach[rows, None])) | events.closed
    excluded |= (mean + numbers[:, 1] * spread > numbers[:, 0]) | (near < numbers[:, 11])
    excluded |= mean + numbers[:, 3] * spread > numbers[:, 2]
    return np.where(excluded, -np.inf, score)


def _best(scores: NDArray[Any], k: int) -> NDArray[np.intp]:
    part = np.argpartition(-scores, k, axis=1)[:, :k]
    order = np.argsort(-np.take_along_axis(scores, part, axis=1), axis=1)
    return np.take_along_axis(part, order, axis=1)


def _points(count: int, width: float, rng: np.random.Generator) -> NDArray[np.float64]:
    latitude, longitude = np.radians(rng.normal((43.7, -79.4), (width, width * 1.4), (count, 2))).T
    return np.stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)], axis=1
    )


def _events(count: int, width: float, rng: np.random.Generator) -> Open:
    situation = rng.random((count, FEATURE_COUNT)) ** 1.5
    situation[:, 0] = 1
    assumed = rng.random((count, FEATURE_COUNT)) < 0.15
    return Open(
        slot=rng.integers(0, SLOT_COUNT, count).astype(np.int32),
        point=_points(count, width, rng),
        online=rng.random(count) < 0.02,
        closed=rng.random(count) < 0.05,
        about=_unit(rng.random((count, DIMENSIONS))),
        offers=rng.integers(0, 32, count).astype(np.int32),
        group=np.zeros(count, dtype=np.int32),
        constant=rng.random(count).astype(np.float32) * np.float32(0.1),
        situation=situation,
        assumed=assumed,
        hosted=situation[:, 13] < 0.5,
    )


def _members(count: int, width: float, rng: np.random.Generator) -> fused.Members:
    nothing = np.empty(0, dtype=np.int32)
    energy = np.where(rng.random((count, SLOT_COUNT)) < 0.5, -1.0, 0.04).astype(np.float32)
    limits = [drive(75), 1.2816, drive(80), 1.645, 0.1, drive(52), drive(37), drive(44.5), 1.9, 0.0, 0.25]
    belief = _newcomers(rng)[rng.integers(0, _PEOPLE, count)]
    return fused.Members(
        energy=energy,
        point=_points(count, width, rng),
        reach=np.full(count, chord_within(_RADIUS_KM)),
        tastes=_unit(rng.random((count, DIMENSIONS))) * np.float32(0.3),
        needs=rng.random((count, 32), dtype=np.float32) * np.float32(0.15),
        learned=np.zeros((count, _GROUPS), dtype=np.float32),
        belief=belief,
        single=beliefs.below(np.full(count, limits[0]), belief),
        strange=np.zeros((count, FEATURE_COUNT)),
        numbers=np.tile([*limits, 0.25, 20.0, PEAK_SD**2], (count, 1)),
        recent=np.zeros((count, 3, FEATURE_COUNT), dtype=np.float32),
        barred_from=np.zeros(count + 1, dtype=np.int32),
        barred=nothing,
        barred_code=nothing,
        special_from=np.zeros(count + 1, dtype=np.int32),
        special=nothing,
        personal=np.empty((0, fused.PERSONAL), dtype=np.float32),
    )


def _newcomers(rng: np.random.Generator) -> NDArray[np.float64]:
    """Return what is believed of different people who answered three to six of the six questions."""
    answers = rng.integers(10, 80, (_PEOPLE, 6)).astype(float)
    states = [comfort.start(row[: 3 + number % 4].tolist()) for number, row in enumerate(answers)]
    means = np.array([state.comfort.mean for state in states])
    return beliefs.wrapped(means, np.array([state.comfort.covariance for state in states]))


def _unit(values: NDArray[np.float64]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)
    return unit
