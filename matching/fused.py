"""One fused pass over members and events: hard limits, score and best k, with no matrix in between.

The same formulas as ``candidates``, ``anticipation`` and ``score``, which the tests hold it to. A member's
pass goes by stages over short lists that stay in the cache: what is in reach at a possible time and under the
ceiling (``sieve``), columns that are a matter of the member's own (``apart``), scores (``scoring``), the best
(``selection``); formulas are in ``arithmetic``. Only these modules know Numba; a worker calls :func:`warm`
once before it forks.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from matching.apart import (
    BARRED,
    FAR,
    LATE,
    OVER,
    REASONS,
    SHUT,
    SPECIAL,
    TIRED,
    discount,
    evaluate,
    hide,
    show,
    tell,
)
from matching.arithmetic import BELIEF, FAST, Double, Single, Whole, interests, worths
from matching.gathering import LANES, Gathering, Open, gather
from matching.inputs import FEATURE_COUNT, SLOT_COUNT
from matching.scoring import add_up, fill_up, make_personal, score_role, vary
from matching.selection import bar_of, in_order, keep, reaching, spread_out
from matching.sieve import bearable, in_reach, settle

#: Columns of a member's numbers, see :class:`Members`.
NUMBERS = 14
#: Columns of what is personal about an event, see the same.
PERSONAL = 5
#: What is kept of a proposal besides its score: interest, need, ladder, familiar, energy; mean, spread.
KEPT = 7
CODES = 18
ROLES = 2
#: Files that are compiled together with this one.
_COMPILED = (
    "apart.py",
    "arithmetic.py",
    "gathering.py",
    "inputs.py",
    "scoring.py",
    "selection.py",
    "sieve.py",
)


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
    compiled(events, members, best, codes)


@njit(fastmath=FAST, error_model="numpy")
def _every_member(events: Gathering, members: Members, best: Best, codes: Whole) -> None:
    """Filter, score and keep, member by member.

    Records are taken apart once, as an array within one is counted and copied at every use. Every call counts
    its arrays too, so that what few members need is called for them alone.
    """
    start, held, middle, around, slot, bit, remote, points, about, offers, group, constant = events[:12]
    exact, situation, assumed, hosted, column_from, column, row_of = events[12:]
    energies, place, reach, tastes, needs, learned, belief, single, strange, numbers, recent = members[:11]
    barred_from, barred, barred_code, special_from, special, personal = members[11:]
    columns, scores, kept, excluded = best
    count, k, closed_from = row_of.shape[0], columns.shape[2], start[1]
    contains = column_from[1:] - column_from[:-1]
    hidden, weights = np.zeros(count, dtype=np.int8), contains.copy()
    most = slot.shape[0] + count + LANES
    left, rows, mine, weight, marks, entries, places, order = _wholes(most)
    under, spread, margin, interest, base, odds, factor, worth, near, score = _singles(most)
    keys, before = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    out = np.empty(REASONS, dtype=np.int32)
    for member in range(energies.shape[0]):
        own, energy, here, far = numbers[member], energies[member], place[member], reach[member]
        bars = barred[barred_from[member] : barred_from[member + 1]]
        apart = special[special_from[member] : special_from[member + 1]]
        traits = personal[special_from[member] : special_from[member + 1]]
        own_columns = bars.shape[0] + apart.shape[0] > 0
        if own_columns:
            hide(bars, BARRED, row_of, hidden, weights)
            hide(apart, SPECIAL, row_of, hidden, weights)

        number, late, timely = in_reach(
            start, held, middle, around, bit, points, energy, here, far, marks, left
        )
        bearable(
            belief[member], single[member], strange[member], own, exact, situation, assumed,
            left, number, under, spread, margin,
        )  # fmt: skip
        general, found, weighty, possible = settle(
            left[:number], margin, contains, weights, rows, under, spread, weight
        )
        mine[:general] = -1
        out[SHUT], out[LATE], out[FAR] = held[SLOT_COUNT], late, timely - found
        out[TIRED], out[OVER] = 0, weighty - possible
        alone = np.int64(0)
        if own_columns:
            discount(bars, row_of, closed_from, slot, remote, points, energy, here, far, out)
            alone = evaluate(
                apart, traits, row_of, hidden, closed_from, slot, remote, points, energy, here, far,
                belief[member], strange[member], own, exact, assumed,
                general, rows, mine, under, spread, weight, out,
            )  # fmt: skip
        tell(possible + alone, out, codes, barred_code, barred_from[member : member + 2], excluded[member])
        size = general + alone

        interests(tastes[member], about, rows[:size], interest)
        add_up(
            own, energy, needs[member], learned[member], slot, offers, group, constant, hosted,
            rows[:size], interest, base, odds, factor,
        )  # fmt: skip
        if alone:
            make_personal(traits, mine, general, size, base, odds, factor)
        if own[9] > 0:
            vary(recent[member], np.float32(own[9]), situation, rows[:size], traits, mine, factor)
        filled = fill_up(size, under, spread, weight, base, odds, factor)
        worths(own, under[:filled], spread, odds, factor, worth)
        for role in range(ROLES if size else 0):  # most members have nothing left where one event is new
            score_role(own, role, base, worth, under[:filled], spread, near, score)
            few = reaching(score[:filled], bar_of(score[:filled], weight, k), entries)
            some = spread_out(
                entries[:few], score, rows, mine, apart, column_from, column, hidden, keys, places
            )
            in_order(keys, some, before, order)
            keep(
                order[: min(some, k)], keys, places, score, rows, mine, interest, worth, near, under, spread,
                own, energy, needs[member], traits, slot, offers,
                columns[member, role], scores[member, role], kept[member, role],
            )  # fmt: skip
        if own_columns:
            show(bars, row_of, hidden, weights)
            show(apart, row_of, hidden, weights)


@njit
def _wholes(most: int) -> Any:
    """Return eight work arrays."""
    rows = np.empty((8, most), dtype=np.int32)
    return rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], rows[6], rows[7]


@njit
def _singles(most: int) -> Any:
    """Return ten work arrays in single precision."""
    rows = np.empty((10, most), dtype=np.float32)
    return (rows[0], rows[1], rows[2], rows[3], rows[4], rows[5], rows[6], rows[7], rows[8], rows[9])


def _cached(version: str) -> Any:
    """Return the pass, compiled once and kept on disk for as long as ``version`` stays the same.

    Numba looks for changes in the file of a function alone; what it calls is told apart by this constant.
    """

    @njit(cache=True, nogil=True)
    def run(events: Gathering, members: Members, best: Best, codes: Whole) -> None:
        if version:
            _every_member(events, members, best, codes)

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
