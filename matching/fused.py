"""One fused pass over members and events: hard limits, score and best k, with no matrix in between.

The same formulas as ``candidates``, ``anticipation`` and ``score``, which the tests hold it to. A member's
pass goes by stages over short lists that stay in the cache: what is in reach at a possible time, what is
under the ceiling (``sieve``), scores (``arithmetic``), the best (``selection``). Only these modules know
Numba; a worker calls :func:`warm` once before it forks.
"""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from matching.arithmetic import BELIEF, FAST, Double, Single, Whole, interests, nearnesses, worths
from matching.gathering import LANES, Gathering, Open, gather
from matching.inputs import FEATURE_COUNT, SLOT_COUNT
from matching.selection import bar_of, column_in, in_order, reaching, spread_out
from matching.sieve import (
    BARRED,
    SPECIAL,
    UNFAMILIAR,
    bearable,
    exactly,
    in_reach,
    is_far,
    margin_of,
    settle,
)

#: Columns of a member's numbers, see :class:`Members`.
NUMBERS = 14
#: Columns of what is personal about an event, see the same.
PERSONAL = 5
#: What is kept of a proposal besides its score: interest, need, ladder, familiar, energy; mean, spread.
KEPT = 7
CODES = 18
ROLES = 2
#: Short lists are filled up to a multiple of this: what is left over a few vectors would go one by one.
STRETCH = 16
#: Files that are compiled together with this one.
_COMPILED = ("arithmetic.py", "sieve.py", "selection.py")


class Members(NamedTuple):
    """The members of a block; arrays of m rows."""

    energy: Single  #: (m, 21) weighted energy per slot; below 0 where the slot is not possible
    point: Double  #: (m, 3)
    reach: Double  #: (m,) squared chord within the radius; infinite without a place, below 0 for online only
    tastes: Single  #: (m, d) interests by declared share, then values, weighted
    needs: Single  #: (m, 32) weighted fit per set of needs offered
    learned: Single  #: (m, groups) weighted
    belief: Double  #: (m, BELIEF, 16) see ``arithmetic``; in double only near a ceiling
    single: Single  #: (m, BELIEF, 16) the same, the limit taken from the drive: little is lost near it
    strange: Double  #: (m, 16) covariance of the share of strangers with each feature
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


def match_block(events: Gathering, members: Members, best: Best, codes: Whole) -> None:
    """Fill ``best`` for every member. ``codes``: newcomers, time, distance, weekly distress, ceiling."""
    compiled: Any = _run
    compiled(*events, *members, *best, codes)


