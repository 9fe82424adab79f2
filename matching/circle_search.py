"""Search for good circles: a greedy start, swaps and moves while they help, then parts of it done again.

Placing one more person always counts for more than any score. Everything is a function of the puzzle and the
seed: no clock decides how long is searched.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice

import numpy as np
from numpy.random import Generator

from matching.circle_puzzle import FEWEST, MOST, ROOMY, SIZES, Flags, Puzzle
from matching.circle_seats import Change, Seats
from matching.gaussian import Vector

Circles = list[list[int]]

#: Greedy starts, each with another number of people to begin with.
STARTS = 6
#: How many circles of the best found are taken apart and redone at once, in turns.
SHAKEN = (4, 6)
#: Spread of the chance in whom a circle grows by, in units of rapport.
CHANCE = 0.05
_TARGETS = (ROOMY, MOST, FEWEST)


def search(puzzle: Puzzle, *, seed: int, shakes: int | None = None) -> Circles:
    """Return circles as rows of the puzzle; who is in none could not be placed.

    ``shakes``: how often a part is redone; by itself most often for a few dozen people.
    """
    if len(puzzle.ids) < FEWEST:
        return []
    rng = np.random.default_rng(seed)
    people = len(puzzle.ids)
    shakes = min(10 * people, max(8_000 // people, 40), 200) if shakes is None else shakes
    targets = islice(cycle(_TARGETS), STARTS + shakes)
    best: Circles = []
    for number, target in enumerate(targets):
        kept = _shaken(puzzle, best, SHAKEN[number % 2], rng) if number >= STARTS else []
        found = improved(puzzle, greedy(puzzle, kept, target=target, rng=rng))
        best = max(best, found, key=lambda each: _rank(puzzle, each))
    return best


def _rank(puzzle: Puzzle, circles: Circles) -> tuple[int, float]:
    return sum(map(len, circles)), puzzle.total(circles)


def _shaken(puzzle: Puzzle, circles: Circles, size: int, rng: Generator) -> Circles:
    """Take apart one circle and those its people would as soon be with; return the others."""
    size = min(size, max(2, len(circles) // 2))
    if len(circles) <= size:
        return []
    first = int(rng.integers(len(circles)))
    pull = np.array([puzzle.rapport[np.ix_(circles[first], each)].mean() for each in circles])
    pull += rng.normal(0, 0.1, len(circles))
    pull[first] = np.inf
    gone = set(np.argsort(-pull, kind="stable")[:size].tolist())
    return [circle for number, circle in enumerate(circles) if number not in gone]


def greedy(puzzle: Puzzle, kept: Circles, *, target: int, rng: Generator) -> Circles:
    """Grow circles one after the other from whoever is free, those first who have few to choose from."""
    circles = list(kept)
    free = np.ones(len(puzzle.ids), dtype=bool)
    free[[row for circle in circles for row in circle]] = False
    order = np.argsort(rng.random(len(free)) - puzzle.apart.sum(axis=1), kind="stable")
    for row in order.tolist():
        if free[row] and (circle := _grown(puzzle, row, free, target, rng)):
            circles.append(circle)
            free[circle] = False
    return circles


def _grown(puzzle: Puzzle, first: int, free: Flags, target: int, rng: Generator) -> list[int] | None:
    """Return a circle around somebody, of the number of people aimed at or else the nearest."""
    liking = puzzle.rapport + rng.normal(0, CHANCE, len(free))
    for size in sorted(SIZES, key=lambda size: (abs(size - target), size)):
        if puzzle.sizes[first, size] and (
            circle := _grow(puzzle, [first], free & puzzle.sizes[:, size], size, liking)
        ):
            return circle
    return None


def _grow(puzzle: Puzzle, circle: list[int], free: Flags, size: int, liking: Vector) -> list[int] | None:
    slots = puzzle.slots[circle[0]]
    while len(circle) < size:
        fits = free & ~puzzle.apart[circle].any(axis=0) & ((puzzle.slots & slots) != 0)
        fits[circle] = False
        if len(circle) == size - 1 and not puzzle.seasoned[circle].any():
            fits &= puzzle.seasoned
        if not fits.any():
            return None
        pull = np.where(fits, liking[circle].sum(axis=0), -np.inf)
        circle = [*circle, int(pull.argmax())]
        slots &= puzzle.slots[circle[-1]]
    return circle


def improved(puzzle: Puzzle, circles: Circles) -> Circles:
    """Return the circles after every swap, move and founding that helps."""
    while True:
        seats = Seats(puzzle, circles)
        changed = _applied(puzzle, circles, seats.changes()) or _founded(puzzle, circles, seats)
        if not changed:
            return circles
        circles = changed


def _applied(puzzle: Puzzle, circles: Circles, changes: Iterator[Change]) -> Circles | None:
    """Make the changes, best first, each of them to circles nothing was changed in yet."""
    now = [list(circle) for circle in circles]
    touched: set[int] = set()
    moved: set[int] = set()
    for change in changes:
        if touched & change.circles or moved & change.people:
            continue
        after = change.after(now)
        if all(puzzle.possible(circle) for circle in after.values()):
            for number, circle in after.items():
                now[number] = circle
            touched |= change.circles
            moved |= change.people
    return now if moved else None


def _founded(puzzle: Puzzle, circles: Circles, seats: Seats) -> Circles | None:
    """Found one more circle around somebody unplaced, with people other circles can spare."""
    for row in seats.unplaced:
        for size in SIZES:
            changed = _around(puzzle, circles, seats, row, size) if puzzle.sizes[row, size] else None
            if changed:
                return changed
    return None


def _around(puzzle: Puzzle, circles: Circles, seats: Seats, first: int, size: int) -> Circles | None:
    now, new = [list(circle) for circle in circles], [first]
    barred = np.zeros(len(puzzle.ids), dtype=bool)
    while len(new) < size:
        fits = puzzle.sizes[:, size] & ~puzzle.apart[new].any(axis=0) & ~barred
        fits[new] = False
        if len(new) == size - 1 and not puzzle.seasoned[new].any():
            fits &= puzzle.seasoned
        if not fits.any():
            return None
        row = int(np.where(fits, puzzle.rapport[new].sum(axis=0) + seats.spare, -np.inf).argmax())
        barred[row] = True
        home = seats.home(row)
        rest = [each for each in now[home] if each != row] if home is not None else []
        if home is None or puzzle.possible(rest):
            new.append(row)
            if home is not None:
                now[home] = rest
    return [*now, new] if puzzle.possible(new) else None
