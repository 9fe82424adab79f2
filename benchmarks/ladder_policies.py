"""Ways of choosing the next step, side by side: a clinical rule, chance, a fixed ladder, Handrail."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from benchmarks.ladder_people import CATALOGUE, POINTS, Floats, Indices
from matching import comfort
from matching.pace import Candidate, State
from matching.rungs import KINDS
from matching.steps import choose

NONE = -1
WEEKS = 26


class Policy(Protocol):
    def offer(self, week: int, available: Indices) -> Indices: ...

    def learn(self, row: int, step: int, predicted: float, peak: float | None) -> None: ...


class Rule:
    """Start low, up after two calm peaks, down after an overwhelming one."""

    def __init__(self, count: int, every: int = 1) -> None:
        self.order = np.argsort(CATALOGUE @ POINTS, kind="stable")[::every]
        self.rung = np.zeros(count, dtype=int)
        self.calm = np.zeros(count, dtype=int)

    def offer(self, week: int, available: Indices) -> Indices:
        return self.order[self.rung]

    def learn(self, row: int, step: int, predicted: float, peak: float | None) -> None:
        if peak is None:
            return
        self.calm[row] = self.calm[row] + 1 if peak <= 40 else 0
        if self.calm[row] == 2:
            self.rung[row], self.calm[row] = min(self.rung[row] + 1, len(self.order) - 1), 0
        elif peak >= 80:
            self.rung[row] = max(self.rung[row] - 1, 0)


class Fixed(Rule):
    """The same ladder for everyone, one rung a week."""

    def offer(self, week: int, available: Indices) -> Indices:
        return np.full(len(self.rung), self.order[week * len(self.order) // WEEKS])

    def learn(self, row: int, step: int, predicted: float, peak: float | None) -> None:
        return


class Random(Fixed):
    def __init__(self, count: int, rng: np.random.Generator) -> None:
        super().__init__(count)
        self.rng = rng

    def offer(self, week: int, available: Indices) -> Indices:
        return self.rng.choice(available, len(self.rung))


class Handrail:
    """The product's own: comfort model, ceiling, right size."""

    def __init__(self, answers: Floats) -> None:
        self.states: list[State] = [
            comfort.start([None if np.isnan(a) else float(a) for a in row]) for row in answers
        ]
        self.candidates = [Candidate(id=kind.id, situation=kind.situation, kind=kind.id) for kind in KINDS]

    def offer(self, week: int, available: Indices) -> Indices:
        found = choose(self.states, [self.candidates[place] for place in available])
        return np.array([available[each[0].index] if each else NONE for each in found])

    def learn(self, row: int, step: int, predicted: float, peak: float | None) -> None:
        self.states[row] = comfort.learn(
            self.states[row], self.candidates[step], predicted=predicted, peak=peak, attended=peak is not None
        )
