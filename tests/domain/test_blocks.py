"""A block parts two people at once, both ways, and can be taken back by who asked for it."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import blocks, groups, guests, outings, people, rsvps
from domain.errors import Conflict, NotFound
from domain.models import Account, Block, Group, Member, Membership, Occurrence, Rsvp, RsvpStatus
from tests import factories
from tests.conftest import NOW


class Town:
    """An organizer with a group and one occurrence, and two members who show their names there."""

    def __init__(self, session: Session) -> None:
        self.olga = factories.member(session, display_name="Olga")
        self.ann = factories.member(session, display_name="Ann")
        self.ben = factories.member(session, display_name="Ben")
        organizer = session.get_one(Account, self.olga.id)
        self.group: Group = factories.group(session, organizer=organizer, name="Tuesday walkers")
        event = factories.event(session, group=self.group)
        self.walk: Occurrence = factories.occurrence(session, event=event)
        for member in (self.ann, self.ben):
            factories.membership(session, of=member, group=self.group, name_shown=True)
            go(session, member, self.walk)


def go(session: Session, member: Member, occurrence: Occurrence) -> Rsvp:
    return rsvps.respond(session, member=member.id, occurrence=occurrence.id, status=RsvpStatus.YES, now=NOW)


@pytest.fixture
def town(session: Session) -> Town:
    return Town(session)


def names(session: Session, viewer: Member, town: Town) -> list[str]:
    return [each.label for each in people.of_group(session, viewer=viewer.id, group=town.group.id)]


def block(session: Session, one: Member, other: Member, label: str = "somebody") -> Block:
    return blocks.block(session, member=one.id, other=other.id, label=label, now=NOW)


@pytest.mark.requirement("R47")
def test_fellow_members_no_longer_see_or_count_each_other(session: Session, town: Town) -> None:
    assert names(session, town.ann, town) == ["Ben"]
    block(session, town.ann, town.ben)
    assert names(session, town.ann, town) == names(session, town.ben, town) == []
    assert groups.size(session, viewer=town.ben.id, group=town.group.id) == 1
    assert names(session, town.olga, town) == ["Ann", "Ben"]


def test_places_both_already_had_are_left_to_them(session: Session, town: Town) -> None:
    block(session, town.ann, town.ben)
    answers = session.scalars(select(Rsvp.status).where(Rsvp.occurrence == town.walk.id)).all()
    assert set(answers) == {RsvpStatus.YES}


@pytest.mark.parametrize("asked_by", ["ann", "olga"])
def test_parting_from_who_runs_a_group_ends_what_one_had_there(
    session: Session, town: Town, asked_by: str
) -> None:
    two = (town.ann, town.olga) if asked_by == "ann" else (town.olga, town.ann)
    block(session, *two)
    with pytest.raises(NotFound):
        groups.get_open(session, viewer=town.ann.id, group=town.group.id)
    assert outings.upcoming(session, member=town.ann.id, now=NOW) == []
    membership = select(Membership.left_at).where(Membership.member == town.ann.id)
    assert session.scalar(membership) == NOW
    guest = guests.coming(session, viewer=town.olga.id, group=town.group, occurrences=[town.walk])
    assert guest[town.walk.id].names == ("Ben",)
    assert guest[town.walk.id].yes == 1


def test_who_is_parted_from_the_organizer_cannot_say_yes_again(session: Session, town: Town) -> None:
    block(session, town.ann, town.olga)
    with pytest.raises(NotFound):
        go(session, town.ann, town.walk)
    assert not rsvps.place_offered(session, member=town.ann.id, occurrence=town.walk)


def test_a_block_is_listed_in_the_words_its_owner_knows_and_can_be_undone(
    session: Session, town: Town
) -> None:
    mine = block(session, town.ann, town.ben, "Ben")
    theirs = block(session, town.ben, town.ann, "Ann")
    assert block(session, town.ann, town.ben).id == mine.id
    assert [(each.id, each.label) for each in blocks.listed(session, member=town.ann.id)] == [
        (mine.id, "Ben")
    ]
    assert b"Ben" not in (mine.sealed or b"")
    with pytest.raises(NotFound):
        blocks.undo(session, member=town.ann.id, block=theirs.id, now=NOW)
    blocks.undo(session, member=town.ann.id, block=mine.id, now=NOW)
    assert blocks.apart(session, town.ann.id, town.ben.id), "the other's own block stays"
    blocks.undo(session, member=town.ben.id, block=theirs.id, now=NOW)
    assert names(session, town.ann, town) == ["Ben"]


def test_oneself_and_nobody_cannot_be_blocked(session: Session, town: Town) -> None:
    with pytest.raises(Conflict):
        block(session, town.ann, town.ann)
    with pytest.raises(NotFound):
        blocks.block(session, member=town.ann.id, other="0" * 32, label="x", now=NOW)


def test_only_people_who_belong_learn_the_names_and_only_of_who_agreed(session: Session, town: Town) -> None:
    stranger, quiet = factories.member(session), factories.member(session, display_name="Quiet")
    factories.membership(session, of=quiet, group=town.group)
    with pytest.raises(NotFound):
        people.of_group(session, viewer=stranger.id, group=town.group.id)
    assert names(session, quiet, town) == ["Ann", "Ben"]
    (mention,) = people.of_group(session, viewer=town.ann.id, group=town.group.id)
    assert mention.membership is not None
    assert people.fellow(session, viewer=town.ann.id, membership=mention.membership).label == "Ben"
    for viewer in (stranger, town.ben):
        with pytest.raises(NotFound):
            people.fellow(session, viewer=viewer.id, membership=mention.membership)


def test_who_runs_a_group_is_named_as_such(session: Session, town: Town) -> None:
    found = people.organizer_of(session, viewer=town.ann.id, group=town.group.id)
    assert (found.account, found.label) == (town.olga.id, "The person who runs “Tuesday walkers”")
    for group in (town.group, factories.group(session, name="A listing")):
        with pytest.raises(NotFound):
            people.organizer_of(session, viewer=town.olga.id, group=group.id)
