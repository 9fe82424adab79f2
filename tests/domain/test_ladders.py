"""The ladder: order, states, rewards, and proposals that only the member can turn into a step."""

from __future__ import annotations

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import ladders
from domain.errors import Conflict, Invalid, NotFound
from domain.ladder_records import states
from domain.ladders import ChangeBody, ChangeKind, HeldBack, LadderView, RungBody, RungState
from domain.models import Ladder, LadderChange, ProposalStatus, Rung
from matching.rungs import KINDS
from tests.conftest import NOW
from tests.domain.outing_rows import a_member

LABELS = ["Read along", "Say hello", "Join a walk", "Stay for tea", "Suggest a route"]
WEEK = timedelta(days=7)


def rung(label: str) -> RungBody:
    return RungBody(label=label, kind=KINDS[0].id, situation=KINDS[0].situation)


@pytest.fixture
def ann(session: Session) -> str:
    member = a_member(session).id
    ladders.draft(session, member=member, rungs=[rung(label) for label in LABELS], now=NOW)
    return str(member)


def view(session: Session, member: str) -> LadderView:
    session.expire_all()
    found = ladders.current(session, member=member)
    assert found is not None
    return found


def labels(session: Session, member: str) -> list[str]:
    return [each.label for each in view(session, member).rungs]


def words(session: Session, member: str) -> list[str]:
    return [str(each.state) for each in view(session, member).rungs]


def rung_id(session: Session, member: str, label: str) -> str:
    ladder = view(session, member)
    return next(each.id for each in ladder.rungs + ladder.archived if each.label == label)


def propose(session: Session, member: str, body: ChangeBody) -> LadderChange:
    return ladders.record_change(session, member=member, reflection=None, body=body, proposes=True, now=NOW)


def advance_to(session: Session, member: str, label: str) -> LadderChange:
    body = ChangeBody(kind=ChangeKind.ADVANCE, to=rung_id(session, member, label), reason="two_calm")
    return propose(session, member, body)


def test_a_member_without_a_ladder_has_none(session: Session) -> None:
    assert ladders.current(session, member=a_member(session).id) is None


@pytest.mark.requirement("R14")
def test_a_ladder_begins_with_its_gentlest_step_and_is_sealed(session: Session, ann: str) -> None:
    assert labels(session, ann) == LABELS
    assert words(session, ann) == ["now", "next", "later", "later", "later"]
    assert view(session, ann).rungs[0].body == rung("Read along")
    assert all(b"hello" not in row.sealed for row in session.scalars(select(Rung)))


@pytest.mark.parametrize("count", [0, 11])
def test_a_ladder_has_a_bounded_number_of_steps(session: Session, count: int) -> None:
    with pytest.raises(Invalid):
        ladders.draft(session, member=a_member(session).id, rungs=[rung("x")] * count, now=NOW)


def test_another_ladder_keeps_the_earlier_one_and_its_history(session: Session, ann: str) -> None:
    change = advance_to(session, ann, "Say hello")
    ladders.draft(session, member=ann, rungs=[rung("Anew")], now=NOW + WEEK)
    assert labels(session, ann) == ["Anew"]
    assert change.proposal == ProposalStatus.REPLACED
    assert len(session.scalars(select(Rung)).all()) == len(LABELS) + 1
    assert [each.id for each in view(session, ann).changes] == [change.id]


def test_the_table_holds_one_ladder_in_use(session: Session, ann: str) -> None:
    session.add(Ladder(member=ann, created_at=NOW))
    with pytest.raises(IntegrityError):
        session.flush()


def test_moving_swaps_with_the_neighbour_and_stops_at_the_ends(session: Session, ann: str) -> None:
    for label, by in (("Say hello", -1), ("Say hello", -1), ("Stay for tea", 1), ("Stay for tea", 1)):
        ladders.move(session, member=ann, rung=rung_id(session, ann, label), by=by)
    assert labels(session, ann) == [
        "Say hello",
        "Read along",
        "Join a walk",
        "Suggest a route",
        "Stay for tea",
    ]


def test_every_order_can_be_reached_without_two_rungs_sharing_a_place(session: Session, ann: str) -> None:
    for label, by in itertools.product(LABELS, (1, 1, -1)):
        ladders.move(session, member=ann, rung=rung_id(session, ann, label), by=by)
    places = list(session.scalars(select(Rung.position)))
    assert len(set(places)) == len(LABELS)
    assert sorted(labels(session, ann)) == sorted(LABELS)


