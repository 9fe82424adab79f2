"""How much each signal counts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from matching.blend import Trial, Weights, combine, fit_weights, quality

ALONE = ("clue",)


def trial(people: int, strength: float, *, groups: int = 60, seed: int = 0) -> Trial:
    """Return a trial in which popularity and, by its strength, a personal clue drive what was joined."""
    rng = np.random.default_rng(seed)
    popularity = np.tile(rng.normal(size=groups), (people, 1))
    clue = rng.normal(size=(people, groups))
    utility = popularity + strength * clue + rng.gumbel(size=(people, groups))
    hidden = np.zeros((people, groups))
    hidden[np.arange(people), utility.argmax(axis=1)] = 1
    return Trial(
        names=("popularity", "clue"),
        values=np.stack([popularity, clue], axis=2).astype(np.float32),
        known=np.zeros((people, groups), dtype=bool),
        hidden=csr_matrix(hidden),
    )


def mean(tried: Trial, weights: Weights) -> float:
    return float(quality(combine(tried, weights), tried).mean())


def test_the_weights_behind_made_up_choices_are_found_again() -> None:
    tried = trial(3000, 0.8)
    weights = fit_weights(tried, ()).weights

    assert weights["clue"] == pytest.approx(0.8, abs=0.1)


def test_what_says_nothing_is_hardly_heard() -> None:
    """Of eight clues drawn by chance most are not heard at all, and none is allowed to do harm."""
    tried = [trial(300, 0.0, seed=seed) for seed in range(8)]
    weights = [fit_weights(each, ALONE).weights for each in tried]
    fresh = trial(4000, 0.0, seed=99)
    plain = mean(fresh, {"popularity": 1.0})

    assert sum(abs(each.get("clue", 0.0)) < 0.01 for each in weights) >= 5
    for each in weights:
        assert mean(fresh, each) > plain - 0.02


def test_a_blend_finds_more_than_either_part() -> None:
    tried = trial(1500, 1.0)
    choice = fit_weights(tried, ALONE)

    for alone in ("popularity", "clue"):
        assert mean(tried, choice.weights) > mean(tried, {alone: 1.0}) + 0.02
    assert choice.spare > 0.02


def test_a_better_single_method_is_taken() -> None:
    tried = trial(400, 1.0)
    tried.values[:, :, 1] = np.exp(4 * tried.values[:, :, 1])
    tried.values[:, :, 0] = 0

    assert mean(tried, fit_weights(tried, ALONE).weights) >= mean(tried, {"clue": 1.0})


def test_the_scores_a_choice_is_judged_by_were_not_learnt_from_those_judged() -> None:
    """With twenty signals of pure chance a blend looks good on what it was fitted to, and only there."""
    rng = np.random.default_rng(3)
    tried = trial(60, 0.0)
    names = ("popularity", *(f"chance{n}" for n in range(20)))
    noise = rng.normal(size=(*tried.known.shape, 20)).astype(np.float32)
    values = np.concatenate([tried.values[:, :, :1], noise], axis=2)
    noisy = Trial(names=names, values=values, known=tried.known, hidden=tried.hidden)
    choice = fit_weights(noisy, ())

    assert set(choice.weights) == {"popularity"}
