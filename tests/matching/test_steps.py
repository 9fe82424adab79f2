from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import comfort
from matching.gaussian import predict, unpack
from matching.inputs import Situation
from matching.ladder import Candidate, Pace, Role, State
from matching.rungs import KINDS
from matching.situations import familiar, situation, squash
from matching.steps import _variety, choose
from tests import strategies

CATALOGUE = [Candidate(id=kind.id, situation=kind.situation, kind=kind.id) for kind in KINDS]
ANSWERS = (30.0, 40.0, 50.0, 55.0, 80.0, 90.0)
HARD = (95.0, 95.0, 95.0, 95.0, 100.0, 100.0)
READ_ALONG = CATALOGUE[0]


@given(strategies.answers, strategies.candidates(least=2), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_candidates_does_not_matter(
    answers: list[float | None], candidates: list[Candidate], random: st.DataObject
) -> None:
    state = comfort.start(answers)
    shuffled = list(candidates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    found, again = comfort.next_steps(state, candidates), comfort.next_steps(state, shuffled)
    assert [each.id for each in found] == [each.id for each in again]
    assert [candidates[each.index] for each in found] == [shuffled[each.index] for each in again]


def test_equal_candidates_are_ordered_by_id() -> None:
    twins = [replace(READ_ALONG, id=name) for name in ("c", "a", "b")]
    assert [each.id for each in comfort.next_steps(comfort.start(ANSWERS), twins)] == ["a", "b"]


@pytest.mark.requirement("R19")
@pytest.mark.parametrize("answers", [ANSWERS, (20.0, 30.0, None, 40.0, 50.0, 60.0), (60.0,) * 6])
def test_two_are_right_sized_and_one_is_gentler(answers: tuple[float | None, ...]) -> None:
    found = comfort.next_steps(comfort.start(answers), CATALOGUE)
    assert [each.role for each in found] == [Role.RIGHT_SIZED, Role.RIGHT_SIZED, Role.GENTLER]
    assert found[2].anticipated < min(found[0].anticipated, found[1].anticipated)
    assert all(each.low < each.anticipated < each.high for each in found)
    assert len({each.id for each in found}) == 3


@pytest.mark.requirement("R06")
def test_where_nothing_is_under_the_ceiling_there_is_no_next_step() -> None:
    state = comfort.start(HARD)
    assert comfort.next_steps(state, CATALOGUE) == ()
    outings = [each for each in CATALOGUE if each.situation.values[8] == 1]
    assert comfort.next_step(state, outings) is None
    assert comfort.next_step(state, []) is None


def test_practice_from_home_is_the_way_on() -> None:
    """Somebody for whom everything is too much gets used to small things, and then there is an outing."""
    state, peaks = comfort.start(HARD), iter(range(50, 10, -2))
    while not comfort.next_steps(state, CATALOGUE):
        small = comfort.practise(state)
        assert small is not None
        assert small.situation.values[8] == 0
        state = comfort.learn(state, small, attended=True, predicted=60, peak=next(peaks))
    assert state.comfort.attempts > 2


def test_practice_is_right_sized_too() -> None:
    small = comfort.practise(comfort.start(ANSWERS))
    smallest = comfort.practise(comfort.start(HARD))
    assert small is not None
    assert smallest is not None
    assert sum(smallest.situation.values) < sum(small.situation.values)


def test_there_is_no_practice_either_where_even_that_is_too_much() -> None:
    state = comfort.start(HARD)
    for _ in range(6):
        state = comfort.learn(state, READ_ALONG, predicted=100, peak=100, attended=True)
    assert comfort.practise(state) is None


@pytest.mark.requirement("R06", "R64")
def test_a_held_set_back_is_held_to_half_the_risk() -> None:
    """What is under the member's own ceiling and above half of it waits while something gentler is there."""
    held, walk = after_a_set_back()
    gentler = Candidate(id="read", situation=situation(group_size=0.1, unfamiliar=0.1))
    assert comfort.anticipate(held.comfort, gentler).risk_above(75) < held.pace.risk_now
    assert [each.id for each in comfort.next_steps(held, [walk, gentler])] == ["read"]
    free = replace(held, pace=replace(held.pace, holding=0))
    assert {each.id for each in comfort.next_steps(free, [walk, gentler])} == {"read", "walk"}


def test_a_held_set_back_leaves_a_way_on() -> None:
    """With nothing gentler on offer the least risky under the member's own ceiling is possible, no other."""
    held, walk = after_a_set_back()
    harder = Candidate(id="crowd", situation=situation(group_size=0.9, unfamiliar=1, in_person=1, observed=1))
    assert [each.id for each in comfort.next_steps(held, [harder, walk])] == ["walk"]
    assert comfort.next_step(held, [harder]) is None
    lower = replace(held, pace=replace(held.pace, risk=held.pace.risk_now))
    assert comfort.next_step(lower, [harder, walk]) is None


def after_a_set_back() -> tuple[State, Candidate]:
    """Return a held state, and a walk between half of its own ceiling and the whole of it."""
    state = comfort.start((85.0, 85.0, 85.0, 90.0, 100.0, 100.0))
    walk = Candidate(id="walk", situation=situation(group_size=0.3, unfamiliar=0.4, in_person=1))
    risk = comfort.anticipate(state.comfort, walk).risk_above(75)
    assert 0.02 < risk < 0.10
    held = replace(state, pace=replace(state.pace, holding=2, risk=min(0.10, risk * 1.5), target=37))
    assert held.pace.risk_now < risk < held.pace.risk
    return held, walk


def test_a_smaller_stride_never_proposes_something_harder_first() -> None:
    levels = []
    for stride, target in (("gentle", 42.0), ("steady", 52.0), ("stretch", 60.0)):
        state = comfort.start((20.0, 30.0, 30.0, 35.0, 60.0, 70.0), pace=Pace(stride=stride, target=target))  # type: ignore[arg-type]
        found = comfort.next_step(state, CATALOGUE)
        assert found is not None
        levels.append(found.anticipated)
    assert levels == sorted(levels)


@pytest.mark.requirement("R06")
@pytest.mark.parametrize(("level", "offered"), [(46.5, True), (47.6, False)])
def test_who_is_hardly_known_is_kept_further_from_overwhelming(level: float, offered: bool) -> None:
    """With a wide interval, 10 % above 75 would be more than 5 % at 80 or above."""
    state = comfort.start()
    member = replace(state.comfort, mean=(level - 4, *state.comfort.mean[1:]))
    outing = situation(in_person=1)
    found = comfort.anticipate(member, outing)
    assert found.risk_above(75) < 0.10
    assert (found.risk_above(80) <= 0.05) is offered
    assert (comfort.next_step(replace(state, comfort=member), [outing]) is not None) is offered


def test_what_is_almost_at_the_ceiling_gives_way_to_something_gentler() -> None:
    state = comfort.start(ANSWERS)
    first = comfort.next_step(state, CATALOGUE)
    assert first is not None
    careful = replace(state, pace=replace(state.pace, risk=first.risk * 1.01))
    instead = comfort.next_step(careful, CATALOGUE)
    assert instead is not None
    assert instead.anticipated < first.anticipated


def test_of_two_equal_steps_the_one_that_carries_over_comes_first() -> None:
    """Both are anticipated at 10 + 4 + 4 with the same doubt; talking is what the others are made of."""
    longer = Candidate(id="a", situation=situation(duration=1, in_person=1))
    talking = Candidate(id="b", situation=situation(talking=0.5, in_person=1))
    others = [Candidate(id=name, situation=situation(talking=1)) for name in ("x", "y")]
    levels = [comfort.anticipate(comfort.start().comfort, each) for each in (longer, talking)]
    assert (levels[0].level, levels[0].sd) == pytest.approx((levels[1].level, levels[1].sd))
    others = [replace(each, relevance=0.01) for each in others]
    found = [each.id for each in comfort.next_steps(comfort.start(), [longer, talking, *others])]
    assert found[:2] == ["b", "a"]


def test_where_the_member_wants_to_get_counts() -> None:
    plain = [replace(READ_ALONG, id="a"), replace(READ_ALONG, id="b")]
    wanted = [replace(plain[0], relevance=0.3), plain[1]]
    state = comfort.start(ANSWERS)
    assert [comfort.next_steps(state, each)[0].id for each in (plain, wanted)] == ["a", "b"]


def test_the_same_thing_three_times_gives_way_to_another() -> None:
    """Two steps of equal size: the one just done three times comes second."""
    one = Candidate(id="a", kind="a", situation=situation(group_size=0.5, talking=0.5, in_person=1))
    other = Candidate(id="b", kind="b", situation=situation(group_size=0.5, talking=0.5, in_person=1))
    state = comfort.start(ANSWERS)
    assert comfort.next_steps(state, [one, other])[0].id == "a"
    for _ in range(3):
        state = comfort.learn(state, one, predicted=40, peak=35, attended=True)
    assert comfort.next_steps(state, [one, other])[0].id == "b"


def test_a_plateau_doubles_the_pull_of_what_is_new() -> None:
    far = Candidate(id="far", situation=situation(observed=1, talking=1, evening=1, one_off=1))
    near = replace(READ_ALONG, id="near")
    flat = comfort.start(ANSWERS)
    for _ in range(8):
        flat = comfort.learn(flat, near, attended=True)
    assert _variety([flat], [far])[0, 0] == pytest.approx(1.5)
    assert _variety([comfort.start(ANSWERS)], [far])[0, 0] == pytest.approx(1.25)


@given(
    st.lists(st.tuples(strategies.answers, strategies.paces()), min_size=1, max_size=4),
    strategies.candidates(),
    st.integers(0, 5),
)
@settings(max_examples=40, deadline=None)
def test_many_members_at_once_get_what_each_would_get_alone(
    members: list[tuple[list[float | None], Pace]], candidates: list[Candidate], visits: int
) -> None:
    states = [comfort.start(answers, pace=pace) for answers, pace in members]
    table = np.full((len(states), len(candidates)), visits)
    together = choose(states, candidates, table)
    for state, found in zip(states, together, strict=True):
        alone = comfort.next_steps(state, [replace(each, visits=visits) for each in candidates])
        assert [each.id for each in found] == [each.id for each in alone]
        for each, single in zip(found, alone, strict=True):
            met = familiar(candidates[each.index].situation, visits)
            level, variance = predict(unpack(state.comfort), met)
            assert each.anticipated == pytest.approx(single.anticipated) == pytest.approx(squash(level))
            assert each.risk == pytest.approx(
                comfort.anticipate(state.comfort, met).risk_above(state.pace.limit)
            )
            assert variance > 0


def test_ten_thousand_members_are_asked_for_in_one_call() -> None:
    rng = np.random.default_rng(3)
    kinds = [comfort.start(rng.integers(0, 101, 6).astype(float).tolist()) for _ in range(20)]
    states: list[State] = [kinds[place % 20] for place in range(10_000)]
    candidates = [Candidate(id=str(k), situation=Situation(values=(1.0, *rng.random(15)))) for k in range(50)]
    found = choose(states, candidates)
    assert len(found) == 10_000
    assert found[:20] == choose(kinds, candidates)
    assert found[:20] == found[-20:]


def test_nobody_asked_for_is_nobody_answered() -> None:
    assert choose([], CATALOGUE) == []
