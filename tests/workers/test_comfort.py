"""From answers to a first ladder, from a reflection to what moves on it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import comforts, events, ladders, members, reflections, runs
from domain.database import Sessions, reading, writing
from domain.events import Lane
from domain.ladder_records import ChangeKind, LadderView
from domain.models import Member, Occurrence, ProposalStatus, Reflection, Rsvp, RsvpStatus
from domain.reflections import Masking, ReflectionBody
from matching.anticipation import anticipate
from matching.features import tabulate
from matching.score import familiarity
from matching.settings import MatchingSettings
from matching.situations import QUESTIONS
from tests.conftest import NOW
from tests.workers.people import add_event, add_group, add_member
from workers.drain import drain_lanes
from workers.jobs import comfort
from workers.jobs.work import work_lane
from workers.loading import load_members
from workers.loading_events import load_events
from workers.runtime import Runtime

CALM = {question.id: 15 for question in QUESTIONS}


def begin(runtime: Runtime, answers: dict[str, int | None] | None = None) -> str:
    """A member who has answered the comfort questions; a worker has made their ladder."""
    with writing(runtime.sessions) as session:
        group = add_group(session)
        for day in (3, 10, 17):
            add_event(session, group, day=day)
        member = add_member(session)
        members.answer_comfort(session, member=member, answers=CALM if answers is None else answers, now=NOW)
        name = member.id
    drain_lanes(runtime)
    return name


def go(sessions: Sessions, member: str, body: ReflectionBody, *, number: int = 0) -> str:
    """The member went to an outing and writes how it was; returns the reflection's id."""
    with writing(sessions) as session:
        place = session.scalars(select(Occurrence).order_by(Occurrence.starts_at)).all()[number]
        place.starts_at, place.ends_at = NOW - timedelta(hours=3 - number), NOW - timedelta(hours=2 - number)
        session.add(Rsvp(occurrence=place.id, member=member, status=RsvpStatus.YES, responded_at=NOW))
        session.flush()
        return reflections.record(
            session, member=member, occurrence=place.id, reflection=body, now=NOW + timedelta(hours=1)
        ).id


def ladder_of(sessions: Sessions, member: str) -> LadderView:
    with reading(sessions) as session:
        found = ladders.current(session, member=member)
        assert found is not None
        return found


@pytest.mark.requirement("R14", "R02")
def test_answers_become_a_state_and_a_ladder(runtime: Runtime) -> None:
    member = begin(runtime)
    ladder = ladder_of(runtime.sessions, member)
    assert 5 <= len(ladder.rungs) <= 10
    assert ladder.now is not None
    assert any("board games" in rung.label for rung in ladder.rungs) or all(
        rung.label for rung in ladder.rungs
    )
    with reading(runtime.sessions) as session:
        state = comforts.load(session, member)
        assert state is not None
        assert state.comfort.attempts == 0
        run = runs.latest(session, member=member)
        assert run is not None
        assert run.status == "finished"


def test_harder_answers_anticipate_more(runtime: Runtime) -> None:
    from matching.comfort import index_of  # noqa: PLC0415

    calm, hard = begin(runtime), {question.id: 85 for question in QUESTIONS}
    with writing(runtime.sessions) as session:
        other = add_member(session, "bob")
        members.answer_comfort(session, member=other, answers=hard, now=NOW)
        name = other.id
    drain_lanes(runtime)
    with reading(runtime.sessions) as session:
        states = comforts.load_many(session, [calm, name])
    assert index_of(states[calm].comfort).suds + 20 < index_of(states[name].comfort).suds


def test_without_consent_nothing_is_learnt(runtime: Runtime) -> None:
    member = begin(runtime)
    reflection = go(runtime.sessions, member, ReflectionBody(attended=True, predicted=40, peak=20, end=10))
    with writing(runtime.sessions) as session:
        members.withdraw_comfort(session, member=session.get_one(Member, member), now=NOW)
    drain_lanes(runtime)
    with reading(runtime.sessions) as session:
        assert comforts.load(session, member) is None
        assert session.get_one(Reflection, reflection).learnt_at is None


