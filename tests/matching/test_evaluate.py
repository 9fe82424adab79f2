"""Offline measures, by hand where they can be, and against what is known to drive a made-up community."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from scipy.sparse import csr_matrix

from matching.community import Community
from matching.evaluate import MEASURES, Report, evaluate, measure, places_of, split
from matching.histories import History, read_history
from matching.reach import Found
from matching.rehearsal import Manner
from tests.matching import histories

METHODS = ["handrail", "ease", "ridge", "cosine", "popularity", "random"]


def history(community: Community, test: csr_matrix | None = None) -> History:
    names = tuple(f"u{n}" for n in range(len(community.people)))
    return History(community=community, members=names, test=test)


def value(report: Report, method: str, regime: str, name: str) -> float:
    measures: Any = report[method][regime]
    return float(measures[name])


def test_measures_by_hand() -> None:
    """Person 0 looks for groups 3 and 4, found first and twelfth; person 1 for group 3, found third."""
    found = Found(people=np.array([0, 0, 1]), groups=np.array([3, 4, 3]), ranks=np.array([0, 11, 2]))
    measures = measure(found)

    assert measures["people"] == 2
    assert measures["recall@1"] == pytest.approx(0.25)
    assert measures["recall@5"] == pytest.approx(0.75)
    assert measures["recall@20"] == pytest.approx(1)
    ideal = 1 + 1 / np.log2(3)
    assert measures["ndcg@10"] == pytest.approx((1 / ideal + 0.5) / 2)
    assert measures["macro_recall@10"] == pytest.approx(0.5)


def test_with_nobody_to_measure_there_are_no_measures() -> None:
    nobody = np.empty(0, dtype=np.intp)
    measures = measure(Found(people=nobody, groups=nobody, ranks=nobody))

    assert measures == {**dict.fromkeys(MEASURES), "people": 0}


def test_groups_already_joined_do_not_stand_in_the_way() -> None:
    scores = np.array([[0.9, 0.8, 0.7, 0.6]])
    known = csr_matrix(np.array([[1, 0, 0, 0]]))

    places = places_of(scores, known=known, owners=np.array([0, 0]), groups=np.array([1, 3]))
    assert_array_equal(places, [0, 2])


def test_equal_scores_stand_in_one_order_drawn_by_lot() -> None:
    known = csr_matrix((1, 50))
    everywhere = np.zeros(50, dtype=np.intp), np.arange(50)
    places = places_of(np.zeros((1, 50)), known=known, owners=everywhere[0], groups=everywhere[1])

    assert sorted(places.tolist()) == list(range(50))
    assert places.tolist() != list(range(50))


def test_one_join_is_left_out_and_a_tenth_lose_all_without_times() -> None:
    community = histories.made_up(people=300)
    part = split(history(community), seed=1)
    before, after = community.people.joined(), part.community.people.joined()
    lost = before - after

    assert (lost[(after > 0) & (before >= 2)] == 1).all()
    assert (lost[(after > 0) & (before == 1)] == 0).all()
    assert ((after == 0) & (before >= 2)).sum() >= 25
    assert (part.test + part.community.people.joins != community.people.joins).nnz == 0


def test_with_times_the_latest_joins_are_tested() -> None:
    community = histories.made_up(people=200)
    joins = community.people.joins
    times = joins.copy()
    times.data = np.arange(joins.nnz, dtype=float) + 1
    timed = dataclasses.replace(community, people=dataclasses.replace(community.people, joined_at=times))
    part = split(history(timed), seed=1)

    assert part.test.nnz == pytest.approx(0.2 * joins.nnz, abs=1)
    kept = part.community.people.joined_at
    assert kept is not None
    assert kept.data.max() < times.data[-part.test.nnz]


def test_joins_of_one_moment_are_split_by_lot(tmp_path: Path) -> None:
    """Some registers know only the year: a latest fifth there is all the same."""
    community = histories.made_up(people=200)
    times = community.people.joins.copy()
    times.data = np.full(times.nnz, 86400.0)
    timed = dataclasses.replace(community, people=dataclasses.replace(community.people, joined_at=times))

    assert split(history(timed), seed=1).test.nnz == pytest.approx(0.2 * times.nnz, abs=1)


def test_how_the_test_was_made_is_told_to_the_rehearsal() -> None:
    """A test of the files' own is rehearsed by lot, or both ways where joins have times."""
    community = histories.made_up(people=100)
    times = community.people.joins.copy()
    times.data = np.arange(times.nnz, dtype=float) + 1
    timed = dataclasses.replace(community, people=dataclasses.replace(community.people, joined_at=times))
    own = csr_matrix(community.people.joins.shape)

    assert split(history(community), seed=1).manner is Manner.LOT
    assert split(history(timed), seed=1).manner is Manner.TIME
    assert split(history(community, own), seed=1).manner is Manner.LOT
    assert split(history(timed, own), seed=1).manner is Manner.EITHER


