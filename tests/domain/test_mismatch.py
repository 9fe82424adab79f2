"""Stated needs against what one does."""

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy.orm import Session

from domain import past
from domain.mismatch import NeedServed, needs_served
from matching.inputs import Need
from tests.domain.outing_rows import a_group, a_member
from tests.domain.past_rows import go, place

MIDDAY = datetime(2026, 6, 3, 12, 0)  # noqa: DTZ001  (wall time)


def served(session: Session, member: str, *needs: Need) -> list[NeedServed]:
    return needs_served(needs, past.of(session, member=member).attended)


@pytest.mark.requirement("R03")
def test_a_confidant_is_not_found_in_five_large_groups(session: Session) -> None:
    ann, group = a_member(session).id, a_group(session)
    for day in range(5):
        go(session, ann, place(session, group, days=day, size=0.9))
    confidant, belonging = served(session, ann, Need.CONFIDANT, Need.GROUP_INVOLVEMENT)
    assert confidant.mismatch
    assert (confidant.served, confidant.outings, confidant.large) == (0, 5, 5)
    assert not belonging.mismatch


@pytest.mark.requirement("R03")
def test_small_outings_serve_it_and_two_say_nothing_yet(session: Session) -> None:
    ann, bob, group = a_member(session).id, a_member(session, "bob").id, a_group(session)
    for day in range(4):
        go(session, ann, place(session, group, days=day, size=0.2))
    for day in range(4, 6):
        go(session, bob, place(session, group, days=day, size=0.9))
    assert not served(session, ann, Need.CONFIDANT)[0].mismatch
    assert not served(session, bob, Need.CONFIDANT)[0].mismatch


@pytest.mark.requirement("R03")
def test_what_nobody_stated_is_no_mismatch(session: Session) -> None:
    ann, group = a_member(session).id, a_group(session)
    for day in range(4):
        go(session, ann, place(session, group, days=day, size=None))
    assert not any(each.mismatch for each in served(session, ann, Need.CONFIDANT, Need.SHARED_ACTIVITY))


def test_evenings_are_no_chat_by_day(session: Session) -> None:
    ann, bob, group = a_member(session).id, a_member(session, "bob").id, a_group(session)
    for day in range(3):
        go(session, ann, place(session, group, days=day))
        go(session, bob, place(session, group, days=day, starts=MIDDAY))
    assert served(session, ann, Need.DAYTIME_CHAT)[0].mismatch
    assert not served(session, bob, Need.DAYTIME_CHAT)[0].mismatch


def test_a_different_group_each_time_is_no_belonging_and_not_sure_asks_for_nothing(session: Session) -> None:
    ann = a_member(session).id
    for day in range(3):
        go(session, ann, place(session, a_group(session), days=day))
    (belonging,) = served(session, ann, Need.NOT_SURE, Need.GROUP_INVOLVEMENT)
    assert belonging.mismatch


def test_only_the_last_eight_count_and_only_those_gone_to(session: Session) -> None:
    ann, group = a_member(session).id, a_group(session)
    for day in range(4):
        go(session, ann, place(session, group, days=day, size=0.9))
    for day in range(4, 12):
        go(session, ann, place(session, group, days=day, size=0.2))
    go(session, ann, place(session, group, days=13, size=0.9), attended=False)
    (found,) = served(session, ann, Need.CONFIDANT)
    assert (found.served, found.outings, found.large) == (8, 8, 0)
