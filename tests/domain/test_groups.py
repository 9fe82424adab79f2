"""Founding, changing, joining and leaving groups; a block hides a group from both sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import groups
from domain.errors import Invalid, NotFound
from domain.groups import GroupDraft
from domain.models import Block, Group, MatchingRun, Membership, RoleName
from domain.policies import Viewer, can_run_group
from matching.inputs import Need
from tests import factories
from tests.conftest import NOW

WALKERS = GroupDraft(
    name="Slow Walkers", time_zone="Europe/London", offers=(Need.DAYTIME_CHAT,), interests=("walking",)
)


def member(session: Session, name: str) -> str:
    return factories.member(session, display_name=name, consents=()).id


@pytest.fixture
def group(session: Session) -> Group:
    return groups.found(session, organizer=member(session, "olive"), draft=WALKERS, now=NOW)


def test_a_group_keeps_what_its_organizer_says(session: Session, group: Group) -> None:
    groups.change(session, group=group, draft=replace(WALKERS, name="Walkers", interests=("nature",)))
    session.expire_all()
    assert (group.name, group.offers, [each.interest for each in group.interests]) == (
        "Walkers",
        ["daytime_chat"],
        ["nature"],
    )


@pytest.mark.parametrize(
    ("field", "value"), [("name", " x "), ("time_zone", "Mars/Olympus"), ("newcomer_limit", 0)]
)
def test_a_draft_that_cannot_be_used_names_the_field(session: Session, field: str, value: object) -> None:
    with pytest.raises(Invalid) as refusal:
        groups.found(session, organizer=None, draft=replace(WALKERS, **{field: value}), now=NOW)  # type: ignore[arg-type]
    assert set(refusal.value.problems) == {field}


def test_joining_twice_is_one_membership_and_asks_for_one_run(session: Session, group: Group) -> None:
    ann = member(session, "ann")
    for _ in range(2):
        groups.join(session, member=ann, group=group.id, now=NOW, name_shown=True)
    assert len(session.scalars(select(Membership).where(Membership.member == ann)).all()) == 1
    assert len(session.scalars(select(MatchingRun).where(MatchingRun.member == ann)).all()) == 1


def test_one_may_leave_and_come_back(session: Session, group: Group) -> None:
    ann = member(session, "ann")
    groups.join(session, member=ann, group=group.id, now=NOW)
    groups.leave(session, member=ann, group=group.id, now=NOW + timedelta(days=1))
    groups.leave(session, member=ann, group=group.id, now=NOW + timedelta(days=2))
    assert groups.membership(session, member=ann, group=group.id) is None
    groups.join(session, member=ann, group=group.id, now=NOW + timedelta(days=3))
    assert groups.size(session, viewer=ann, group=group.id) == 1


@pytest.mark.requirement("C03")
def test_a_block_hides_people_from_each_others_counts(session: Session, group: Group) -> None:
    ann, bob = member(session, "ann"), member(session, "bob")
    for each in (ann, bob):
        groups.join(session, member=each, group=group.id, now=NOW)
    session.add(Block(member=ann, other=bob, created_at=NOW))
    session.flush()
    sizes = [groups.size(session, viewer=viewer, group=group.id) for viewer in (ann, bob, None)]
    assert sizes == [1, 1, 2]


@pytest.mark.parametrize("blocker", ["member", "organizer"])
def test_a_block_with_the_organizer_hides_the_group(session: Session, group: Group, blocker: str) -> None:
    ann = member(session, "ann")
    assert group.organizer is not None
    pair = (ann, group.organizer) if blocker == "member" else (group.organizer, ann)
    session.add(Block(member=pair[0], other=pair[1], created_at=NOW))
    session.flush()
    with pytest.raises(NotFound):
        groups.join(session, member=ann, group=group.id, now=NOW)
    assert groups.get_open(session, viewer=member(session, "bob"), group=group.id) is group


def test_a_closed_group_is_not_there(session: Session, group: Group) -> None:
    groups.close(session, group=group, now=NOW)
    with pytest.raises(NotFound):
        groups.get_open(session, viewer=None, group=group.id)


def test_only_its_organizer_runs_a_group(session: Session, group: Group) -> None:
    roles = frozenset({RoleName.ORGANIZER})
    assert can_run_group(Viewer(account=group.organizer, roles=roles), group)
    assert not can_run_group(Viewer(account=group.organizer), group)
    assert not can_run_group(Viewer(account=member(session, "eve"), roles=roles), group)
    assert groups.run_by(session, organizer=str(group.organizer)) == [group]