def test_a_consent_withdrawn_meanwhile_counts(runtime: Runtime) -> None:
    with writing(runtime.sessions) as session:
        member = add_member(session)
        members.answer_comfort(session, member=member, answers=CALM, now=NOW)
        facts = [events.ComfortAnswered(member=member.id)]
    plan = comfort.START.prepare(runtime, facts)
    assert set(plan) == {facts[0].member}
    with writing(runtime.sessions) as session:
        members.withdraw_comfort(session, member=session.get_one(Member, facts[0].member), now=NOW)
        comfort.START.apply(session, plan, facts, NOW)
        assert comforts.load(session, facts[0].member) is None


@pytest.mark.requirement("R28", "R84")
def test_a_reflection_is_learnt_once_and_says_what_moved(runtime: Runtime) -> None:
    member = begin(runtime, {})
    reflection = go(runtime.sessions, member, ReflectionBody(attended=True, predicted=60, peak=30, end=20))
    assert work_lane(runtime, Lane.MATCHING) >= 2
    ladder = ladder_of(runtime.sessions, member)
    learnt = next(change for change in ladder.changes if change.body.kind is ChangeKind.LEARNT)
    assert learnt.body.reason == "not_settled"
    assert learnt.body.numbers == {"expected": 60, "found": 30}
    assert learnt.reflection == reflection
    with reading(runtime.sessions) as session:
        state = comforts.load(session, member)
        assert state is not None
        assert state.comfort.attempts == 1
        assert session.get_one(Reflection, reflection).learnt_at == NOW
        run = runs.latest(session, member=member)
        assert run is not None
        assert (run.reason, run.status) == ("reflection", "finished")


@pytest.mark.requirement("R08", "R01")
def test_calm_outings_settle_a_rung_and_propose_the_next(runtime: Runtime) -> None:
    member = begin(runtime)
    before = ladder_of(runtime.sessions, member)
    for number in range(2):
        go(
            runtime.sessions,
            member,
            ReflectionBody(attended=True, predicted=20, peak=5, end=5),
            number=number,
        )
        drain_lanes(runtime)
    after = ladder_of(runtime.sessions, member)
    assert before.now is not None
    assert {change.body.kind for change in after.changes} >= {ChangeKind.SETTLED, ChangeKind.ADVANCE}
    settled = [rung.id for rung in after.rungs if rung.settled_at]
    assert settled == [before.now.id]
    assert after.proposal is not None
    assert after.proposal.body.kind is ChangeKind.ADVANCE
    assert after.now is None  # nothing moves up without the member's yes
    with writing(runtime.sessions) as session:
        ladders.accept(session, member=member, change=after.proposal.id, now=NOW)
    moved = ladder_of(runtime.sessions, member)
    assert moved.now is not None
    assert moved.now.id == after.proposal.body.to


@pytest.mark.requirement("R39")
def test_a_set_back_proposes_something_gentler_and_nothing_higher(runtime: Runtime) -> None:
    member = begin(runtime)
    go(
        runtime.sessions,
        member,
        ReflectionBody(attended=True, predicted=30, peak=90, end=80, left_early=True),
    )
    drain_lanes(runtime)
    ladder = ladder_of(runtime.sessions, member)
    assert ladder.proposal is not None
    assert ladder.proposal.body.kind in {ChangeKind.SPLIT, ChangeKind.STEP_DOWN}
    assert ladder.proposal.body.reason == "felt_too_much"
    assert not any(rung.settled_at for rung in ladder.rungs)
    with reading(runtime.sessions) as session:
        state = comforts.load(session, member)
        assert state is not None
        assert state.pace.holding == 2
    with writing(runtime.sessions) as session:
        accepted = ladders.accept(session, member=member, change=ladder.proposal.id, now=NOW)
        assert accepted.proposal == ProposalStatus.ACCEPTED


@pytest.mark.requirement("R79")
@pytest.mark.parametrize(("otherwise", "learnt"), [(False, 1.0), (True, None)])
def test_how_tiring_it_was_to_fit_in_is_learnt_unless_the_outing_was_not_as_listed(
    runtime: Runtime, otherwise: bool, learnt: float | None
) -> None:
    member = begin(runtime)
    body = ReflectionBody(attended=True, peak=30, masking=Masking.VERY, otherwise=otherwise)
    go(runtime.sessions, member, body)
    drain_lanes(runtime)
    with reading(runtime.sessions) as session:
        (told,) = load_members(session, [member], situations={}, now=NOW)
    assert [each.tiring for each in told.pace.recent] == [learnt]


