from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching import comfort, ladder
from matching.inputs import Planned
from matching.ladder import Attempt, Candidate, Decision, Pace, Reason, Standing
from matching.situations import situation
from tests import strategies

NOW = datetime(2026, 6, 3, 18, tzinfo=UTC)
WALK = situation(group_size=0.4, unfamiliar=1, in_person=1)
UNSURE = Standing(kind="walk", anticipated=45, calm=0.4, risk=0.03)
SURE = replace(UNSURE, anticipated=20, calm=0.85)
NEXT = Standing(kind="games", anticipated=50, calm=0.2, risk=0.06)


def attempt(peak: float | None, *, kind: str = "walk", index: float = 50, attended: bool = True) -> Attempt:
    return Attempt(situation=WALK, kind=kind, anticipated=45, peak=peak, attended=attended, index=index)


def after(*attempts: Attempt, pace: Pace | None = None) -> Pace:
    return replace(pace or Pace(), recent=attempts)


@pytest.mark.requirement("R08")
@pytest.mark.parametrize(
    ("history", "rung", "reason"),
    [
        ((), UNSURE, Reason.NOT_SETTLED),
        ((attempt(30),), UNSURE, Reason.NOT_SETTLED),
        ((attempt(40), attempt(40)), UNSURE, Reason.TWO_CALM),
        ((attempt(40), attempt(41)), UNSURE, Reason.NOT_SETTLED),
        ((attempt(41), attempt(30), attempt(30)), UNSURE, Reason.TWO_CALM),
        ((attempt(30), attempt(30, kind="games")), UNSURE, Reason.NOT_SETTLED),
        ((attempt(30), attempt(70, kind="games"), attempt(30)), UNSURE, Reason.TWO_CALM),
        ((attempt(30), attempt(None), attempt(30)), UNSURE, Reason.NOT_SETTLED),
        ((attempt(30), attempt(None, attended=False), attempt(30)), UNSURE, Reason.TWO_CALM),
        ((attempt(30), replace(attempt(30), safety_behaviours=("phone",))), UNSURE, Reason.NOT_SETTLED),
        ((attempt(30), replace(attempt(30), left_early=True)), UNSURE, Reason.NOT_SETTLED),
        ((attempt(60),) * 12, UNSURE, Reason.NOT_SETTLED),
        ((), SURE, Reason.CALM_SURE),
    ],
)
def test_a_rung_is_settled_by_comfort_alone(
    history: tuple[Attempt, ...], rung: Standing, reason: Reason
) -> None:
    found = ladder.settled(after(*history), rung)
    assert found.reason is reason
    assert found.allowed is (reason is not Reason.NOT_SETTLED)
    assert found.numbers["anticipated"] == rung.anticipated


def test_calm_attempts_are_counted_from_the_last() -> None:
    found = ladder.settled(after(attempt(70), attempt(30)), UNSURE)
    assert found.numbers["calm_in_a_row"] == 1


@pytest.mark.requirement("R08", "R84")
def test_advancing_needs_comfort_evidence() -> None:
    assert ladder.advance(Pace(), UNSURE, NEXT, now=NOW).reason is Reason.NOT_SETTLED
    ready = ladder.advance(after(attempt(30), attempt(35)), UNSURE, NEXT, now=NOW)
    assert (ready.allowed, ready.reason) == (True, Reason.READY)
    assert ready.numbers["next_anticipated"] == 50
    assert ready.numbers["calm_in_a_row"] == 2


@pytest.mark.requirement("R36")
def test_a_second_raise_within_a_week_is_held_back_with_its_reason() -> None:
    pace = ladder.accept_raise(Pace(), now=NOW)
    found = ladder.advance(pace, SURE, NEXT, now=NOW + timedelta(days=5))
    assert (found.allowed, found.reason) == (False, Reason.RAISED_THIS_WEEK)
    assert found.numbers["days"] == pytest.approx(2)
    assert ladder.advance(pace, SURE, NEXT, now=NOW + timedelta(days=7)).allowed


