"""The fused pass gives what the plain arrays give."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.testing import assert_allclose

from matching import fused, pipeline
from matching.candidates import Exclusion
from matching.features import tabulate
from matching.inputs import MemberInput
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
    members = people(120, seed)
    table = tabulate(town.events(400, seed=seed, groups=60), fair_showings=settings.fair_showings)
    taste = taste_of(table, settings)
    learned, now = taste.affinity(members), NOW.timestamp()
    fast = shortlists(members, table, settings=settings, now=now, learned=learned, groups=taste.of_event)
    plain = [
        shortlist(member, table, settings=settings, now=now, learned=row[taste.of_event])
        for member, row in zip(members, learned, strict=True)
    ]
    return list(zip(fast, plain, strict=True))


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("seed", [1, 2])
def test_the_fused_pass_is_the_plain_one_to_a_millionth(name: str, seed: int) -> None:
    compared = 0
    for fast, plain in both(CASES[name], seed):
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
            weights = np.array([[1 if CASES[name].weights()[part] else 0] for part in PARTS])
            assert_allclose(one.parts * weights, other.parts[:, order] * weights, atol=2e-5)
            compared += len(one.ranking.events)

    assert compared > 500


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


def test_every_reason_for_an_exclusion_is_compared() -> None:
    reasons = {reason for fast, _plain in both(MatchingSettings(), 1) for reason in fast.excluded}

    assert reasons == set(Exclusion)
