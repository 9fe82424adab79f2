"""The arithmetic under the comfort model: one Gaussian over sixteen weights, updated in closed form."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.inputs import FEATURE_COUNT, FEATURES, Comfort, Situation
from matching.situations import TRAITS, UNSTATED_VARIANCE

Vector = NDArray[np.float64]

PRIOR_MEAN: Vector = np.array([TRAITS[feature].points for feature in FEATURES])
PRIOR_VARIANCE: Vector = np.array([TRAITS[feature].spread ** 2 for feature in FEATURES])

#: How much people change from one attempt to the next: s.d. of 1.2 for the constant, 8 % of the spread else.
DRIFT: Vector = np.where(np.arange(FEATURE_COUNT) == 0, 1.2**2, 0.08**2 * PRIOR_VARIANCE)

ANSWER_SD, PREDICTION_SD, PEAK_SD = 18.0, 17.0, 13.0

#: Residuals count up to this many s.d., so that one bad night is one night.
CLIP = 2.5

ROWS, COLUMNS = np.triu_indices(FEATURE_COUNT)


class Belief(NamedTuple):
    """A Comfort's mean and covariance as arrays."""

    mean: Vector  #: (16,)
    covariance: Vector  #: (16, 16)


def prior() -> Belief:
    """Return what is believed about somebody of whom nothing is known."""
    return Belief(PRIOR_MEAN.copy(), np.diag(PRIOR_VARIANCE))


def unpack(comfort: Comfort) -> Belief:
    """Return a stored state as arrays."""
    covariance = np.empty((FEATURE_COUNT, FEATURE_COUNT))
    covariance[ROWS, COLUMNS] = covariance[COLUMNS, ROWS] = comfort.covariance
    return Belief(np.array(comfort.mean), covariance)


def pack(comfort: Comfort, belief: Belief) -> Comfort:
    """Return the state with another belief."""
    triangle = belief.covariance[ROWS, COLUMNS]
    return replace(comfort, mean=tuple(belief.mean.tolist()), covariance=tuple(triangle.tolist()))


def drift(belief: Belief) -> Belief:
    """Return the belief a little less sure, but in no feature less sure than about a stranger."""
    room = np.maximum(PRIOR_VARIANCE - np.diag(belief.covariance), 0)
    return belief._replace(covariance=belief.covariance + np.diag(np.minimum(DRIFT, room)))


def predict(belief: Belief, situation: Situation) -> tuple[float, float]:
    """Return mean and variance of the drive in a situation, without the noise of a report.

    A feature nobody stated adds the variance of its value, even over 0 to 1, times its weight squared.
    """
    x = np.array(situation.values)
    variance = float(x @ belief.covariance @ x)
    for feature in situation.assumed:
        k = FEATURES.index(feature)
        variance += UNSTATED_VARIANCE * float(belief.mean[k] ** 2 + belief.covariance[k, k])
    return float(x @ belief.mean), variance


def observe(belief: Belief, situation: Situation, *, level: float, noise: float) -> Belief:
    """Return the belief after one observation of the drive, its residual clipped at 2.5 s.d.

    ``noise`` is a variance. What is not known of the situation counts as noise too.
    """
    x = np.array(situation.values)
    mean, variance = predict(belief, situation)
    carried = belief.covariance @ x
    total = variance + noise
    limit = CLIP * math.sqrt(total)
    residual = min(max(level - mean, -limit), limit)
    return Belief(
        belief.mean + carried * (residual / total),
        belief.covariance - np.outer(carried, carried) / total,
    )


def predict_many(
    comforts: Sequence[Comfort],
    values: Vector,
    *,
    assumed: NDArray[np.bool_],
    change: Mapping[int, Vector],
) -> tuple[Vector, Vector]:
    """Return mean and variance of the drive, both (members, situations), as :func:`predict` would.

    Parameters
    ----------
    values : (situations, 16)
    assumed : (situations, 16), facts nobody stated
    change : for at most one feature, what is added to its value; broadcasts to (members, situations)
    """
    mean = np.array([comfort.mean for comfort in comforts])
    triangle = np.array([comfort.covariance for comfort in comforts])
    pairs = values[:, ROWS] * values[:, COLUMNS] * _TWICE
    weight = mean**2 + triangle[:, _DIAGONAL]
    level = mean @ values.T
    variance = triangle @ pairs.T + UNSTATED_VARIANCE * (weight @ assumed.T)
    for feature, by in change.items():
        row = triangle[:, _row_of(feature)]
        level = level + mean[:, [feature]] * by
        variance = variance + 2 * by * (row @ values.T) + by**2 * row[:, [feature]]
    return level, variance


_TWICE: Vector = np.where(ROWS == COLUMNS, 1.0, 2.0)
_DIAGONAL = np.flatnonzero(ROWS == COLUMNS)


def _row_of(feature: int) -> list[int]:
    """Return where one row of the full covariance stands in its upper triangle."""
    places = {(int(i), int(j)): k for k, (i, j) in enumerate(zip(ROWS, COLUMNS, strict=True))}
    return [places[min(feature, other), max(feature, other)] for other in range(FEATURE_COUNT)]
