"""Columns of a member that do not count with their row in the fused pass: barred, or on their own; compiled.

What is barred was excluded for a reason of the member's own. What is special is evaluated alone, because of
visits, people met, plans or the last attempts.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matching.arithmetic import Double, Single, Whole
from matching.sieve import exactly, is_far, margin_of

Bytes = NDArray[np.int8]

#: Why a column is not counted with its row.
BARRED, SPECIAL = 1, 2
#: Why an event is excluded here, in the order of the codes given to ``fused.match_block``.
SHUT, LATE, FAR, TIRED, OVER = range(5)
REASONS = 5
_NOTHING = -1


@njit(error_model="numpy")
def hide(columns: Whole, why: int, row_of: Whole, hidden: Bytes, weights: Whole) -> None:
    """Take columns that are not hidden yet out of the weights of their rows."""
    for column in columns:
        if not hidden[column]:
            hidden[column] = why
            weights[row_of[column]] -= 1


@njit(error_model="numpy")
def show(columns: Whole, row_of: Whole, hidden: Bytes, weights: Whole) -> None:
    """Put hidden columns back."""
    for column in columns:
        if hidden[column]:
            hidden[column] = 0
            weights[row_of[column]] += 1


@njit(error_model="numpy")
def _obstacle(
    row: int,
    slot: Whole,
    remote: NDArray[np.bool_],
    points: Double,
    energy: Single,
    place: Double,
    reach: float,
) -> int:
    """Return whether time or distance excludes a row."""
    if energy[slot[row]] < 0:
        return LATE
    return FAR if not remote[row] and is_far(points, row, place, reach) else _NOTHING


@njit(error_model="numpy")
def discount(  # noqa: PLR0913, PLR0917
    columns: Whole,
    row_of: Whole,
    closed_from: int,
    slot: Whole,
    remote: NDArray[np.bool_],
    points: Double,
    energy: Single,
    place: Double,
    reach: float,
    out: Whole,
) -> None:
    """Take barred columns out of what was counted row by row: they have their reason already."""
    for column in columns:
        row = row_of[column]
        reason = SHUT if row >= closed_from else _obstacle(row, slot, remote, points, energy, place, reach)
        if reason != _NOTHING:
            out[reason] -= 1


@njit(error_model="numpy")
def evaluate(  # noqa: PLR0913, PLR0917
    columns: Whole,
    personal: Single,
    row_of: Whole,
    hidden: Bytes,
    closed_from: int,
    slot: Whole,
    remote: NDArray[np.bool_],
    points: Double,
    energy: Single,
    place: Double,
    reach: float,
    belief: Double,
    strange: Double,
    numbers: Double,
    exact: Double,
    assumed: Single,
    listed: np.int64,
    rows: Whole,
    mine: Whole,
    under: Single,
    spread: Single,
    weight: Whole,
    out: Whole,
) -> np.int64:
    """List the special columns that are possible behind the rows listed; return how many.

    What is closed to newcomers is open to who has been there.
    """
    size = listed
    for each in range(columns.shape[0]):
        row = row_of[columns[each]]
        closed = row >= closed_from
        if hidden[columns[each]] != SPECIAL or (closed and personal[each, 2] == 0):
            continue
        reason = _obstacle(row, slot, remote, points, energy, place, reach)
        if closed:
            out[SHUT] -= 1
        if reason != _NOTHING:
            out[reason] += closed
            continue
        level, variance = exactly(belief, exact[row], assumed[row], strange, personal[each, 1])
        below, doubt = numbers[0] - level, math.sqrt(variance + numbers[13])
        if level > personal[each, 4]:
            out[TIRED] += 1
        elif margin_of(numbers, below, doubt) < 0:
            out[OVER] += 1
        else:
            rows[size], mine[size], under[size], spread[size], weight[size] = row, each, below, doubt, 1
            size += 1
    return size - listed


@njit(error_model="numpy")
def tell(
    possible: np.int64, out: Whole, codes: Whole, barred_code: Whole, ends: Whole, excluded: Whole
) -> None:
    """Write how many columns are possible, and add up the others by reason."""
    excluded[0] = possible
    for reason in range(REASONS):
        excluded[codes[reason]] += out[reason]
    for each in range(ends[0], ends[1]):
        excluded[barred_code[each]] += 1
