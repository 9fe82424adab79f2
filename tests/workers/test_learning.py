"""What one reflection teaches, without rows: settled, next, gentler, or another kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.ladder_records import LadderView, RungBody, RungState, RungView, states
from domain.reflections import ReflectionBody
from matching.comfort import anticipate, start
from matching.inputs import Situation
from matching.pace import Attempt, Pace, State
from matching.situations import situation
from tests.conftest import NOW
from workers.learning import Lesson, Outing, kind_of, learn_from, nearest

ONLINE = situation(group_size=0.5, unfamiliar=0.8, talking=0.2)
WALK = situation(group_size=0.45, unfamiliar=1, duration=0.25, talking=0.2, in_person=1, no_role=0.5)
TALK = situation(group_size=0.8, unfamiliar=0.6, observed=1, talking=1, in_person=1, hard_to_leave=0.9)
CALM = start((15,) * 6)


def ladder(*rungs: tuple[str, Situation], reached: int = 1, settled: int = 0) -> LadderView:
    words = states([(place < settled, place < reached) for place in range(len(rungs))])
    return LadderView(
        id="l",
        rungs=tuple(
            RungView(
                id=name,
                body=RungBody(label=name, situation=felt, kind=name),
                state=state,
                reached=place < reached,
                settled_at=NOW if state is RungState.SETTLED else None,
            )
            for place, ((name, felt), state) in enumerate(zip(rungs, words, strict=True))
        ),
        archived=(),
        changes=(),
        proposal=None,
    )


STEPS = (("online", ONLINE), ("walk", WALK), ("talk", TALK))


def teach(
    state: State,
    body: ReflectionBody,
    *,
    on: LadderView | None,
    at: Situation = WALK,
    outings_a_week: int = 1,
) -> Lesson:
    outing = Outing(occurrence="o", situation=at, starts_at=NOW - timedelta(hours=3), visits=0)
    return learn_from(state, outing, body, ladder=on, outings_a_week=outings_a_week, now=NOW)


def went(peak: int, predicted: int = 40) -> ReflectionBody:
    return ReflectionBody(attended=True, predicted=predicted, peak=peak, end=min(peak, 10))


def kinds(lesson: Lesson) -> list[str]:
    return [str(move.body.kind) for move in lesson.moves]


def test_an_outing_belongs_to_the_rung_it_is_most_like() -> None:
    found = nearest(ladder(*STEPS), situation(group_size=0.4, unfamiliar=1, in_person=1))
    assert found is not None
    assert kind_of(found) == "walk"
    own = replace(found, body=replace(found.body, kind="own"))
    assert kind_of(own) == "own:walk"


def test_without_a_ladder_it_is_learnt_all_the_same() -> None:
    lesson = teach(CALM, went(20), on=None)
    assert kinds(lesson) == ["learnt"]
    assert lesson.state.comfort.attempts == 1


def test_two_calm_outings_settle_the_rung_and_propose_the_next_one() -> None:
    first = teach(CALM, went(5, predicted=20), on=ladder(*STEPS), at=ONLINE)
    second = teach(first.state, went(5, predicted=20), on=ladder(*STEPS), at=ONLINE)
    assert kinds(second) == ["learnt", "settled", "advance"]
    advance = second.moves[-1]
    assert (advance.proposes, advance.body.to, advance.body.reason) == (True, "walk", "ready")
    assert second.moves[1].settles == "online"


@pytest.mark.requirement("R36")
def test_a_second_raise_in_a_week_waits() -> None:
    raised = replace(CALM, pace=Pace(raised_at=NOW - timedelta(days=2)))
    first = teach(raised, went(5, predicted=20), on=ladder(*STEPS), at=ONLINE)
    second = teach(first.state, went(5, predicted=20), on=ladder(*STEPS), at=ONLINE)
    assert kinds(second) == ["learnt", "settled"]
    assert second.moves[0].body.reason == "raised_this_week"


def test_nothing_is_proposed_above_the_ceiling() -> None:
    wary = replace(CALM, pace=Pace(limit=20.0, risk=0.01))
    first = teach(wary, went(5, predicted=20), on=ladder(("online", ONLINE), ("talk", TALK)), at=ONLINE)
    second = teach(
        first.state, went(5, predicted=20), on=ladder(("online", ONLINE), ("talk", TALK)), at=ONLINE
    )
    assert "advance" not in kinds(second)
    assert second.moves[0].body.reason == "above_ceiling"


@pytest.mark.requirement("R39")
def test_a_set_back_proposes_the_rung_below_or_a_smaller_version_of_the_lowest() -> None:
    hard = ReflectionBody(attended=True, predicted=30, peak=90, end=85)
    down = teach(CALM, hard, on=ladder(*STEPS, reached=2, settled=1))
    assert kinds(down) == ["learnt", "step_down"]
    assert (down.moves[1].body.rung, down.moves[1].body.to) == ("walk", "online")
    smaller = teach(CALM, hard, on=ladder(*STEPS[1:]))
    assert kinds(smaller) == ["learnt", "split"]
    new = smaller.moves[1].body.new
    assert new is not None
    assert sum(new.situation.values) < sum(WALK.values)
    assert new.label.startswith("walk")


def test_at_the_top_there_is_only_keeping() -> None:
    top = ladder(("online", ONLINE))
    first = teach(CALM, went(5, predicted=20), on=top, at=ONLINE)
    second = teach(first.state, went(5, predicted=20), on=top, at=ONLINE)
    assert kinds(second) == ["learnt", "settled"]
    assert second.moves[0].body.reason == "maintenance"


def attempts(count: int, peak: float) -> Sequence[Attempt]:
    return [
        Attempt(situation=WALK, kind="walk", anticipated=50, peak=peak, end=10, attended=True, index=40)
        for _ in range(count)
    ]


def test_a_plateau_changes_the_kind_and_not_the_height() -> None:
    stuck = replace(start((50,) * 6), pace=Pace(recent=tuple(attempts(7, 52))))
    stuck = replace(
        stuck, pace=replace(stuck.pace, recent=tuple(replace(a, index=10) for a in stuck.pace.recent))
    )
    lesson = teach(stuck, went(52, predicted=50), on=ladder(*STEPS))
    assert kinds(lesson) == ["learnt", "other_kind"]
    assert lesson.moves[1].body.to in {"walk", "talk"}
    assert not lesson.moves[1].proposes


@pytest.mark.parametrize(("agreed", "cap"), [(1, 1), (2, 2), (7, 2)])
@pytest.mark.requirement("R16")
def test_a_second_outing_a_week_needs_four_calm_ones_and_a_yes(agreed: int, cap: int) -> None:
    calm = replace(CALM, pace=Pace(recent=tuple(attempts(3, 20))))
    assert teach(calm, went(20), on=None, outings_a_week=agreed).state.pace.weekly_cap == cap
    fewer = replace(CALM, pace=Pace(recent=tuple(attempts(2, 20))))
    assert teach(fewer, went(20), on=None, outings_a_week=agreed).state.pace.weekly_cap == 1


def test_not_going_moves_nothing() -> None:
    lesson = teach(CALM, ReflectionBody(attended=False), on=ladder(*STEPS))
    assert kinds(lesson) == ["learnt"]
    assert lesson.moves[0].body.reason == "did_not_go"


@pytest.mark.requirement("R06", "R64")
def test_a_gentler_step_after_a_hard_one_is_under_the_ceiling_too() -> None:
    """Where the rungs below and the smaller version are both too much just now, none is proposed."""
    hard = start((85,) * 6)
    lesson = teach(hard, went(95), on=ladder(*STEPS, reached=2, settled=1))
    for move in lesson.moves:
        place = move.body.new.situation if move.body.new else dict(STEPS).get(move.body.to or "")
        if place is not None:
            assert anticipate(lesson.state, place).risk_above(75) <= lesson.state.pace.risk_now
    assert kinds(teach(start((100,) * 6), went(100), on=ladder(*STEPS, reached=2, settled=1))) == ["learnt"]
    assert kinds(teach(CALM, went(95), on=ladder(*STEPS, reached=2, settled=1))) == ["learnt", "step_down"]


@pytest.mark.requirement("R06")
def test_an_outing_that_was_not_as_described_does_not_change_what_others_look_like() -> None:
    """A talk that was listed as a walk must not make walks look hard, and is a hard evening all the same."""
    believed, doubted = (
        teach(CALM, replace(went(90), otherwise=flag), on=None).state for flag in (False, True)
    )
    before = anticipate(CALM, WALK).suds
    assert anticipate(believed, WALK).suds > before + 3
    assert anticipate(doubted, WALK).suds == before
    assert doubted.comfort.attempts == 1
    assert (doubted.pace.holding, doubted.pace.target) == (2, 37)
    assert len(doubted.pace.recent[-1].situation.assumed) == 15
