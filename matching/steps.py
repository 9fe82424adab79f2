"""Choose next steps: what is under the ceiling, what is the right size, and the mix of three."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from matching.gaussian import PEAK_SD, Vector, predict_many
from matching.inputs import FEATURE_COUNT, FEATURES, SituationFeature
from matching.ladder import OVERWHELMING, plateau
from matching.pace import Attempt, Candidate, State
from matching.situations import FAMILIARITY, drive

#: Distance from the target, on the drive scale, at which the fit has fallen to about 0.6.
WIDTH = 20.0
GENTLER_BY = 15.0
NOVELTY, NOVELTY_ON_PLATEAU = 0.25, 0.5
#: Highest probability of an overwhelming peak, whatever ceiling a member allows.
OVERWHELMING_RISK = 0.02
_MOST_REPEATS = 3
_UNFAMILIAR = FEATURES.index(SituationFeature.UNFAMILIAR)

Eligible = NDArray[np.bool_]


class Role(StrEnum):
    """What a proposal is for."""

    RIGHT_SIZED = "right_sized"
    GENTLER = "gentler"


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """A candidate put to a member, with the numbers behind it."""

    id: str
    index: int  #: position among the candidates given
    role: Role
    anticipated: float  #: SUDS
    low: float  #: 80 % interval of the peak
    high: float
    risk: float  #: probability of a peak above the member's limit


class Outlook(NamedTuple):
    """What every candidate would be like for every member; arrays are (members, candidates)."""

    level: Vector  #: drive
    sd: Vector  #: of a peak, drive
    risk: Vector  #: of a peak above the member's limit
    eligible: Eligible
    attends: Vector  #: probability of going


def choose(
    states: Sequence[State], candidates: Sequence[Candidate], visits: NDArray[np.int_] | None = None
) -> list[tuple[Proposal, ...]]:
    """Return up to three proposals for each member: two right-sized and one gentler, best first.

    ``visits`` (members, candidates) replaces the visits of the candidates where many members are asked for at
    once. Nobody is given anything above their ceiling; equal scores are ordered by id. An empty tuple means
    that nothing fits: a preparation step is the answer.
    """
    if not states or not candidates:
        return [() for _ in states]
    order = sorted(range(len(candidates)), key=lambda i: (candidates[i].id, i))
    ordered = [candidates[i] for i in order]
    been = np.array([each.visits for each in ordered])[None, :] if visits is None else visits[:, order]
    outlook = look_ahead(states, ordered, been)
    worth = np.array([each.relevance for each in ordered])[None, :] * _variety(states, ordered)
    target = np.array([state.pace.target for state in states])
    picks = _mix(outlook, worth, target)
    return [_proposals(row, picks[row], outlook, ordered, order) for row in range(len(states))]


def look_ahead(states: Sequence[State], candidates: Sequence[Candidate], visits: NDArray[np.int_]) -> Outlook:
    """Return every member's outlook on every candidate; ``visits`` broadcasts to (members, candidates)."""
    comforts = [state.comfort for state in states]
    values = np.array([each.situation.values for each in candidates])
    assumed = np.array([[feature in each.situation.assumed for feature in FEATURES] for each in candidates])
    known = values[:, _UNFAMILIAR] * (FAMILIARITY ** visits.astype(float) - 1)
    level, variance = predict_many(comforts, values, assumed=assumed, change={_UNFAMILIAR: known})
    scatter = np.array([max(1.0, comfort.scatter) for comfort in comforts])[:, None]
    sd = np.sqrt((variance + PEAK_SD**2) * scatter)
    risk = _exceeds(level, sd, np.array([drive(state.pace.limit) for state in states])[:, None])
    allowed = np.array([state.pace.risk_now for state in states])[:, None]
    eligible = (risk <= allowed) & (_exceeds(level, sd, drive(OVERWHELMING)) <= OVERWHELMING_RISK)
    return Outlook(level, sd, risk, eligible, _attendance(states, candidates, level, visits))


