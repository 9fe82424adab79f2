"""Routines: the owner's alone, counted as done whatever became of them, reminded of at their moment."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import erasure, export, notebook, past, portfolio, progress, routines
from domain.errors import Conflict, Invalid, NotFound
from domain.models import EntryKind, Member, OutboxMessage, Routine, RoutineDay
from domain.routine_body import Nudge, RoutineBody, Template
from tests import factories
from tests.conftest import NOW

LONDON = ZoneInfo("Europe/London")
TODAY = NOW.astimezone(LONDON).date()


def weekly(**facts: object) -> RoutineBody:
    said: dict[str, object] = {
        "template": Template.WALK,
        "name": "Walk",
        "days": (TODAY.weekday(),),
        "hour": 10,
    }
    return RoutineBody(**said | facts)  # type: ignore[arg-type]


@pytest.fixture
def ann(session: Session) -> Member:
    return factories.member(session, time_zone="Europe/London")


@pytest.mark.parametrize(
    ("facts", "problem"),
    [({"name": " "}, "name"), ({"days": ()}, "days"), ({"days": (7,)}, "days"), ({"hour": 24}, "time")],
)
def test_what_cannot_be_is_refused_in_words(facts: dict[str, object], problem: str) -> None:
    with pytest.raises(Invalid) as refusal:
        weekly(**facts)
    assert set(refusal.value.problems) == {problem}


@pytest.mark.requirement("R61")
@given(
    days=st.sets(st.integers(0, 6), min_size=1).map(tuple),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    nudge=st.sampled_from([Nudge.START, Nudge.HOUR, Nudge.EVE]),
    after=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    zone=st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_it_comes_round_on_its_days_at_its_time_on_that_clock(
    days: tuple[int, ...], hour: int, minute: int, nudge: Nudge, after: datetime, zone: str
) -> None:
    there, body = ZoneInfo(zone), weekly(days=days, hour=hour, minute=minute, nudge=nudge)
    ahead = body.nudges(there, after=after)
    found = [next(ahead) for _ in range(len(days) + 1)]
    assert {day.weekday() for day, _ in found} == set(days)
    assert found[-1][0] - found[0][0] == timedelta(days=7), "each day of the week once a week"
    for day, at in found:
        begins = body.begins(day, there)
        local = begins.astimezone(there).replace(tzinfo=None)
        wanted = datetime.combine(day, datetime.min.time()).replace(hour=hour, minute=minute)
        assert timedelta(0) <= local - wanted <= timedelta(hours=1), "later only where the clock skips it"
        assert at <= begins


@pytest.mark.requirement("R18")
def test_a_walk_with_a_neighbour_and_a_weekly_group_repeat(session: Session, ann: Member) -> None:
    kim = notebook.write(session, member=ann.id, kind=EntryKind.PERSON, said={"what": "Kim"}, now=NOW)
    routines.begin(session, member=ann, body=weekly(person=kim.id), now=NOW)
    knitting = weekly(template=Template.HOBBY, name="Knitting", hour=18)
    routines.begin(session, member=ann, body=knitting, now=NOW)
    for week in range(3):
        found = routines.of(session, member=ann, now=NOW + timedelta(weeks=week))
        assert [each.body.name for each in found if each.falls_on(TODAY + timedelta(weeks=week))] == [
            "Walk",
            "Knitting",
        ]
        assert not [each for each in found if each.falls_on(TODAY + timedelta(weeks=week, days=1))]


@pytest.mark.requirement("R61", "R87")
def test_done_counts_a_rest_takes_nothing_and_the_word_said_last_is_kept(
    session: Session, ann: Member
) -> None:
    row = routines.begin(session, member=ann, body=weekly(), now=NOW)
    for done in (True, False, True, True):
        routines.mark(session, member=ann, routine=row.id, done=done, now=NOW)
    routines.mark(session, member=ann, routine=row.id, done=False, now=NOW + timedelta(weeks=1))
    assert routines.done(session, member=ann.id) == (NOW,)
    been = past.of(session, member=ann.id)
    (month,) = progress.months(been, zone=LONDON, now=NOW)
    assert (month.routines, month.quiet) == (1, False)
    assert progress.repertoire(been).moments == 1
    assert b"Walk" not in session.scalars(select(Routine.sealed)).one()


def test_doing_it_with_somebody_is_seen_by_the_portfolio(session: Session, ann: Member) -> None:
    kim = notebook.write(session, member=ann.id, kind=EntryKind.PERSON, said={"what": "Kim"}, now=NOW)
    row = routines.begin(session, member=ann, body=weekly(person=kim.id), now=NOW)
    routines.mark(session, member=ann, routine=row.id, done=False, now=NOW)
    assert portfolio.person(session, member=ann.id, person=kim.id).done_at is None
    routines.mark(session, member=ann, routine=row.id, done=True, now=NOW)
    assert portfolio.person(session, member=ann.id, person=kim.id).done_at == NOW
    notebook.remove(session, member=ann.id, entry=kim.id)
    routines.mark(session, member=ann, routine=row.id, done=True, now=NOW)


@pytest.mark.requirement("R61")
def test_a_routine_is_its_owners_alone_in_their_copy_and_erased_with_the_account(
    session: Session, ann: Member
) -> None:
    row = routines.begin(session, member=ann, body=weekly(), now=NOW)
    routines.mark(session, member=ann, routine=row.id, done=True, now=NOW)
    bob = factories.member(session)
    kim = notebook.write(session, member=ann.id, kind=EntryKind.PERSON, said={"what": "Kim"}, now=NOW)
    with pytest.raises(NotFound):
        routines.begin(session, member=bob, body=weekly(person=kim.id), now=NOW)
    for act in (routines.own, routines.remove, routines.one):
        with pytest.raises(NotFound):
            act(session, member=bob.id, routine=row.id)
    assert routines.of(session, member=bob, now=NOW) == []
    found = {each.name: each.rows for each in export.read(session, ann.id)}
    assert found["routines"][0]["private"]["routine"]["name"] == "Walk"
    assert found["routine_days"][0]["private"] == {"day": TODAY.isoformat(), "done": True}
    routines.remove(session, member=ann.id, routine=row.id)
    session.expire_all()
    assert routines.done(session, member=ann.id) == (NOW,)
    erasure.erase(session, account=ann.id, now=NOW)
    assert session.scalars(select(RoutineDay)).all() == []


@pytest.mark.requirement("R61")
def test_the_timer_carries_an_id_and_a_moment_and_nothing_else(session: Session, ann: Member) -> None:
    row = routines.begin(session, member=ann, body=weekly(nudge=Nudge.HOUR), now=NOW)
    (message,) = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "routine_due"))
    assert row.due_at is not None
    assert message.body == {"routine": row.id, "at": row.due_at.isoformat()}
    assert message.not_before == row.due_at.timestamp()


def test_there_are_not_endless_routines(session: Session, ann: Member) -> None:
    for _ in range(routines.MOST):
        routines.begin(session, member=ann, body=weekly(), now=NOW)
    with pytest.raises(Conflict):
        routines.begin(session, member=ann, body=weekly(), now=NOW)


def test_the_next_day_it_is_for() -> None:
    assert weekly(days=(0, 3)).next_day(date(2026, 12, 1)) == date(2026, 12, 3)
    assert weekly(days=(1,)).next_day(date(2026, 12, 1)) == date(2026, 12, 1)
