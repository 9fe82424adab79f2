"""The hard limits of the fused pass for one member: time, distance, plans and the ceiling; compiled.

Every function lists what passes without branches: which event is late, far or too much is a toss-up that no
processor foresees. Rows are those of ``matching.gathering``; a row stands for one or more columns.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from matching.arithmetic import (
    DIAGONALS,
    FAST,
    Double,
    Single,
    Whole,
    foresee,
    margins,
    mark_near,
    tight,
)
from matching.gathering import LANES, TILE
from matching.inputs import FEATURE_COUNT, FEATURES, SLOT_COUNT, SituationFeature

UNFAMILIAR = FEATURES.index(SituationFeature.UNFAMILIAR)
#: Drive points from a ceiling within which single precision does not decide.
TIGHT = np.float32(0.01)
#: Chord to spare when a whole tile is left out.
ROUNDING = 1e-12


@njit(fastmath=FAST, error_model="numpy")
def _listed(ends: Whole, begin: int, end: int, left: Whole, number: np.uint64) -> np.uint64:
    """List the rows that are marked behind those listed; unsigned numbers spare a check at every use."""
    for row in range(np.uint64(begin), np.uint64(end)):
        left[number] = np.int32(row)
        number += np.uint64(ends[row])
    return number


@njit(fastmath=FAST, error_model="numpy")
def in_reach(  # noqa: PLR0913, PLR0917
    start: Whole,
    held: Whole,
    middle: Double,
    around: Double,
    bit: Whole,
    points: Double,
    energy: Single,
    place: Double,
    reach: float,
    marks: Whole,
    left: Whole,
) -> tuple[np.int64, int, int]:
    """List the rows at a possible time and within reach; a tile that is too far is not looked at.

    Returns how many rows, how many columns are at an impossible time, and how many at a possible one.
    """
    timely = late = 0
    possible = np.int32(0)
    for slot in range(SLOT_COUNT):
        fits = energy[slot] >= 0
        possible |= np.int32(fits) << np.int32(slot)
        timely += held[slot] * fits
        late += held[slot] * (not fits)
    for row in range(start[0]):
        marks[row] = (bit[row] & possible) != 0
    number = _listed(marks, 0, start[0], left, np.uint64(0))
    if reach < 0:
        return np.int64(number), late, timely
    radius = math.sqrt(reach) + ROUNDING
    for tile in range(around.shape[0]):
        across, along, up = middle[0, tile] - place[0], middle[1, tile] - place[1], middle[2, tile] - place[2]
        if across * across + along * along + up * up <= (radius + around[tile]) ** 2:
            begin = start[0] + tile * TILE
            end = min(begin + TILE, start[1])
            mark_near(points, bit, place, reach, possible, begin, end, marks)
            number = _listed(marks, begin, end, left, number)
    return np.int64(number), late, timely


@njit(error_model="numpy")
def is_far(points: Double, row: int, place: Double, reach: float) -> bool:
    """Return whether a row with a place is out of reach."""
    across, along, up = points[0, row] - place[0], points[1, row] - place[1], points[2, row] - place[2]
    far: bool = across * across + along * along + up * up > reach
    return far


@njit(fastmath=FAST, error_model="numpy")
def exactly(
    belief: Double, situation: Double, assumed: Single, strange: Double, share: float
) -> tuple[float, float]:
    """Return mean and variance of the drive in double precision, with a share of the strangers left."""
    level = variance = 0.0
    for each in range(FEATURE_COUNT):
        carried = belief[1, each] * situation[each]
        for apart in range(1, DIAGONALS):
            carried += belief[1 + apart, each] * situation[each + apart]
        level += belief[0, each] * situation[each]
        variance += carried * situation[each] + belief[1 + DIAGONALS, each] * assumed[each]
    change = (share - 1) * situation[UNFAMILIAR]
    if change != 0:
        level += change * belief[0, UNFAMILIAR]
        variance += change * change * strange[UNFAMILIAR]
        for each in range(FEATURE_COUNT):
            variance += 2 * change * strange[each] * situation[each]
    return level, variance


@njit(fastmath=FAST, error_model="numpy")
def margin_of(numbers: Double, under: float, spread: float) -> float:
    """Return how far below both ceilings an event stays; as ``arithmetic.margins`` in double precision."""
    own: float = under - numbers[1] * spread
    severe: float = numbers[2] - numbers[0] + under - numbers[3] * spread
    return min(own, severe)


@njit(fastmath=FAST, error_model="numpy")
def bearable(  # noqa: PLR0913, PLR0917
    belief: Double,
    single: Single,
    strange: Double,
    numbers: Double,
    exact: Double,
    situation: Single,
    assumed: Single,
    left: Whole,
    number: int | np.int64,
    under: Single,
    spread: Single,
    margin: Single,
) -> None:
    """Write how far under the limit each listed row is, the spread of its peak and its margin.

    What single precision cannot tell from the ceiling is computed again in double precision.
    """
    even = number + number % 2
    left[number:even] = 0
    foresee(single, situation, assumed, left[:even], under, spread)
    filled = -(-number // LANES) * LANES
    for each in range(number, filled):
        under[each], spread[each] = np.inf, 0
    margins(numbers, under[:filled], spread, margin)
    if tight(margin[:filled], TIGHT):
        for each in range(number):
            if abs(margin[each]) < TIGHT:
                level, variance = exactly(belief, exact[left[each]], assumed[left[each]], strange, 1.0)
                below, doubt = numbers[0] - level, math.sqrt(variance + numbers[13])
                under[each], spread[each] = below, doubt
                margin[each] = margin_of(numbers, below, doubt)


@njit(fastmath=FAST, error_model="numpy")
def settle(
    left: Whole,
    margin: Single,
    columns: Whole,
    weights: Whole,
    rows: Whole,
    under: Single,
    spread: Single,
    weight: Whole,
) -> tuple[np.int64, int, int, int]:
    """Keep the listed rows that are under the ceiling and have a column to propose.

    ``columns`` is how many a row has, ``weights`` how many of them are not barred or special. Returns how
    many rows are kept, how many columns were listed, how many of these had weight, and how many are kept.
    """
    kept, listed, weighty, possible = np.uint64(0), 0, 0, 0
    for each in range(np.uint64(left.shape[0])):
        row = np.uint64(left[each])
        fits = margin[each] >= 0
        listed += columns[row]
        weighty += weights[row]
        possible += weights[row] * fits
        rows[kept], under[kept], spread[kept], weight[kept] = (
            left[each],
            under[each],
            spread[each],
            weights[row],
        )
        kept += np.uint64(fits & (weights[row] > 0))
    return np.int64(kept), listed, weighty, possible