def _exceeds(level: Vector, sd: Vector, limit: Vector | float) -> Vector:
    exceeds: Vector = ndtr((level - limit) / sd)
    return exceeds


def suds(level: Vector) -> Vector:
    """Return the SUDS of distress drives."""
    share: Vector = 100 * expit((level - 50) / 22)
    return share


def _attendance(
    states: Sequence[State], candidates: Sequence[Candidate], level: Vector, visits: NDArray[np.int_]
) -> Vector:
    intercept = np.array([state.comfort.intercept for state in states])[:, None]
    bias = np.array([state.comfort.bias for state in states])[:, None]
    host = np.array([each.welcomed for each in candidates], dtype=float)[None, :]
    odds = intercept - 0.05 * (suds(level) + bias - 40) + 0.3 * host + 0.3 * (visits > 0)
    attends: Vector = expit(odds)
    return attends


def _variety(states: Sequence[State], candidates: Sequence[Candidate]) -> Vector:
    """Return the factor for what is new to a member: up to 1.25 (1.5 on a plateau), halved for a fourth."""
    recent = np.zeros((len(states), _MOST_REPEATS, FEATURE_COUNT))
    for row, state in enumerate(states):
        for position, attempt in enumerate(_last_attended(state)):
            recent[row, position] = attempt.situation.values
    recent /= np.maximum(np.linalg.norm(recent, axis=2, keepdims=True), 1e-9)
    values = np.array([each.situation.values for each in candidates])
    values /= np.linalg.norm(values, axis=1, keepdims=True)
    alike = (recent @ values.T).max(axis=1)
    weight = np.array([NOVELTY_ON_PLATEAU if plateau(state.pace) else NOVELTY for state in states])
    variety: Vector = 1 + weight[:, None] * np.clip((1 - alike) / 0.3, 0, 1)
    for row, state in enumerate(states):
        last = _last_attended(state)
        if len(last) == _MOST_REPEATS and all(_alike(last[0], other) for other in last[1:]):
            variety[row, [_repeats(last[0], each) for each in candidates]] *= 0.5
    return variety


def _last_attended(state: State) -> list[Attempt]:
    return [attempt for attempt in state.pace.recent if attempt.attended][-_MOST_REPEATS:]


def _alike(one: Attempt, other: Attempt) -> bool:
    return one.kind == other.kind if one.kind else one.situation == other.situation


def _repeats(attempt: Attempt, candidate: Candidate) -> bool:
    return attempt.kind == candidate.kind if attempt.kind else attempt.situation == candidate.situation


def _mix(outlook: Outlook, worth: Vector, target: Vector) -> NDArray[np.intp]:
    """Return (members, 3) columns: two for the target, one gentler than both; -1 for none."""
    rows = np.arange(len(target))
    score = np.where(outlook.eligible, worth * outlook.attends * fit(outlook, target), -1.0)
    best = _take(score, rows)
    second = _take(score, rows)
    easiest = np.minimum(_level_of(outlook, best, rows), _level_of(outlook, second, rows))
    gentle = np.where(outlook.eligible, worth * outlook.attends * fit(outlook, target - GENTLER_BY), -1.0)
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


def _proposals(
    row: int, picks: NDArray[np.intp], outlook: Outlook, ordered: Sequence[Candidate], order: Sequence[int]
) -> tuple[Proposal, ...]:
    roles = (Role.RIGHT_SIZED, Role.RIGHT_SIZED, Role.GENTLER)
    found = [(int(column), role) for column, role in zip(picks, roles, strict=True) if column >= 0]
    if not found:
        return ()
    columns = [column for column, _ in found]
    level, sd = outlook.level[row, columns], outlook.sd[row, columns]
    anticipated, low, high = (suds(level + z * sd) for z in (0.0, -1.2816, 1.2816))
    return tuple(
        Proposal(
            id=ordered[column].id,
            index=order[column],
            role=role,
            anticipated=float(anticipated[k]),
            low=float(low[k]),
            high=float(high[k]),
            risk=float(outlook.risk[row, column]),
        )
        for k, (column, role) in enumerate(found)
    )
