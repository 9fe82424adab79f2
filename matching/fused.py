"""One fused pass over members and events: hard limits, score and best k, with no matrix in between.

The same arithmetic as ``candidates``, ``anticipation`` and ``score``, which the tests hold it to. Only this
module knows Numba; a worker calls :func:`warm` once before it forks.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from matching.inputs import FEATURE_COUNT, SLOT_COUNT

Single = NDArray[np.float32]
Double = NDArray[np.float64]
Whole = NDArray[np.int32]

#: Length of a covariance's upper triangle with the sixteen weights of unstated facts behind it.
UNCERTAINTY = FEATURE_COUNT * (FEATURE_COUNT + 1) // 2 + FEATURE_COUNT
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
    personal: Single  #: (s, 4) weighted familiarity, share of strangers left, 1 where visited, variety factor


class Best(NamedTuple):
    """The best events per member and role, right-sized then gentler; column -1 where there are fewer."""

    column: Whole  #: (m, 2, k)
    score: Single  #: (m, 2, k)
    kept: Single  #: (m, 2, k, KEPT)
    excluded: Whole  #: (m, CODES) events per code; code 0 counts the possible ones


class Scratch(NamedTuple):
    """Rows used anew for every member."""

    barred: NDArray[np.uint8]  #: (n,) code, 0 where not barred
    personal: Whole  #: (n,) row of ``Members.personal``, -1 where there is none
    left: Whole  #: (n,) columns that passed the cheap limits
    situation: Single  #: (16,)
    kept: Single  #: (KEPT,)


@njit(cache=True, fastmath=_FAST, nogil=True)
def _dot(one: Single, other: Single) -> np.float32:
    total = np.float32(0)
    for each in range(one.shape[0]):
        total += one[each] * other[each]
    return total


@njit(cache=True)
def _keep(best: Best, member: int, role: int, score: float, column: int, kept: Single) -> None:
    """Put an event into its place among a member's best; the later of equals stays behind."""
    columns, scores = best.column[member, role], best.score[member, role]
    place = columns.shape[0] - 1
    if columns[place] >= 0 and score <= scores[place]:
        return
    while place > 0 and (columns[place - 1] < 0 or scores[place - 1] < score):
        columns[place], scores[place] = columns[place - 1], scores[place - 1]
        best.kept[member, role, place] = best.kept[member, role, place - 1]
        place -= 1
    columns[place], scores[place] = column, score
    best.kept[member, role, place] = kept


@njit(cache=True)
def _too_low(best: Best, member: int, role: int, score: float) -> bool:
    last = best.column.shape[2] - 1
    return bool(best.column[member, role, last] >= 0 and score <= best.score[member, role, last])


@njit(cache=True, nogil=True)
def _mark(members: Members, member: int, scratch: Scratch) -> None:
    """Write a member's barred and personal columns into the scratch rows."""
    for row in range(members.barred_from[member], members.barred_from[member + 1]):
        scratch.barred[members.barred[row]] = members.barred_code[row]
    for row in range(members.special_from[member], members.special_from[member + 1]):
        scratch.personal[members.special[row]] = row


@njit(cache=True, nogil=True)
def _wipe(members: Members, member: int, scratch: Scratch) -> None:
    """Undo :func:`_mark`."""
    for row in range(members.barred_from[member], members.barred_from[member + 1]):
        scratch.barred[members.barred[row]] = 0
    for row in range(members.special_from[member], members.special_from[member + 1]):
        scratch.personal[members.special[row]] = -1


@njit(cache=True, fastmath=_FAST, nogil=True)
def _variety(recent: Single, situation: Single, novelty: float) -> float:
    if novelty == 0:
        return 1.0
    length = math.sqrt(_dot(situation, situation))
    alike = 0.0
    for attempt in range(recent.shape[0]):
        alike = max(alike, float(_dot(recent[attempt], situation)) / length)
    return (1 + novelty * min(max((1 - alike) / 0.3, 0.0), 1.0)) / (1 + novelty)


@njit(cache=True, nogil=True)
def match_block(events: Events, members: Members, best: Best, codes: Whole) -> None:
    """Fill ``best`` for every member. ``codes`` holds the codes of newcomers, time, distance and ceiling."""
    count = events.slot.shape[0]
    scratch = Scratch(
        np.zeros(count, dtype=np.uint8),
        np.full(count, -1, dtype=np.int32),
        np.empty(count, dtype=np.int32),
        np.empty(FEATURE_COUNT, dtype=np.float32),
        np.empty(KEPT, dtype=np.float32),
    )
    for member in range(members.energy.shape[0]):
        _mark(members, member, scratch)
        number = _filter(events, members, member, codes, scratch, best.excluded[member])
        for place in range(number):
            _consider(events, members, best, member, scratch.left[place], scratch, codes[3])
        _wipe(members, member, scratch)


