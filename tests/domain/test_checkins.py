"""Check-ins: offered on their schedule, put off and stopped at will, sealed, told in words alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import checkins, consent
from domain.checkin_answers import (
    LOW,
    Balance,
    Kept,
    LonelinessAnswers,
    Lonely,
    Often,
    SelfAnswers,
    Trend,
    WeekAnswers,
    trend,
)
from domain.errors import Invalid, NotAllowed
from domain.models import CheckIn, CheckInKind, ConsentPurpose, Member
from tests.conftest import NOW
from tests.domain.outing_rows import a_member, recorded

WEEK = timedelta(weeks=1)
MIDDLE = LonelinessAnswers(
    companionship=Often.SOMETIMES, left_out=Often.SOMETIMES, isolated=Often.HARDLY, lonely=Lonely.OCCASIONALLY
)
LONELINESS, OF_WEEK, OF_SELF = CheckInKind.LONELINESS, CheckInKind.WEEK, CheckInKind.SELF


@pytest.fixture
def ann(session: Session) -> Member:
    member = a_member(session)
    consent.give(session, account=member.id, purpose=ConsentPurpose.CHECK_INS, now=NOW)
    return member


@pytest.mark.requirement("R88")
def test_the_four_questions_come_at_weeks_0_6_12_26_and_then_every_13(session: Session, ann: Member) -> None:
    asked, now = [], NOW
    for _ in range(7):
        assert checkins.due(session, member=ann, now=now)[0] is LONELINESS
        asked.append((now - NOW) // WEEK)
        checkins.answer(session, member=ann, kind=LONELINESS, answers=MIDDLE, now=now)
        now = checkins.offers(session, member=ann)[LONELINESS].due_at
        assert LONELINESS not in checkins.due(session, member=ann, now=now - timedelta(seconds=1))
    assert asked == [0, 6, 12, 26, 39, 52, 65]


@pytest.mark.requirement("R88", "R10")
def test_whoever_answers_late_loses_nothing_and_is_not_asked_again_at_once(
    session: Session, ann: Member
) -> None:
    for weeks in (0, 11):
        checkins.answer(session, member=ann, kind=LONELINESS, answers=MIDDLE, now=NOW + weeks * WEEK)
    assert checkins.offers(session, member=ann)[LONELINESS].due_at == NOW + 26 * WEEK
    assert len(checkins.history(session, member=ann.id, kind=LONELINESS)) == 2


@pytest.mark.requirement("R81")
def test_the_week_is_looked_at_weekly_and_can_be_put_off(session: Session, ann: Member) -> None:
    assert OF_WEEK not in checkins.due(session, member=ann, now=NOW)
    now = NOW + WEEK
    assert OF_WEEK in checkins.due(session, member=ann, now=now)
    checkins.snooze(session, member=ann, kind=OF_WEEK, now=now)
    assert OF_WEEK not in checkins.due(session, member=ann, now=now + 6 * timedelta(days=1))
    assert OF_WEEK in checkins.due(session, member=ann, now=now + WEEK)
    checkins.answer(session, member=ann, kind=OF_WEEK, answers=WeekAnswers(good="Tea"), now=now + WEEK)
    assert checkins.offers(session, member=ann)[OF_WEEK].due_at == now + 2 * WEEK


@pytest.mark.requirement("R66")
def test_the_look_at_oneself_comes_after_a_month_and_then_every_eight_weeks(
    session: Session, ann: Member
) -> None:
    assert checkins.offers(session, member=ann)[OF_SELF].due_at == NOW + 4 * WEEK
    checkins.answer(session, member=ann, kind=OF_SELF, answers=SelfAnswers(myself=80), now=NOW + 4 * WEEK)
    assert checkins.offers(session, member=ann)[OF_SELF].due_at == NOW + 12 * WEEK
    (message,) = recorded(session, "self_checked")
    assert set(message.body) == {"member", "check_in"}


@pytest.mark.requirement("R88", "R01")
@pytest.mark.parametrize("kind", list(CheckInKind))
def test_each_kind_is_stopped_and_taken_up_again_at_any_time(
    session: Session, ann: Member, kind: CheckInKind
) -> None:
    later = NOW + 30 * WEEK
    checkins.stop(session, member=ann, kind=kind, now=NOW)
    assert kind not in checkins.due(session, member=ann, now=later)
    checkins.take_up(session, member=ann, kind=kind, now=later)
    assert kind in checkins.due(session, member=ann, now=later)


@pytest.mark.requirement("R20", "R88")
def test_nothing_is_kept_without_a_yes_and_taking_it_back_deletes_the_answers(session: Session) -> None:
    ann = a_member(session)
    with pytest.raises(NotAllowed):
        checkins.answer(session, member=ann, kind=LONELINESS, answers=MIDDLE, now=NOW)
    consent.give(session, account=ann.id, purpose=ConsentPurpose.CHECK_INS, now=NOW)
    checkins.answer(session, member=ann, kind=LONELINESS, answers=MIDDLE, now=NOW)
    checkins.forget(session, member=ann, now=NOW)
    assert session.scalars(select(CheckIn)).all() == []
    assert checkins.due(session, member=ann, now=NOW + 99 * WEEK) == []
    assert not consent.has(session, account=ann.id, purpose=ConsentPurpose.CHECK_INS)


def test_answers_are_sealed_read_back_and_one_s_own(session: Session, ann: Member) -> None:
    bob, said = a_member(session, "bob"), WeekAnswers(good=" Tea ", hard="Rain", next="A walk")
    checkins.answer(session, member=ann, kind=OF_WEEK, answers=said, now=NOW)
    (kept,) = checkins.history(session, member=ann.id, kind=OF_WEEK)
    assert kept.answers == WeekAnswers(good="Tea", hard="Rain", next="A walk")
    assert b"Rain" not in session.scalars(select(CheckIn.sealed)).one()
    assert checkins.history(session, member=bob.id, kind=OF_WEEK) == []
    assert checkins.history(session, member=ann.id, kind=OF_SELF) == []


@pytest.mark.requirement("R81")
def test_a_mail_is_planned_for_the_next_offer_only_where_it_was_asked_for(
    session: Session, ann: Member
) -> None:
    checkins.answer(session, member=ann, kind=OF_WEEK, answers=WeekAnswers(good="Tea"), now=NOW)
    assert recorded(session, "check_in_due") == []
    checkins.remind(session, member=ann, kind=OF_WEEK, by_mail=True, now=NOW)
    checkins.remind(session, member=ann, kind=OF_WEEK, by_mail=True, now=NOW)
    (message,) = recorded(session, "check_in_due")
    assert message.not_before == (NOW + WEEK).timestamp()
    checkins.snooze(session, member=ann, kind=OF_WEEK, now=NOW + WEEK)
    assert [each.not_before for each in recorded(session, "check_in_due")][1:] == [
        (NOW + 2 * WEEK).timestamp()
    ]


def test_no_mail_is_planned_for_what_is_on_the_page_already(session: Session, ann: Member) -> None:
    checkins.remind(session, member=ann, kind=LONELINESS, by_mail=True, now=NOW)
    assert recorded(session, "check_in_due") == []
    assert checkins.offers(session, member=ann)[LONELINESS].by_mail


def kept(weight: int) -> Kept:
    """Answers whose three add up to ``weight``."""
    hardly, sometimes, often = Often
    three = {
        3: (hardly, hardly, hardly),
        4: (hardly, hardly, sometimes),
        5: (hardly, sometimes, sometimes),
        6: (hardly, sometimes, often),
        7: (sometimes, sometimes, often),
        8: (sometimes, often, often),
        9: (often, often, often),
    }[weight]
    answers = LonelinessAnswers(
        companionship=three[0], left_out=three[1], isolated=three[2], lonely=Lonely.NEVER
    )
    assert answers.weight == weight
    return Kept(id="1", at=NOW, answers=answers)


@pytest.mark.requirement("R88")
@pytest.mark.parametrize(
    ("weights", "expected"),
    [
        ([], Trend.FIRST),
        ([9], Trend.FIRST),
        ([7, 6], Trend.SAME),
        ([5, 6], Trend.SAME),
        ([8, 3, 6], Trend.LIGHTER),
        ([4, 4, 6], Trend.HEAVIER),
    ],
)
def test_the_trend_is_a_word_and_a_single_step_is_no_change(weights: list[int], expected: Trend) -> None:
    assert trend([kept(weight) for weight in weights]) is expected


@pytest.mark.requirement("R88")
def test_every_set_of_answers_survives_being_sealed() -> None:
    for often in Often:
        for lonely in Lonely:
            answers = replace(MIDDLE, left_out=often, lonely=lonely)
            assert LonelinessAnswers.from_json(answers.to_json()) == answers
    for balance in (*Balance, None):
        myself = SelfAnswers(myself=0, balance=balance)
        assert SelfAnswers.from_json(myself.to_json()) == myself


@pytest.mark.parametrize("body", [{}, {"myself": 101}, {"myself": -1}])
def test_a_look_at_oneself_needs_one_possible_answer(body: dict[str, int]) -> None:
    with pytest.raises(Invalid) as refusal:
        SelfAnswers(**body)  # type: ignore[arg-type]
    assert set(refusal.value.problems) == {"myself"}


def test_an_empty_week_is_put_off_instead() -> None:
    with pytest.raises(Invalid):
        WeekAnswers(good=" ", hard="", next="")


@pytest.mark.requirement("R66")
@pytest.mark.parametrize(("myself", "low"), [(None, False), (0, True), (LOW, True), (LOW + 1, False)])
def test_low_is_said_only_where_it_was(myself: int | None, low: bool) -> None:
    assert SelfAnswers(myself=myself, balance=Balance.EVEN).low is low


def test_the_schedule_only_goes_forward() -> None:
    planned = checkins._schedule(NOW)
    assert all(later > earlier for earlier, later in pairwise(planned))
