"""Supporters see what was chosen, while it was chosen, and never anybody else; each look is listed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from domain import goals, ladders, support_notes, supporters, wins
from domain.errors import Conflict, Invalid, NotAllowed, NotFound
from domain.goals import GoalBody, Template
from domain.ladder_records import RungBody
from domain.models import Account, Member, ProposalStatus, Support, Topic
from domain.supporters import Item
from domain.wins import WinKind
from matching.situations import situation_of
from tests import factories
from tests.conftest import NOW

UNTIL = NOW + supporters.USUAL


@pytest.fixture
def ann(session: Session) -> Member:
    member = factories.member(session, display_name="Ann")
    steps = [
        RungBody(label=label, situation=situation_of([1.0, *[None] * 15]))
        for label in ("Say hello to the postman", "Ask for a book")
    ]
    ladders.draft(session, member=member.id, rungs=steps, now=NOW)
    return member


@pytest.fixture
def helper(session: Session) -> str:
    return factories.account(session).id


def invite(session: Session, member: Member, **changes: Any) -> supporters.Invitation:
    facts: dict[str, Any] = {
        "name": "Noor",
        "items": [Item.LADDER],
        "until": UNTIL,
        "may_propose": False,
    }
    return supporters.invite(session, member=member.id, now=NOW, **facts | changes)


def accepted(session: Session, member: Member, helper: str, **changes: Any) -> Support:
    made = invite(session, member, **changes)
    return supporters.accept(session, token=made.token, account=helper, now=NOW)


@pytest.mark.requirement("R85", "R92")
def test_what_is_seen_is_what_was_chosen_and_nothing_else(session: Session, ann: Member, helper: str) -> None:
    row = accepted(session, ann, helper)
    seen = supporters.see(session, row=row, now=NOW)
    assert seen.ladder is not None
    assert [each.label for each in seen.ladder] == ["Say hello to the postman", "Ask for a book"]
    assert seen.progress is None
    assert seen.goals is None
    both = supporters.see(session, row=accepted(session, ann, helper, items=[Item.PROGRESS]), now=NOW)
    assert both.ladder is None
    assert both.progress is not None


@pytest.mark.requirement("R85", "R92", "R82")
def test_goals_are_seen_where_chosen_as_they_stand_now_without_a_date_of_before(
    session: Session, ann: Member, helper: str
) -> None:
    row = accepted(session, ann, helper, items=[Item.GOALS])
    assert supporters.see(session, row=row, now=NOW).goals == ()
    talks = GoalBody(template=Template.NEW_CONVERSATION, times=2)
    goals.set_goal(session, member=ann, body=talks, now=NOW - timedelta(days=30))
    wins.log(session, member=ann.id, kind=WinKind.NEW_TALK, words="With Cas at the gate", now=NOW)
    seen = supporters.see(session, row=row, now=NOW)
    assert seen.goals is not None
    (goal,) = seen.goals
    assert (goal.body.times, goal.present.done, goal.earlier) == (2, 1, ())
    assert (seen.ladder, seen.progress) == (None, None)
    assert "Cas" not in str(seen.goals)
    goals.put_away(session, member=ann.id, goal=goal.id, now=NOW)
    assert supporters.see(session, row=row, now=NOW).goals == ()


@pytest.mark.requirement("R92", "R20")
def test_revoking_bites_at_once(session: Session, ann: Member, helper: str) -> None:
    row = accepted(session, ann, helper)
    supporters.begin_look(session, supporter=helper, support=row.id, now=NOW)
    supporters.revoke(session, member=ann.id, support=row.id, now=NOW)
    with pytest.raises(NotFound):
        supporters.granted(session, supporter=helper, support=row.id, now=NOW)
    with pytest.raises(NotFound):
        support_notes.write(
            session, supporter=helper, support=row.id, topic=Topic.BOUNDARIES, words="x", now=NOW
        )
    assert supporters.of_supporter(session, supporter=helper, now=NOW) == []


@pytest.mark.requirement("R85")
def test_it_ends_on_its_day_and_when_the_member_leaves(session: Session, ann: Member, helper: str) -> None:
    row = accepted(session, ann, helper)
    with pytest.raises(NotFound):
        supporters.granted(session, supporter=helper, support=row.id, now=UNTIL)
    session.get_one(Account, ann.id).active = False
    with pytest.raises(NotFound):
        supporters.granted(session, supporter=helper, support=row.id, now=NOW)


@pytest.mark.requirement("R92")
def test_each_look_is_listed_and_ends_by_itself(session: Session, ann: Member, helper: str) -> None:
    row = accepted(session, ann, helper)
    assert not supporters.looking(session, row=row, now=NOW)
    supporters.begin_look(session, supporter=helper, support=row.id, now=NOW)
    assert supporters.looking(session, row=row, now=NOW)
    assert not supporters.looking(session, row=row, now=NOW + supporters.LOOK)
    later = NOW + timedelta(days=1)
    supporters.begin_look(session, supporter=helper, support=row.id, now=later)
    assert supporters.readings(session, row=row) == [later, NOW]


def test_a_link_works_once_for_a_fortnight_and_not_for_oneself(
    session: Session, ann: Member, helper: str
) -> None:
    made = invite(session, ann)
    assert made.token not in str(made.support.token)
    with pytest.raises(Conflict):
        supporters.accept(session, token=made.token, account=ann.id, now=NOW)
    with pytest.raises(NotFound):
        supporters.accept(session, token=made.token, account=helper, now=NOW + supporters.INVITATION)
    supporters.accept(session, token=made.token, account=helper, now=NOW)
    with pytest.raises(NotFound):
        supporters.accept(session, token=made.token, account=helper, now=NOW)


def test_a_link_taken_back_is_of_no_use(session: Session, ann: Member, helper: str) -> None:
    made = invite(session, ann)
    supporters.revoke(session, member=ann.id, support=made.support.id, now=NOW)
    with pytest.raises(NotFound):
        supporters.accept(session, token=made.token, account=helper, now=NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "},
        {"items": []},
        {"until": NOW},
        {"until": NOW + supporters.LONGEST + timedelta(seconds=1)},
    ],
)
def test_a_grant_has_bounds(session: Session, ann: Member, changes: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        invite(session, ann, **changes)


def test_five_at_a_time(session: Session, ann: Member) -> None:
    for _ in range(supporters.MOST):
        invite(session, ann)
    with pytest.raises(Conflict):
        invite(session, ann)


@pytest.mark.requirement("R85")
def test_notes_are_on_two_topics_sealed_for_the_member(session: Session, ann: Member, helper: str) -> None:
    row = accepted(session, ann, helper)
    for topic in (Topic.COMMUNICATION, Topic.BOUNDARIES):
        note = support_notes.write(
            session, supporter=helper, support=row.id, topic=topic, words="Well said.", now=NOW
        )
        assert b"Well said" not in note.sealed
    found = support_notes.notes(session, member=ann.id, support=row.id)
    assert [each.topic for each in found] == [Topic.BOUNDARIES, Topic.COMMUNICATION]
    with pytest.raises(NotAllowed):
        support_notes.write(session, supporter=helper, support=row.id, topic=Topic.STEP, words="x", now=NOW)
    with pytest.raises(NotFound):
        support_notes.notes(session, member=helper, support=row.id)


@pytest.mark.requirement("R92", "R01")
@pytest.mark.parametrize("take", [True, False])
def test_a_proposed_step_waits_for_the_member(session: Session, ann: Member, helper: str, take: bool) -> None:
    row = accepted(session, ann, helper, may_propose=True)
    note = support_notes.write(
        session, supporter=helper, support=row.id, topic=Topic.STEP, words="Wave back", now=NOW
    )
    before = ladders.current(session, member=ann.id)
    assert before is not None
    assert len(before.rungs) == 2
    with pytest.raises(NotFound):
        support_notes.decide(session, member=helper, note=note.id, take=take, now=NOW)
    support_notes.decide(session, member=ann.id, note=note.id, take=take, now=NOW)
    after = ladders.current(session, member=ann.id)
    assert after is not None
    assert [each.label for each in after.rungs][2:] == (["Wave back"] if take else [])
    assert note.proposal == (ProposalStatus.ACCEPTED if take else ProposalStatus.DECLINED)
    with pytest.raises(Conflict):
        support_notes.decide(session, member=ann.id, note=note.id, take=take, now=NOW)
