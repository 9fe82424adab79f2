"""Measures by hand, and a shortlist that reaches small groups at as little cost as can be."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_matrix

from matching.reach import Found, by_group, by_person, choose_lift, find, rarity_of, shortlisted


def test_measures_by_hand() -> None:
    """Person 0 looks for groups 3 and 4, found first and twelfth; person 7 for group 3, found third."""
    found = Found(people=np.array([0, 0, 7]), groups=np.array([3, 4, 3]), ranks=np.array([0, 11, 2]))
    each = by_person(found)

    assert each[0].tolist() == pytest.approx([0.5, 0.5, 0.5, 1, 1 / (1 + 1 / np.log2(3))])
    assert each[1].tolist() == pytest.approx([0, 1, 1, 1, 0.5])
    assert by_group(found) == pytest.approx(0.5)


def test_ties_count_as_misses_and_groups_joined_do_not_stand_in_the_way() -> None:
    scores = np.array([[0.9, 0.5, 0.5, 0.1]])
    known = np.array([[True, False, False, False]])
    found = find(scores, known=known, hidden=csr_matrix([[0, 1, 0, 1]]))

    assert found.ranks.tolist() == [1, 2]


def test_rarity_falls_with_size_and_is_one_over_the_joins_of_a_large_group() -> None:
    rarity = rarity_of(np.array([0.0, 5.0, 100.0, 1000.0]))

    assert (np.diff(rarity) < 0).all()
    assert rarity[0] == pytest.approx(1, abs=0.06)
    assert rarity[3] == pytest.approx(1 / 200.1)


@pytest.fixture
def scores() -> np.ndarray:
    return np.log(np.random.default_rng(0).dirichlet(np.full(40, 0.5), size=30))


def nothing_known(scores: np.ndarray) -> np.ndarray:
    return np.zeros(scores.shape, dtype=bool)


def test_without_a_lift_nothing_moves(scores: np.ndarray) -> None:
    assert shortlisted(scores, np.ones(40), 0.0, known=nothing_known(scores)) is scores


def test_a_shortlist_has_the_lifted_ten_in_the_order_of_the_scores(scores: np.ndarray) -> None:
    rarity = rarity_of(np.linspace(0, 400, 40))
    rearranged = shortlisted(scores, rarity, 30.0, known=nothing_known(scores))
    lifted = scores + np.log1p(30 * rarity)
    for row in range(len(scores)):
        order = np.argsort(-rearranged[row])
        assert set(order[:10]) == set(np.argsort(-lifted[row])[:10])
        assert (np.diff(scores[row, order[:10]]) <= 0).all()
        assert (np.diff(scores[row, order[10:]]) <= 0).all()
    assert_allclose(np.sort(rearranged, axis=1), np.sort(scores, axis=1))


def test_groups_joined_take_no_place_of_the_ten(scores: np.ndarray) -> None:
    known = nothing_known(scores)
    known[:, :12] = True
    rearranged = shortlisted(scores, rarity_of(np.linspace(0, 400, 40)), 30.0, known=known)
    lifted = np.where(known, -np.inf, scores + np.log1p(30 * rarity_of(np.linspace(0, 400, 40))))
    for row in range(len(scores)):
        others = [group for group in np.argsort(-rearranged[row]) if not known[row, group]]
        assert set(others[:10]) == set(np.argsort(-lifted[row])[:10])


def test_who_said_nothing_is_shown_what_is_popular_at_any_lift() -> None:
    popularity = np.array([*range(1, 41)], dtype=float) * 50
    scores = np.log(popularity + 0.5)[None, :]
    rearranged = shortlisted(scores, rarity_of(popularity), 1000.0, known=nothing_known(scores))

    assert_array_equal(np.argsort(-rearranged[0]), np.argsort(-scores[0]))


def test_small_groups_are_lifted_where_it_serves_them_and_costs_little() -> None:
    rng = np.random.default_rng(5)
    popularity = 4000 / np.arange(1, 81) ** 1.1
    clue = rng.normal(size=(1500, 80))
    scores = np.log(popularity + 0.5) + clue
    hidden = np.zeros(scores.shape)
    hidden[np.arange(1500), (scores + rng.gumbel(size=scores.shape)).argmax(axis=1)] = 1
    known, plain, rarity = (
        nothing_known(scores),
        np.tile(np.log(popularity), (1500, 1)),
        rarity_of(popularity),
    )

    def measured(values: np.ndarray) -> tuple[float, float]:
        found = find(values, known=known, hidden=csr_matrix(hidden))
        return by_person(found)[:, 2].mean(), by_group(found)

    lift = choose_lift(scores, plain, rarity, known=known, hidden=csr_matrix(hidden), spare=0.0)
    before, after = measured(scores), measured(shortlisted(scores, rarity, lift, known=known))

    assert lift > 0
    assert after[1] > before[1]
    assert after[0] > before[0] - 0.01


def test_what_is_chance_is_not_lifted() -> None:
    popularity = 4000 / np.arange(1, 81) ** 1.1
    scores = np.tile(np.log(popularity), (500, 1))
    hidden = np.zeros(scores.shape)
    hidden[np.arange(500), np.random.default_rng(1).integers(0, 80, 500)] = 1

    assert (
        choose_lift(
            scores,
            scores,
            rarity_of(popularity),
            known=nothing_known(scores),
            hidden=csr_matrix(hidden),
            spare=0.0,
        )
        == 0
    )


def test_nothing_is_paid_where_it_would_serve_small_groups_little_more() -> None:
    """Little tells people apart: whatever serves small groups finds fewer joins, for next to nothing."""
    rng = np.random.default_rng(1)
    popularity = 4000 / np.arange(1, 81) ** 1.0
    scores = np.log(popularity) + rng.normal(scale=0.3, size=(1500, 80))
    known, rarity = nothing_known(scores), rarity_of(popularity)
    hidden = np.zeros(scores.shape)
    hidden[np.arange(1500), (scores + rng.gumbel(size=scores.shape)).argmax(axis=1)] = 1

    def recall(lift: float) -> float:
        lifted = shortlisted(scores, rarity, lift, known=known)
        return float(by_person(find(lifted, known=known, hidden=csr_matrix(hidden)))[:, 2].mean())

    plain = np.tile(np.log(popularity), (1500, 1))
    lift = choose_lift(scores, plain, rarity, known=known, hidden=csr_matrix(hidden), spare=0.02)
    doubt = float(np.sqrt(recall(0) * (1 - recall(0)) / 1500))

    assert recall(0) - recall(lift) <= 0.2 * doubt
