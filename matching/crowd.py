"""A made-up crowd as the fused pass sees it, and other ways to do the same work: yardsticks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr
from sklearn.metrics import pairwise_distances_chunked
from sklearn.neighbors import NearestNeighbors

from matching import fused
from matching.features import chord_within
from matching.gaussian import COLUMNS, PEAK_SD, PRIOR_MEAN, PRIOR_VARIANCE, ROWS
from matching.inputs import FEATURE_COUNT, SLOT_COUNT
from matching.situations import drive

DIMENSIONS, _GROUPS = 64, 1
_BLOCK, _FUSED_BLOCK = 512, 4096
_CODES = np.array([1, 2, 3, 4, 5], dtype=np.int32)
_RADIUS_KM = 10.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Crowd:
    """Members and events, packed."""

    events: fused.Events
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
        return Crowd(events=self.events, members=members, k=self.k)


_PER_MEMBER = (
    "energy",
    "point",
    "reach",
    "tastes",
    "needs",
    "learned",
    "mean",
    "uncertainty",
    "strange",
    "numbers",
    "recent",
)


def crowd(members: int, events: int, *, country: bool, seed: int) -> Crowd:
    """Return newcomers after their six questions and events of all kinds; a country is 600 km across."""
    rng = np.random.default_rng(seed)
    width = 2.7 if country else 0.06
    return Crowd(events=_events(events, width, rng), members=_members(members, width, rng))


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
    for start in range(0, crowd.size, _FUSED_BLOCK):
        block = crowd.part(start, start + _FUSED_BLOCK)
        best = fused.empty(block.size, crowd.k)
        fused.match_block(block.events, block.members, best, _CODES)
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
    apart = 2 - 2 * (members.point[rows] @ events.point)
    mean = members.mean[rows] @ events.situation.T
    variance = members.uncertainty[rows] @ events.products.T + numbers[:, 13]
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


def _events(count: int, width: float, rng: np.random.Generator) -> fused.Events:
    situation = rng.random((count, FEATURE_COUNT)) ** 1.5
    situation[:, 0] = 1
    assumed = rng.random((count, FEATURE_COUNT)) < 0.15
    products = np.zeros((count, fused.UNCERTAINTY), dtype=np.float32)
    products[:, : fused.STATED] = np.hstack([situation[:, ROWS] * situation[:, COLUMNS], assumed])
    return fused.Events(
        slot=rng.integers(0, SLOT_COUNT, count).astype(np.int32),
        point=np.ascontiguousarray(_points(count, width, rng).T),
        online=rng.random(count) < 0.02,
        closed=rng.random(count) < 0.05,
        about=_unit(rng.random((count, DIMENSIONS))),
        offers=rng.integers(0, 32, count).astype(np.int32),
        group=np.zeros(count, dtype=np.int32),
        constant=rng.random(count).astype(np.float32) * np.float32(0.1),
        situation=situation.astype(np.float32),
        products=products,
        hosted=situation[:, 13] < 0.5,
    )


def _members(count: int, width: float, rng: np.random.Generator) -> fused.Members:
    nothing = np.empty(0, dtype=np.int32)
    variance = np.where(ROWS == COLUMNS, PRIOR_VARIANCE[ROWS], 0).astype(np.float32)
    uncertainty = np.zeros(fused.UNCERTAINTY, dtype=np.float32)
    uncertainty[: fused.STATED] = np.concatenate([variance, (PRIOR_MEAN**2 + PRIOR_VARIANCE) / 12])
    energy = np.where(rng.random((count, SLOT_COUNT)) < 0.5, -1.0, 0.04).astype(np.float32)
    limits = [drive(75), 1.2816, drive(80), 1.645, 0.1, drive(52), drive(37), drive(44.5), 1.9, 0.0, 0.25]
    return fused.Members(
        energy=energy,
        point=_points(count, width, rng),
        reach=np.full(count, chord_within(_RADIUS_KM)),
        tastes=_unit(rng.random((count, DIMENSIONS))) * np.float32(0.3),
        needs=rng.random((count, 32), dtype=np.float32) * np.float32(0.15),
        learned=np.zeros((count, _GROUPS), dtype=np.float32),
        mean=(PRIOR_MEAN + rng.normal(0, 4, (count, FEATURE_COUNT))).astype(np.float32),
        uncertainty=np.tile(uncertainty, (count, 1)),
        strange=np.zeros((count, FEATURE_COUNT), dtype=np.float32),
        numbers=np.tile([*limits, 0.25, 20.0, PEAK_SD**2], (count, 1)),
        recent=np.zeros((count, 3, FEATURE_COUNT), dtype=np.float32),
        barred_from=np.zeros(count + 1, dtype=np.int32),
        barred=nothing,
        barred_code=nothing,
        special_from=np.zeros(count + 1, dtype=np.int32),
        special=nothing,
        personal=np.empty((0, 5), dtype=np.float32),
    )


def _unit(values: NDArray[np.float64]) -> NDArray[np.float32]:
    unit: NDArray[np.float32] = (values / np.linalg.norm(values, axis=1, keepdims=True)).astype(np.float32)
    return unit
