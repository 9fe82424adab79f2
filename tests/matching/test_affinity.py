"""The fitted model: what it learns, that it repeats, and that its bytes are it."""

from __future__ import annotations

import dataclasses
import io

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from scipy.sparse import csr_matrix

from matching.affinity import AffinityModel, Tier, fit
from matching.archive import ArchiveError, from_npz, to_npz, version_of
from matching.blend import UNFITTED
from matching.community import Community
from matching.hiding import hide_all, hide_latest, hide_some, some_of_each
from matching.signals import Strengths, fit_item, fit_ridge, hear, learn, read_words
from tests.matching import histories


@pytest.fixture(scope="module")
def community() -> Community:
    return histories.made_up(people=500, groups=40, interests=1.2, taste=0.5, seed=3)


@pytest.fixture(scope="module")
def model(community: Community) -> AffinityModel:
    return fit(community, seed=1)


def test_fitting_again_gives_the_same_version(community: Community, model: AffinityModel) -> None:
    again = fit(community, seed=1)

    assert version_of(to_npz(again)) == version_of(to_npz(model))
    assert version_of(to_npz(fit(histories.made_up(people=100), seed=1))) != version_of(to_npz(model))


def test_a_model_read_back_scores_the_same(community: Community, model: AffinityModel) -> None:
    read = from_npz(to_npz(model))
    people = community.people.rows(np.arange(60))

    scores = model.scores(hear(people, model.learned.words))
    assert_allclose(read.scores(hear(people, read.learned.words)), scores, rtol=1e-3, atol=1e-3)
    assert read.groups == model.groups
    assert to_npz(read) == to_npz(model)


def test_bytes_that_are_no_model_are_refused() -> None:
    with pytest.raises(ArchiveError):
        from_npz(b"something else")
    pickled = io.BytesIO()
    np.savez(pickled, facts=np.array([{"format": 1}], dtype=object))
    with pytest.raises(ArchiveError):
        from_npz(pickled.getvalue())
    later = io.BytesIO()
    np.savez(later, facts=np.frombuffer(b'{"format": 99}', dtype=np.uint8))
    with pytest.raises(ArchiveError, match="format 99"):
        from_npz(later.getvalue())


def test_with_next_to_nobody_content_and_popularity_decide() -> None:
    model = fit(histories.made_up(people=3, groups=6), seed=1)

    assert model.warm == Tier(weights=UNFITTED)
    assert model.cold == Tier(weights=UNFITTED)


def test_where_nobody_has_two_joins_people_are_served_as_newcomers_are() -> None:
    model = fit(histories.made_up(people=600, groups=30, each=0), seed=1)

    assert model.cold.weights != UNFITTED
    assert model.warm == model.cold


def test_a_person_is_scored_alike_alone_and_among_others(community: Community, model: AffinityModel) -> None:
    together = model.scores(hear(community.people.rows(np.arange(20)), model.learned.words))
    alone = model.scores(hear(community.people.rows(np.array([7])), model.learned.words))

    assert_allclose(alone[0], together[7])


def test_item_weights_are_the_closed_form() -> None:
    """EASE^R minimises the squared error of predicting each join from the others, with a zero diagonal."""
    rng = np.random.default_rng(2)
    joins = csr_matrix((rng.random((60, 6)) < 0.4).astype(float))
    strength, dense = 7.0, joins.toarray()
    weights = fit_item(joins, strength)
    for column in range(6):
        others = [each for each in range(6) if each != column]
        gram = dense[:, others].T @ dense[:, others] + strength * np.eye(5)
        expected = np.linalg.solve(gram, dense[:, others].T @ dense[:, column])
        assert_allclose(weights[others, column], expected)
        assert weights[column, column] == 0


def test_joins_and_interests_together_are_the_same_closed_form() -> None:
    rng = np.random.default_rng(2)
    joins, said = ((rng.random((60, size)) < 0.4).astype(float) for size in (6, 4))
    weights = fit_item(csr_matrix(joins), 7.0, beside=csr_matrix(said))
    both = np.hstack([joins, said])
    for column in range(6):
        others = [each for each in range(10) if each != column]
        gram = both[:, others].T @ both[:, others] + 7.0 * np.eye(9)
        assert_allclose(weights[others, column], np.linalg.solve(gram, both[:, others].T @ both[:, column]))