@njit(cache=True, fastmath=_FAST, nogil=True)
def _filter(
    events: Events,
    members: Members,
    member: int,
    codes: Whole,
    scratch: Scratch,
    excluded: Whole,
) -> int:
    """Write the columns that pass the cheap limits into ``scratch.left``, in order, and return how many."""
    energy, reach = members.energy[member], members.reach[member]
    x, y, z = members.point[member, 0], members.point[member, 1], members.point[member, 2]
    number = 0
    for column in range(events.slot.shape[0]):
        apart = (
            (events.point[0, column] - x) ** 2
            + (events.point[1, column] - y) ** 2
            + (events.point[2, column] - z) ** 2
        )
        far = (not events.online[column]) & (apart > reach)
        late = energy[events.slot[column]] < 0
        new = events.closed[column]
        if scratch.barred[column] | new | late | far:
            if scratch.barred[column]:
                excluded[scratch.barred[column]] += 1
                continue
            row = scratch.personal[column]
            if new and (row < 0 or members.personal[row, 2] == 0):
                excluded[codes[0]] += 1
                continue
            if late:
                excluded[codes[1]] += 1
                continue
            if far:
                excluded[codes[2]] += 1
                continue
        scratch.left[number] = column
        number += 1
    return number


@njit(cache=True, fastmath=_FAST, nogil=True)
def _consider(
    events: Events,
    members: Members,
    best: Best,
    member: int,
    column: int,
    scratch: Scratch,
    ceiling: int,
) -> None:
    """Hold one event to the ceiling, score it and keep it where it is among the best."""
    numbers, row = members.numbers[member], scratch.personal[column]
    kept, situation = scratch.kept, scratch.situation
    mean = float(_dot(members.mean[member], events.situation[column]))
    noise = numbers[13]
    lowest = math.sqrt(noise)
    excluded = best.excluded[member]
    factor = np.float32(1)
    if row >= 0:
        factor = members.personal[row, 1]
        mean += members.mean[member, 2] * (factor - 1) * events.situation[column, 2]
    if mean + numbers[1] * lowest > numbers[0] or mean + numbers[3] * lowest > numbers[2]:
        excluded[ceiling] += 1
        return
    variance = float(_dot(members.uncertainty[member], events.products[column]))
    if factor != 1:
        change = (factor - 1) * events.situation[column, 2]
        across = _dot(members.strange[member], events.situation[column])
        variance += 2 * change * across + change * change * members.strange[member, 2]
    spread = math.sqrt(variance + noise)
    if mean + numbers[1] * spread > numbers[0] or mean + numbers[3] * spread > numbers[2]:
        excluded[ceiling] += 1
        return
    excluded[0] += 1
    kept[0] = _dot(members.tastes[member], events.about[column])
    kept[0] += members.learned[member, events.group[column]]
    kept[1] = members.needs[member, events.offers[column]]
    kept[3] = members.personal[row, 0] if row >= 0 else np.float32(0)
    kept[4] = members.energy[member, events.slot[column]]
    base = events.constant[column] + kept[0] + kept[1] + kept[3] + kept[4]
    highest = base + numbers[10]
    if _too_low(best, member, 0, highest) and _too_low(best, member, 1, highest):
        return
    kept[5], kept[6] = mean, spread
    for feature in range(FEATURE_COUNT):
        situation[feature] = events.situation[column, feature]
    situation[2] *= factor
    visited = row >= 0 and members.personal[row, 2] > 0
    odds = numbers[8] - 5 / (1 + math.exp(-(mean - 50) / 22)) + 0.3 * events.hosted[column] + 0.3 * visited
    risk = 0.5 * math.erfc((numbers[0] - mean) / (spread * math.sqrt(2.0)))
    worth = math.sqrt(min(max(1 - risk / numbers[4], 0.0), 1.0)) / (1 + math.exp(-odds))
    worth *= _variety(members.recent[member], situation, numbers[9])
    if row >= 0:
        worth *= members.personal[row, 3]
    wide = numbers[12] ** 2 + spread**2 / 2
    worth *= numbers[12] / math.sqrt(wide) * numbers[10]
    near = math.exp(-((mean - numbers[5]) ** 2) / (2 * wide))
    if near >= numbers[11]:
        kept[2] = worth * near
        _keep(best, member, 0, base + kept[2], column, kept)
    if mean <= numbers[7]:
        kept[2] = worth * math.exp(-((mean - numbers[6]) ** 2) / (2 * wide))
        _keep(best, member, 1, base + kept[2], column, kept)


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
        personal=np.empty((0, 4), dtype=np.float32),
    )
    match_block(events, members, empty(1, 2), np.array([1, 2, 3, 4], dtype=np.int32))
