"""Ways of choosing the next step, side by side: a clinical rule, chance, a fixed ladder, Handrail."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from benchmarks.ladder_people import CATALOGUE, POINTS, Floats, Indices
from matching import comfort
from matching.pace import Candidate, State
from matching.practice import STEPS
from matching.rungs import KINDS
from matching.situations import situation_of

WEEKS = 26


class Policy(Protocol):
    """A way of choosing."""

    def offer(self, week: int, situations: Floats, available: Indices) -> Floats:
        """Return a situation for each member (members, 16); all zeros for none."""

    def learn(self, row: int, predicted: float | None, peak: float | None) -> None:
        """Take in what became of a member's offer; the peak is None for who did not go."""


class Rule:
    """Start low, up after two calm peaks, down after an overwhelming one."""

    def __init__(self, count: int, every: int = 1) -> None:
        self.every = every
        self.rungs = len(range(0, len(CATALOGUE), every))
        self.rung = np.zeros(count, dtype=int)
        self.calm = np.zeros(count, dtype=int)

    def offer(self, week: int, situations: Floats, available: Indices) -> Floats:
        """Return the rung; of situations that are new each week, what stands as high among them."""
        order = np.argsort(situations @ POINTS, kind="stable")
        new = self.rung * (len(order) - 1) // (self.rungs - 1)
        rungs: Floats = situations[order[self.every * self.rung if situations is CATALOGUE else new]]
        return rungs

    def learn(self, row: int, predicted: float | None, peak: float | None) -> None:
        if peak is None:
            return
        self.calm[row] = self.calm[row] + 1 if peak <= 40 else 0
        if self.calm[row] == 2:
            self.rung[row], self.calm[row] = min(self.rung[row] + 1, self.rungs - 1), 0
        elif peak >= 80:
            self.rung[row] = max(self.rung[row] - 1, 0)


class Fixed(Rule):
    """The same ladder for everyone, one rung a week."""

    def offer(self, week: int, situations: Floats, available: Indices) -> Floats:
        self.rung[:] = week * self.rungs // WEEKS
        return super().offer(week, situations, available)

    def learn(self, row: int, predicted: float | None, peak: float | None) -> None:
        return


class Random:
    """Anything that takes place."""

    def __init__(self, count: int, rng: np.random.Generator) -> None:
        self.count, self.rng = count, rng

    def offer(self, week: int, situations: Floats, available: Indices) -> Floats:
        drawn: Floats = situations[self.rng.choice(available, self.count)]
        return drawn

    def learn(self, row: int, predicted: float | None, peak: float | None) -> None:
        return


class Handrail:
    """The product's own: comfort model, ceiling, right size; practice from home unless told otherwise."""

    def __init__(self, answers: Floats, *, practice: bool = True) -> None:
        self.states: list[State] = [
            comfort.start([None if np.isnan(a) else float(a) for a in row]) for row in answers
        ]
        self.practice = practice
        self.offered: list[Candidate | None] = [None] * len(answers)

    def offer(self, week: int, situations: Floats, available: Indices) -> Floats:
        candidates = [_candidate(situations, place) for place in available]
        for row, found in enumerate(comfort.choose(self.states, candidates)):
            self.offered[row] = candidates[found[0].index] if found else None
        nothing = [row for row, each in enumerate(self.offered) if each is None]
        self._practise(nothing) if self.practice else self._prepare(nothing, candidates)
        none = np.zeros(situations.shape[1])
        return np.array([none if each is None else each.situation.values for each in self.offered])

    def _prepare(self, rows: list[int], candidates: list[Candidate]) -> None:
        for row in rows:
            found = comfort.next_step(self.states[row], candidates)
            self.offered[row] = candidates[found.index] if found else None

    def _practise(self, rows: list[int]) -> None:
        for row, found in zip(rows, comfort.choose([self.states[row] for row in rows], STEPS), strict=True):
            self.offered[row] = STEPS[found[0].index] if found else None

    def learn(self, row: int, predicted: float | None, peak: float | None) -> None:
        if (step := self.offered[row]) is not None:
            self.states[row] = comfort.learn(
                self.states[row], step, predicted=predicted, peak=peak, attended=peak is not None
            )


def _candidate(situations: Floats, place: int) -> Candidate:
    if situations is CATALOGUE:
        kind = KINDS[place]
        return Candidate(id=kind.id, situation=kind.situation, kind=kind.id)
    return Candidate(id=f"{place:02}", situation=situation_of(situations[place].tolist()))