@pytest.mark.requirement("R06")
def test_no_rung_above_the_ceiling_is_proposed() -> None:
    found = ladder.advance(Pace(risk=0.05), SURE, NEXT, now=NOW)
    assert (found.allowed, found.reason) == (False, Reason.ABOVE_CEILING)


def test_nothing_rises_while_a_set_back_is_held_or_support_is_suggested() -> None:
    held = ladder.advance(replace(Pace(), holding=2), SURE, NEXT, now=NOW)
    assert (held.allowed, held.reason) == (False, Reason.HELD_AFTER_SET_BACK)
    support = Decision(allowed=True, reason=Reason.OVERWHELMED_TWICE)
    paused = ladder.advance(Pace(), SURE, NEXT, now=NOW, support=support)
    assert (paused.allowed, paused.reason) == (False, Reason.SUPPORT_FIRST)


@pytest.mark.requirement("R97")
def test_the_top_rung_leads_to_maintenance() -> None:
    found = ladder.advance(Pace(), SURE, None, now=NOW)
    assert (found.allowed, found.reason) == (True, Reason.MAINTENANCE)


@given(strategies.paces(), st.lists(strategies.attempts(), max_size=12), st.floats(0, 0.79))
def test_without_calm_nothing_advances(pace: Pace, history: list[Attempt], calm: float) -> None:
    restless = tuple(replace(each, kind="walk") for each in history if not each.calm)
    found = ladder.advance(after(*restless, pace=pace), replace(UNSURE, calm=calm), NEXT, now=NOW)
    assert not found.allowed


def test_a_plateau_is_six_attempts_without_a_point_of_movement() -> None:
    flat = [attempt(50, index=50 - 0.1 * k) for k in range(7)]
    assert ladder.plateau(after(*flat))
    assert not ladder.plateau(after(*flat[:6]))
    moving = [attempt(50, index=50 - 0.2 * k) for k in range(7)]
    assert not ladder.plateau(after(*moving))
    missed = [replace(each, attended=False, peak=None) for each in flat]
    assert not ladder.plateau(after(*missed))


def test_twice_overwhelmed_in_five_suggests_somebody_to_talk_to() -> None:
    twice = [attempt(85), attempt(30), attempt(30), attempt(30), attempt(80)]
    found = ladder.signpost(after(*twice), index=50, index_sd=5)
    assert found is not None
    assert (found.reason, found.numbers) == (Reason.OVERWHELMED_TWICE, {"times": 2})
    assert ladder.signpost(after(*twice, attempt(30)), index=50, index_sd=5) is None


def test_comfort_that_gets_worse_beyond_doubt_does_too() -> None:
    pace = after(replace(attempt(50, index=40), index_sd=3))
    worse = ladder.signpost(pace, index=47, index_sd=4)
    assert worse is not None
    assert worse.reason is Reason.GETTING_HARDER
    assert ladder.signpost(pace, index=46, index_sd=4) is None
    assert ladder.signpost(replace(pace, recent=()), index=90, index_sd=1) is None


def test_ten_hard_attempts_without_movement_do_too() -> None:
    hard = after(*[attempt(56, index=50) for _ in range(10)])
    found = ladder.signpost(hard, index=49.5, index_sd=2)
    assert found is not None
    assert (found.reason, found.numbers["peak"]) == (Reason.HARD_PLATEAU, 56)
    assert ladder.signpost(after(*hard.recent[1:]), index=49.5, index_sd=2) is None
    easy = after(*[attempt(50, index=50) for _ in range(10)])
    assert ladder.signpost(easy, index=49.5, index_sd=2) is None


def test_the_signpost_is_reached_from_the_state() -> None:
    state = comfort.start([40] * 6)
    assert comfort.signpost(state) is None
    for _ in range(2):
        state = comfort.learn(state, WALK, predicted=50, peak=90, attended=True)
    found = comfort.signpost(state)
    assert found is not None
    assert found.reason is Reason.OVERWHELMED_TWICE


def test_standing_is_what_the_model_anticipates() -> None:
    state = comfort.start([40] * 6)
    found = comfort.standing(state, Candidate(id="x", situation=WALK, kind="walk"))
    anticipated = comfort.anticipate(state.comfort, WALK)
    assert found.kind == "walk"
    assert found.anticipated == anticipated.suds
    assert found.calm == pytest.approx(1 - anticipated.risk_above(40))
    assert found.risk == pytest.approx(anticipated.risk_above(75))


