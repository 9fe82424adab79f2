from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matching import ladder
from matching.ladder import Attempt, Pace, Stride, Verdict
from matching.pace import TARGETS
from matching.situations import LadderError, situation
from tests import strategies

WALK = situation(group_size=0.4, unfamiliar=1, in_person=1)


def attempt(
    peak: float | None = 30, *, predicted: float | None = None, anticipated: float = 40, attended: bool = True
) -> Attempt:
    return Attempt(
        situation=WALK,
        anticipated=anticipated,
        predicted=predicted,
        peak=peak if attended else None,
        attended=attended,
    )


NO_SHOW = attempt(attended=False)


@pytest.mark.parametrize(
    ("one", "means"),
    [
        (attempt(80), Verdict.SET_BACK),
        (attempt(79, predicted=60), Verdict.NEUTRAL),
        (attempt(70, predicted=40), Verdict.SET_BACK),
        (attempt(69, predicted=40), Verdict.NEUTRAL),
        (attempt(70, anticipated=40), Verdict.SET_BACK),
        (attempt(40, predicted=0), Verdict.GOOD),
        (attempt(60, predicted=40), Verdict.GOOD),
        (attempt(75, predicted=75), Verdict.GOOD),
        (attempt(None), Verdict.NEUTRAL),
        (NO_SHOW, Verdict.NO_SHOW),
        (replace(attempt(65, predicted=60), end=60), Verdict.SET_BACK),
        (replace(attempt(65, predicted=60), end=59), Verdict.NEUTRAL),
        (replace(attempt(62, predicted=60), left_early=True), Verdict.SET_BACK),
        (replace(attempt(35, predicted=60), left_early=True), Verdict.GOOD),
    ],
)
def test_verdicts(one: Attempt, means: Verdict) -> None:
    assert ladder.verdict(one) is means


@pytest.mark.requirement("R64")
def test_a_set_back_lowers_the_target_and_halves_the_risk_for_two_attempts() -> None:
    after = ladder.record(Pace(weekly_cap=2), attempt(85))
    assert (after.target, after.risk_now, after.weekly_cap, after.holding) == (37, 0.05, 1, 2)
    once = ladder.record(after, attempt(30))
    assert (once.target, once.holding, once.risk_now) == (37, 1, 0.05)
    twice = ladder.record(once, attempt(30))
    assert (twice.target, twice.holding, twice.risk_now) == (37, 0, 0.10)
    recovered = [43, 49, 52, 52]
    for target in recovered:
        twice = ladder.record(twice, attempt(30))
        assert twice.target == target


def test_the_target_never_falls_under_the_lowest() -> None:
    pace = Pace()
    for _ in range(5):
        pace = ladder.record(pace, attempt(90))
    assert pace.target == 32


def test_an_attempt_without_a_report_ends_no_hold() -> None:
    held = ladder.record(Pace(), attempt(85))
    assert ladder.record(held, attempt(None)).holding == 2
    assert ladder.record(held, NO_SHOW).holding == 2


def test_every_second_no_show_in_a_row_makes_the_target_smaller() -> None:
    pace, seen = Pace(weekly_cap=2), []
    for _ in range(4):
        pace = ladder.record(pace, NO_SHOW)
        seen.append((pace.target, pace.weekly_cap, ladder.asks_check_in(pace)))
    assert seen == [(52, 2, False), (44, 1, False), (44, 1, True), (36, 1, True)]
    assert not ladder.asks_check_in(ladder.record(pace, attempt(30)))


@pytest.mark.requirement("R35")
def test_leaving_early_while_calm_counts_in_full() -> None:
    early = replace(attempt(30), left_early=True)
    assert ladder.record(Pace(), early).target == ladder.record(Pace(), attempt(30)).target


@pytest.mark.requirement("R08", "R14")
@given(strategies.paces(), strategies.attempts(), strategies.suds)
@settings(max_examples=300)
def test_more_distress_never_raises_the_target(pace: Pace, one: Attempt, other: float) -> None:
    if one.peak is None or (one.end is not None and other < one.end):
        return
    low, high = sorted((one, replace(one, peak=other)), key=lambda each: each.peak or 0)
    easier, harder = ladder.record(pace, low), ladder.record(pace, high)
    assert harder.target <= easier.target
    assert harder.risk_now <= easier.risk_now
    assert harder.holding >= easier.holding
    assert harder.weekly_cap <= easier.weekly_cap


@given(strategies.paces(), st.lists(strategies.attempts(), max_size=20))
def test_no_history_leaves_the_bounds_of_the_members_own_choices(pace: Pace, history: list[Attempt]) -> None:
    after = pace
    for one in history:
        after = ladder.record(after, one)
    assert 32 <= after.target <= TARGETS[pace.stride]
    assert (after.limit, after.risk) == (pace.limit, pace.risk)
    assert after.risk_now <= pace.risk
    assert after.weekly_cap <= pace.weekly_cap
    assert len(after.recent) == min(len(history), 12)
    assert after.recent == tuple(history[-12:])


@pytest.mark.requirement("R06")
@given(strategies.paces(), st.floats(1, 100), st.floats(0.001, 1))
def test_nothing_lifts_a_members_own_ceiling(pace: Pace, limit: float, risk: float) -> None:
    tightened = ladder.tighten(pace, limit=limit, risk=risk)
    assert tightened.limit <= pace.limit
    assert tightened.risk <= pace.risk


@pytest.mark.parametrize(
    "wrong", [{"limit": 76}, {"risk": 0.11}, {"risk": 0}, {"weekly_cap": 3}, {"target": 60}, {"target": 31}]
)
def test_a_pace_beyond_its_bounds_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(LadderError):
        Pace(**wrong)  # type: ignore[arg-type]


@pytest.mark.requirement("R01")
def test_the_member_chooses_the_stride() -> None:
    assert ladder.choose_stride(Pace(), Stride.STRETCH).target == 60
    assert ladder.choose_stride(Pace(), Stride.GENTLE).target == 42
    held = ladder.record(Pace(), attempt(85))
    assert ladder.choose_stride(held, Stride.STRETCH).target == held.target


def test_surprise_is_predicted_less_peak() -> None:
    assert ladder.surprise(attempt(45, predicted=70)) == 25
    assert ladder.surprise(attempt(45)) is None
    assert ladder.surprise(NO_SHOW) is None


@given(strategies.paces(), st.lists(strategies.attempts(), max_size=4))
@settings(max_examples=50)
def test_a_pace_comes_back_from_json(pace: Pace, history: list[Attempt]) -> None:
    lived = replace(pace, recent=tuple(history), raised_at=datetime(2026, 6, 1, tzinfo=UTC))
    assert Pace.from_json(json.loads(json.dumps(lived.to_json()))) == lived
    assert Pace.from_json({}) == Pace()


def test_the_light_modules_load_no_numerics() -> None:
    light = [
        "settings",
        "inputs",
        "situations",
        "pace",
        "ladder",
        "advice",
        "easing",
        "rungs",
        "practice",
        "given",
        "draft",
        "stages",
    ]
    code = "; ".join(f"import matching.{name}" for name in light)
    check = "import sys; print(sorted({'numpy', 'scipy', 'sklearn', 'numba'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}; {check}"], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
