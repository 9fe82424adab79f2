"""What is open to a member, on both databases: narrowed, paged, and without people kept apart."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from domain import agenda, groups, rsvps, schedule
from domain.agenda import Wish
from domain.errors import NotFound
from domain.models import Block, RsvpStatus
from tests.conftest import NOW
from tests.domain.outing_rows import a_group, a_member, an_occurrence


def ids(session: Session, member: str, wish: Wish = Wish(), page: int = 1) -> list[str]:  # noqa: B008  (frozen)
    found = agenda.look(session, member=member, wish=wish, now=NOW, page=page)
    return [entry.occurrence.id for entry in found.entries]


def test_entries_come_soonest_first_with_one_s_own_answer(session: Session) -> None:
    ann = a_member(session).id
    later, sooner = an_occurrence(session, days=3), an_occurrence(session)
    rsvps.respond(session, member=ann, occurrence=later.id, status=RsvpStatus.YES, now=NOW)
    found = agenda.look(session, member=ann, wish=Wish(), now=NOW)
    assert [entry.occurrence.id for entry in found.entries] == [sooner.id, later.id]
    assert [entry.answer.status if entry.answer else None for entry in found.entries] == [None, "yes"]
    assert (found.number, found.pages) == (1, 1)


def test_a_wish_narrows_by_interest_time_place_and_price(session: Session) -> None:
    ann = a_member(session).id
    near, far = an_occurrence(session), an_occurrence(session, days=20)
    assert ids(session, ann, Wish(before=NOW + timedelta(days=7))) == [near.id]
    assert ids(session, ann, Wish(after=NOW + timedelta(days=7))) == [far.id]
    assert ids(session, ann, Wish(interest="walking", online=False)) == [near.id, far.id]
    for nothing in (Wish(interest="choir"), Wish(online=True), Wish(free=True)):
        assert ids(session, ann, nothing) == []


def test_pages_are_kept_within_what_there_is(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agenda, "PAGE_LENGTH", 2)
    ann, group = a_member(session).id, a_group(session)
    rows = [an_occurrence(session, days=day, group=group).id for day in range(3)]
    assert ids(session, ann, page=0) == rows[:2]
    assert ids(session, ann, page=9) == rows[2:]


def test_what_is_cancelled_is_not_offered_but_can_still_be_looked_at(session: Session) -> None:
    ann, place = a_member(session).id, an_occurrence(session)
    schedule.cancel_occurrence(session, occurrence=place, reason="Rain", now=NOW)
    assert ids(session, ann) == []
    assert agenda.one(session, member=ann, occurrence=place.id).occurrence is place


@pytest.mark.parametrize("blocker", ["me", "them"])
def test_a_group_of_somebody_blocked_is_nowhere(session: Session, blocker: str) -> None:
    ann, olive = a_member(session).id, a_member(session, "olive").id
    group = a_group(session, organizer=olive)
    place = an_occurrence(session, group=group)
    assert ids(session, ann) == [place.id]
    one, other = (ann, olive) if blocker == "me" else (olive, ann)
    session.add(Block(member=one, other=other, created_at=NOW))
    session.flush()
    assert ids(session, ann) == []
    assert agenda.groups(session, member=ann)[0] == []
    assert agenda.of_group(session, member=ann, group=group.id, now=NOW) == ()
    with pytest.raises(NotFound):
        agenda.one(session, member=ann, occurrence=place.id)


def test_groups_are_listed_by_name_and_one_s_own_apart(session: Session) -> None:
    ann, group = a_member(session).id, a_group(session)
    assert agenda.groups(session, member=ann, interest="walking") == ([group], 1, 1)
    assert agenda.groups(session, member=ann, interest="choir") == ([], 1, 1)
    assert agenda.joined(session, member=ann) == []
    groups.join(session, member=ann, group=group.id, now=NOW)
    assert agenda.joined(session, member=ann) == [group]
