"""One fused pass over members and events: hard limits, score and best k, with no matrix in between.

The same arithmetic as ``candidates``, ``anticipation`` and ``score``, which the tests hold it to. Only this
module knows Numba; a worker calls :func:`warm` once before it forks.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matching.inputs import FEATURE_COUNT, SLOT_COUNT

Single = NDArray[np.float32]
Double = NDArray[np.float64]
Whole = NDArray[np.int32]

#: Length of a covariance's upper triangle with the sixteen weights of unstated facts behind it.
STATED = FEATURE_COUNT * (FEATURE_COUNT + 1) // 2 + FEATURE_COUNT
#: The same with zeros behind it: rows of 32 fill the processor's vectors without a remainder.
UNCERTAINTY = -(-STATED // 32) * 32
#: Columns of a member's numbers, see :class:`Members`.
NUMBERS = 14
#: What is kept of a proposal besides its score: interest, need, ladder, familiar, energy; mean, spread.
KEPT = 7
CODES = 18
ROLES = 2
_FAST = {"contract", "reassoc", "nsz", "arcp"}


class Events(NamedTuple):
    """The open events of a run; arrays of n rows."""

    slot: Whole  #: (n,)
    point: Double  #: (3, n) unit vectors
    online: NDArray[np.bool_]  #: (n,)
    closed: NDArray[np.bool_]  #: (n,) to newcomers
    about: Single  #: (n, d) interests, and values behind them
    offers: Whole  #: (n,) bits of the needs offered
    group: Whole  #: (n,) column of ``Members.learned``
    constant: Single  #: (n,) weighted parts that are the same for everybody, and the lift
    situation: Single  #: (n, 16)
    products: Single  #: (n, UNCERTAINTY) products of features, then 1 where a fact was not stated
    hosted: NDArray[np.bool_]  #: (n,)


class Members(NamedTuple):
    """The members of a block; arrays of m rows."""

    energy: Single  #: (m, 21) weighted energy per slot; below 0 where the slot is not possible
    point: Double  #: (m, 3)
    reach: Double  #: (m,) squared chord within the radius; infinite without a place, below 0 for online only
    tastes: Single  #: (m, d) interests by declared share, then values, weighted
    needs: Single  #: (m, 32) weighted fit per set of needs offered
    learned: Single  #: (m, groups) weighted
    mean: Single  #: (m, 16) drive
    uncertainty: Single  #: (m, UNCERTAINTY) covariance, off-diagonal doubled; then of unstated facts
    strange: Single  #: (m, 16) covariance of the share of strangers with each feature
    numbers: Double  #: (m, NUMBERS) limit, its z, severe limit, its z, own risk, target, gentle target,
    #: gentlest mean, intercept less bias, novelty, weight of the ladder, right floor, width, noise variance
    recent: Single  #: (m, 3, 16) situations of the last attempts, of length 1; zeros where fewer
    barred_from: Whole  #: (m + 1,) rows of the next two
    barred: Whole  #: columns
    barred_code: Whole  #: why
    special_from: Whole  #: (m + 1,) rows of the next two
    special: Whole  #: columns with something personal
    personal: (
        Single  #: (s, 5) weighted familiarity, share of strangers left, 1 where visited, variety factor,
    )
    #: highest drive that the week's plans leave room for


class Best(NamedTuple):
    """The best events per member and role, right-sized then gentler; column -1 where there are fewer."""

    column: Whole  #: (m, 2, k)
    score: Single  #: (m, 2, k)
    kept: Single  #: (m, 2, k, KEPT)
    excluded: Whole  #: (m, CODES) events per code; code 0 counts the possible ones


@njit(cache=True, fastmath=_FAST)
def _felt(one: Single, row: int, other: Single, column: int) -> np.float32:
    """Return the inner product over the situation features; the constant length is unrolled."""
    total = np.float32(0)
    for each in range(FEATURE_COUNT):
        total += one[row, each] * other[column, each]
    return total


@njit(cache=True)
def _keep(
    columns: Whole, scores: Single, member: int, role: int, score: np.float32, column: int
) -> np.float32:
    """Put an event among a member's best, the later of equals behind; return the score it takes to follow."""
    last = columns.shape[2] - 1
    place = last
    if columns[member, role, place] < 0 or score > scores[member, role, place]:
        while place > 0 and (columns[member, role, place - 1] < 0 or scores[member, role, place - 1] < score):
            columns[member, role, place] = columns[member, role, place - 1]
            scores[member, role, place] = scores[member, role, place - 1]
            place -= 1
        columns[member, role, place] = column
        scores[member, role, place] = score
    return scores[member, role, last] if columns[member, role, last] >= 0 else np.float32(-1)


@njit(cache=True)
def _copy(columns: Whole, kept: Single, member: int, parts: Single) -> None:
    """Write what is kept of a member's best; the gentler role's ladder part is the last of a row."""
    for role in range(ROLES):
        for place in range(columns.shape[2]):
            column = columns[member, role, place]
            if column >= 0:
                for each in range(KEPT):
                    kept[member, role, place, each] = parts[column, each]
                if role == 1:
                    kept[member, role, place, 2] = parts[column, KEPT]


