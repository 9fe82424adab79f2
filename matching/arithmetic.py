"""The formulas of the fused pass, compiled: small functions over rows that fill the processor's vectors.

Each is written so that the compiler turns its loop into vector instructions: plain sums over contiguous rows,
no branches, and an exponential of its own. A plain call into the C library would stop that.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matching.inputs import FEATURE_COUNT

Single = NDArray[np.float32]
Double = NDArray[np.float64]
Whole = NDArray[np.int32]

#: Diagonals of a symmetric matrix of 16 rows, wrapped round, that hold every pair once (the last one twice).
DIAGONALS = FEATURE_COUNT // 2 + 1
#: Rows of a belief: the weights of the drive, the diagonals of their covariance, the doubt of unstated facts.
BELIEF = 1 + DIAGONALS + 1

#: Sums may be taken in any order, but infinity stays what it is.
FAST = {"contract", "reassoc", "nsz", "arcp"}

_ONE, _HALF = np.float32(1), np.float32(0.5)
_LOG2_E = np.float32(1.4426950408889634)
_LN2_HIGH, _LN2_LOW = np.float32(0.693359375), np.float32(-2.12194440e-4)
#: 2**x for x from -0.5 to 0.5 as a polynomial, relative error 2e-9 (Chebyshev fit).
_P0, _P1, _P2, _P3 = (
    np.float32(each) for each in (1.0000000005923, 0.69314720561125, 0.24022646607375, 0.05550328974011)
)
_P4, _P5, _P6 = (np.float32(each) for each in (0.00961851959081, 0.00133998699085, 0.00015337585115757))
#: exp(t*t/2) times the normal tail beyond t from 0 to 9, in 1 / (1 + t / 4), relative error 2e-7 (the same).
_T0, _T1, _T2, _T3 = (
    np.float32(each) for each in (0.00028482190918, 0.09516716475413, 0.13119136339107, -0.02762230412594)
)
_T4, _T5, _T6, _T7 = (
    np.float32(each) for each in (0.36466400318628, -0.34416575506837, 0.38010975958502, -0.09962906376295)
)


@njit(fastmath=FAST, error_model="numpy", inline="always")
def exp(x: np.float32) -> np.float32:
    """Return e to a power of at most 0, to 2e-7 of it."""
    x = max(x, np.float32(-87))
    whole = np.int32(x * _LOG2_E - _HALF)
    rest = ((x - np.float32(whole) * _LN2_HIGH) - np.float32(whole) * _LN2_LOW) * _LOG2_E
    power = _P0 + rest * (_P1 + rest * (_P2 + rest * (_P3 + rest * (_P4 + rest * (_P5 + rest * _P6)))))
    return power * np.int32((whole + np.int32(127)) << np.int32(23)).view(np.float32)


@njit(fastmath=FAST, error_model="numpy", inline="always")
def expit(x: np.float32) -> np.float32:
    """Return 1 / (1 + exp(-x)) without overflow on either side."""
    small = exp(-abs(x))
    return (_ONE if x >= 0 else small) / (_ONE + small)


@njit(fastmath=FAST, error_model="numpy", inline="always")
def tail(t: np.float32) -> np.float32:
    """Return the probability that a standard normal number is above ``t``, which is at least 0."""
    u = _ONE / (_ONE + np.float32(0.25) * t)
    inner = _T3 + u * (_T4 + u * (_T5 + u * (_T6 + u * _T7)))
    return exp(-_HALF * t * t) * (_T0 + u * (_T1 + u * (_T2 + u * inner)))


@njit(fastmath=FAST, error_model="numpy")
def dot(one: Single, other: Single) -> np.float32:
    """Return the inner product of two rows."""
    total = np.float32(0)
    for each in range(one.shape[0]):
        total += one[each] * other[each]
    return total


@njit(fastmath=FAST, error_model="numpy")
def interests(taste: Single, about: Single, rows: Whole, interest: Single) -> None:
    """Write how much of a taste some rows of events are about; nothing else, so that many go at once."""
    for each in range(np.uint64(rows.shape[0])):
        interest[each] = dot(taste, about[np.uint64(rows[each])])


@njit(fastmath=FAST, error_model="numpy")
def _foresee(
    belief: Single, situation: Single, assumed: Single, one: np.uint64, other: np.uint64
) -> tuple[np.float32, np.float32, np.float32, np.float32]:
    """Return mean and variance of the drive for two rows: x' S x by wrapped diagonals, and the doubt of
    unstated facts.

    ``situation`` holds the features twice, one after the other, so that a wrapped diagonal is a straight row.
    """
    mean = variance = mean_too = variance_too = np.float32(0)
    for each in range(FEATURE_COUNT):
        value, value_too = situation[one, each], situation[other, each]
        carried, carried_too = belief[1, each] * value, belief[1, each] * value_too
        for apart in range(1, DIAGONALS):
            carried += belief[1 + apart, each] * situation[one, each + apart]
            carried_too += belief[1 + apart, each] * situation[other, each + apart]
        variance += carried * value + belief[1 + DIAGONALS, each] * assumed[one, each]
        variance_too += carried_too * value_too + belief[1 + DIAGONALS, each] * assumed[other, each]
        mean += belief[0, each] * value
        mean_too += belief[0, each] * value_too
    return mean, variance, mean_too, variance_too


@njit(fastmath=FAST, error_model="numpy")
def foresee(
    belief: Single, situation: Single, assumed: Single, rows: Whole, under: Single, variance: Single
) -> None:
    """Write how far under the limit some rows are and their variance, two at a time: give an even number."""
    for each in range(np.uint64(0), np.uint64(rows.shape[0]), np.uint64(2)):
        one, other = np.uint64(rows[each]), np.uint64(rows[each + 1])
        mean, variance[each], mean_too, variance[each + 1] = _foresee(belief, situation, assumed, one, other)
        under[each], under[each + 1] = -mean, -mean_too


@njit(fastmath=FAST, error_model="numpy")
def mark_near(
    points: Double,
    bit: Whole,
    place: Double,
    reach: float,
    possible: np.int32,
    begin: int,
    end: int,
    marks: Whole,
) -> None:
    """Mark the rows at a possible time whose squared chord to a place is within reach; unit vectors."""
    for row in range(np.uint64(begin), np.uint64(end)):
        across, along, up = points[0, row] - place[0], points[1, row] - place[1], points[2, row] - place[2]
        chord = across * across + along * along + up * up
        marks[row] = np.int32(chord <= reach) & np.int32((bit[row] & possible) != 0)


@njit(fastmath=FAST, error_model="numpy")
def margins(numbers: Double, under: Single, spread: Single, margin: Single) -> None:
    """Turn variances into spreads of a peak, and write how far below both ceilings each event stays.

    A margin below 0 is too much: the peak may pass the limit too probably, or be overwhelming.
    """
    noise, safe, safely = np.float32(numbers[13]), np.float32(numbers[1]), np.float32(numbers[3])
    further = np.float32(numbers[2] - numbers[0])
    for each in range(under.shape[0]):
        doubt = math.sqrt(spread[each] + noise)
        own, severe = under[each] - safe * doubt, further + under[each] - safely * doubt
        spread[each] = doubt
        margin[each] = min(severe, own)


@njit(fastmath=FAST, error_model="numpy")
def tight(margin: Single, least: np.float32) -> np.int32:
    """Return how many margins are next to nothing."""
    number = np.int32(0)
    for each in range(margin.shape[0]):
        number += np.int32(abs(margin[each]) < least)
    return number


@njit(fastmath=FAST, error_model="numpy")
def worths(
    numbers: Double, under: Single, spread: Single, odds: Single, factor: Single, worth: Single
) -> None:
    """Write the ladder's part but for nearness: sure, likely gone to, far under the ceiling; weighted."""
    limit, risk = np.float32(numbers[0]), np.float32(numbers[4])
    weight, width = np.float32(numbers[10]), np.float32(numbers[12])
    for each in range(under.shape[0]):
        doubt = spread[each]
        sure = width / math.sqrt(width * width + _HALF * doubt * doubt)
        over = tail(max(under[each] / doubt, np.float32(0)))
        careful = math.sqrt(max(_ONE - over / risk, np.float32(0)))
        anticipated = expit((limit - under[each] - np.float32(50)) * np.float32(1 / 22))
        attend = expit(odds[each] - np.float32(5) * anticipated)
        worth[each] = weight * factor[each] * sure * careful * attend


@njit(fastmath=FAST, error_model="numpy")
def nearnesses(distance: float, width: float, under: Single, spread: Single, near: Single) -> None:
    """Write how near each is to a target that is ``distance`` under the limit, 1 on it; doubt widens it."""
    away, wide = np.float32(distance), np.float32(2 * width * width)
    for each in range(under.shape[0]):
        off = under[each] - away
        near[each] = exp(-off * off / (wide + spread[each] * spread[each]))


@njit(fastmath=FAST, error_model="numpy")
def weight_above(scores: Single, weights: Whole, bar: np.float32) -> np.int32:
    """Return the weight of the scores at a bar or above it."""
    total = np.int32(0)
    for each in range(scores.shape[0]):
        total += weights[each] if scores[each] >= bar else np.int32(0)
    return total
