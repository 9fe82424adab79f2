"""Goals: counted from what was done, in the member's own weeks and months; part of one counts."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import goals, past, wins
from domain.errors import Invalid, NotFound
from domain.goals import GoalBody, GoalView, Template
from domain.models import Goal, Member
from domain.reflections import SmallWin
from domain.wins import WinKind
from tests.conftest import NOW
from tests.domain.outing_rows import a_group, a_member
from tests.domain.past_rows import go, place

TALKS, EVENTS = Template.NEW_CONVERSATION, Template.KNOWN_EVENT
WEEK = timedelta(weeks=1)


@pytest.fixture
def ann(session: Session) -> Member:
    return a_member(session)


def begun(session: Session, member: Member, template: Template, times: int, **more: str) -> Goal:
    return goals.set_goal(
        session, member=member, body=GoalBody(template=template, times=times, **more), now=NOW
    )


def view(session: Session, member: Member, *, now: datetime = NOW) -> GoalView:
    (found,) = goals.current(session, past.of(session, member=member.id), member=member, now=now)
    return found


def talk(session: Session, member: Member, *, at: datetime = NOW, kind: WinKind = WinKind.NEW_TALK) -> None:
    wins.log(session, member=member.id, kind=kind, now=at)


@pytest.mark.requirement("R82", "R87")
def test_one_of_two_conversations_is_counted_and_a_new_week_takes_nothing_away(
    session: Session, ann: Member
) -> None:
    begun(session, ann, TALKS, 2)
    talk(session, ann)
    assert view(session, ann).present.done == 1
    later = view(session, ann, now=NOW + 2 * WEEK)
    assert later.present.done == 0
    assert [(each.first, each.done) for each in later.earlier] == [
        (date(2026, 6, 8), 0),
        (date(2026, 6, 1), 1),
    ]


@pytest.mark.requirement("R82")
def test_a_longer_talk_on_an_outing_counts_and_a_kind_word_does_not(session: Session, ann: Member) -> None:
    begun(session, ann, TALKS, 1)
    talk(session, ann, kind=WinKind.KIND_WORD)
    assert view(session, ann).present.done == 0
    go(session, ann.id, place(session, a_group(session)), small_wins=(SmallWin.LONGER_TALK,))
    assert view(session, ann).present.done == 1


@pytest.mark.requirement("R82")
def test_a_known_event_is_one_of_a_group_one_has_been_to_before(session: Session, ann: Member) -> None:
    begun(session, ann, EVENTS, 2)
    walkers, readers = a_group(session), a_group(session)
    go(session, ann.id, place(session, walkers))
    assert view(session, ann).present.done == 0
    go(session, ann.id, place(session, readers, days=1))
    go(session, ann.id, place(session, walkers, days=7))
    go(session, ann.id, place(session, walkers, days=8), attended=False)
    assert view(session, ann).present.done == 1
    july = view(session, ann, now=datetime(2026, 7, 1, tzinfo=UTC))
    assert (july.present, july.earlier) == (
        goals.Period(first=date(2026, 7, 1), done=0),
        (goals.Period(first=date(2026, 6, 1), done=1),),
    )


def test_a_week_begins_on_monday_where_the_member_lives(session: Session) -> None:
    tokyo = a_member(session, zone="Asia/Tokyo")
    begun(session, tokyo, TALKS, 1)
    talk(session, tokyo, at=datetime(2026, 6, 7, 16, 0, tzinfo=UTC))
    assert view(session, tokyo, now=datetime(2026, 6, 8, 1, 0, tzinfo=UTC)).present.done == 1
    assert view(session, tokyo, now=datetime(2026, 6, 7, 14, 0, tzinfo=UTC)).present.done == 0


@pytest.mark.requirement("R86")
@pytest.mark.parametrize(
    ("template", "times", "offered"), [(TALKS, 1, None), (TALKS, 5, 1), (EVENTS, 2, None), (EVENTS, 8, 2)]
)
def test_a_goal_that_asks_much_gets_a_smaller_one_beside_it(
    session: Session, ann: Member, template: Template, times: int, offered: int | None
) -> None:
    body = GoalBody(template=template, times=times, value="kindness")
    found = goals.smaller_option(past.of(session, member=ann.id), body, member=ann, now=NOW)
    assert (found and found.times) == offered
    assert found is None or found.value == "kindness"


@pytest.mark.requirement("R86", "R16")
def test_what_fits_grows_with_what_was_done_and_stays_within_the_weekly_cap(
    session: Session, ann: Member
) -> None:
    for number in range(3):
        talk(session, ann, at=NOW + timedelta(hours=number))
    found = past.of(session, member=ann.id)
    assert goals.realistic(found, TALKS, member=ann, now=NOW + WEEK) == 4
    group = a_group(session)
    for day in range(9):
        go(session, ann.id, place(session, group, days=day))
    found = past.of(session, member=ann.id)
    assert goals.realistic(found, EVENTS, member=ann, now=datetime(2026, 7, 9, tzinfo=UTC)) == 4


@pytest.mark.requirement("R86", "R87")
def test_after_two_periods_under_it_a_smaller_number_is_offered_and_taken(
    session: Session, ann: Member
) -> None:
    goal = begun(session, ann, TALKS, 3)
    talk(session, ann, at=NOW + timedelta(hours=1))
    assert view(session, ann, now=NOW + WEEK).smaller is None
    assert view(session, ann, now=NOW + 2 * WEEK).smaller == 1
    goals.make_smaller(session, member=ann.id, goal=goal.id, times=1)
    after = view(session, ann, now=NOW + 2 * WEEK)
    assert (after.body.times, after.smaller) == (1, None)
    with pytest.raises(Invalid):
        goals.make_smaller(session, member=ann.id, goal=goal.id, times=2)


def test_a_goal_that_was_reached_lately_is_left_as_it_is(session: Session, ann: Member) -> None:
    begun(session, ann, TALKS, 2)
    talk(session, ann, at=NOW + WEEK)
    talk(session, ann, at=NOW + WEEK)
    assert view(session, ann, now=NOW + 2 * WEEK).smaller is None


@pytest.mark.requirement("R86")
def test_a_goal_carries_what_it_is_for_and_is_sealed(session: Session, ann: Member) -> None:
    begun(session, ann, TALKS, 1, value="curiosity")
    assert view(session, ann).body.value == "curiosity"
    assert b"curiosity" not in session.scalars(select(Goal.sealed)).one()


def test_one_goal_of_each_template_and_putting_away_is_one_s_own(session: Session, ann: Member) -> None:
    first = begun(session, ann, TALKS, 1)
    second = begun(session, ann, TALKS, 2)
    assert first.ended_at == NOW
    begun(session, ann, EVENTS, 1)
    with pytest.raises(NotFound):
        goals.put_away(session, member=a_member(session, "bob").id, goal=second.id, now=NOW)
    goals.put_away(session, member=ann.id, goal=second.id, now=NOW)
    goals.put_away(session, member=ann.id, goal=second.id, now=NOW + WEEK)
    assert second.ended_at == NOW
    assert view(session, ann).body.template is EVENTS


@pytest.mark.parametrize(("template", "times"), [(TALKS, 0), (TALKS, 8), (EVENTS, 9)])
def test_a_goal_stays_within_bounds(template: Template, times: int) -> None:
    with pytest.raises(Invalid):
        GoalBody(template=template, times=times)