@njit(cache=True, fastmath=_FAST)
def _variety(
    recent: Single, member: int, situation: Single, column: int, left: float, novelty: float
) -> float:
    """Return the factor for what is new beside the last attempts; ``left`` is the share of strangers left."""
    length = np.float32(0)
    alike = np.float32(0)
    for feature in range(FEATURE_COUNT):
        value = situation[column, feature] * (left if feature == 2 else 1)
        length += value * value
    for attempt in range(recent.shape[1]):
        common = np.float32(0)
        for feature in range(FEATURE_COUNT):
            value = situation[column, feature] * (left if feature == 2 else 1)
            common += recent[member, attempt, feature] * value
        alike = max(alike, common)
    likeness = float(alike) / math.sqrt(length)
    new = min(max((1 - likeness) / 0.3, 0.0), 1.0)
    return (1 + novelty * new) / (1 + novelty)


@njit(cache=True, fastmath=_FAST)
def _worth(numbers: Double, member: int, mean: float, spread: float, likelier: float) -> float:
    """Return the ladder's part but for nearness: sure, likely gone to, far under the ceiling; weighted."""
    odds = numbers[member, 8] - 5 / (1 + math.exp(-(mean - 50) / 22)) + likelier
    risk = 0.5 * math.erfc((numbers[member, 0] - mean) / (spread * math.sqrt(2.0)))
    width = numbers[member, 12]
    sure = width / math.sqrt(width * width + spread * spread / 2)
    careful = math.sqrt(min(max(1 - risk / numbers[member, 4], 0.0), 1.0))
    return float(sure * careful * numbers[member, 10] / (1 + math.exp(-odds)))


def match_block(events: Events, members: Members, best: Best, codes: Whole) -> None:
    """Fill ``best`` for every member. ``codes``: newcomers, time, distance, weekly distress, ceiling."""
    compiled: Any = _run
    compiled(*events, *members, *best, codes)


@njit(cache=True, fastmath=_FAST, nogil=True)
def _run(  # noqa: PLR0912, PLR0913, PLR0915, PLR0917  arrays in tuples are counted and copied at every use
    slot: Whole,
    point: Double,
    online: NDArray[np.bool_],
    closed: NDArray[np.bool_],
    about: Single,
    offers: Whole,
    group: Whole,
    constant: Single,
    situation: Single,
    products: Single,
    hosted: NDArray[np.bool_],
    energy: Single,
    place: Double,
    reach: Double,
    tastes: Single,
    needs: Single,
    learned: Single,
    means: Single,
    uncertainty: Single,
    strange: Single,
    numbers: Double,
    recent: Single,
    barred_from: Whole,
    barred: Whole,
    barred_code: Whole,
    special_from: Whole,
    special: Whole,
    personal: Single,
    columns: Whole,
    scores: Single,
    kept: Single,
    excluded: Whole,
    codes: Whole,
) -> None:
    """Filter, score and keep, member by member; the arguments are the fields of the records in order."""
    code_of = np.zeros(slot.shape[0], dtype=np.int32)
    row_of = np.full(slot.shape[0], -1, dtype=np.int32)
    left = np.empty(slot.shape[0], dtype=np.int32)
    parts = np.empty((slot.shape[0], KEPT + 1), dtype=np.float32)
    for member in range(energy.shape[0]):
        for row in range(barred_from[member], barred_from[member + 1]):
            code_of[barred[row]] = barred_code[row]
        for row in range(special_from[member], special_from[member + 1]):
            row_of[special[row]] = row
        number, over, over_budget = 0, 0, 0
        worst = worst_gentle = np.float32(-1)
        limit, safe = numbers[member, 0], numbers[member, 1]
        severe, safely = numbers[member, 2], numbers[member, 3]
        target, gentler, gentlest = numbers[member, 5], numbers[member, 6], numbers[member, 7]
        novelty, weight = numbers[member, 9], numbers[member, 10]
        floor, width, noise = numbers[member, 11], numbers[member, 12], numbers[member, 13]
        lowest = math.sqrt(noise)
        bar = min(limit - safe * lowest, severe - safely * lowest)
        x, y, z, within = place[member, 0], place[member, 1], place[member, 2], reach[member]
        times = 0
        for part in range(energy.shape[1]):
            times |= (energy[member, part] >= 0) << part
        late_ones, far_ones = 0, 0
        # without branches: which event is late or far is a toss-up that no processor foresees
        for column in range(slot.shape[0]):
            late = 1 - (times >> slot[column] & 1)
            apart = (point[0, column] - x) ** 2 + (point[1, column] - y) ** 2 + (point[2, column] - z) ** 2
            far = (1 - online[column]) & (apart > within)
            if code_of[column] or closed[column]:
                row = row_of[column]
                code = code_of[column]
                if code == 0 and (row < 0 or personal[row, 2] == 0):
                    code = codes[0]
                if code:
                    excluded[member, code] += 1
                    continue
            late_ones += late
            far_ones += far & (1 - late)
            left[number] = column
            number += (1 - late) & (1 - far)
        excluded[member, 0] = number
        excluded[member, codes[1]] += late_ones
        excluded[member, codes[2]] += far_ones
        for found in range(number):
            column = left[found]
            row = row_of[column]
            share = personal[row, 1] if row >= 0 else np.float32(1)
            change = (share - 1) * situation[column, 2]
            drive = means[member, 2] * change
            for each in range(FEATURE_COUNT):
                drive += means[member, each] * situation[column, each]
            mean = float(drive)
            if row >= 0 and mean > personal[row, 4]:
                excluded[member, codes[3]] += 1
                over_budget += 1
                continue
            spread = lowest
            if mean <= bar:
                variance = np.float32(0)
                for each in range(UNCERTAINTY):
                    variance += uncertainty[member, each] * products[column, each]
                if row >= 0:
                    variance += 2 * change * _felt(strange, member, situation, column)
                    variance += change * change * strange[member, 2]
                spread = math.sqrt(variance + noise)
            if mean + safe * spread > limit or mean + safely * spread > severe:
                over += 1
                continue
            interest = learned[member, group[column]]
            for each in range(about.shape[1]):
                interest += tastes[member, each] * about[column, each]
            need = needs[member, offers[column]]
            familiar = personal[row, 0] if row >= 0 else np.float32(0)
            base = constant[column] + interest + need + familiar + energy[member, slot[column]]
            wide = 2 * width * width + spread * spread
            most = weight * width / math.sqrt(wide / 2)
            right, gentle = (mean - target) ** 2, (mean - gentler) ** 2
            # exp(-x) is at most 1 / (1 + x): what cannot reach the best even so is left
            hopeless = base + most / (1 + right / wide) <= worst
            if hopeless and (mean > gentlest or base + most / (1 + gentle / wide) <= worst_gentle):
                continue
            likelier = 0.3 * hosted[column]
            if row >= 0 and personal[row, 2] > 0:
                likelier += 0.3
            worth = _worth(numbers, member, mean, spread, likelier)
            if novelty > 0:
                worth *= _variety(recent, member, situation, column, float(share), novelty)
            if row >= 0:
                worth *= personal[row, 3]
            parts[column, 0], parts[column, 1], parts[column, 3] = interest, need, familiar
            parts[column, 4], parts[column, 5], parts[column, 6] = energy[member, slot[column]], mean, spread
            near = math.exp(-right / wide)
            if near >= floor:
                parts[column, 2] = worth * near
                worst = _keep(columns, scores, member, 0, base + parts[column, 2], column)
            if mean <= gentlest:
                parts[column, KEPT] = worth * math.exp(-gentle / wide)
                worst_gentle = _keep(columns, scores, member, 1, base + parts[column, KEPT], column)
        excluded[member, 0] -= over + over_budget
        excluded[member, codes[4]] += over
        _copy(columns, kept, member, parts)
        for row in range(barred_from[member], barred_from[member + 1]):
            code_of[barred[row]] = 0
        for row in range(special_from[member], special_from[member + 1]):
            row_of[special[row]] = -1


