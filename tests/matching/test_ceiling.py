"""No outing above a member's own ceiling, ever: one property for every way to a proposal."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import comfort, pipeline
from matching.gaussian import unpack
from matching.inputs import Situation
from matching.ladder import Candidate, Pace, State
from matching.pace import Role
from matching.pipeline import match
from matching.settings import MatchingSettings
from matching.situations import familiar
from tests import strategies
from tests.matching import town

SLACK = 1e-9
lived = st.lists(st.tuples(strategies.situations(), st.none() | strategies.suds), max_size=8)


@st.composite
def states(draw: st.DrawFn) -> State:
    """Return states of all kinds of people: with their own ceiling, after hard and calm evenings and none."""
    easy = draw(st.booleans())
    answers = [None if answer is None else answer * 0.5 for answer in draw(strategies.answers)]
    state = comfort.start(answers if easy else draw(strategies.answers), pace=draw(strategies.paces()))
    for place, peak in draw(lived):
        state = comfort.learn(state, place, predicted=peak, peak=peak, attended=peak is not None)
    return state


def risk_of(state: State, place: Situation) -> float:
    """Return the chance of a peak above the member's limit, worked out from the sealed numbers alone."""
    belief, x = unpack(state.comfort), np.array(place.values)
    level, spread = float(belief.mean @ x), math.sqrt(float(x @ belief.covariance @ x) + 13**2)
    share = state.pace.limit / 100
    return 1 - NormalDist(level, spread).cdf(50 + 22 * math.log(share / (1 - share)))


def is_under(state: State, candidate: Candidate, *, held: bool = False) -> bool:
    """Whether a candidate is under the member's own ceiling; ``held``: under what a set-back leaves of it."""
    place = candidate.as_met()
    found = comfort.anticipate(state.comfort, candidate)
    risks = (risk_of(state, place), found.risk_above(state.pace.limit))
    half = 2 if held and state.pace.holding else 1
    return max(risks) <= state.pace.risk / half + SLACK and found.risk_above(75) <= 0.10 + SLACK


@pytest.mark.requirement("R06", "R14")
@given(st.lists(states(), min_size=1, max_size=2), strategies.candidates())
@settings(max_examples=150, deadline=None)
def test_nothing_proposed_is_above_the_ceiling(members: list[State], candidates: list[Candidate]) -> None:
    """Whatever they lived through, and whoever asks: the best, the three, many at once, practice."""
    for state, together in zip(members, comfort.choose(members, candidates), strict=True):
        first, three = comfort.next_step(state, candidates), comfort.next_steps(state, candidates)
        assert first == three[0] if three else first is None or first.role is Role.PREPARATION
        for proposal in (*three, *together):
            assert is_under(state, candidates[proposal.index])
        if not any(is_under(state, each) for each in candidates):
            assert three == ()
        if any(is_under(state, each, held=True) for each in candidates):
            assert all(is_under(state, candidates[proposal.index], held=True) for proposal in three)
        small = comfort.practise(state)
        assert small is None or is_under(state, small)


@pytest.mark.requirement("R06")
@given(states())
@settings(max_examples=40, deadline=None)
def test_no_event_suggested_is_above_the_ceiling(state: State) -> None:
    """The event list, small and large runs, is held to the same ceiling as the ladder."""
    events = {each.id: each for each in town.events(60, groups=8)}
    rested = replace(state, pace=replace(state.pace, weekly_cap=2))
    member = replace(town.member(state=rested), visits={"g0001": 3})
    with pytest.MonkeyPatch.context() as patch:
        for many in (1, 1000):
            patch.setattr(pipeline, "MANY", many)
            found = match([member], events.values(), settings=MatchingSettings(), now=town.NOW, seed=1)
            for proposal in found[0].proposals:
                event = events[proposal.event]
                met = familiar(event.situation, member.visits.get(event.group, 0))
                assert is_under(rested, Candidate(id=event.id, situation=met), held=True)


@pytest.mark.requirement("R06")
@given(states(), strategies.candidates(), st.floats(1, 75), st.floats(0.001, 0.10))
@settings(max_examples=60, deadline=None)
def test_a_lower_ceiling_never_lets_more_through(
    state: State, candidates: list[Candidate], limit: float, risk: float
) -> None:
    lower = replace(
        state,
        pace=replace(state.pace, limit=min(limit, state.pace.limit), risk=min(risk, state.pace.risk)),
    )
    for proposal in comfort.next_steps(lower, candidates):
        assert is_under(state, candidates[proposal.index])
        assert is_under(lower, candidates[proposal.index])


@pytest.mark.requirement("R06")
@given(states(), strategies.candidates())
@settings(max_examples=100, deadline=None)
def test_what_prepares_is_from_home_the_least_risky_and_bounded(
    state: State, candidates: list[Candidate]
) -> None:
    """With no outing under the ceiling: never one in person, watched or hard to leave; else nothing."""
    found = comfort.next_step(state, candidates)
    if found is None or found.role is not Role.PREPARATION:
        return
    assert comfort.next_steps(state, candidates) == ()
    values = candidates[found.index].situation.values
    in_person, observed, hard_to_leave = values[8], values[5], values[9]
    assert in_person <= 0.5
    assert max(observed, hard_to_leave) <= 0.2
    assert found.risk <= 4.5 * state.pace.risk + SLACK


def test_somebody_for_whom_every_outing_is_too_much_may_prepare_from_home() -> None:
    state = comfort.start((92.0,) * 6)
    chat = Situation(values=(1.0, 0.4, 0.8, 0.2, 0.1, 0.05, 0.3, *[0.0] * 9))
    party = Situation(values=(1.0,) * 16)
    found = comfort.next_step(state, [party, chat])
    assert found is not None
    assert (found.index, found.role) == (1, Role.PREPARATION)
    assert found.risk > state.pace.risk
    assert comfort.next_steps(state, [party, chat]) == ()
    assert comfort.next_step(state, [party]) is None


def test_the_ceiling_is_reached_by_some_and_not_by_all() -> None:
    """The property above is not empty: there are proposals close under the ceiling, and refusals."""
    state = comfort.start((80.0,) * 6, pace=Pace(risk=0.05))
    risks = [
        comfort.next_step(state, [Situation(values=(1.0, *[share] * 15))]) for share in np.linspace(0, 1, 40)
    ]
    offered = [each.risk for each in risks if each]
    assert 0.035 < max(offered) <= 0.05
    assert None in risks
