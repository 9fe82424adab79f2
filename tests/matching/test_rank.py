"""Order, variety and scarce places."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from matching.features import tabulate
from matching.rank import Places, Ranking, rerank, similarity, top_n, turns
from tests.matching import town


@given(st.lists(st.sampled_from([0.1, 0.5, 0.9, float("nan")]), min_size=1, max_size=30), st.integers(1, 10))
def test_the_best_come_first_and_equals_by_column(scores: list[float], n: int) -> None:
    values = np.array(scores)
    eligible = np.arange(len(scores)) % 3 != 1
    ranking = top_n(values, eligible, n)
    expected = sorted(
        (column for column in range(len(scores)) if eligible[column] and values[column] == values[column]),
        key=lambda column: (-values[column], column),
    )

    assert ranking.events.tolist() == expected[:n]
    assert_array_equal(ranking.scores, values[ranking.events])


def test_without_diversity_nothing_moves() -> None:
    ranking = Ranking(0, np.array([4, 2, 7]), np.array([0.9, 0.8, 0.1]))

    assert rerank(ranking, np.ones((3, 3)), 0).events.tolist() == [4, 2, 7]


def test_a_near_copy_gives_way_to_something_else() -> None:
    ranking = Ranking(0, np.array([0, 1, 2]), np.array([0.9, 0.89, 0.7]))
    alike = np.array([[1, 1, 0], [1, 1, 0], [0, 0, 1]], dtype=float)

    assert rerank(ranking, alike, 0.5).events.tolist() == [0, 2, 1]


def test_likeness_is_by_event_group_and_interests() -> None:
    both = frozenset({"tea", "owls"})
    table = tabulate(
        [
            town.event(id="a", event="x", group="g", interests=both),
            town.event(id="b", event="x", group="g"),
            town.event(id="c", event="y", group="g"),
            town.event(id="d", event="z", group="h", interests=frozenset({"tea"})),
        ],
        fair_showings=20,
    )

    assert_array_equal(
        similarity(table, np.arange(4)),
        [[1, 1, 0.9, 0.5], [1, 1, 0.9, 0], [0.9, 0.9, 1, 0], [0.5, 0, 0, 1]],
    )


def test_places_run_out_for_all_and_sooner_for_newcomers() -> None:
    table = tabulate([town.event(places_left=2, newcomers_left=1), town.event(id="e2")], fair_showings=20)
    places = Places.of(table, allowance=1)
    places.take(0, newcomer=True)

    assert not places.has(0, newcomer=True)
    assert places.has(0, newcomer=False)
    places.take(0, newcomer=False)
    assert not places.has(0, newcomer=False)
    assert places.has(1, newcomer=True)


def test_turns_are_drawn_by_lot_from_the_seed() -> None:
    one, same, other = (turns(50, np.random.default_rng(seed)) for seed in (1, 1, 2))

    assert one == same
    assert one != other
    assert sorted(one) == list(range(50))
