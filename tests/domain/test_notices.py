"""Notices: worked out when looked at, from the state alone; nothing about them is stored."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from domain import comforts, ladders, notices, trails
from domain.ladders import RungBody
from domain.models import Base, Member
from domain.notices import Notice
from domain.trails import Point
from matching.advice import Reason
from matching.comfort import start
from matching.ladder import record
from matching.pace import Attempt, Pace
from matching.rungs import KINDS
from matching.situations import situation
from tests.conftest import NOW
from tests.domain.outing_rows import a_member

SOMEWHERE = situation(talking=0.5, in_person=1)


def attempt(**facts: Any) -> Attempt:
    given: dict[str, Any] = {"situation": SOMEWHERE, "anticipated": 40.0, "attended": True}
    return Attempt(**given | facts)


def after(session: Session, *attempts: Attempt, index: float = 50, **pace: Any) -> Member:
    member, now = a_member(session), Pace(**pace)
    for each in attempts:
        now = record(now, each)
    comforts.store(session, member.id, replace(start([50] * 6), pace=now), NOW)
    point = Point(at=NOW, index=index, index_sd=3, kinds={})
    trails.append(session, member=member.id, point=point, now=NOW)
    return member


def said(session: Session, member: Member) -> tuple[str, ...]:
    return tuple(map(str, notices.of(session, member=member)))


def test_most_days_there_is_nothing_to_say(session: Session) -> None:
    assert said(session, a_member(session, "bob")) == ()
    assert said(session, after(session, attempt(peak=50), attempt(peak=45))) == ()


@pytest.mark.requirement("R35")
def test_after_three_missed_outings_there_is_a_friendly_question_and_no_push(session: Session) -> None:
    ann = after(session, *[attempt(attended=False)] * 3)
    assert said(session, ann) == (Notice.CHECK_IN,)


@pytest.mark.requirement("R39", "R64")
def test_a_set_back_is_held(session: Session) -> None:
    assert said(session, after(session, attempt(peak=90))) == (Reason.HELD_AFTER_SET_BACK,)


@pytest.mark.requirement("R64")
def test_recovery_is_said_until_the_target_is_back(session: Session) -> None:
    hard, fair = attempt(peak=90), attempt(peak=45)
    assert said(session, after(session, hard, fair, fair)) == (Notice.RECOVERING,)


@pytest.mark.requirement("R89", "R93")
def test_support_comes_first_and_leaves_no_trace(session: Session) -> None:
    ann = after(session, attempt(peak=90), attempt(peak=90))
    before = {table.name: session.execute(table.select()).all() for table in Base.metadata.sorted_tables}
    assert said(session, ann) == (Reason.OVERWHELMED_TWICE, Reason.HELD_AFTER_SET_BACK)
    session.flush()
    assert before == {
        table.name: session.execute(table.select()).all() for table in Base.metadata.sorted_tables
    }


def test_a_plateau_asks_for_another_kind(session: Session) -> None:
    ann = after(session, *[attempt(peak=50, index=50.0)] * 7)
    assert said(session, ann) == (Notice.PLATEAU,)


@pytest.mark.requirement("R16", "R20")
@pytest.mark.parametrize(("cap", "expected"), [(1, (Reason.FOUR_CALM,)), (2, ())])
def test_a_second_outing_is_offered_after_four_calm_ones_to_whoever_has_one(
    session: Session, cap: int, expected: tuple[Reason, ...]
) -> None:
    ann = after(session, *[attempt(peak=20, index=50.0 - number) for number in range(4)])
    ann.weekly_cap = cap
    assert said(session, ann) == expected


@pytest.mark.requirement("R97")
def test_the_top_leads_to_keeping_it_up(session: Session) -> None:
    ann = a_member(session).id
    body = RungBody(label="Say hello", kind=KINDS[0].id, situation=KINDS[0].situation)
    ladders.draft(session, member=ann, rungs=[body], now=NOW)
    view = ladders.current(session, member=ann)
    assert view is not None
    member = session.get_one(Member, ann)
    assert said(session, member) == ()
    ladders.settle(session, member=ann, rung=view.rungs[0].id, now=NOW)
    assert said(session, member) == (Reason.MAINTENANCE,)
