"""Answers: the last place, the waiting, the weekly cap, one tap to take it back; on both databases."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import database, groups, rsvps, schedule
from domain.database import Sessions, reading, writing
from domain.errors import Conflict, Invalid, NotFound
from domain.models import Block, Occurrence, Rsvp, RsvpStatus
from domain.rsvps import OverCap, Strain
from tests.conftest import KEYRING, NOW
from tests.domain.outing_rows import a_group, a_member, an_occurrence, recorded

YES, NO, MAYBE, WAITING = RsvpStatus.YES, RsvpStatus.NO, RsvpStatus.MAYBE, RsvpStatus.WAITING


def say(session: Session, member: str, place: Occurrence, status: RsvpStatus = YES, **facts: Any) -> Rsvp:
    given = {"now": NOW} | facts
    return rsvps.respond(session, member=member, occurrence=place.id, status=status, **given)


@pytest.mark.requirement("R07", "R17", "R28")
def test_a_yes_keeps_what_is_expected_and_the_reward_sealed(session: Session) -> None:
    ann, place = a_member(session).id, an_occurrence(session)
    row = say(session, ann, place, expected=70, reward="Cake on the way home", intentional=True)
    say(session, ann, place, expected=60)
    assert (row.status, row.intentional) == (YES, True)
    assert rsvps.plan(session, row) == rsvps.Plan(expected=60, reward="Cake on the way home")
    assert row.sealed is not None
    assert b"Cake" not in row.sealed
    assert len(recorded(session, "rsvp_changed")) == 1, "saying the same again changes nothing for others"


def test_an_expectation_beyond_the_scale_is_refused(session: Session) -> None:
    with pytest.raises(Invalid) as refusal:
        say(session, a_member(session).id, an_occurrence(session), expected=101)
    assert set(refusal.value.problems) == {"expected"}


def test_who_comes_after_the_last_place_waits_and_is_next(session: Session) -> None:
    ann, bob, cat = (a_member(session, name).id for name in ("ann", "bob", "cat"))
    place = an_occurrence(session, capacity=1)
    first = say(session, ann, place)
    assert say(session, bob, place).status == WAITING
    say(session, cat, place, now=NOW + timedelta(minutes=1))
    assert rsvps.next_waiting(session, occurrence=place) is None
    rsvps.cancel(session, member=ann, rsvp=first.id, now=NOW)
    following = rsvps.next_waiting(session, occurrence=place)
    assert following is not None
    assert following.member == bob
    assert say(session, bob, place).status == YES
    assert say(session, cat, place).status == WAITING


def test_an_occurrence_may_have_a_number_of_places_of_its_own(session: Session) -> None:
    ann, bob, place = a_member(session).id, a_member(session, "bob").id, an_occurrence(session, capacity=9)
    place.capacity = 1
    say(session, ann, place)
    assert say(session, bob, place).status == WAITING


def test_two_who_want_the_last_place_at_once_are_one_yes_and_one_waiting(
    database_url: str, sessions: Sessions
) -> None:
    with writing(sessions) as session:
        people = [a_member(session, name).id for name in ("ann", "bob", "cat", "dan")]
        occurrence = an_occurrence(session, capacity=1).id
    gate = threading.Barrier(len(people))

    def want(member: str) -> None:
        engine = database.open_engine(database_url)
        gate.wait()
        with writing(database.open_sessions(engine, KEYRING)) as opened:
            rsvps.respond(opened, member=member, occurrence=occurrence, status=YES, now=NOW)
        engine.dispose()

    threads = [threading.Thread(target=want, args=(member,)) for member in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reading(sessions) as session:
        assert sorted(session.scalars(select(Rsvp.status))) == [WAITING, WAITING, WAITING, YES]


@pytest.mark.parametrize("blocker", ["me", "them"])
def test_no_place_is_offered_beside_somebody_blocked_and_nothing_tells(
    session: Session, blocker: str
) -> None:
    ann, bob, place = a_member(session).id, a_member(session, "bob").id, an_occurrence(session)
    one, other = (ann, bob) if blocker == "me" else (bob, ann)
    session.add(Block(member=one, other=other, created_at=NOW))
    say(session, bob, place)
    assert say(session, ann, place).status == WAITING
    assert rsvps.next_waiting(session, occurrence=place) is None


def test_a_group_of_somebody_blocked_is_not_there(session: Session) -> None:
    ann, olive = a_member(session).id, a_member(session, "olive").id
    place = an_occurrence(session, group=a_group(session, organizer=olive))
    session.add(Block(member=olive, other=ann, created_at=NOW))
    with pytest.raises(NotFound):
        say(session, ann, place)


def test_what_is_closed_unknown_cancelled_begun_or_over_takes_no_yes(session: Session) -> None:
    ann, group = a_member(session).id, a_group(session)
    place, other = an_occurrence(session, group=group), an_occurrence(session, days=1, group=group)
    with pytest.raises(NotFound):
        rsvps.respond(session, member=ann, occurrence="0" * 32, status=YES, now=NOW)
    for now in (place.starts_at, place.ends_at):
        with pytest.raises(Conflict):
            say(session, ann, place, now=now)
    schedule.cancel_occurrence(session, occurrence=place, reason="Rain", now=NOW)
    with pytest.raises(Conflict, match="not taking place"):
        say(session, ann, place)
    groups.close(session, group=group, now=NOW)
    with pytest.raises(NotFound):
        say(session, ann, other)


def test_a_yes_cannot_be_taken_back_once_it_is_over(session: Session) -> None:
    ann, place = a_member(session).id, an_occurrence(session)
    row = say(session, ann, place)
    with pytest.raises(Conflict):
        rsvps.cancel(session, member=ann, rsvp=row.id, now=place.ends_at)


@pytest.mark.requirement("R16", "R43")
def test_more_than_the_week_should_hold_asks_first(session: Session) -> None:
    ann = a_member(session).id
    monday, friday, next_week = (an_occurrence(session, days=days) for days in (-1, 2, 7))
    say(session, ann, monday)
    with pytest.raises(OverCap) as asking:
        say(session, ann, friday)
    assert asking.value.strain is Strain.WEEKLY_CAP
    assert rsvps.answer_to(session, member=ann, occurrence=friday.id) is None
    assert say(session, ann, next_week).status == YES
    assert say(session, ann, friday, over_cap=True).status == YES


@pytest.mark.requirement("R16")
@pytest.mark.parametrize(("hours", "strained"), [(46, True), (49, False)])
def test_a_rest_between_two_outings_is_kept(session: Session, hours: int, strained: bool) -> None:
    ann = a_member(session, weekly_cap=5)
    first, second = an_occurrence(session), an_occurrence(session, days=2)
    second.starts_at = first.ends_at + timedelta(hours=hours)
    second.ends_at = second.starts_at + timedelta(hours=1)
    say(session, ann.id, first)
    strain = rsvps.strains(session, member=ann.id, occurrence=second)
    assert (strain is Strain.REST_GAP) is strained


def test_a_cancelled_outing_does_not_fill_the_week(session: Session) -> None:
    ann, first, second = a_member(session).id, an_occurrence(session), an_occurrence(session, days=2)
    say(session, ann, first)
    schedule.cancel_occurrence(session, occurrence=first, reason="Rain", now=NOW)
    assert say(session, ann, second).status == YES


def test_a_week_is_the_member_s_own(session: Session) -> None:
    """23:30 UTC on Sunday is Monday in Auckland: two outings, two weeks."""
    ann = a_member(session, zone="Pacific/Auckland")
    ann.rest_hours = 0
    first, second = an_occurrence(session), an_occurrence(session, days=7)
    first.starts_at, first.ends_at = (datetime(2026, 6, 7, hour, 0, tzinfo=UTC) for hour in (10, 11))
    second.starts_at, second.ends_at = (datetime(2026, 6, 7, hour, 30, tzinfo=UTC) for hour in (22, 23))
    say(session, ann.id, first)
    assert say(session, ann.id, second).status == YES


def test_no_and_maybe_are_never_held_back(session: Session) -> None:
    ann, first, second = a_member(session).id, an_occurrence(session), an_occurrence(session, days=1)
    say(session, ann, first)
    assert say(session, ann, second, MAYBE).status == MAYBE
    assert say(session, ann, second, NO).status == NO


@pytest.mark.requirement("R01")
def test_one_tap_takes_a_yes_back_and_tapping_twice_is_one_change(session: Session) -> None:
    ann, place = a_member(session).id, an_occurrence(session)
    row = say(session, ann, place)
    for _ in range(2):
        assert rsvps.cancel(session, member=ann, rsvp=row.id, now=NOW).status == NO
    assert len(recorded(session, "rsvp_changed")) == 2


def test_somebody_else_s_answer_is_not_there(session: Session) -> None:
    row = say(session, a_member(session).id, an_occurrence(session))
    with pytest.raises(NotFound):
        rsvps.cancel(session, member=a_member(session, "bob").id, rsvp=row.id, now=NOW)


def test_one_reminder_is_planned_a_day_before_whatever_is_changed_between(session: Session) -> None:
    ann, place = a_member(session).id, an_occurrence(session)
    for status in (YES, NO, YES):
        row = say(session, ann, place, status)
    (timer,) = recorded(session, "reminder_due")
    assert timer.body == {"rsvp": row.id}
    assert datetime.fromtimestamp(timer.not_before, UTC) == place.starts_at - timedelta(days=1)


def test_no_reminder_is_planned_where_its_hour_has_passed(session: Session) -> None:
    place = an_occurrence(session)
    say(session, a_member(session).id, place, now=place.starts_at - timedelta(hours=20))
    assert recorded(session, "reminder_due") == []


@pytest.mark.parametrize(
    ("starts", "reminded"),
    [(18, "2026-06-02T18:30"), (7, "2026-06-02T09:00"), (22, "2026-06-02T19:00")],
)
def test_reminders_keep_to_the_hours_of_the_day(starts: int, reminded: str) -> None:
    london = ZoneInfo("Europe/London")
    at = rsvps.reminder_at(datetime(2026, 6, 3, starts, 30, tzinfo=london).astimezone(UTC), london)
    assert at.isoformat().startswith(reminded)
