"""The circle: groups and people over time, in private, nobody named, nobody blocked counted."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from domain import past, widening
from domain.models import Block
from domain.widening import Ring
from tests.conftest import NOW
from tests.domain.outing_rows import a_group, a_member
from tests.domain.past_rows import go, place


def rings(session: Session, member: str) -> list[Ring]:
    return widening.widening(session, member=member, attended=past.of(session, member=member).attended)


@pytest.mark.requirement("R65")
def test_groups_and_people_are_counted_once_and_only_grow(session: Session) -> None:
    ann, walkers, readers = a_member(session).id, a_group(session), a_group(session)
    others = [a_member(session, f"other{number}").id for number in range(4)]
    evenings = [place(session, walkers), place(session, walkers, days=7), place(session, readers, days=14)]
    for evening, company in zip(evenings, (others[:3], others[:2], others[3:]), strict=True):
        for each in company:
            go(session, each, evening)
        go(session, ann, evening)
    assert [(ring.groups, ring.people, ring.again) for ring in rings(session, ann)] == [
        (1, 3, 0),
        (1, 3, 1),
        (2, 4, 1),
    ]


def test_one_or_two_people_are_not_counted_out_loud(session: Session) -> None:
    ann, bob, evening = a_member(session).id, a_member(session, "bob").id, place(session, a_group(session))
    go(session, bob, evening)
    go(session, ann, evening)
    assert [ring.people for ring in rings(session, ann)] == [None]


def test_who_is_blocked_or_did_not_come_is_not_counted(session: Session) -> None:
    ann, evening = a_member(session).id, place(session, a_group(session))
    others = [a_member(session, f"other{number}").id for number in range(5)]
    for number, each in enumerate(others):
        go(session, each, evening, attended=number != 0)
    go(session, ann, evening)
    session.add(Block(member=others[1], other=ann, created_at=NOW))
    session.flush()
    assert [ring.people for ring in rings(session, ann)] == [3]
