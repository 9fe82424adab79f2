"""The best few of a member's scores in the fused pass: a bar, those above it, and their ranks; compiled."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matching.apart import Bytes
from matching.arithmetic import FAST, Double, Single, Whole, weight_above
from matching.gathering import LANES

Keys = NDArray[np.int64]

#: How many more than k may be ranked, and how often the bar is moved half way to get there.
_SLACK, _HALVINGS = 12, 24
_LAST = np.int64(np.iinfo(np.int32).max)


@njit(fastmath=FAST, error_model="numpy")
def bar_of(scores: Single, weights: Whole, k: int) -> np.float32:
    """Return a bar that at least ``k`` columns reach, as high as a few halvings bring it; 0 with fewer."""
    bar, high = np.float32(0), np.float32(1)
    above = weight_above(scores, weights, bar)
    for _ in range(_HALVINGS):
        if above <= k + _SLACK:
            break
        middle = (bar + high) * np.float32(0.5)
        number = weight_above(scores, weights, middle)
        if number < k:
            high = middle
        else:
            bar, above = middle, number
    return bar


@njit(fastmath=FAST, error_model="numpy")
def reaching(scores: Single, bar: np.float32, entries: Whole) -> np.int64:
    """List the entries that reach a bar; return how many."""
    number = np.uint64(0)
    for each in range(np.uint64(scores.shape[0])):
        entries[number] = np.int32(each)
        number += np.uint64(scores[each] >= bar)
    return np.int64(number)


@njit(error_model="numpy", inline="always")
def key_of(score: np.float32, column: np.int32) -> np.int64:
    """Return a number that is larger for what comes first: the higher score, of equals the earlier column.

    The bits of floats from 0 on are in the order of the floats; the absolute value turns -0 into 0.
    """
    return (np.int64(np.float32(abs(score)).view(np.int32)) << np.int64(32)) | (_LAST - np.int64(column))


@njit(error_model="numpy")
def spread_out(  # noqa: PLR0913, PLR0917
    entries: Whole,
    scores: Single,
    rows: Whole,
    mine: Whole,
    special: Whole,
    column_from: Whole,
    column: Whole,
    hidden: Bytes,
    keys: Keys,
    places: Whole,
) -> np.int64:
    """List keys and entries of the columns behind entries, but for those that are barred or on their own.

    ``mine`` is the special row of an entry that is one column alone, -1 for a row with all its columns.
    Returns how many.
    """
    number = np.uint64(0)
    for listed in range(np.uint64(entries.shape[0])):
        entry = np.uint64(entries[listed])
        if mine[entry] >= 0:
            keys[number], places[number] = key_of(scores[entry], special[mine[entry]]), entries[listed]
            number += np.uint64(1)
            continue
        row = np.uint64(rows[entry])
        for place in range(np.uint64(column_from[row]), np.uint64(column_from[row + np.uint64(1)])):
            keys[number], places[number] = key_of(scores[entry], column[place]), entries[listed]
            number += np.uint64(hidden[np.uint64(column[place])] == 0)
    return np.int64(number)


@njit(error_model="numpy")
def in_order(keys: Keys, number: np.int64, before: Keys, order: Whole) -> None:
    """Write the places of keys, the largest first: how many are before each is counted, all at once."""
    wide = -(-number // LANES) * LANES
    keys[number:wide], before[:wide] = 0, 0
    for each in range(np.uint64(number)):
        key = keys[each]
        for other in range(np.uint64(wide)):
            before[other] += key > keys[other]
    for each in range(np.uint64(number)):
        order[np.uint64(before[each])] = np.int32(each)


@njit(error_model="numpy", inline="always")
def column_in(key: np.int64) -> np.int32:
    """Return the column in a key."""
    return np.int32(_LAST - (key & _LAST))


@njit(error_model="numpy", forceinline=True)
def keep(  # noqa: PLR0913, PLR0917
    order: Whole,
    keys: Keys,
    places: Whole,
    score: Single,
    rows: Whole,
    mine: Whole,
    interest: Single,
    worth: Single,
    near: Single,
    under: Single,
    spread: Single,
    numbers: Double,
    energy: Single,
    needs: Single,
    personal: Single,
    slot: Whole,
    offers: Whole,
    columns: Whole,
    scores: Single,
    kept: Single,
) -> None:
    """Write the best columns in order, their scores, and what is kept of each."""
    for at in range(np.uint64(order.shape[0])):
        listed = np.uint64(order[at])
        entry = np.uint64(places[listed])
        row = np.uint64(rows[entry])
        columns[at], scores[at] = column_in(keys[listed]), score[entry]
        kept[at, 0] = interest[entry]
        kept[at, 1] = needs[np.uint64(offers[row])]
        kept[at, 2] = worth[entry] * near[entry]
        kept[at, 3] = personal[mine[entry], 0] if mine[entry] >= 0 else np.float32(0)
        kept[at, 4] = energy[np.uint64(slot[row])]
        kept[at, 5] = numbers[0] - under[entry]
        kept[at, 6] = spread[entry]