@njit(fastmath=FAST, error_model="numpy")
def _bases(  # noqa: PLR0913, PLR0917
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
        odds[each] = willing + np.float32(0.3) * hosted[row]
        factor[each] = 1


@njit(fastmath=FAST, error_model="numpy")
def _variety(recent: Single, situation: Single, share: np.float32, novelty: np.float32) -> np.float32:
    """Return the factor for what is new beside the last attempts; ``share`` is what is left of strangers."""
    length = alike = np.float32(0)
    for feature in range(FEATURE_COUNT):
        value = situation[feature] * (share if feature == UNFAMILIAR else np.float32(1))
        length += value * value
    for attempt in range(recent.shape[0]):
        common = np.float32(0)
        for feature in range(FEATURE_COUNT):
            value = situation[feature] * (share if feature == UNFAMILIAR else np.float32(1))
            common += recent[attempt, feature] * value
        alike = max(alike, common)
    new = min(max((1 - alike / math.sqrt(length)) / np.float32(0.3), np.float32(0)), np.float32(1))
    return (1 + novelty * new) / (1 + novelty)


@njit(fastmath=FAST, error_model="numpy")
def _total(
    base: Single, worth: Single, near: Single, under: Single, floor: float, least: float, score: Single
) -> None:
    """Write the scores of a role; -1 where an event is not near enough to its target or not low enough."""
    nearest, lowest = np.float32(floor), np.float32(least)
    for each in range(score.shape[0]):
        total = base[each] + worth[each] * near[each]
        score[each] = total if (near[each] >= nearest) & (under[each] >= lowest) else np.float32(-1)


@njit(fastmath=FAST, error_model="numpy")
def _every_member(  # noqa: PLR0912, PLR0913, PLR0915, PLR0917  arrays in tuples are counted and copied at every use
    start: Whole,
    held: Whole,
    middle: Double,
    around: Double,
    slot: Whole,
    bit: Whole,
    remote: Any,
    points: Double,
    about: Single,
    offers: Whole,
    group: Whole,
    constant: Single,
    exact: Double,
    situation: Single,
    assumed: Single,
    hosted: Single,
    column_from: Whole,
    column: Whole,
    row_of: Whole,
    energy: Single,
    place: Double,
    reach: Double,
    tastes: Single,
    needs: Single,
    learned: Single,
    belief: Double,
    single: Single,
    strange: Double,
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
    size, count, k = slot.shape[0], row_of.shape[0], columns.shape[2]
    most = size + count + STRETCH
    hidden = np.zeros(count, dtype=np.int8)
    contains = column_from[1:] - column_from[:-1]
    weights = contains.copy()
    marks = np.empty(size, dtype=np.int32)
    left, rows, mine, weight = (
        np.empty(most, dtype=np.int32),
        np.empty(most, dtype=np.int32),
        np.empty(most, dtype=np.int32),
        np.empty(most, dtype=np.int32),
    )
    under, spread, margin = (
        np.empty(most, dtype=np.float32),
        np.empty(most, dtype=np.float32),
        np.empty(most, dtype=np.float32),
    )
    odds, factor, worth = (
        np.empty(most, dtype=np.float32),
        np.empty(most, dtype=np.float32),
        np.empty(most, dtype=np.float32),
    )
    base, interest = np.empty(most, dtype=np.float32), np.empty(most, dtype=np.float32)
    near, score = np.empty((ROLES, most), dtype=np.float32), np.empty((ROLES, most), dtype=np.float32)
    entries, places, order = (
        np.empty(most, dtype=np.int32),
        np.empty(most, dtype=np.int32),
        np.empty(most, dtype=np.int32),
    )
    keys, before = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    for member in range(energy.shape[0]):
        here, own, told = place[member], numbers[member], excluded[member]
        for each in range(barred_from[member], barred_from[member + 1]):
            hidden[barred[each]] = BARRED
            weights[row_of[barred[each]]] -= 1
            told[barred_code[each]] += 1
        for each in range(special_from[member], special_from[member + 1]):
            if not hidden[special[each]]:
                hidden[special[each]] = SPECIAL
                weights[row_of[special[each]]] -= 1

        number, late, timely = in_reach(
            start, held, middle, around, bit, points, energy[member], here, reach[member], marks, left
        )
        stretch = -(-number // STRETCH) * STRETCH
        bearable(
            belief[member],
            single[member],
            strange[member],
            own,
            exact,
            situation,
            assumed,
            left,
            number,
            under[:stretch],
            spread[:stretch],
            margin[:stretch],
        )
        size, found, weighty, possible = settle(
            left[:number], margin[:number], contains, weights, rows, under, spread, weight
        )
        mine[:size], general = -1, size
        shut, far, over, tired = held[SLOT_COUNT], timely - found, weighty - possible, 0
        for each in range(barred_from[member], barred_from[member + 1]):
            row = row_of[barred[each]]
            if row >= start[1]:
                shut -= 1
            elif energy[member, slot[row]] < 0:
                late -= 1
            elif not remote[row] and is_far(points, row, here, reach[member]):
                far -= 1
        for each in range(special_from[member], special_from[member + 1]):
            row, closed = row_of[special[each]], row_of[special[each]] >= start[1]
            if hidden[special[each]] != SPECIAL or (closed and personal[each, 2] == 0):
                continue
            is_late = energy[member, slot[row]] < 0
            away = not is_late and not remote[row] and is_far(points, row, here, reach[member])
            shut -= closed
            late += closed and is_late
            far += closed and away
            if is_late or away:
                continue
            level, variance = exactly(
                belief[member], exact[row], assumed[row], strange[member], personal[each, 1]
            )
            below, doubt = own[0] - level, math.sqrt(variance + own[13])
            if level > personal[each, 4]:
                tired += 1
            elif margin_of(own, below, doubt) < 0:
                over += 1
            else:
                rows[size], mine[size], under[size], spread[size], weight[size] = row, each, below, doubt, 1
                possible += 1
                size += 1
        told[0] = possible
        told[codes[0]] += shut
        told[codes[1]] += late
        told[codes[2]] += far
        told[codes[3]] += tired
        told[codes[4]] += over

        interests(tastes[member], about, rows[:size], interest)
        _bases(
            own,
            energy[member],
            needs[member],
            learned[member],
            slot,
            offers,
            group,
            constant,
            hosted,
            rows[:size],
            interest,
            base,
            odds,
            factor,
        )
        for each in range(general, size):
            base[each] += personal[mine[each], 0]
            odds[each] += np.float32(0.3) * personal[mine[each], 2]
            factor[each] = personal[mine[each], 3]
        if own[9] > 0:
            for each in range(size):
                share = personal[mine[each], 1] if each >= general else np.float32(1)
                factor[each] *= _variety(recent[member], situation[rows[each]], share, np.float32(own[9]))
        filled = -(-size // STRETCH) * STRETCH
        for each in range(size, filled):
            under[each], spread[each], weight[each], base[each], odds[each], factor[each] = 1, 1, 0, -1, 0, 0
        worths(own, under[:filled], spread[:filled], odds[:filled], factor[:filled], worth[:filled])
        for role in range(ROLES):
            nearnesses(own[0] - own[5 + role], own[12], under[:filled], spread[:filled], near[role, :filled])
            floor, least = (own[11], -np.inf) if role == 0 else (-1.0, own[0] - own[7])
            _total(
                base[:filled],
                worth[:filled],
                near[role, :filled],
                under[:filled],
                floor,
                least,
                score[role, :filled],
            )
            bar = bar_of(score[role, :filled], weight[:filled], k)
            few = reaching(score[role, :filled], bar, entries)
            some = spread_out(
                entries[:few],
                score[role],
                rows,
                mine,
                special,
                column_from,
                column,
                hidden,
                keys,
                places,
            )
            in_order(keys, some, before, order)
            for at in range(min(some, k)):
                entry = places[order[at]]
                row = rows[entry]
                columns[member, role, at] = column_in(keys[order[at]])
                scores[member, role, at] = score[role, entry]
                kept[member, role, at, 0] = interest[entry]
                kept[member, role, at, 1] = needs[member, offers[row]]
                kept[member, role, at, 2] = worth[entry] * near[role, entry]
                kept[member, role, at, 3] = personal[mine[entry], 0] if mine[entry] >= 0 else np.float32(0)
                kept[member, role, at, 4] = energy[member, slot[row]]
                kept[member, role, at, 5] = own[0] - under[entry]
                kept[member, role, at, 6] = spread[entry]

        for each in range(barred_from[member], barred_from[member + 1]):
            hidden[barred[each]] = 0
            weights[row_of[barred[each]]] += 1
        for each in range(special_from[member], special_from[member + 1]):
            if hidden[special[each]]:
                hidden[special[each]] = 0
                weights[row_of[special[each]]] += 1


def _cached(version: str) -> Any:
    """Return the pass, compiled once and kept on disk for as long as ``version`` stays the same.

    Numba looks for changes in the file of a function alone; what it calls is told apart by this constant.
    """

    @njit(cache=True, nogil=True)
    def run(*everything: Any) -> None:
        if version:
            _every_member(*everything)

    return run


def _version() -> str:
    """Return a digest of the sources that are compiled together."""
    sources = (Path(__file__).with_name(name).read_bytes() for name in _COMPILED)
    return hashlib.sha256(b"".join(sources)).hexdigest()


_run = _cached(_version())


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
    whole, flag = np.zeros(1, dtype=np.int32), np.zeros(1, dtype=bool)
    one = np.ones(1, dtype=np.float32)
    events = gather(
        Open(
            slot=whole,
            point=np.zeros((1, 3)),
            online=flag,
            closed=flag,
            about=np.ones((1, 1), dtype=np.float32),
            offers=whole,
            group=whole,
            constant=one,
            situation=np.ones((1, FEATURE_COUNT)),
            assumed=np.zeros((1, FEATURE_COUNT), dtype=bool),
            hosted=flag,
        )
    )
    nothing, ends = np.empty(0, dtype=np.int32), np.zeros(2, dtype=np.int32)
    members = Members(
        energy=np.ones((1, SLOT_COUNT), dtype=np.float32),
        point=np.zeros((1, 3)),
        reach=np.ones(1),
        tastes=np.ones((1, LANES), dtype=np.float32),
        needs=np.ones((1, 32), dtype=np.float32),
        learned=np.ones((1, 1), dtype=np.float32),
        belief=np.ones((1, BELIEF, FEATURE_COUNT)),
        single=np.ones((1, BELIEF, FEATURE_COUNT), dtype=np.float32),
        strange=np.ones((1, FEATURE_COUNT)),
        numbers=np.ones((1, NUMBERS)),
        recent=np.zeros((1, 3, FEATURE_COUNT), dtype=np.float32),
        barred_from=ends,
        barred=nothing,
        barred_code=nothing,
        special_from=ends,
        special=nothing,
        personal=np.empty((0, PERSONAL), dtype=np.float32),
    )
    match_block(events, members, empty(1, 2), np.array([1, 2, 3, 4, 5], dtype=np.int32))