@pytest.fixture(scope="module")
def mixed() -> Report:
    community = histories.made_up(people=1200, groups=80, interests=1.2, taste=1.2, popularity=0.6, seed=5)
    return evaluate(history(community), seed=2)


def test_every_method_is_measured_warm_and_cold_with_its_seconds(mixed: Report) -> None:
    assert list(mixed) == METHODS
    for found in mixed.values():
        assert set(found) == {"warm", "cold", "seconds"}
        for regime in ("warm", "cold"):
            measures: Any = found[regime]
            assert set(measures) == {*MEASURES, "people"}
            assert measures["people"] > 100
            assert all(0 <= measures[name] <= 1 for name in MEASURES)


@pytest.mark.parametrize("regime", ["warm", "cold"])
def test_the_blend_is_at_least_as_good_as_each_method_alone(mixed: Report, regime: str) -> None:
    found = value(mixed, "handrail", regime, "recall@10")
    doubt = 1 / np.sqrt(value(mixed, "handrail", regime, "people"))

    for method in METHODS[1:]:
        assert found >= value(mixed, method, regime, "recall@10") - doubt, method


def test_where_signals_combine_the_blend_beats_them_and_small_groups_are_found(mixed: Report) -> None:
    best = max(value(mixed, method, "warm", "ndcg@10") for method in METHODS[1:])

    assert value(mixed, "handrail", "warm", "ndcg@10") > best
    popular = value(mixed, "popularity", "warm", "macro_recall@10")
    assert value(mixed, "handrail", "warm", "macro_recall@10") > 1.5 * popular


def test_place_counts_where_a_history_spans_cities() -> None:
    community = histories.made_up(people=600, groups=60, interests=0.5, place=2.0, seed=7)
    report = evaluate(history(community), seed=2)

    for regime in ("warm", "cold"):
        best = max(value(report, method, regime, "recall@10") for method in METHODS[1:])
        assert value(report, "handrail", regime, "recall@10") > best + 0.05


def test_newcomers_with_nothing_to_go_by_are_served_as_by_popularity() -> None:
    community = histories.made_up(people=500, interests=0, taste=1, seed=8)
    nothing = tuple(dataclasses.replace(each, tags=()) for each in community.people.documents)
    silent = dataclasses.replace(community, people=dataclasses.replace(community.people, documents=nothing))
    report = evaluate(history(silent), seed=2)

    assert report["handrail"]["cold"] == report["popularity"]["cold"]


@pytest.mark.parametrize(
    "shrunk",
    [
        lambda: histories.made_up(people=12, groups=5),
        lambda: histories.made_up(people=3, groups=2, each=1),
    ],
)
def test_a_tiny_community_is_measured_without_complaint(shrunk: Callable[[], Community]) -> None:
    report = evaluate(history(shrunk()), seed=0)

    assert list(report) == METHODS


def test_the_same_seed_gives_the_same_measures(tmp_path: Path) -> None:
    community = histories.made_up(people=150)
    histories.write(tmp_path, community)
    first, second = (evaluate(read_history(tmp_path), seed=4) for _ in range(2))

    for method in METHODS:
        assert first[method]["warm"] == second[method]["warm"]
        assert first[method]["cold"] == second[method]["cold"]


def test_the_files_own_test_pairs_are_what_is_measured(tmp_path: Path) -> None:
    community = histories.made_up(people=150)
    pairs = [(0, int(community.people.joins[0].indices[0])), (1, int(community.people.joins[1].indices[0]))]
    histories.write(tmp_path, community, test=pairs)
    report = evaluate(read_history(tmp_path))
    people: Any = report["handrail"]

    assert people["warm"]["people"] + people["cold"]["people"] == 2
