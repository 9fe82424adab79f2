"""The best few of a member's scores in the fused pass: a bar, those above it, and their ranks; compiled."""

from __future__ import annotations

import numpy as np
from numba import njit

from matching.arithmetic import FAST, Single, Whole, weight_above
from matching.sieve import Bytes

#: How many more than k may be ranked, and how often the bar is moved half way to get there.
_SLACK, _HALVINGS = 12, 24


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
    columns: Whole,
    places: Whole,
    ranked: Single,
) -> int:
    """List the columns behind entries, but for those that are barred or on their own; return how many.

    ``mine`` is the special row of an entry that is one column alone, -1 for a row with all its columns.
    """
    number = 0
    for entry in entries:
        if mine[entry] >= 0:
            columns[number], places[number], ranked[number] = special[mine[entry]], entry, scores[entry]
            number += 1
            continue
        for place in range(column_from[rows[entry]], column_from[rows[entry] + 1]):
            columns[number], places[number], ranked[number] = column[place], entry, scores[entry]
            number += hidden[column[place]] == 0
    return number


@njit(fastmath=FAST, error_model="numpy")
def rank_of(scores: Single, columns: Whole, score: np.float32, column: np.int32) -> int:
    """Return how many stand before a score; of equals the later column stands behind."""
    before = 0
    for each in range(scores.shape[0]):
        before += (scores[each] > score) | ((scores[each] == score) & (columns[each] < column))
    return before