def empty(members: int, k: int) -> Best:
    """Return room for the best ``k`` of each member and role."""
    return Best(
        column=np.full((members, ROLES, k), -1, dtype=np.int32),
        score=np.zeros((members, ROLES, k), dtype=np.float32),
        kept=np.zeros((members, ROLES, k, KEPT), dtype=np.float32),
        excluded=np.zeros((members, CODES), dtype=np.int32),
    )


def warm() -> None:
    """Compile, or load what was compiled, on one member and one event; call it before a worker forks."""
    one = np.ones(1, dtype=np.float32)
    whole, flag = np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.bool_)
    events = Events(
        slot=whole,
        point=np.zeros((3, 1)),
        online=flag,
        closed=flag,
        about=np.ones((1, 1), dtype=np.float32),
        offers=whole,
        group=whole,
        constant=one,
        situation=np.ones((1, FEATURE_COUNT), dtype=np.float32),
        products=np.ones((1, UNCERTAINTY), dtype=np.float32),
        hosted=flag,
    )
    nothing, ends = np.empty(0, dtype=np.int32), np.zeros(2, dtype=np.int32)
    members = Members(
        energy=np.ones((1, SLOT_COUNT), dtype=np.float32),
        point=np.zeros((1, 3)),
        reach=np.ones(1),
        tastes=np.ones((1, 1), dtype=np.float32),
        needs=np.ones((1, 32), dtype=np.float32),
        learned=np.ones((1, 1), dtype=np.float32),
        mean=np.ones((1, FEATURE_COUNT), dtype=np.float32),
        uncertainty=np.ones((1, UNCERTAINTY), dtype=np.float32),
        strange=np.ones((1, FEATURE_COUNT), dtype=np.float32),
        numbers=np.ones((1, NUMBERS)),
        recent=np.zeros((1, 3, FEATURE_COUNT), dtype=np.float32),
        barred_from=ends,
        barred=nothing,
        barred_code=nothing,
        special_from=ends,
        special=nothing,
        personal=np.empty((0, 5), dtype=np.float32),
    )
    match_block(events, members, empty(1, 2), np.array([1, 2, 3, 4, 5], dtype=np.int32))
