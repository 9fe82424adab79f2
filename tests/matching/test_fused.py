"""The fused pass gives what the plain arrays give."""

from __future__ import annotations

import dataclasses
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from matching import comfort, fused, pipeline
from matching.candidates import Exclusion
from matching.features import tabulate
from matching.inputs import EventInput, MemberInput
from matching.pace import Attempt, Role
from matching.packing import shortlists
from matching.pipeline import match
from matching.score import PARTS
from matching.settings import MatchingSettings
from matching.shortlist import Shortlist, shortlist
from matching.taste import taste_of
from tests.matching import town
from tests.matching.town import NOW

CASES = {
    "as delivered": MatchingSettings(),
    "without variety": MatchingSettings(diversity=0, novelty=0, shortlist=100),
    "some parts weigh nothing": MatchingSettings(need_weight=0, familiar_weight=0, energy_weight=0),
    "strict": MatchingSettings(ceiling=60, ceiling_probability=0.03, least_energy=2, horizon=14),
}


def people(count: int, seed: int) -> list[MemberInput]:
    """Return members, a third of whom have attempts behind them, some three of a kind."""
    members = town.members(count, seed=seed, groups=60)
    situations = [each.situation for each in town.events(30, seed=seed + 1)]
    rng = np.random.default_rng(seed)
    for row in range(0, count, 3):
        attempts = tuple(
            Attempt(
                situation=situations[int(rng.integers(30))],
                kind="g0003" if row % 2 else f"g{rng.integers(60):04}",
                anticipated=40,
                attended=bool(rng.random() < 0.9),
                tiring=None if row % 6 else float(rng.random()),
            )
            for _ in range(4)
        )
        pace = dataclasses.replace(
            members[row].pace,
            recent=attempts,
            weekly_distress=float(rng.integers(50, 90)),
            weekly_cap=2,
        )
        declined = frozenset(f"e{each:05}" for each in rng.integers(400, size=5))
        members[row] = dataclasses.replace(members[row], pace=pace, declined=declined)
    return members


def both(settings: MatchingSettings, seed: int) -> list[tuple[Shortlist, Shortlist]]:
    return pairs(people(120, seed), town.events(400, seed=seed, groups=60), settings)


def pairs(
    members: list[MemberInput], events: list[EventInput], settings: MatchingSettings
) -> list[tuple[Shortlist, Shortlist]]:
    """Return each member's shortlist by the fused pass and by plain arrays."""
    table = tabulate(events, fair_showings=settings.fair_showings)
    taste = taste_of(table, settings)
    learned, now = taste.affinity(members), NOW.timestamp()
    fast = shortlists(members, table, settings=settings, now=now, learned=learned, groups=taste.of_event)
    plain = [
        shortlist(member, table, settings=settings, now=now, learned=row[taste.of_event])
        for member, row in zip(members, learned, strict=True)
    ]
    return list(zip(fast, plain, strict=True))


def assert_same(fast: Shortlist, plain: Shortlist, settings: MatchingSettings) -> int:
    """Compare all there is in two shortlists; return how many events that were."""
    assert fast.excluded == plain.excluded
    assert fast.possible == plain.possible
    assert fast.visited == plain.visited
    for role in (Role.RIGHT_SIZED, Role.GENTLER):
        one, other = fast.roles[role], plain.roles[role]
        order = [other.ranking.events.tolist().index(column) for column in one.ranking.events]
        assert_allclose(one.ranking.scores, other.ranking.scores, atol=1e-6)
        assert_allclose(one.ranking.scores, other.ranking.scores[order], atol=1e-6)
        assert_allclose(one.overwhelm, other.overwhelm[order], atol=1e-6)
        assert_allclose(one.suds, other.suds[order], atol=1e-4)
        weights = np.array([[1 if settings.weights()[part] else 0] for part in PARTS])
        assert_allclose(one.parts * weights, other.parts[:, order] * weights, atol=2e-5)
    return sum(len(each.ranking.events) for each in fast.roles.values())


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_fused_pass_is_the_plain_one_to_a_millionth(name: str, seed: int) -> None:
    compared = sum(assert_same(fast, plain, CASES[name]) for fast, plain in both(CASES[name], seed))

    assert compared > 500


SETTINGS = st.builds(
    MatchingSettings,
    diversity=st.just(0.0),
    shortlist=st.integers(3, 100),
    novelty=st.sampled_from([0.0, 0.25, 1.0]),
    ceiling=st.floats(40, 85),
    ceiling_probability=st.floats(0.01, 0.2),
    least_energy=st.integers(1, 2),
    right_sized_floor=st.floats(0, 0.9),
    right_sized_width=st.floats(5, 40),
    gentler_by=st.floats(5, 40),
    horizon=st.integers(1, 90),
    ladder_weight=st.floats(0.05, 1),
)


