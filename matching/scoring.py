"""The scores of a member's possible rows in the fused pass: what adds up, then the ladder's part; compiled.

The same formulas as ``score``. Entries are filled up to whole vectors: what is left over would go one by one.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from matching.arithmetic import FAST, Double, Single, Whole, nearnesses
from matching.gathering import LANES
from matching.inputs import FEATURE_COUNT
from matching.sieve import UNFAMILIAR

_HOSTED = np.float32(0.3)
_ONE = np.float32(1)


@njit(fastmath=FAST, error_model="numpy", forceinline=True)
def add_up(  # noqa: PLR0913, PLR0917
    numbers: Double,
    energy: Single,
    needs: Single,
    learned: Single,
    slot: Whole,
    offers: Whole,
    group: Whole,
    constant: Single,
    hosted: Single,
    rows: Whole,
    interest: Single,
    base: Single,
    odds: Single,
    factor: Single,
) -> None:
    """Write the parts of the score but for the ladder's, and what the latter starts from."""
    willing = np.float32(numbers[8])
    for each in range(np.uint64(rows.shape[0])):
        row = np.uint64(rows[each])
        interest[each] += learned[np.uint64(group[row])]
        other = needs[np.uint64(offers[row])] + energy[np.uint64(slot[row])]
        base[each] = interest[each] + constant[row] + other
        odds[each] = willing + _HOSTED * hosted[row]
        factor[each] = 1


@njit(error_model="numpy")
def make_personal(
    personal: Single, mine: Whole, begin: np.int64, end: np.int64, base: Single, odds: Single, factor: Single
) -> None:
    """Add what is personal about the special columns among the entries."""
    for each in range(begin, end):
        base[each] += personal[mine[each], 0]
        odds[each] += _HOSTED * personal[mine[each], 2]
        factor[each] = personal[mine[each], 3]


@njit(fastmath=FAST, error_model="numpy")
def vary(
    recent: Single,
    novelty: np.float32,
    situation: Single,
    rows: Whole,
    personal: Single,
    mine: Whole,
    factor: Single,
) -> None:
    """Multiply factors by that for what is new beside the last attempts."""
    for each in range(rows.shape[0]):
        share = personal[mine[each], 1] if mine[each] >= 0 else _ONE
        factor[each] *= _variety(recent, situation[rows[each]], share, novelty)


@njit(fastmath=FAST, error_model="numpy")
def _variety(recent: Single, situation: Single, share: np.float32, novelty: np.float32) -> np.float32:
    """Return the factor of one event; ``share`` is what is left of the strangers."""
    length = alike = np.float32(0)
    for feature in range(FEATURE_COUNT):
        value = situation[feature] * (share if feature == UNFAMILIAR else _ONE)
        length += value * value
    for attempt in range(recent.shape[0]):
        common = np.float32(0)
        for feature in range(FEATURE_COUNT):
            value = situation[feature] * (share if feature == UNFAMILIAR else _ONE)
            common += recent[attempt, feature] * value
        alike = max(alike, common)
    new = min(max((1 - alike / math.sqrt(length)) / np.float32(0.3), np.float32(0)), _ONE)
    return (1 + novelty * new) / (1 + novelty)


@njit(error_model="numpy")
def fill_up(
    size: np.int64, under: Single, spread: Single, weight: Whole, base: Single, odds: Single, factor: Single
) -> np.int64:
    """Write what is never proposed behind the entries, up to whole vectors; return where it ends."""
    filled = -(-size // LANES) * LANES
    for each in range(size, filled):
        under[each], spread[each], weight[each], base[each], odds[each], factor[each] = 1, 1, 0, -1, 0, 0
    return filled


@njit(fastmath=FAST, error_model="numpy", forceinline=True)
def score_role(
    numbers: Double,
    role: int,
    base: Single,
    worth: Single,
    under: Single,
    spread: Single,
    near: Single,
    score: Single,
) -> None:
    """Write the scores of a role; -1 where an event is not near enough to its target or not low enough."""
    nearnesses(numbers[0] - numbers[5 + role], numbers[12], under, spread, near)
    floor, least = (numbers[11], -np.inf) if role == 0 else (-1.0, numbers[0] - numbers[7])
    nearest, lowest = np.float32(floor), np.float32(least)
    for each in range(under.shape[0]):
        total = base[each] + worth[each] * near[each]
        score[each] = total if (near[each] >= nearest) & (under[each] >= lowest) else np.float32(-1)
