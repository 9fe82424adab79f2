"""A fit is tried on the latest joins, beside what is in force and popularity, before it is used."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from matching.affinity import Tier
from matching.archive import to_npz
from matching.community import Community
from matching.trials import LEAST_PEOPLE, enough, fit_and_try, learnt_anew
from tests.matching import histories


@pytest.fixture(scope="module")
def community() -> Community:
    """Five hundred people whose joins have times, by lot."""
    made = histories.made_up(people=500, groups=40, interests=1.2, taste=0.5, seed=3)
    times = made.people.joins.copy()
    times.data = np.random.default_rng(1).permutation(times.nnz).astype(float) + 1
    return dataclasses.replace(made, people=dataclasses.replace(made.people, joined_at=times))


def test_what_people_say_and_join_beats_words_and_popularity(community: Community) -> None:
    trials = fit_and_try(community, in_force=None, seed=0)

    assert not trials.worse
    for regime in ("warm", "cold"):
        measures = trials.measures[regime]
        assert isinstance(measures["people"], int)
        assert measures["people"] >= 20
        fitted, popular = measures["fitted"], measures["popularity"]
        assert isinstance(fitted, dict)
        assert isinstance(popular, dict)
        assert fitted["recall"] > popular["recall"]
        assert fitted["macro"] > popular["macro"]


def test_the_same_history_gives_the_same_model_and_is_no_worse_than_itself(community: Community) -> None:
    once = fit_and_try(community, in_force=None, seed=0)
    again = fit_and_try(community, in_force=once.model, seed=0)

    assert to_npz(once.model) == to_npz(again.model)
    assert again.measures["warm"]["fitted"] == again.measures["warm"]["in_force"]
    assert not again.worse


def test_a_blend_surely_worse_than_the_one_in_force_is_called_so(
    community: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = fit_and_try(community, in_force=None, seed=0).model
    worst = Tier(weights={"popularity": -1.0})
    bad = dataclasses.replace(good, cold=worst, warm=worst)
    monkeypatch.setattr("matching.trials.fit", lambda part, **_: learnt_anew(bad, part))

    assert fit_and_try(community, in_force=good, seed=0).worse
    assert fit_and_try(community, in_force=bad, seed=0).worse, "worse than popularity is worse"


def test_joins_of_one_moment_are_hidden_by_lot(community: Community) -> None:
    joins = community.people.joins
    imported = csr_matrix((np.full(joins.nnz, 9.0), joins.indices, joins.indptr), shape=joins.shape)
    people = dataclasses.replace(community.people, joined_at=imported)
    trials = fit_and_try(dataclasses.replace(community, people=people), in_force=None, seed=0)

    assert trials.measures["warm"]["people"]
    assert trials.measures["cold"]["people"]


def test_a_few_people_are_too_few() -> None:
    assert not enough(histories.made_up(people=LEAST_PEOPLE - 1, groups=6))
    assert enough(histories.made_up(people=LEAST_PEOPLE, groups=6))