def test_a_step_put_away_is_kept_and_comes_back_as_the_last(session: Session, ann: str) -> None:
    away = rung_id(session, ann, "Say hello")
    for _ in range(2):
        ladders.archive(session, member=ann, rung=away, now=NOW)
    assert "Say hello" not in labels(session, ann)
    assert [each.label for each in view(session, ann).archived] == ["Say hello"]
    with pytest.raises(NotFound):
        ladders.move(session, member=ann, rung=away, by=1)
    for _ in range(2):
        ladders.restore(session, member=ann, rung=away)
    assert labels(session, ann)[-1] == "Say hello"


def test_the_last_step_is_not_put_away(session: Session) -> None:
    bob = a_member(session, "bob").id
    only = ladders.add_own(session, member=bob, body=rung("Wave"), now=NOW)
    with pytest.raises(Conflict):
        ladders.archive(session, member=bob, rung=only.id, now=NOW)


def test_steps_of_one_s_own_come_last_until_the_ladder_is_full(session: Session, ann: str) -> None:
    for number in range(5):
        ladders.add_own(session, member=ann, body=rung(f"Own {number}"), now=NOW)
    assert labels(session, ann)[-1] == "Own 4"
    with pytest.raises(Conflict):
        ladders.add_own(session, member=ann, body=rung("One more"), now=NOW)
    with pytest.raises(Invalid):
        ladders.add_own(session, member=ann, body=rung("  "), now=NOW)


@pytest.mark.requirement("R17")
def test_a_reward_is_paired_and_taken_away(session: Session, ann: str) -> None:
    first = rung_id(session, ann, "Read along")
    ladders.pair_reward(session, member=ann, rung=first, reward=" A bath ")
    assert view(session, ann).rungs[0].reward == "A bath"
    ladders.pair_reward(session, member=ann, rung=first, reward="")
    assert view(session, ann).rungs[0].reward is None


@pytest.mark.requirement("R01")
def test_settling_alone_moves_nobody_up(session: Session, ann: str) -> None:
    ladders.settle(session, member=ann, rung=rung_id(session, ann, "Read along"), now=NOW)
    assert words(session, ann) == ["settled", "next", "later", "later", "later"]
    assert view(session, ann).now is None


@pytest.mark.requirement("R01", "R84")
def test_a_proposal_moves_up_only_when_it_is_accepted(session: Session, ann: str) -> None:
    ladders.settle(session, member=ann, rung=rung_id(session, ann, "Read along"), now=NOW)
    change = advance_to(session, ann, "Say hello")
    assert words(session, ann)[1] == "next"
    assert view(session, ann).proposal is not None
    ladders.accept(session, member=ann, change=change.id, now=NOW)
    assert words(session, ann) == ["settled", "now", "next", "later", "later"]
    assert view(session, ann).proposal is None


def test_a_declined_proposal_leaves_everything_as_it_is(session: Session, ann: str) -> None:
    change = advance_to(session, ann, "Say hello")
    before = words(session, ann)
    ladders.decline(session, member=ann, change=change.id, now=NOW)
    assert words(session, ann) == before
    for decide in (ladders.accept, ladders.decline):
        with pytest.raises(Conflict):
            decide(session, member=ann, change=change.id, now=NOW)


def test_one_proposal_waits_at_a_time(session: Session, ann: str) -> None:
    first, second = advance_to(session, ann, "Say hello"), advance_to(session, ann, "Join a walk")
    assert (first.proposal, second.proposal) == (ProposalStatus.REPLACED, ProposalStatus.OPEN)


@pytest.mark.requirement("R36")
def test_a_second_raise_within_a_week_is_held_back_with_its_reason(session: Session, ann: str) -> None:
    ladders.accept(session, member=ann, change=advance_to(session, ann, "Say hello").id, now=NOW)
    second = advance_to(session, ann, "Join a walk")
    with pytest.raises(HeldBack, match="less than a week") as held:
        ladders.accept(session, member=ann, change=second.id, now=NOW + WEEK - timedelta(hours=1))
    assert held.value.until == NOW + WEEK
    assert second.proposal == ProposalStatus.OPEN
    ladders.accept(session, member=ann, change=second.id, now=NOW + WEEK)
    assert second.proposal == ProposalStatus.ACCEPTED


