"""Blending: how much each signal counts, fitted on joins that were hidden while the signals were learnt.

The weights are those of a conditional logit (McFadden 1974): the probability that somebody joins one group
rather than another. It has a handful of weights, one best answer, and is drawn towards plain popularity and
cosine while little is known, so that a community's tiers take over smoothly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.features import Floats

Weights = Mapping[str, float]
#: Weights while too few people could be tried, and what a fit is drawn towards, per s.d. of a signal.
UNFITTED: Weights = {"popularity": 1.0, "cosine": 3.0}
PRIOR: Weights = {"popularity": 0.5, "cosine": 0.25}
#: Popularity is taken back in these steps, in favour of small groups, while accuracy stays what it was.
_STEPS = tuple(round(0.1 * step, 1) for step in range(1, 11))
_SERVED, _NOTICED = 1.6, 1.02
#: Standard errors a blend must be better than popularity by.
_SURE = 2.0
_CUT = 10
_MOST_STEPS, _MOST_HALVINGS, _SMALLEST_GAIN, _BLOCK = 40, 12, 1e-6, 128


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """Signals for n people, with what they joined while the signals were learnt and what was hidden."""

    names: tuple[str, ...]
    values: NDArray[np.float32]  #: (n, g, k)
    known: NDArray[np.bool_]  #: (n, g)
    hidden: csr_matrix  #: (n, g)


@dataclass(frozen=True, kw_only=True, slots=True)
class Quality:
    """How well one ordering finds what was hidden."""

    each: Floats  #: (n,) mean of recall and nDCG at 10 per person
    small: float  #: recall at 10 where every group counts the same

    @property
    def mean(self) -> float:
        """Return the quality over all people."""
        return float(self.each.mean())


def fit_weights(trial: Trial, alone: Sequence[Weights]) -> dict[str, float]:
    """Return the blend that finds most of what was hidden.

    The best of the conditional logit and each method ``alone`` is taken, so that a blend is not worse than
    its best part; one that is not surely better than popularity gives way to it, so that nobody is worse off
    for what was learnt from chance. Then as much popularity is taken back as costs nothing.
    """
    spread = trial.values.reshape(-1, len(trial.names)).std(axis=0).astype(np.float64) + 1e-9
    blend = _logit(trial, spread)
    candidates = [blend, *(dict(weights) for weights in alone if set(weights) <= set(trial.names))]
    measured = [quality(combine(trial, weights), trial) for weights in candidates]
    best = int(np.argmax([each.mean for each in measured]))
    gain = measured[best].each - quality(combine(trial, {"popularity": 1.0}), trial).each
    if gain.mean() <= _SURE * gain.std() / np.sqrt(len(gain)):
        return {"popularity": 1.0}
    return _spread_out(trial, candidates[best], measured[best])


def combine(trial: Trial, weights: Weights) -> Floats:
    """Return the blended scores (n, g)."""
    vector = np.array([weights.get(name, 0.0) for name in trial.names], dtype=np.float32)
    blended: Floats = (trial.values @ vector).astype(np.float64)
    return blended


def quality(scores: Floats, trial: Trial) -> Quality:
    """Return how well these scores find the hidden joins among groups not joined; ties count as misses."""
    people, groups = trial.hidden.nonzero()
    masked = np.where(trial.known, -np.inf, scores)
    at_least = (masked[people] >= masked[people, groups][:, None]).sum(axis=1) - 1
    found = at_least < _CUT
    count = np.maximum(np.bincount(people, minlength=len(scores)), 1)
    gain = np.where(found, 1 / np.log2(at_least + 2.0), 0.0)
    ideal = np.cumsum(1 / np.log2(np.arange(_CUT) + 2.0))[np.minimum(count, _CUT) - 1]
    recall = np.bincount(people, found, minlength=len(scores)) / count
    ndcg = np.bincount(people, gain, minlength=len(scores)) / ideal
    return Quality(each=(recall + ndcg) / 2, small=_macro(groups, found))


def _macro(groups: NDArray[np.intp], found: NDArray[np.bool_]) -> float:
    total = np.bincount(groups)
    hits = np.bincount(groups, found, minlength=len(total))
    return float((hits[total > 0] / total[total > 0]).mean()) if len(total) else 0.0


def _logit(trial: Trial, spread: Floats) -> dict[str, float]:
    """Fit the conditional logit by Newton's method with step halving; the loss is strictly convex."""
    values: NDArray[np.float32] = (trial.values / spread).astype(np.float32)
    prior = np.array([PRIOR.get(name, 0.0) for name in trial.names])
    weights, slope = prior, _slope(values, trial, weights=prior, prior=prior)
    for _ in range(_MOST_STEPS):
        step: Floats = np.linalg.solve(slope.curvature, slope.gradient).astype(np.float64)
        gain = float(slope.gradient @ step)
        if gain < _SMALLEST_GAIN * len(values):
            break
        shorter = (0.5**halving for halving in range(_MOST_HALVINGS))
        tried = ((weights - share * step, share) for share in shorter)
        for candidate, share in tried:
            found = _slope(values, trial, weights=candidate, prior=prior)
            if found.loss <= slope.loss - 1e-4 * share * gain:
                weights, slope = candidate, found
                break
        else:
            break
    return dict(zip(trial.names, (weights / spread).tolist(), strict=True))


