"""Reflections: once an outing, short, sealed; what was hard is met with kindness first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import outings, reflections, rsvps
from domain.errors import Conflict, Invalid, NotFound
from domain.models import Occurrence, Reflection, RsvpStatus
from domain.reflections import AlreadyReflected, MeetAgain, ReflectionBody, SafetyBehaviour, SmallWin
from tests.conftest import NOW
from tests.domain.outing_rows import a_member, an_occurrence, recorded

FULL = ReflectionBody(
    attended=True,
    predicted=70,
    peak=45,
    end=20,
    easy="The walking",
    challenging="The first minutes",
    adjust="Come a little later",
    safety_behaviours=(SafetyBehaviour.ON_PHONE,),
    left_early=True,
    small_wins=(SmallWin.LONGER_TALK,),
    own_win="I asked a question",
    meet_again=MeetAgain.MAYBE,
)


def been(
    session: Session, name: str = "ann", *, days: int = 0, expected: int | None = None
) -> tuple[str, Occurrence]:
    ann, place = a_member(session, name).id, an_occurrence(session, days=days)
    rsvps.respond(session, member=ann, occurrence=place.id, status=RsvpStatus.YES, now=NOW, expected=expected)
    return ann, place


def record(session: Session, member: str, place: Occurrence, body: ReflectionBody) -> Reflection:
    return reflections.record(session, member=member, occurrence=place.id, reflection=body, now=place.ends_at)


@pytest.mark.requirement("R83", "R33")
def test_what_was_said_is_read_back_and_sealed_and_the_event_carries_ids_alone(session: Session) -> None:
    ann, place = been(session)
    kept = record(session, ann, place, FULL)
    assert reflections.read(session, kept) == FULL
    assert b"walking" not in kept.sealed
    (message,) = recorded(session, "reflection_recorded")
    assert message.body == {"member": ann, "reflection": kept.id}
    answer = rsvps.answer_to(session, member=ann, occurrence=place.id)
    assert answer is not None
    assert answer.attended is True


@pytest.mark.requirement("R28")
def test_what_was_expected_beforehand_is_not_asked_twice(session: Session) -> None:
    ann, place = been(session, expected=65)
    kept = record(session, ann, place, ReflectionBody(attended=True, peak=40))
    assert reflections.read(session, kept).surprise == 25


@pytest.mark.requirement("R27")
def test_a_second_one_for_the_same_outing_is_gently_closed(session: Session) -> None:
    ann, place = been(session)
    record(session, ann, place, FULL)
    with pytest.raises(AlreadyReflected, match="rest"):
        record(session, ann, place, FULL)
    assert len(recorded(session, "reflection_recorded")) == 1


def test_the_table_holds_one_reflection_an_outing(session: Session) -> None:
    ann, place = been(session)
    record(session, ann, place, FULL)
    session.add(Reflection(member=ann, occurrence=place.id, created_at=NOW, sealed=b""))
    with pytest.raises(IntegrityError):
        session.flush()


def test_only_an_outing_said_yes_to_and_begun_is_looked_back_on(session: Session) -> None:
    ann, place = been(session)
    with pytest.raises(Conflict):
        reflections.record(session, member=ann, occurrence=place.id, reflection=FULL, now=NOW)
    with pytest.raises(NotFound):
        record(session, a_member(session, "bob").id, place, FULL)
    rsvps.respond(session, member=ann, occurrence=place.id, status=RsvpStatus.NO, now=NOW)
    with pytest.raises(NotFound):
        record(session, ann, place, FULL)


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"attended": True, "peak": 101}, "peak"),
        ({"attended": True, "predicted": -1}, "predicted"),
        ({"attended": True, "peak": 30, "end": 40}, "end"),
        ({"attended": False, "peak": 30}, "attended"),
    ],
)
def test_numbers_that_cannot_be_are_refused_with_their_field(facts: dict[str, Any], field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        ReflectionBody(**facts)
    assert set(refusal.value.problems) == {field}


@pytest.mark.requirement("R35")
def test_not_having_gone_is_recorded_without_a_mark(session: Session) -> None:
    ann, place = been(session)
    kept = record(session, ann, place, ReflectionBody(attended=False, adjust="A shorter one"))
    assert reflections.read(session, kept).hard is False


@pytest.mark.requirement("R39")
@pytest.mark.parametrize(
    ("facts", "hard"),
    [
        ({"peak": 85, "end": 20}, True),
        ({"predicted": 30, "peak": 62, "end": 20}, True),
        ({"peak": 70, "end": 65}, True),
        ({"predicted": 80, "peak": 70, "end": 30}, False),
        ({"predicted": 0, "peak": 35}, False),
        ({}, False),
    ],
)
def test_what_was_hard_follows_the_ladder_s_own_rule(facts: dict[str, Any], hard: bool) -> None:
    assert ReflectionBody(attended=True, **facts).hard is hard


@pytest.mark.requirement("R63")
def test_evidence_is_what_went_better_than_expected_or_brought_a_small_win(session: Session) -> None:
    bodies = [
        ReflectionBody(attended=True, predicted=70, peak=45),
        ReflectionBody(attended=True, predicted=40, peak=45),
        ReflectionBody(attended=True, own_win="I said hello"),
        ReflectionBody(attended=False),
    ]
    ann = a_member(session, weekly_cap=7).id
    for days, body in enumerate(bodies):
        place = an_occurrence(session, days=7 * days)
        rsvps.respond(session, member=ann, occurrence=place.id, status=RsvpStatus.YES, now=NOW)
        record(session, ann, place, body)
    assert [each.body for each in reflections.evidence(session, member=ann)] == [bodies[2], bodies[0]]
    assert len(reflections.recollect(session, member=ann)) == 4


def test_outings_are_ahead_then_wait_for_a_word_then_are_past(session: Session) -> None:
    ann, place = been(session)
    after = place.ends_at + timedelta(hours=1)
    assert [each.going for each in outings.upcoming(session, member=ann, now=NOW)] == [True]
    assert outings.awaiting(session, member=ann, now=NOW) == []
    assert outings.upcoming(session, member=ann, now=after) == []
    (waiting,) = outings.awaiting(session, member=ann, now=after)
    assert (waiting.event.title, waiting.reflected) == ("Evening walk", False)
    record(session, ann, place, FULL)
    assert outings.awaiting(session, member=ann, now=after) == []
    assert [each.reflected for each in outings.past(session, member=ann, now=after)] == [True]


def test_another_member_s_outing_and_reflection_are_not_there(session: Session) -> None:
    ann, place = been(session)
    kept, bob = record(session, ann, place, FULL), a_member(session, "bob").id
    answer = rsvps.answer_to(session, member=ann, occurrence=place.id)
    assert answer is not None
    with pytest.raises(NotFound):
        outings.one(session, member=bob, rsvp=answer.id)
    with pytest.raises(NotFound):
        reflections.own(session, member=bob, reflection=kept.id)
    assert reflections.own(session, member=ann, reflection=kept.id) is kept
    assert list(session.scalars(select(Reflection.member))) == [ann]
