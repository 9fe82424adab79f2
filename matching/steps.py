"""Choose next steps for one or many members: the right size, variety, and the mix of three."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.advice import plateau
from matching.gaussian import Vector
from matching.inputs import FEATURE_COUNT, FEATURES, SituationFeature
from matching.outlook import OVERWHELMING_RISK, Outlook, look_ahead, suds
from matching.pace import Attempt, Candidate, Proposal, Role, State
from matching.situations import drive

__all__ = ["OVERWHELMING_RISK", "Proposal", "Role", "choose", "fit"]

#: Distance from the target, on the drive scale, at which the fit has fallen to about 0.6.
WIDTH = 20.0
GENTLER_BY = 15.0
NOVELTY, NOVELTY_ON_PLATEAU = 0.25, 0.5
_MOST_REPEATS = 3
#: Highest risk of a preparation step, in units of the member's own.
PREPARATION_RISK = 4.5
#: Most that a preparation step may be of what cannot be closed like a window; a video call at home is 0.5.
FROM_HOME = {
    SituationFeature.IN_PERSON: 0.5,
    SituationFeature.OBSERVED: 0.2,
    SituationFeature.HARD_TO_LEAVE: 0.2,
}


def choose(
    states: Sequence[State], candidates: Sequence[Candidate], visits: NDArray[np.int_] | None = None
) -> list[tuple[Proposal, ...]]:
    """Return up to three proposals for each member: two right-sized and one gentler, best first.

    ``visits`` (members, candidates) replaces the visits of the candidates where many members are asked for at
    once. Nothing is above a member's own ceiling, ever, and while a set-back is held nothing above half of it
    unless that is the least risky of all; where nothing may be proposed the tuple is empty. Equal scores are
    ordered by id.
    """
    if not states or not candidates:
        return [() for _ in states]
    order, ordered = _by_id(candidates)
    been = np.array([each.visits for each in ordered])[None, :] if visits is None else visits[:, order]
    outlook = look_ahead(states, ordered, been)
    relevance = np.array([each.relevance for each in ordered]) * _carries_over(ordered)
    worth = relevance[None, :] * outlook.attends * outlook.caution * _variety(states, ordered)
    picks = _mix(outlook, worth, np.array([state.pace.target for state in states]))
    proposals = _Proposals(outlook=outlook, ordered=ordered, order=order)
    return [proposals.of(row, picks[row]) for row in range(len(states))]


def prepare(state: State, candidates: Sequence[Candidate]) -> Proposal | None:
    """Return the least risky step from home among the candidates, to prepare with, or None.

    For when no outing is under the ceiling. Such a step is not in person, hardly observed and free to be
    closed at any moment; its risk is at most ``PREPARATION_RISK`` times the member's own, 0.45 for the usual
    ceiling.
    """
    order, ordered = _by_id(candidates)
    home = [column for column, each in enumerate(ordered) if _from_home(each)]
    if not home:
        return None
    outlook = look_ahead([state], ordered, np.array([each.visits for each in ordered])[None, :])
    best = min(home, key=lambda column: outlook.risk[0, column])
    if outlook.risk[0, best] > PREPARATION_RISK * state.pace.risk:
        return None
    return _Proposals(outlook=outlook, ordered=ordered, order=order).one(0, best, Role.PREPARATION)


def _from_home(candidate: Candidate) -> bool:
    values = candidate.situation.values
    return all(values[FEATURES.index(feature)] <= most for feature, most in FROM_HOME.items())


def _by_id(candidates: Sequence[Candidate]) -> tuple[list[int], list[Candidate]]:
    order = sorted(range(len(candidates)), key=lambda i: (candidates[i].id, i))
    return order, [candidates[i] for i in order]


def _carries_over(candidates: Sequence[Candidate]) -> Vector:
    """Return how much of what the other candidates are made of each one practises; the most is 1."""
    values = np.array([each.situation.values for each in candidates])
    shared: Vector = values @ values.mean(axis=0)
    shared /= shared.max()
    return shared


def _variety(states: Sequence[State], candidates: Sequence[Candidate]) -> Vector:
    """Return the factor for what is new to a member: up to 1.25 (1.5 on a plateau), halved for a fourth."""
    lasts = [_last_attended(state) for state in states]
    recent = np.zeros((len(states), _MOST_REPEATS, FEATURE_COUNT))
    for row, last in enumerate(lasts):
        for position, attempt in enumerate(last):
            recent[row, position] = attempt.situation.values
    recent /= np.maximum(np.linalg.norm(recent, axis=2, keepdims=True), 1e-9)
    values = np.array([each.situation.values for each in candidates])
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    alike = (recent @ values.T).max(axis=1)
    weight = np.array([NOVELTY_ON_PLATEAU if plateau(state.pace) else NOVELTY for state in states])
    variety: Vector = 1 + weight[:, None] * np.clip((1 - alike) / 0.3, 0, 1)
    for row, last in enumerate(lasts):
        if len(last) == _MOST_REPEATS and all(_repeats(last[0], other) for other in last[1:]):
            variety[row, [_repeats(last[0], each) for each in candidates]] *= 0.5
    return variety


def _last_attended(state: State) -> list[Attempt]:
    return [attempt for attempt in state.pace.recent if attempt.attended][-_MOST_REPEATS:]


def _repeats(attempt: Attempt, other: Attempt | Candidate) -> bool:
    return attempt.kind == other.kind if attempt.kind else attempt.situation == other.situation


def _mix(outlook: Outlook, worth: Vector, target: Vector) -> NDArray[np.intp]:
    """Return (members, 3) columns: two for the target, one gentler than both; -1 for none."""
    rows = np.arange(len(target))
    score = np.where(outlook.eligible, worth * fit(outlook, target), -1.0)
    best = _take(score, rows)
    second = _take(score, rows)
    easiest = np.minimum(_level_of(outlook, best, rows), _level_of(outlook, second, rows))
    gentle = np.where(outlook.eligible, worth * fit(outlook, target - GENTLER_BY), -1.0)
    gentle[outlook.level >= easiest[:, None]] = -1
    return np.stack([best, second, _take(gentle, rows)], axis=1)


def fit(outlook: Outlook, target: Vector) -> Vector:
    """Return how well each candidate fits a target (members,) in SUDS: 1 is exact and certain."""
    aim = np.array([drive(float(each)) for each in target])[:, None]
    variance = WIDTH**2 + outlook.sd**2 / 2
    fits: Vector = np.exp(-((outlook.level - aim) ** 2) / (2 * variance)) * WIDTH / np.sqrt(variance)
    return fits


def _take(score: Vector, rows: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the best column of each row, -1 for none, and strike it out of the scores."""
    best = score.argmax(axis=1)
    found = score[rows, best] >= 0
    score[rows, best] = -1
    return np.where(found, best, -1)


def _level_of(outlook: Outlook, column: NDArray[np.intp], rows: NDArray[np.intp]) -> Vector:
    return np.where(column < 0, np.inf, outlook.level[rows, column])


@dataclass(frozen=True, kw_only=True, slots=True)
class _Proposals:
    outlook: Outlook
    ordered: Sequence[Candidate]
    order: Sequence[int]

    def of(self, row: int, picks: NDArray[np.intp]) -> tuple[Proposal, ...]:
        roles = (Role.RIGHT_SIZED, Role.RIGHT_SIZED, Role.GENTLER)
        found = zip(picks.tolist(), roles, strict=True)
        return tuple(self.one(row, column, role) for column, role in found if column >= 0)

    def one(self, row: int, column: int, role: Role) -> Proposal:
        level, sd = self.outlook.level[row, column], self.outlook.sd[row, column]
        anticipated, low, high = suds(level + np.array((0.0, -1.2816, 1.2816)) * sd).tolist()
        return Proposal(
            id=self.ordered[column].id,
            index=self.order[column],
            role=role,
            anticipated=anticipated,
            low=low,
            high=high,
            risk=float(self.outlook.risk[row, column]),
        )
