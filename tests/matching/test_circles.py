"""Circles: no hard limit is ever passed, nobody is lost, the same people give the same circles."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import circle_peers
from matching.circle_bound import bound, optimum
from matching.circle_search import search
from matching.circles import ANY_SLOT, Alone, Seeker, form, puzzle_of, stands
from matching.settings import MatchingSettings

SETTINGS = MatchingSettings()
SLOTS = (0b011, 0b110, 0b101, ANY_SLOT)


def some(people: int, seed: int) -> list[Seeker]:
    """A crowd in which times differ too, and some places do not meet somebody's needs."""
    rng = Random(seed)
    return [
        replace(each, slots=rng.choice(SLOTS), access_met=rng.random() > 0.1)
        for each in circle_peers.crowd(people, seed=seed)
    ]


def four(**changes: object) -> list[Seeker]:
    """Four people whom nothing keeps from going together; ``changes`` are the first one's."""
    plain = [Seeker(id=name, interests=frozenset({"walking"})) for name in "abcd"]
    return [replace(plain[0], **changes), *plain[1:]]  # type: ignore[arg-type]


def check(circle: tuple[str, ...], people: dict[str, Seeker]) -> None:
    """Hold a circle to every hard limit, said a second time."""
    them = [people[name] for name in circle]
    assert 3 <= len(them) <= 5
    assert all(len(them) in each.sizes for each in them)
    assert all(each.access_met for each in them)
    assert not any(other.id in each.apart for each in them for other in them)
    assert not all(each.newcomer for each in them)
    common = ANY_SLOT
    for each in them:
        common &= each.slots
    assert common


@pytest.mark.requirement("R38", "R47", "R54")
@settings(max_examples=15, deadline=None)
@given(people=st.integers(0, 26), seed=st.integers(0, 10_000))
def test_no_circle_passes_a_limit_and_everybody_is_placed_or_told_why(people: int, seed: int) -> None:
    seekers = some(people, seed) if people > 1 else four()[:people]
    known = {each.id: each for each in seekers}
    puzzle = puzzle_of([each for each in seekers if each.access_met], SETTINGS)
    for rows in search(puzzle, seed=seed, shakes=2):
        check(tuple(puzzle.ids[row] for row in rows), known)
    found = form(seekers, settings=SETTINGS, seed=seed) if people <= 9 else None
    if found:
        placed = [name for circle in found.circles for name in circle]
        assert sorted([*placed, *found.alone]) == sorted(known)
        for circle in found.circles:
            check(circle, known)


@pytest.mark.requirement("R54")
def test_the_same_people_give_the_same_circles_in_whatever_order_they_come() -> None:
    people = some(15, 3)
    shuffled = Random(1).sample(people, len(people))
    assert form(people, settings=SETTINGS, seed=7) == form(shuffled, settings=SETTINGS, seed=7)


def test_who_bears_no_circle_or_cannot_enter_is_told_so_and_three_are_too_few_for_two() -> None:
    assert form(four(sizes=frozenset()), settings=SETTINGS, seed=1).alone == {"a": Alone.CEILING}
    assert form(four(access_met=False), settings=SETTINGS, seed=1).alone == {"a": Alone.ACCESS}
    assert form(four()[:2], settings=SETTINGS, seed=1).alone == {"a": Alone.TOO_FEW, "b": Alone.TOO_FEW}
    assert form([], settings=SETTINGS, seed=1).circles == ()


@pytest.mark.requirement("R47")
def test_a_block_parts_whoever_asked_for_it_and_does_not_say_so() -> None:
    found = form([*four()[1:], replace(four()[0], apart=frozenset("d"))], settings=SETTINGS, seed=1)
    assert found.circles in {(("a", "b", "c"),), (("b", "c", "d"),)}
    assert list(found.alone.values()) == [Alone.TOO_FEW]


def test_newcomers_are_not_left_among_themselves() -> None:
    new = [replace(each, newcomer=True) for each in four()]
    assert form(new, settings=SETTINGS, seed=1).circles == ()
    assert form([*new[:3], replace(new[3], newcomer=False)], settings=SETTINGS, seed=1).circles == (
        ("a", "b", "c", "d"),
    )


def test_a_time_is_shared_by_all_not_only_by_two_and_two() -> None:
    times = [replace(each, slots=slots) for each, slots in zip(four()[:3], SLOTS[:3], strict=True)]
    assert form(times, settings=SETTINGS, seed=1).circles == ()
    assert not stands(times, settings=SETTINGS)
    assert stands([replace(each, slots=0b010) for each in times], settings=SETTINGS)


def test_a_smaller_largest_circle_is_kept_to() -> None:
    found = form(some(16, 5), settings=MatchingSettings(circle_largest=3), seed=1)
    assert found.circles
    assert {len(each) for each in found.circles} == {3}


@pytest.mark.requirement("R54", "R55")
def test_people_who_both_said_meet_again_are_kept_together_and_others_meet_somebody_new() -> None:
    plain = [Seeker(id=f"{number}") for number in range(8)]
    again = {"0": frozenset("5"), "5": frozenset("0")}
    met = again | {"1": frozenset("6"), "6": frozenset("1")}
    people = [
        replace(each, again=again.get(each.id, frozenset()), met=met.get(each.id, frozenset()))
        for each in plain
    ]
    circles = form(people, settings=SETTINGS, seed=1).circles
    assert any({"0", "5"} <= set(each) for each in circles)
    assert not any({"1", "6"} <= set(each) for each in circles)


@pytest.mark.requirement("R55")
def test_a_one_sided_wish_counts_for_nothing() -> None:
    people = some(9, 4)
    wished = [replace(people[0], again=frozenset(each.id for each in people[1:])), *people[1:]]
    plain = [replace(people[0], again=frozenset()), *people[1:]]
    one, other = (puzzle_of(each, SETTINGS).rapport for each in (wished, plain))
    mutual = [row for row, each in enumerate(people) if people[0].id in each.again]
    assert all(one[0, row] == other[0, row] for row in range(len(people)) if row not in mutual)


@pytest.mark.requirement("R38")
def test_more_to_talk_about_never_counts_less() -> None:
    shared = [frozenset[str](), frozenset({"chess"}), frozenset({"chess", "walking"})]
    pairs = [
        puzzle_of([Seeker(id="a", interests=each), Seeker(id="b", interests=each)], SETTINGS)
        for each in shared
    ]
    values = [each.rapport[0, 1] for each in pairs]
    assert values == sorted(values)
    assert len(set(values)) == 3


@pytest.mark.parametrize("seed", range(3))
def test_small_crowds_are_placed_as_well_as_can_be(seed: int) -> None:
    """At least 0.985 of the exact optimum, and nobody left out whom the optimum places."""
    puzzle = puzzle_of(some(18, seed), SETTINGS)
    found = search(puzzle, seed=seed)
    best = optimum(puzzle, found)
    assert sum(map(len, found)) == sum(map(len, best.circles))
    assert puzzle.total(found) >= 0.985 * best.total
    assert puzzle.total(circle_peers.greedy(puzzle)) <= best.total + 1e-9


def test_the_bound_is_one() -> None:
    puzzle = puzzle_of(circle_peers.crowd(15, seed=2), SETTINGS)
    found = search(puzzle, seed=1, shakes=5)
    best = optimum(puzzle, found)
    above = bound(puzzle, circle_peers.greedy(puzzle), doubt=1e-9)
    assert puzzle.total(found) <= best.total + 1e-9
    assert best.total <= above.total + 1e-6