def test_whether_weights_of_joins_count_is_found_out(community: Community) -> None:
    """Weights drawn by chance say nothing, and are not listened to."""
    joins = community.people.joins.copy()
    joins.data = np.random.default_rng(1).choice([0.25, 1.0, 4.0], joins.nnz)
    noisy = dataclasses.replace(community, people=dataclasses.replace(community.people, joins=joins))
    model = fit(noisy, seed=1)

    assert model.strengths.weight == 0
    scores = model.scores(hear(noisy.people, model.learned.words))
    assert_allclose(scores, model.scores(hear(community.people, model.learned.words)))


def test_what_is_joined_of_late_is_told_apart_from_what_always_was() -> None:
    """The first half of all joins go to group 0, the second to group 1."""
    people = 200
    columns = np.repeat([0, 1], people // 2)
    joins = csr_matrix((np.ones(people), (np.arange(people), columns)), shape=(people, 2))
    times = csr_matrix((np.arange(people) + 1.0, joins.indices, joins.indptr), shape=joins.shape)
    plain = histories.made_up(people=people, groups=2)
    timed = dataclasses.replace(plain.people, joins=joins, joined_at=times)
    words = read_words(plain)
    learned = learn(hear(timed, words), words, plain.groups, Strengths())

    assert learned.popularity.tolist() == [100, 100]
    assert learned.recent[1] > learned.recent[0] + 1


def test_ridge_weights_are_those_of_scikit_learn() -> None:
    from sklearn.linear_model import Ridge  # noqa: PLC0415  an oracle for this test alone

    rng = np.random.default_rng(4)
    declared, joins = rng.random((50, 7)), (rng.random((50, 5)) < 0.3).astype(float)
    weights, base = fit_ridge(csr_matrix(declared), csr_matrix(joins), 3.0)
    oracle = Ridge(alpha=3.0).fit(declared, joins)

    assert_allclose(weights, oracle.coef_.T)
    assert_allclose(base, oracle.intercept_)


def test_hidden_and_kept_joins_are_all_joins(community: Community) -> None:
    for hide in (hide_all, hide_some):
        inner, hidden = hide(community.people, np.random.default_rng(5))

        assert_array_equal((inner.joins + hidden).toarray(), community.people.joins.toarray())
        assert inner.joins.multiply(hidden).nnz == 0
        assert (np.diff(hidden.indptr) > 0).sum() >= 50


def test_newcomers_are_left_with_nothing_and_others_with_something(community: Community) -> None:
    for hide, left in ((hide_all, False), (hide_some, True)):
        inner, hidden = hide(community.people, np.random.default_rng(5))
        tried = np.diff(hidden.indptr) > 0

        assert ((inner.joined()[tried] > 0) == left).all()


def test_the_latest_joins_are_hidden_where_all_have_times(community: Community) -> None:
    times = community.people.joins.copy()
    times.data = np.random.default_rng(1).permutation(times.nnz).astype(float) + 1
    timed = dataclasses.replace(community.people, joined_at=times)
    inner, hidden = hide_latest(timed, np.random.default_rng(5))

    assert inner.joined_at is not None
    assert inner.joined_at.data.max() == times.nnz - hidden.nnz
    assert hidden.nnz == pytest.approx(0.2 * times.nnz, abs=1)


def test_a_fifth_of_each_is_hidden_and_never_the_only_one() -> None:
    owners = np.repeat(np.arange(4), [1, 2, 10, 3])
    hidden = some_of_each(owners, 0.2, np.random.default_rng(0))

    assert np.bincount(owners, hidden).tolist() == [0, 1, 2, 1]
    assert len(some_of_each(np.empty(0, dtype=np.intp), 0.2, np.random.default_rng(0))) == 0
