"""How much each signal counts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from matching.blend import Trial, combine, fit_weights, quality

ALONE = ({"popularity": 1.0}, {"clue": 1.0})


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


def test_the_weights_behind_made_up_choices_are_found_again() -> None:
    tried = trial(3000, 0.8)
    weights = fit_weights(tried, ())

    assert weights["clue"] == pytest.approx(0.8, abs=0.1)


def test_what_says_nothing_leaves_popularity() -> None:
    for seed in range(8):
        assert fit_weights(trial(60, 0.0, seed=seed), ALONE) == {"popularity": 1.0}


def test_a_blend_finds_more_than_either_part() -> None:
    tried = trial(1500, 1.0)
    blend = quality(combine(tried, fit_weights(tried, ALONE)), tried).mean

    for alone in ALONE:
        assert blend > quality(combine(tried, alone), tried).mean + 0.02


def test_a_better_single_method_is_taken() -> None:
    tried = trial(400, 1.0)
    tried.values[:, :, 1] = np.exp(4 * tried.values[:, :, 1])
    tried.values[:, :, 0] = 0
    weights = fit_weights(tried, ALONE)
    found = quality(combine(tried, weights), tried).mean

    assert found >= quality(combine(tried, {"clue": 1.0}), tried).mean


def test_quality_by_hand_and_ties_count_as_misses() -> None:
    hidden = csr_matrix(np.eye(2, 12))
    tried = Trial(
        names=(), values=np.empty((2, 12, 0), np.float32), known=np.zeros((2, 12), dtype=bool), hidden=hidden
    )
    scores = np.zeros((2, 12))
    scores[0, 0] = 1
    found = quality(scores, tried)

    assert found.each.tolist() == [1, 0]
    assert found.small == 0.5
