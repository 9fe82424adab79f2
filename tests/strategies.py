"""Hypothesis strategies for what the matcher is told."""

from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from matching.inputs import FEATURE_COUNT, FEATURES, Situation
from matching.ladder import Attempt, Candidate, Leaving, Pace, Stride
from matching.pace import TARGETS

suds = st.floats(0, 100, allow_nan=False)
shares = st.floats(0, 1, allow_nan=False)
answers = st.lists(st.none() | suds, min_size=6, max_size=6)


def situations() -> SearchStrategy[Situation]:
    """Return situations with all facts stated, or some assumed."""
    values = st.lists(shares, min_size=FEATURE_COUNT - 1, max_size=FEATURE_COUNT - 1)
    assumed = st.frozensets(st.sampled_from(FEATURES[1:]), max_size=3)
    return st.builds(
        lambda rest, missing: Situation(values=(1.0, *rest), assumed=missing),
        values,
        st.just(frozenset()) | assumed,
    )


def candidates(least: int = 1, most: int = 8) -> SearchStrategy[list[Candidate]]:
    """Return candidates with different ids."""
    one = st.builds(
        Candidate,
        id=st.text("abcdef", min_size=1, max_size=4),
        situation=situations(),
        kind=st.sampled_from(("", "walk", "games")),
        relevance=st.floats(0.1, 1),
        visits=st.integers(0, 5),
    )
    return st.lists(one, min_size=least, max_size=most, unique_by=lambda each: each.id)


def paces() -> SearchStrategy[Pace]:
    """Return paces as a member may have chosen them, some of them after a set-back."""
    return st.sampled_from(Stride).flatmap(
        lambda stride: st.builds(
            Pace,
            stride=st.just(stride),
            target=st.floats(32, TARGETS[stride]),
            limit=st.floats(30, 75),
            risk=st.floats(0.01, 0.10),
            weekly_cap=st.integers(0, 2),
            holding=st.integers(0, 2),
            no_shows=st.integers(0, 4),
        )
    )


@st.composite
def attempts(draw: st.DrawFn) -> Attempt:
    """Return attempts gone to or not, reported in full or in part."""
    attended = draw(st.booleans())
    peak = draw(st.none() | suds) if attended else None
    leaving = draw(leavings(peak))
    return Attempt(
        situation=draw(situations()),
        kind=draw(st.sampled_from(("", "walk", "games"))),
        anticipated=draw(suds),
        predicted=draw(st.none() | suds),
        peak=peak,
        end=leaving.end,
        attended=attended,
        left_early=leaving.early,
        safety_behaviours=leaving.safety_behaviours,
        index=draw(suds),
    )


def leavings(peak: float | None) -> SearchStrategy[Leaving]:
    """Return ways to leave that fit a peak."""
    end = st.none() if peak is None else st.none() | st.floats(0, peak)
    behaviours = st.sampled_from(((), ("phone",)))
    return st.builds(Leaving, end=end, early=st.booleans(), safety_behaviours=behaviours)