def towns() -> st.SearchStrategy[tuple[list[MemberInput], list[EventInput]]]:
    """Return towns of any size, empty ones too, with alike dates and people of whom nothing is known."""
    return st.builds(
        _town,
        seed=st.integers(0, 10_000),
        people_count=st.integers(0, 12),
        event_count=st.integers(0, 40),
        dates=st.integers(1, 4),
        unknown=st.integers(0, 12),
    )


def _town(
    *, seed: int, people_count: int, event_count: int, dates: int, unknown: int
) -> tuple[list[MemberInput], list[EventInput]]:
    once = town.events(event_count, seed=seed, groups=8)
    weekly = [
        dataclasses.replace(
            each,
            id=f"{each.id}-{date}",
            starts_at=each.starts_at + timedelta(weeks=date),
            ends_at=each.ends_at + timedelta(weeks=date),
        )
        for each in once
        for date in range(dates)
    ]
    members = people(people_count, seed)
    for row, member in enumerate(members[:unknown]):
        plain = town.member(id=member.id, state=comfort.start(()))
        members[row] = plain if row % 2 else dataclasses.replace(member, comfort=plain.comfort)
    return members, weekly


@pytest.mark.requirement("R06")
@settings(max_examples=40, deadline=None)
@given(town=towns(), settings=SETTINGS)
def test_any_town_is_matched_as_by_plain_arrays_and_never_above_a_ceiling(
    town: tuple[list[MemberInput], list[EventInput]], settings: MatchingSettings
) -> None:
    for fast, plain in pairs(*town, settings):
        assert_same(fast, plain, settings)
        allowed = min(fast.member.pace.risk_now, settings.ceiling_probability)
        for ranked in fast.roles.values():
            assert (ranked.overwhelm <= allowed + 1e-7).all()


def test_alike_dates_are_all_listed_the_first_one_first() -> None:
    members = [town.member(id=f"m{n}") for n in range(3)]
    starts = [NOW + timedelta(days=2, weeks=week) for week in range(4)]
    events = [town.event(id=f"e{week}", event="e", starts_at=at) for week, at in enumerate(starts)]
    for fast, plain in pairs(members, events, MatchingSettings(diversity=0)):
        listed = fast.roles[Role.RIGHT_SIZED].ranking.events.tolist()

        assert listed == plain.roles[Role.RIGHT_SIZED].ranking.events.tolist() == list(range(4))


@pytest.mark.requirement("R06")
def test_a_large_run_proposes_what_small_runs_would(monkeypatch: pytest.MonkeyPatch) -> None:
    members, events = people(150, 7), town.events(300, seed=7, groups=60)
    large = match(members, events, settings=MatchingSettings(), now=NOW, seed=3)
    monkeypatch.setattr(pipeline, "MANY", 1000)
    small = match(members, events, settings=MatchingSettings(), now=NOW, seed=3)

    for one, other in zip(large, small, strict=True):
        assert [each.event for each in one.proposals] == [each.event for each in other.proposals]
        assert [each.reasons for each in one.proposals] == [each.reasons for each in other.proposals]
        assert one.excluded == other.excluded


def test_nobody_and_nothing_are_matched_without_complaint() -> None:
    members = [town.member(id=f"m{n}") for n in range(70)]

    for result in match(members, [], settings=MatchingSettings(), now=NOW, seed=1):
        assert result.preparation
    assert match([], town.events(5), settings=MatchingSettings(), now=NOW, seed=1) == []


def test_warming_up_leaves_the_pass_compiled() -> None:
    fused.warm()

    assert fused._run.signatures


def test_what_is_compiled_together_is_compiled_anew_when_any_of_it_changes() -> None:
    compiled = {
        path.name
        for path in Path(fused.__file__).parent.glob("*.py")
        if "from numba import" in path.read_text()
    }

    assert compiled - {"fused.py", "circle_bound.py"} <= set(fused._COMPILED)
    assert {"gathering.py", "inputs.py"} <= set(fused._COMPILED)  # constants are compiled in


def test_every_reason_for_an_exclusion_is_compared() -> None:
    reasons = {reason for fast, _plain in both(MatchingSettings(), 1) for reason in fast.excluded}

    assert reasons == set(Exclusion)
