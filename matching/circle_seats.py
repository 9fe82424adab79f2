"""Who sits where, and what each swap of two people and each move of one would change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.circle_puzzle import FEWEST, MOST, ROOMY, Flags, Puzzle
from matching.gaussian import Vector

Ints = NDArray[np.intp]

#: What placing somebody counts for: more than any score, which is under 1 a person.
PLACED = 1e6
#: Gains under this are rounding.
_LEAST = 1e-9
#: Changes looked at before the seats are counted anew.
_TRIED = 150


@dataclass(frozen=True, slots=True)
class Change:
    """Two people change places, or, where ``other`` is none, one joins the circle ``there``."""

    one: int
    other: int | None
    here: int | None  #: the circle of ``one``; none: unplaced
    there: int | None

    @property
    def circles(self) -> set[int]:
        """Return the numbers of the circles it changes."""
        return {each for each in (self.here, self.there) if each is not None}

    @property
    def people(self) -> set[int]:
        """Return who changes places."""
        return {self.one} if self.other is None else {self.one, self.other}

    def after(self, circles: list[list[int]]) -> dict[int, list[int]]:
        """Return the changed circles by number."""
        found = {}
        for number, leaves, comes in ((self.here, self.one, self.other), (self.there, self.other, self.one)):
            if number is not None:
                rest = [row for row in circles[number] if row != leaves]
                found[number] = rest if comes is None else [*rest, comes]
        return found


class Seats:
    """A snapshot of circles, counted once; the last column stands for the unplaced."""

    def __init__(self, puzzle: Puzzle, circles: list[list[int]]) -> None:
        self.puzzle = puzzle
        self.bench = len(circles)
        people = len(puzzle.ids)
        self.label = np.full(people, self.bench, dtype=np.intp)
        for number, circle in enumerate(circles):
            self.label[circle] = number
        seated = np.zeros((people, self.bench + 1))
        seated[np.arange(people), self.label] = 1.0
        self.count = seated.sum(axis=0).astype(np.intp)
        self.pulls = puzzle.rapport @ seated  #: (n, m + 1)
        self.clashes = puzzle.apart.astype(float) @ seated
        self.been = puzzle.been @ seated
        self.seasoned = puzzle.seasoned @ seated
        self.refuse = (~puzzle.sizes).T.astype(float) @ seated  #: (6, m + 1) how many do not bear a size
        self.own = self.pulls[np.arange(people), self.label]
        self.pairs = seated.T @ self.own / 2

    @property
    def unplaced(self) -> list[int]:
        """Return who has no circle."""
        return [int(row) for row in np.flatnonzero(self.label == self.bench)]

    @property
    def spare(self) -> Vector:
        """Return (n,): above 0 for the unplaced, far under it for those a circle of three cannot spare."""
        placed = self.label != self.bench
        return np.where(placed, np.where(self.count[self.label] > FEWEST, 0.0, -PLACED), float(MOST))

    def home(self, row: int) -> int | None:
        """Return the number of somebody's circle."""
        label = int(self.label[row])
        return None if label == self.bench else label

    def changes(self) -> Iterator[Change]:
        """Yield what helps, best first; the time in common is left to be checked."""
        swaps, moves = self._swaps(), self._moves()
        gains = np.concatenate([swaps.ravel(), moves.ravel()])
        tried = min(_TRIED, len(gains))
        best = np.argpartition(-gains, tried - 1)[:tried]
        for index in best[np.lexsort((best, -gains[best]))].tolist():
            if gains[index] <= _LEAST:
                return
            yield self._change(index, swaps.size)

    def _change(self, index: int, swaps: int) -> Change:
        if index < swaps:
            one, other = divmod(index, len(self.label))
            return Change(one=one, other=other, here=self.home(one), there=self.home(other))
        one, there = divmod(index - swaps, self.bench)
        return Change(one=one, other=None, here=self.home(one), there=there)

    def _swaps(self) -> Vector:
        """Return (n, n): the gain of each swap, above the diagonal; elsewhere minus infinity."""
        label, puzzle = self.label, self.puzzle
        sizes = self.count[label]
        placed = label != self.bench
        scale = np.where(placed, puzzle.parts.pairs * 2 / np.maximum(sizes - 1, 1), 0.0)
        comes = self.pulls[:, label] - puzzle.rapport - self.own[None, :]
        before, after = (
            self.been[label],
            self.been[label][None, :] - puzzle.been[None, :] + puzzle.been[:, None],
        )
        known = np.where(placed, puzzle.parts.been * sizes, 0.0) * ((after > 0).astype(float) - (before > 0))
        gain = scale[None, :] * comes + known
        fits = self._fits(label, sizes, placed)
        gain = np.where(fits & fits.T & (label[:, None] != label[None, :]), gain + gain.T, -np.inf)
        swaps: Vector = np.where(np.triu(np.ones_like(fits), 1), gain, -np.inf)
        return swaps

    def _fits(self, label: Ints, sizes: Ints, placed: Flags) -> Flags:
        """Return (n, n): whether the row's person may take the column's person's place."""
        puzzle = self.puzzle
        together = self.clashes[:, label] - puzzle.apart <= 0
        bears = puzzle.sizes[:, np.minimum(sizes, MOST)]
        led = self.seasoned[label][None, :] - puzzle.seasoned[None, :] + puzzle.seasoned[:, None] > 0
        fits: Flags = (together & bears & led) | ~placed[None, :]
        return fits

    def _moves(self) -> Vector:
        """Return (n, m): the gain of each move into a circle; minus infinity where it may not be."""
        bench, puzzle = self.bench, self.puzzle
        count, pairs, been = self.count[:bench], self.pairs[:bench], self.been[:bench]
        value = _value(puzzle, count, pairs, been > 0)
        joined = _value(puzzle, count + 1, pairs + self.pulls[:, :bench], been + puzzle.been[:, None] > 0)
        larger = np.minimum(count + 1, MOST)
        room = (count < MOST) & (self.refuse[larger, np.arange(bench)] == 0)
        may = room & (self.clashes[:, :bench] == 0) & puzzle.sizes[:, larger]
        may &= self.label[:, None] != np.arange(bench)
        moves: Vector = np.where(may, joined - value + self._leaving()[:, None], -np.inf)
        return moves

    def _leaving(self) -> Vector:
        """Return (n,): what somebody's circle gains by their leaving; minus infinity where it may not be."""
        label, puzzle = self.label, self.puzzle
        count, been = self.count[label], self.been[label]
        smaller = np.clip(count - 1, FEWEST, MOST)
        after = _value(puzzle, smaller, self.pairs[label] - self.own, been - puzzle.been > 0)
        before = _value(puzzle, np.clip(count, FEWEST, MOST), self.pairs[label], been > 0)
        rest = self.refuse[smaller, label] - ~puzzle.sizes[np.arange(len(label)), smaller]
        may = (count > FEWEST) & (rest <= 0) & (self.seasoned[label] - puzzle.seasoned > 0)
        return np.where(label == self.bench, PLACED, np.where(may, after - before, -np.inf))


def _value(puzzle: Puzzle, count: Ints, pairs: Vector, known: Flags) -> Vector:
    """Return what circles are worth, as `Puzzle.worth` does, from their sums."""
    parts = puzzle.parts
    rest = count * (parts.been * known + parts.roomy * (count >= ROOMY))
    value: Vector = parts.pairs * 2 * pairs / np.maximum(count - 1, 1) + rest
    return value
