"""What is believed about many members as the fused pass reads it: weights, then wrapped diagonals."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matching.arithmetic import DIAGONALS
from matching.features import UNFAMILIAR, Floats
from matching.gaussian import COLUMNS, ROWS
from matching.inputs import FEATURE_COUNT
from matching.situations import UNSTATED_VARIANCE

_PLACE = np.empty((FEATURE_COUNT, FEATURE_COUNT), dtype=np.intp)
_PLACE[ROWS, COLUMNS] = _PLACE[COLUMNS, ROWS] = np.arange(len(ROWS))
#: Where the wrapped diagonals of a covariance stand in its upper triangle: feature i with feature i + d.
_WRAPPED = np.array(
    [_PLACE[range(FEATURE_COUNT), np.roll(range(FEATURE_COUNT), -d)] for d in range(DIAGONALS)]
)
#: How often each pair on a diagonal counts; the last diagonal holds every pair twice already.
_TIMES = np.array([1.0, *[2.0] * (DIAGONALS - 2), 1.0])


def wrapped(means: Floats, triangles: Floats) -> Floats:
    """Return beliefs (m, ``arithmetic.BELIEF``, 16) from weights (m, 16) and upper triangles (m, 136)."""
    diagonals = triangles[:, _WRAPPED] * _TIMES[:, None]
    unstated = UNSTATED_VARIANCE * (means**2 + diagonals[:, 0])
    return np.concatenate([means[:, None], diagonals, unstated[:, None]], axis=1)


def below(limits: Floats, beliefs: Floats) -> NDArray[np.float32]:
    """Return beliefs in single precision, limits (m,) taken from the drives: little is lost near them.

    Every situation holds the constant feature, 1, in front.
    """
    single = beliefs.astype(np.float32)
    single[:, 0, 0] = beliefs[:, 0, 0] - limits
    return single


def with_unfamiliar(triangles: Floats) -> Floats:
    """Return the covariances (m, 16) of the share of strangers with each feature."""
    return triangles[:, _PLACE[UNFAMILIAR]]


def products(situations: Floats) -> Floats:
    """Return what wrapped diagonals are multiplied with, (n, 9 x 16), for those who multiply matrices."""
    pairs = [situations * np.roll(situations, -apart, axis=1) for apart in range(DIAGONALS)]
    return np.concatenate(pairs, axis=1)