class _Slope(NamedTuple):
    loss: float
    gradient: Floats
    curvature: Floats


def _slope(values: NDArray[np.float32], trial: Trial, *, weights: Floats, prior: Floats) -> _Slope:
    """Return negative log-likelihood and its derivatives; everybody counts once, however much was hidden."""
    away = weights - prior
    loss, gradient, curvature = float(away @ away) / 2, away.copy(), np.eye(len(weights))
    for start in range(0, len(values), _BLOCK):
        block = slice(start, start + _BLOCK)
        part = _part(values[block], trial.known[block], trial.hidden[block], weights)
        loss, gradient, curvature = loss + part.loss, gradient + part.gradient, curvature + part.curvature
    return _Slope(loss, gradient, curvature)


def _part(
    values: NDArray[np.float32], known: NDArray[np.bool_], hidden: csr_matrix, weights: Floats
) -> _Slope:
    people, groups = hidden.nonzero()
    share = 1 / np.bincount(people, minlength=len(values))[people]
    utility = values @ weights.astype(np.float32)
    utility[known] = -np.inf
    top = utility.max(axis=1, keepdims=True)
    likely = np.exp(utility - top)
    total = likely.sum(axis=1, keepdims=True)
    likely /= total
    expected = np.einsum("ng,ngk->nk", likely, values)
    rooted = (values * np.sqrt(likely)[:, :, None]).reshape(-1, values.shape[2])
    curvature = rooted.T @ rooted - expected.T @ expected
    chosen = utility[people, groups] - (np.log(total) + top)[people, 0]
    gradient = expected.sum(axis=0) - (share[:, None] * values[people, groups]).sum(axis=0)
    return _Slope(-float(share @ chosen), gradient.astype(np.float64), curvature.astype(np.float64))


def _spread_out(trial: Trial, weights: Weights, before: Quality) -> dict[str, float]:
    """Take popularity back as far as it is free, and further where that gets small groups served.

    Free is a loss within a quarter of its standard error. Small groups are served once recall over groups is
    ``_SERVED`` times that of plain popularity; to get there a loss of one standard error is borne.
    """
    base, popularity = combine(trial, weights), combine(trial, {"popularity": 1.0})
    enough = _SERVED * quality(popularity, trial).small
    chosen, small = 0.0, before.small
    for step in _STEPS:
        after = quality(base - step * popularity, trial)
        lost = before.each - after.each
        doubt = float(lost.std()) / np.sqrt(len(lost))
        serves = small < enough <= after.small
        if after.small > _NOTICED * small and lost.mean() <= doubt * (1.0 if serves else 0.25):
            chosen, small = step, after.small
    return {**weights, "popularity": weights.get("popularity", 0.0) - chosen}