@pytest.mark.requirement("R16")
def test_a_second_outing_a_week_is_offered_after_four_calm_ones() -> None:
    calm = after(*[attempt(40)] * 4)
    assert ladder.second_outing(calm).reason is Reason.FOUR_CALM
    assert not ladder.second_outing(after(*[attempt(40)] * 3)).allowed
    assert not ladder.second_outing(after(*[attempt(41)] * 4)).allowed
    assert not ladder.second_outing(replace(calm, weekly_cap=2)).allowed
    assert not ladder.second_outing(replace(calm, holding=1)).allowed


def outing(name: str, starts: datetime, anticipated: float = 40, hours: float = 2) -> Planned:
    return Planned(
        occurrence=name, starts_at=starts, ends_at=starts + timedelta(hours=hours), anticipated=anticipated
    )


@pytest.mark.requirement("R16")
def test_over_commitment_is_named_with_its_numbers() -> None:
    monday = datetime(2026, 6, 1, 18, tzinfo=UTC)
    planned = [outing("a", monday, 60)]
    found = ladder.overcommitted(Pace(), planned, outing("b", monday + timedelta(days=1), 60))
    assert {each.reason: dict(each.numbers) for each in found} == {
        Reason.WEEKLY_CAP: {"planned": 1, "cap": 1},
        Reason.REST_GAP: {"hours": 22, "rest": 48},
        Reason.WEEKLY_DISTRESS: {"points": 120, "most": 110},
    }
    assert not any(each.allowed for each in found)


@pytest.mark.requirement("R16")
def test_what_fits_is_not_held_back() -> None:
    monday = datetime(2026, 6, 1, 18, tzinfo=UTC)
    planned = [outing("a", monday, 50)]
    assert ladder.overcommitted(Pace(), planned, outing("b", monday + timedelta(days=7), 90)) == ()
    assert (
        ladder.overcommitted(Pace(weekly_cap=2), planned, outing("b", monday + timedelta(days=3), 60)) == ()
    )
    assert ladder.overcommitted(Pace(), planned, planned[0]) == ()
    assert ladder.overcommitted(Pace(), [], outing("a", monday)) == ()


def test_rest_counts_across_the_end_of_a_week() -> None:
    sunday = datetime(2026, 6, 7, 18, tzinfo=UTC)
    found = ladder.overcommitted(Pace(), [outing("a", sunday)], outing("b", sunday + timedelta(days=1)))
    assert [each.reason for each in found] == [Reason.REST_GAP]


def test_a_week_begins_on_the_members_own_monday() -> None:
    """Sunday 23:30 in London is Monday in Tokyo."""
    late = datetime(2026, 6, 7, 22, 30, tzinfo=UTC)
    planned = [outing("a", datetime(2026, 6, 3, 10, tzinfo=UTC))]
    at_home = ladder.overcommitted(Pace(), planned, outing("b", late), zone=ZoneInfo("Europe/London"))
    assert [each.reason for each in at_home] == [Reason.WEEKLY_CAP]
    assert ladder.overcommitted(Pace(), planned, outing("b", late), zone=ZoneInfo("Asia/Tokyo")) == ()


@given(
    st.integers(0, 2),
    st.lists(st.tuples(st.integers(0, 300), st.floats(0, 100)), max_size=5),
    st.integers(0, 300),
)
def test_more_plans_never_make_room(cap: int, plans: list[tuple[int, float]], when: int) -> None:
    start = datetime(2026, 6, 1, tzinfo=UTC)
    planned = [outing(str(k), start + timedelta(hours=hour), suds) for k, (hour, suds) in enumerate(plans)]
    one, pace = outing("one", start + timedelta(hours=when)), Pace(weekly_cap=cap)
    few = {each.reason for each in ladder.overcommitted(pace, planned[:2], one)}
    many = {each.reason for each in ladder.overcommitted(pace, planned, one)}
    assert few <= many
