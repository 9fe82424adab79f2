"""Taking back the yes about comfort: gone at once, and suggestions go on by interest and place (R20)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from domain import comforts, members, reflections, rsvps, suggestions
from domain.database import reading, writing
from domain.events import Lane
from domain.models import ComfortAnswers, ComfortState, Member, Reflection, RsvpStatus
from domain.reflections import ReflectionBody
from tests.conftest import NOW
from tests.workers.people import add_event, add_group, add_member, first_occurrence
from workers.drain import drain_lanes
from workers.loading import load_members
from workers.runtime import Runtime


@pytest.mark.requirement("R20", "C06")
def test_what_rested_on_it_is_gone_at_once_and_ideas_go_on(runtime: Runtime) -> None:
    with writing(runtime.sessions) as session:
        ann = add_member(session).id
        group = add_group(session)
        been = first_occurrence(session, add_event(session, group))
        add_event(session, group, title="Chess", day=5)
        member = session.get_one(Member, ann)
        members.answer_comfort(session, member=member, answers={"party": 90}, now=NOW)
        rsvps.respond(session, member=ann, occurrence=been.id, status=RsvpStatus.YES, now=NOW)
        body = ReflectionBody(attended=True, left_early=True)
        later = NOW + timedelta(days=4)
        reflections.record(session, member=ann, occurrence=been.id, reflection=body, now=later)
    drain_lanes(runtime, [Lane.MATCHING])
    with reading(runtime.sessions) as session:
        assert comforts.load(session, ann) is not None
        assert session.scalars(select(Reflection.learnt_at)).one() is not None
        assert suggestions.current(session, member=ann)
        (seen,) = load_members(session, [ann], situations={}, now=NOW)
        assert [each.left_early for each in seen.history] == [1]
    with writing(runtime.sessions) as session:
        members.withdraw_comfort(session, member=session.get_one(Member, ann), now=NOW)
        assert session.scalars(select(ComfortAnswers)).all() == []
        assert session.scalars(select(ComfortState)).all() == []
        assert session.scalars(select(Reflection.learnt_at)).one() is None
        assert suggestions.current(session, member=ann) == [], "ideas chosen by it are taken back"
        (seen,) = load_members(session, [ann], situations={}, now=NOW)
        assert all(each.left_early == 0 for each in seen.history)
    drain_lanes(runtime, [Lane.MATCHING])
    with reading(runtime.sessions) as session:
        assert suggestions.current(session, member=ann), "by interest and place"
        assert comforts.load(session, ann) is None
