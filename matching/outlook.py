"""What every candidate would be like for every member, and what is under whose ceiling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, ndtr

from matching.gaussian import PEAK_SD, Vector, predict_many
from matching.inputs import FEATURES, SituationFeature
from matching.pace import OVERWHELMING, Candidate, State
from matching.situations import FAMILIARITY, drive

#: Highest probability of an overwhelming peak, whatever ceiling a member allows.
OVERWHELMING_RISK = 0.05

_UNFAMILIAR = FEATURES.index(SituationFeature.UNFAMILIAR)

Flags = NDArray[np.bool_]


class Outlook(NamedTuple):
    """Numbers for pairs; every array is (members, candidates)."""

    level: Vector  #: drive
    sd: Vector  #: of a peak, drive
    risk: Vector  #: of a peak above the member's limit
    eligible: Flags  #: may be proposed, see `under_ceiling`
    attends: Vector  #: probability of going
    caution: Vector  #: 1 far under the ceiling, 0 at it


def look_ahead(states: Sequence[State], candidates: Sequence[Candidate], visits: NDArray[np.int_]) -> Outlook:
    """Return every member's outlook on every candidate; ``visits`` broadcasts to (members, candidates)."""
    values = np.array([each.situation.values for each in candidates])
    assumed = np.array([[feature in each.situation.assumed for feature in FEATURES] for each in candidates])
    known = values[:, _UNFAMILIAR] * (FAMILIARITY ** visits.astype(float) - 1)
    level, variance = predict_many(
        [state.comfort for state in states], values, assumed=assumed, change={_UNFAMILIAR: known}
    )
    sd = np.sqrt(variance + PEAK_SD**2)
    risk = _exceeds(level, sd, np.array([drive(state.pace.limit) for state in states])[:, None])
    own = np.array([state.pace.risk for state in states])[:, None]
    now = np.array([state.pace.risk_now for state in states])[:, None]
    bearable = _exceeds(level, sd, drive(OVERWHELMING)) <= OVERWHELMING_RISK
    return Outlook(
        level=level,
        sd=sd,
        risk=risk,
        eligible=under_ceiling(np.where(bearable, risk, np.inf), own=own, now=now),
        attends=_attendance(states, candidates, suds(level), visits),
        caution=np.sqrt(np.clip(1 - risk / own, 0, 1)),
    )


def under_ceiling(risk: Vector, *, own: Vector, now: Vector) -> Flags:
    """Return what may be proposed: within the risk in force, or else the least risky within the member's own.

    While a set-back is held the risk in force is half of the member's own. Where that leaves nothing on
    offer, nobody could show that it is over; a step above the member's own ceiling is never allowed.
    """
    careful = risk <= now
    least = (risk <= own) & (risk == risk.min(axis=1, keepdims=True))
    allowed: Flags = np.where(careful.any(axis=1, keepdims=True), careful, least)
    return allowed


def _exceeds(level: Vector, sd: Vector, limit: Vector | float) -> Vector:
    exceeds: Vector = ndtr((level - limit) / sd)
    return exceeds


def suds(level: Vector) -> Vector:
    """Return the SUDS of distress drives."""
    share: Vector = 100 * expit((level - 50) / 22)
    return share


def _attendance(
    states: Sequence[State], candidates: Sequence[Candidate], anticipated: Vector, visits: NDArray[np.int_]
) -> Vector:
    intercept = np.array([state.comfort.intercept for state in states])[:, None]
    bias = np.array([state.comfort.bias for state in states])[:, None]
    host = np.array([each.welcomed for each in candidates], dtype=float)[None, :]
    odds = intercept - 0.05 * (anticipated + bias - 40) + 0.3 * host + 0.3 * (visits > 0)
    attends: Vector = expit(odds)
    return attends
