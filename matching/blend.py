"""Blending: how much each signal counts, fitted on joins that were hidden while the signals were learnt.

The weights are those of a conditional logit (McFadden 1974): the probability that somebody joins one group
rather than another. It has a handful of weights, one best answer, and is drawn towards plain popularity and
cosine while little is known, so that a community's tiers take over smoothly.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.features import Floats
from matching.reach import by_person, find

Weights = Mapping[str, float]
#: Weights while too few people could be tried, and what a fit is drawn towards, per s.d. of a signal.
UNFITTED: Weights = {"popularity": 1.0, "cosine": 3.0}
PRIOR: Weights = {"popularity": 0.5, "cosine": 0.25}
#: Standard errors that a choice must find more than popularity by.
_SURE = 0.25
_FOLDS = 2
_MOST_STEPS, _MOST_HALVINGS, _SMALLEST_GAIN, _BLOCK = 40, 12, 1e-6, 128


@dataclass(frozen=True, kw_only=True, slots=True)
class Trial:
    """Signals for n people, with what they joined while the signals were learnt and what was hidden."""

    names: tuple[str, ...]
    values: NDArray[np.float32]  #: (n, g, k)
    known: NDArray[np.bool_]  #: (n, g)
    hidden: csr_matrix  #: (n, g)

    def only(self, names: Sequence[str]) -> Trial:
        """Return the trial with these signals alone."""
        columns = [self.names.index(name) for name in names]
        return Trial(
            names=tuple(names), values=self.values[:, :, columns], known=self.known, hidden=self.hidden
        )

    def rows(self, rows: NDArray[np.intp]) -> Trial:
        """Return the trial of these people."""
        return Trial(
            names=self.names, values=self.values[rows], known=self.known[rows], hidden=self.hidden[rows]
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A blend, and the scores it would have given the people tried, had they not been learnt from."""

    weights: Weights
    scores: Floats
    spare: float = 0.0  #: recall at 10 beyond that of the best single signal


def fit_weights(trial: Trial, alone: Sequence[str]) -> Choice:
    """Return the blend that finds most of what was hidden, at all cuts together.

    Compared are the conditional logit of all signals, each signal ``alone``, and what lies half way between
    them, each on people it was not fitted to. What is not better than popularity gives way to it, so that
    nobody is worse off for what was learnt from chance.
    """
    names = [name for name in alone if name in trial.names]
    choices = _choices(trial, names)
    found = [quality(choice.scores, trial) for choice in choices]
    best = int(np.argmax([each.mean() for each in found]))
    gain = found[best].mean(axis=1) - found[0].mean(axis=1)
    if gain.mean() <= _SURE * gain.std() / np.sqrt(len(gain)):
        best = 0
    tens = [each[:, 2].mean() for each in found]
    return replace(choices[best], spare=float(tens[best] - max(tens[: len(names) + 1])))


def quality(scores: Floats, trial: Trial) -> Floats:
    """Return each person's measures (n, 5) under these scores, as ``matching.reach.by_person`` has them."""
    return by_person(find(scores, known=trial.known, hidden=trial.hidden))


def _choices(trial: Trial, alone: Sequence[str]) -> list[Choice]:
    """Return popularity, the others alone, the blend, and the middle between it and each; in this order."""
    singles = [_fitted(trial.only([name])) for name in ("popularity", *alone)]
    blend = _fitted(trial, folds=_FOLDS)
    between = [
        Choice(
            weights={name: (blend.weights[name] + single.weights.get(name, 0.0)) / 2 for name in trial.names},
            scores=(blend.scores + single.scores) / 2,
        )
        for single in singles
    ]
    return [*singles, blend, *between]


def _fitted(trial: Trial, *, folds: int = 1) -> Choice:
    """Return the logit of all signals; its scores come from ``folds`` logits, each fitted to the others."""
    spread = trial.values.reshape(-1, len(trial.names)).std(axis=0).astype(np.float64) + 1e-9
    weights = _logit(trial, spread)
    if folds == 1:
        return Choice(weights=weights, scores=combine(trial, weights))
    fold = np.arange(len(trial.values)) % folds
    scores = np.empty(trial.known.shape)
    for each in range(folds):
        rest = _logit(trial.rows(np.flatnonzero(fold != each)), spread, start=weights)
        scores[fold == each] = combine(trial.rows(np.flatnonzero(fold == each)), rest)
    return Choice(weights=weights, scores=scores)


def combine(trial: Trial, weights: Weights) -> Floats:
    """Return the blended scores (n, g)."""
    vector = np.array([weights.get(name, 0.0) for name in trial.names], dtype=np.float32)
    blended: Floats = (trial.values @ vector).astype(np.float64)
    return blended


def _logit(trial: Trial, spread: Floats, *, start: Weights | None = None) -> dict[str, float]:
    """Fit the conditional logit by Newton's method with step halving; the loss is strictly convex."""
    values: NDArray[np.float32] = (trial.values / spread).astype(np.float32)
    prior = np.array([PRIOR.get(name, 0.0) for name in trial.names])
    weights = prior if start is None else np.array([start[name] for name in trial.names]) * spread
    slope = _slope(values, trial, weights=weights, prior=prior)
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
