"""Who comes: counted where visible, named by a consent that stands and only to one's own group."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from domain import consent, guests
from domain.guests import Guests
from domain.models import Block, ConsentPurpose, Group, Member, Occurrence, Rsvp
from tests import factories
from tests.conftest import NOW

CONSENT = ConsentPurpose.GROUP_VISIBILITY


@pytest.fixture
def group(session: Session) -> Group:
    return factories.group(session, organizer=factories.account(session))


@pytest.fixture
def date(session: Session, group: Group) -> Occurrence:
    return factories.occurrence(session, event=factories.event(session, group=group))


def goes(session: Session, date: Occurrence, name: str, status: str = "yes") -> Member:
    person = factories.member(session, display_name=name)
    session.add(Rsvp(occurrence=date.id, member=person.id, status=status, responded_at=NOW))
    session.flush()
    return person


def found(session: Session, group: Group, date: Occurrence) -> Guests:
    assert group.organizer is not None
    return guests.coming(session, viewer=group.organizer, group=group, occurrences=[date])[date.id]


def test_answers_are_counted_and_a_no_is_not(session: Session, group: Group, date: Occurrence) -> None:
    for number, status in enumerate(("yes", "yes", "maybe", "waiting", "no")):
        goes(session, date, f"Person {number}", status)
    counted = found(session, group, date)
    assert (counted.yes, counted.maybe, counted.waiting, counted.others, counted.names) == (2, 1, 1, 2, ())


@pytest.mark.requirement("R20")
def test_each_consent_names_one_person_and_no_other(session: Session, group: Group, date: Occurrence) -> None:
    robin, kim, alex = (goes(session, date, name) for name in ("Robin", "Kim", "Alex"))
    factories.membership(session, of=robin, group=group, name_shown=True)
    factories.membership(session, of=kim, group=group)
    factories.membership(session, of=alex, group=group)
    assert found(session, group, date).names == ("Robin",)
    consent.give(session, account=kim.id, purpose=CONSENT, now=NOW)
    assert found(session, group, date).names == ("Kim", "Robin")
    consent.withdraw(session, account=kim.id, purpose=CONSENT, now=NOW)
    assert found(session, group, date).names == ("Robin",)


@pytest.mark.requirement("R20")
def test_nobody_is_named_to_a_group_they_do_not_belong_to(
    session: Session, group: Group, date: Occurrence
) -> None:
    robin, kim = goes(session, date, "Robin"), goes(session, date, "Kim")
    consent.give(session, account=robin.id, purpose=CONSENT, now=NOW)
    left = factories.membership(session, of=kim, group=group, name_shown=True)
    left.left_at = NOW + timedelta(hours=1)
    factories.membership(session, of=robin, group=factories.group(session), name_shown=True)
    session.flush()
    assert found(session, group, date).names == ()


def test_a_block_takes_somebody_out_of_names_and_counts(
    session: Session, group: Group, date: Occurrence
) -> None:
    robin = goes(session, date, "Robin")
    organizer = factories.member(session, display_name="Olive")
    group.organizer = organizer.id
    factories.membership(session, of=robin, group=group, name_shown=True)
    session.add(Block(member=robin.id, other=organizer.id, created_at=NOW))
    session.flush()
    assert found(session, group, date) == Guests()
