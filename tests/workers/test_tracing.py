"""The trail: a point after the first answers and after each outing learnt from, deleted with the consent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from domain import events, members, reflections, rsvps, trails
from domain.database import Sessions, writing
from domain.models import Member, RsvpStatus
from domain.reflections import ReflectionBody
from matching.comfort import anticipate, start
from matching.situations import QUESTIONS
from tests.conftest import NOW
from tests.workers.people import add_event, add_group, add_member, first_occurrence
from workers.jobs import comfort
from workers.runtime import Runtime
from workers.tracing import point_of


def test_a_point_holds_what_is_anticipated_for_each_asked_kind() -> None:
    state = start([20, None, 50, 60, 90, 95])
    point = point_of(state.comfort, at=NOW)
    assert set(point.kinds) == {question.id for question in QUESTIONS}
    for question in QUESTIONS:
        found, span = anticipate(state.comfort, question.situation), point.kinds[question.id]
        assert (span.low, span.suds, span.high) == (found.low, found.suds, found.high)
    mean = sum(span.suds for span in point.kinds.values()) / len(QUESTIONS)
    assert point.index == pytest.approx(mean)


@pytest.mark.requirement("R29")
def test_answers_and_outings_each_leave_a_point_and_taking_the_yes_back_deletes_them(
    sessions: Sessions, runtime: Runtime
) -> None:
    with writing(sessions) as session:
        ann = add_member(session)
        members.answer_comfort(session, member=ann, answers={"coffee": 60}, now=NOW)
        member = ann.id
    started = [events.ComfortAnswered(member=member)]
    plan = comfort.START.prepare(runtime, started)
    with writing(sessions) as session:
        comfort.START.apply(session, plan, started, NOW)
        fact = been(session, member)
    lesson = comfort.LEARN.prepare(runtime, [fact])
    with writing(sessions) as session:
        comfort.LEARN.apply(session, lesson, [fact], NOW)
    with writing(sessions) as session:
        first, second = trails.read(session, member=member)
        assert second.index < first.index
        members.withdraw_comfort(session, member=session.get_one(Member, member), now=NOW)
        assert trails.read(session, member=member) == ()


def been(session: Session, member: str) -> events.ReflectionRecorded:
    place = first_occurrence(session, add_event(session, add_group(session)))
    rsvps.respond(session, member=member, occurrence=place.id, status=RsvpStatus.YES, now=NOW)
    body = ReflectionBody(attended=True, predicted=60, peak=15)
    row = reflections.record(
        session, member=member, occurrence=place.id, reflection=body, now=place.ends_at + timedelta(hours=1)
    )
    return events.ReflectionRecorded(member=member, reflection=row.id)