@pytest.mark.requirement("R73")
def test_how_well_a_group_fits_is_worked_out_anew_after_every_meeting(runtime: Runtime) -> None:
    member = begin(runtime)
    seen: list[tuple[float, float]] = []
    searches: set[str] = set()
    for number in range(3):
        with reading(runtime.sessions) as session:
            upcoming = load_events(session, now=NOW, days=28)
            (told,) = load_members(session, [member], situations={}, now=NOW)
            table = tabulate(upcoming, fair_showings=20)
            found = anticipate(told, table, MatchingSettings())
            seen.append((float(familiarity(told, table).max()), float(found.suds.min())))
            latest = runs.latest(session, member=member)
            searches |= {latest.id} if latest is not None and latest.status == "finished" else set()
        if number < 2:
            go(runtime.sessions, member, ReflectionBody(attended=True, peak=40, end=30), number=number)
            drain_lanes(runtime)
    familiar, anticipated = zip(*seen, strict=True)
    assert familiar[0] < familiar[1] < familiar[2], "each meeting makes the group more familiar"
    assert anticipated[0] < anticipated[1] < anticipated[2], "it was harder than thought, and that is learnt"
    assert len(searches) == 3, "ideas are looked for after each"


def test_not_going_costs_nothing_on_the_ladder(runtime: Runtime) -> None:
    member = begin(runtime, {})
    before = ladder_of(runtime.sessions, member)
    go(runtime.sessions, member, ReflectionBody(attended=False))
    drain_lanes(runtime)
    after = ladder_of(runtime.sessions, member)
    assert [rung.id for rung in after.rungs] == [rung.id for rung in before.rungs]
    assert [change.body.reason for change in after.changes] == ["did_not_go"]
    assert after.proposal is None


def test_answering_again_keeps_what_was_learnt_and_an_edited_ladder(runtime: Runtime) -> None:
    member = begin(runtime)
    go(runtime.sessions, member, ReflectionBody(attended=True, predicted=60, peak=30, end=20))
    drain_lanes(runtime)
    kept = ladder_of(runtime.sessions, member)
    with writing(runtime.sessions) as session:
        members.answer_comfort(
            session, member=session.get_one(Member, member), answers={"party": 90}, now=NOW
        )
    drain_lanes(runtime)
    assert ladder_of(runtime.sessions, member).id == kept.id
    with reading(runtime.sessions) as session:
        state = comforts.load(session, member)
        assert state is not None
        assert (state.comfort.attempts, len(state.pace.recent)) == (1, 1)


@pytest.mark.requirement("R06", "R64")
def test_a_step_from_home_is_learnt_from_and_helps_to_end_a_set_back(runtime: Runtime) -> None:
    """Taken twice calmly, it ends what a hard evening held back; the ladder stays as it is."""
    member = begin(runtime)
    go(runtime.sessions, member, ReflectionBody(attended=True, predicted=30, peak=85))
    drain_lanes(runtime)
    before = ladder_of(runtime.sessions, member)
    for held in (1, 0):
        with writing(runtime.sessions) as session:
            reflections.record_practice(session, member=member, practice="look_round", peak=20, now=NOW)
        drain_lanes(runtime)
        with reading(runtime.sessions) as session:
            state = comforts.load(session, member)
            assert state is not None
            assert state.pace.holding == held
            assert state.pace.recent[-1].kind == "look_round"
    after = ladder_of(runtime.sessions, member)
    assert [each.id for each in after.rungs] == [each.id for each in before.rungs]


def test_a_step_from_home_without_a_number_or_of_another_time_breaks_nothing(runtime: Runtime) -> None:
    member = begin(runtime)
    with writing(runtime.sessions) as session:
        for practice in ("known_message", "no_longer_there"):
            reflections.record_practice(session, member=member, practice=practice, peak=None, now=NOW)
    drain_lanes(runtime)
    with reading(runtime.sessions) as session:
        state = comforts.load(session, member)
        assert state is not None
        assert [each.kind for each in state.pace.recent] == ["known_message"]
