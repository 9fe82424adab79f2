"""What the best circles could be worth: a bound that nothing exceeds and, where there are few, the optimum.

An integer programme over every possible circle, each person in one of them. Its relaxation is solved by
column generation: few circles, their duals, then whatever circles those duals undervalue, found by going
through all there are with hopeless branches cut off. For benchmarks and tests; nobody waits for it elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csc_array

from matching.circle_puzzle import ROOMY, SIZES, Flags, Puzzle
from matching.gaussian import Vector

#: Differences under this are rounding.
_LEAST = 1e-7
#: After so many rounds, or with no larger share of the bound in doubt, a bound is good enough as it is.
ROUNDS, DOUBT = 80, 0.002
#: Circles the last step of the exact method is given at most.
_MOST_COLUMNS = 500_000
#: What leaving somebody out costs: more than anything they could be worth, or spoil for others.
_LEFT_OUT = 1e4

Ints = NDArray[np.int64]
Circle = tuple[int, ...]


class Bound(NamedTuple):
    """What nothing exceeds, over all circles that leave out as few as can be."""

    total: float
    left_out: float  #: people, at least so many
    dual: Vector  #: (n,) what placing each person is worth


class Optimum(NamedTuple):
    """The best there is."""

    circles: list[Circle]
    total: float


def bound(
    puzzle: Puzzle, start: Sequence[Sequence[int]], *, doubt: float = DOUBT, rounds: int = ROUNDS
) -> Bound:
    """Return an upper bound on `Puzzle.total`; ``start``: circles to begin with, the better the quicker."""
    columns = {tuple(sorted(each)) for each in start}
    least, best = np.inf, np.zeros(len(puzzle.ids))
    for _ in range(rounds):
        total, dual = _relaxed(puzzle, sorted(columns))
        fresh = _undervalued(puzzle, dual)
        over = max((value / len(circle) for circle, value in fresh.items()), default=0.0)
        ceiling = total + len(puzzle.ids) * over  # duals raised by this undervalue nothing
        if ceiling < least:
            least, best = ceiling, dual + over
        if least - total <= doubt * abs(least) or fresh.keys() <= columns:
            break
        columns |= fresh.keys()
    alone = max(0.0, round(-least / _LEFT_OUT)) if least < 0 else 0.0
    return Bound(float(least + alone * _LEFT_OUT), alone, best)


def optimum(puzzle: Puzzle, start: Sequence[Sequence[int]]) -> Optimum:
    """Return the best circles, exactly; ``start``: a good solution. ``ValueError`` where it is too much.

    A circle that the relaxation's duals overvalue by more than ``start`` falls short of the bound is in no
    better solution: what is left is given to the integer programme.
    """
    found = bound(puzzle, start, doubt=1e-9, rounds=1000)
    score = _objective(puzzle, start)
    relaxed = found.total - found.left_out * _LEFT_OUT
    columns = _all_above(puzzle, found.dual, score - relaxed - 1e-6)
    chosen = _integer(puzzle, sorted({*columns, *(tuple(sorted(each)) for each in start)}))
    return Optimum(chosen, puzzle.total(chosen))


def _objective(puzzle: Puzzle, circles: Sequence[Sequence[int]]) -> float:
    out = len(puzzle.ids) - sum(map(len, circles))
    return puzzle.total(circles) - _LEFT_OUT * out


def _matrix(puzzle: Puzzle, columns: Sequence[Circle]) -> tuple[csc_array, Vector]:
    """Return who is in which circle, and what each is worth; last the ways to leave somebody out."""
    people = len(puzzle.ids)
    rows = np.concatenate([np.array([row for each in columns for row in each], dtype=int), np.arange(people)])
    ends = np.cumsum([0, *(len(each) for each in columns), *[1] * people])
    worth = [puzzle.worth(each) for each in columns] + [-_LEFT_OUT] * people
    matrix = csc_array((np.ones(len(rows)), rows, ends), shape=(people, len(columns) + people))
    return matrix, np.array(worth)


def _relaxed(puzzle: Puzzle, columns: Sequence[Circle]) -> tuple[float, Vector]:
    matrix, worth = _matrix(puzzle, columns)
    found = linprog(-worth, A_eq=matrix, b_eq=np.ones(matrix.shape[0]), bounds=(0, None), method="highs")
    return -float(found.fun), -np.asarray(found.eqlin.marginals)


def _integer(puzzle: Puzzle, columns: Sequence[Circle]) -> list[Circle]:
    matrix, worth = _matrix(puzzle, columns)
    ones = np.ones(matrix.shape[0])
    found = milp(
        -worth,
        constraints=LinearConstraint(matrix, ones, ones),
        bounds=Bounds(0, 1),
        integrality=np.ones(len(worth)),
        options={"mip_rel_gap": 0.0, "presolve": False},
    )
    return [circle for circle, taken in zip(columns, found.x, strict=False) if taken > 0.5]


def _undervalued(puzzle: Puzzle, dual: Vector) -> dict[Circle, float]:
    """Return for every two people the circle that starts with them and is undervalued most, by how much."""
    people, found = len(puzzle.ids), {}
    for size in SIZES:
        rows = np.zeros((people * people, size), dtype=np.int64)
        values = np.full(people * people, _LEAST)
        _scan(_branches(puzzle, size, dual), rows, values, True)
        for place in np.flatnonzero(values > _LEAST):
            found[tuple(int(row) for row in rows[place])] = float(values[place])
    return found


def _all_above(puzzle: Puzzle, dual: Vector, floor: float) -> list[Circle]:
    """Return every circle whose worth less the duals of its people is above ``floor``."""
    found: list[Circle] = []
    for size in SIZES:
        rows = np.zeros((_MOST_COLUMNS, size), dtype=np.int64)
        values = np.full(_MOST_COLUMNS, floor)
        count = _scan(_branches(puzzle, size, dual), rows, values, False)
        if count > _MOST_COLUMNS:
            raise ValueError("too many circles are still in question")
        found += [tuple(int(row) for row in each) for each in rows[:count]]
    return found


def _branches(puzzle: Puzzle, size: int, dual: Vector) -> _Branches:
    barred = puzzle.apart | ~puzzle.sizes[:, size][None, :] | ~puzzle.sizes[:, size][:, None]
    return _Branches(
        size=size,
        pull=np.where(barred, -1e9, puzzle.rapport),
        seasoned=puzzle.seasoned,
        been=puzzle.been,
        slots=puzzle.slots,
        scale=puzzle.parts.pairs * 2 / (size - 1),
        known=puzzle.parts.been,
        roomy=puzzle.parts.roomy * (size >= ROOMY),
        dual=dual,
    )


class _Branches(NamedTuple):
    """Circles of one size, as they are gone through."""

    size: int
    pull: Vector  #: (n, n) rapport; far under 0 for two who may not be together
    seasoned: Flags
    been: Flags
    slots: Ints
    scale: float  #: of a pair
    known: float  #: a head, where somebody has been there
    roomy: float  #: a head
    dual: Vector


@njit(cache=True)
def _scan(found: _Branches, rows: Ints, values: Vector, each_pair: bool) -> int:
    """Go through circles of one size, cutting branches that cannot be above what is asked.

    ``values`` comes with the least that is asked: for each pair of first rows, or everywhere the same.
    Returns how many were found; those beyond the length of ``rows`` are counted only.
    """
    size, people = found.size, len(found.dual)
    most = max(0.0, found.pull.max())
    chosen = np.zeros(size, dtype=np.int64)
    after = np.zeros(size, dtype=np.int64)  # what is tried next at each depth
    pulls = np.zeros((size, people))  # of everybody to those chosen so far
    gained = np.zeros(size)
    common = np.full(size, -1, dtype=np.int64)
    led = np.zeros(size, dtype=np.bool_)
    knows = np.zeros(size, dtype=np.bool_)
    least = values[0]
    depth = count = 0
    while depth >= 0:
        row = after[depth]
        if row > people - size + depth:
            depth -= 1
            continue
        after[depth] = row + 1
        gain = gained[depth] + found.scale * pulls[depth, row] - found.dual[row]
        shared = common[depth] & found.slots[row]
        if gain < -1e6 or shared == 0:
            continue
        floor = least
        if each_pair and depth > 1:
            floor = values[chosen[0] * people + chosen[1]]
        if depth == size - 1:
            value = gain + size * (found.known * (knows[depth] or found.been[row]) + found.roomy)
            if value > floor and (led[depth] or found.seasoned[row]):
                place = chosen[0] * people + chosen[1] if each_pair else count
                if place < len(values):
                    values[place] = value
                    rows[place, : size - 1] = chosen[: size - 1]
                    rows[place, size - 1] = row
                count += 1
            continue
        chosen[depth] = row
        best = -np.inf
        for other in range(row + 1, people):
            pulls[depth + 1, other] = pulls[depth, other] + found.pull[row, other]
            best = max(best, found.scale * pulls[depth + 1, other] - found.dual[other])
        left = size - 1 - depth
        hope = gain + left * best + found.scale * most * left * (left - 1) / 2
        if hope + size * (found.known + found.roomy) <= floor:
            continue
        gained[depth + 1], common[depth + 1] = gain, shared
        led[depth + 1] = led[depth] or found.seasoned[row]
        knows[depth + 1] = knows[depth] or found.been[row]
        depth += 1
        after[depth] = row + 1
    return count