@pytest.mark.requirement("R64")
@pytest.mark.parametrize("kind", [ChangeKind.STEP_DOWN, ChangeKind.OTHER_KIND])
def test_stepping_aside_works_at_the_other_one_and_is_never_held_back(
    session: Session, ann: str, kind: ChangeKind
) -> None:
    first, second = (rung_id(session, ann, label) for label in LABELS[:2])
    ladders.settle(session, member=ann, rung=first, now=NOW)
    ladders.accept(session, member=ann, change=advance_to(session, ann, "Say hello").id, now=NOW)
    ladders.move(session, member=ann, rung=rung_id(session, ann, "Join a walk"), by=-1)
    down = ChangeBody(kind=kind, rung=second, to=rung_id(session, ann, "Join a walk"))
    ladders.accept(session, member=ann, change=propose(session, ann, down).id, now=NOW)
    assert words(session, ann) == ["settled", "now", "next", "later", "later"]
    assert labels(session, ann)[1] == "Join a walk"


@pytest.mark.requirement("R64")
def test_a_split_puts_a_smaller_step_before_the_hard_one(session: Session, ann: str) -> None:
    hard = rung_id(session, ann, "Read along")
    body = ChangeBody(kind=ChangeKind.SPLIT, rung=hard, new=rung("Only look in"), reason="felt_too_much")
    ladders.accept(session, member=ann, change=propose(session, ann, body).id, now=NOW)
    assert labels(session, ann) == ["Only look in", *LABELS]
    assert words(session, ann)[:2] == ["now", "next"]


def test_what_proposes_nothing_cannot_be_accepted(session: Session, ann: str) -> None:
    for body in (ChangeBody(kind=ChangeKind.LEARNT), ChangeBody(kind=ChangeKind.SPLIT)):
        change = propose(session, ann, body)
        with pytest.raises(Conflict):
            ladders.accept(session, member=ann, change=change.id, now=NOW)


@pytest.mark.requirement("R19")
def test_a_smaller_version_on_a_tough_day_counts_and_loses_nothing(session: Session, ann: str) -> None:
    before = words(session, ann)
    first = rung_id(session, ann, "Read along")
    ladders.take_smaller(session, member=ann, rung=first, what="Ten minutes", now=NOW)
    (change,) = view(session, ann).changes
    assert (change.body.kind, change.body.words) == (ChangeKind.SMALLER, ("Ten minutes",))
    assert words(session, ann) == before


@pytest.mark.requirement("R97")
def test_the_top_leads_on_to_keeping_it_up(session: Session, ann: str) -> None:
    for label in LABELS:
        assert not view(session, ann).keeping
        ladders.settle(session, member=ann, rung=rung_id(session, ann, label), now=NOW)
    assert view(session, ann).keeping
    ladders.add_own(session, member=ann, body=rung("Something new"), now=NOW)
    assert words(session, ann)[-1] == "next"


def test_another_member_s_rungs_and_changes_are_not_there(session: Session, ann: str) -> None:
    bob, first, change = (
        a_member(session, "bob").id,
        rung_id(session, ann, "Read along"),
        advance_to(session, ann, "Say hello"),
    )
    ladders.draft(session, member=bob, rungs=[rung("Wave")], now=NOW)
    with pytest.raises(NotFound):
        ladders.move(session, member=bob, rung=first, by=1)
    with pytest.raises(NotFound):
        ladders.pair_reward(session, member=bob, rung=first, reward="x")
    with pytest.raises(NotFound):
        ladders.accept(session, member=bob, change=change.id, now=NOW)


@pytest.mark.parametrize(
    ("rungs", "expected"),
    [
        ([(False, True)], ["now"]),
        ([(True, True), (False, False)], ["settled", "next"]),
        ([(False, False), (False, True), (False, False)], ["later", "now", "next"]),
        ([(False, False), (False, True)], ["next", "now"]),
        ([(True, True)], ["settled"]),
    ],
)
def test_states_follow_from_what_is_settled_and_reached(
    rungs: list[tuple[bool, bool]], expected: list[str]
) -> None:
    assert states(rungs) == [RungState(word) for word in expected]
