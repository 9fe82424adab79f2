"""Days to keep in mind: which day comes next, which moment is planned, and whose they are."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import export, notebook, person_dates
from domain.errors import Conflict, Invalid, NotFound
from domain.models import EntryKind, Member, OutboxMessage, PersonDate
from domain.person_dates import DateBody, Remind
from tests import factories
from tests.conftest import NOW

LONDON = ZoneInfo("Europe/London")


def body(month: int = 12, day: int = 4, **facts: object) -> DateBody:
    return DateBody(**{"what": "Driving test", "month": month, "day": day, "remind": Remind.DAY} | facts)  # type: ignore[arg-type]


@pytest.fixture
def ann(session: Session) -> Member:
    return factories.member(session, time_zone="Europe/London")


@pytest.fixture
def kim(session: Session, ann: Member) -> str:
    row = notebook.write(session, member=ann.id, kind=EntryKind.PERSON, said={"what": "Kim"}, now=NOW)
    return str(row.id)


@pytest.mark.parametrize(
    ("day", "after", "found"),
    [
        (body(12, 4), date(2026, 12, 4), date(2026, 12, 4)),
        (body(12, 4), date(2026, 12, 5), date(2027, 12, 4)),
        (body(2, 29), date(2027, 1, 1), date(2027, 2, 28)),
        (body(2, 29), date(2028, 1, 1), date(2028, 2, 29)),
        (body(2, 29), date(2028, 2, 29), date(2028, 2, 29)),
        (body(2, 29), date(2028, 3, 1), date(2029, 2, 28)),
        (body(12, 4, year=2026), date(2026, 12, 4), date(2026, 12, 4)),
        (body(12, 4, year=2026), date(2026, 12, 5), None),
    ],
)
def test_the_next_such_day(day: DateBody, after: date, found: date | None) -> None:
    assert day.next_day(after) == found


@pytest.mark.parametrize(
    ("month", "day", "today", "year"),
    [
        (12, 4, date(2026, 12, 4), 2026),
        (12, 4, date(2026, 12, 5), 2027),
        (2, 29, date(2026, 3, 1), 2028),
        (2, 29, date(2097, 1, 1), 2104),
        (4, 31, date(2026, 1, 1), None),
    ],
)
def test_the_next_time_it_comes(month: int, day: int, today: date, year: int | None) -> None:
    assert person_dates.once(month, day, today=today) == year


@pytest.mark.parametrize(
    ("facts", "problem"), [({"day": 31, "month": 4}, "day"), ({"what": " "}, "what"), ({"hour": 3}, "hour")]
)
def test_a_day_that_is_none_is_refused_in_words(facts: dict[str, object], problem: str) -> None:
    with pytest.raises(Invalid) as refusal:
        body(**facts)  # type: ignore[arg-type]
    assert set(refusal.value.problems) == {problem}


@pytest.mark.requirement("R70")
@given(
    month=st.integers(1, 12),
    day=st.integers(1, 31),
    hour=st.sampled_from([9, 14, 18]),
    eve=st.booleans(),
    after=st.datetimes(datetime(2026, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    zone=st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_the_reminder_is_at_the_hour_asked_for_on_that_clock(
    month: int, day: int, hour: int, eve: bool, after: datetime, zone: str
) -> None:
    try:
        wanted = body(month, day, hour=hour, remind=Remind.EVE if eve else Remind.DAY)
    except Invalid:
        return
    there = ZoneInfo(zone)
    ahead = person_dates.reminders(wanted, there, after)
    (first, at), (second, _) = next(ahead), next(ahead)
    local = at.astimezone(there)
    assert (local.hour, local.minute) == (hour, 0)
    assert local.date() == first - timedelta(days=eve)
    assert (first.month, first.day) in {(month, day), (2, 28)}
    assert second.year == first.year + 1


@pytest.mark.requirement("R70")
def test_the_timer_carries_an_id_and_a_moment_and_nothing_else(
    session: Session, ann: Member, kim: str
) -> None:
    row = person_dates.add(session, member=ann, person=kim, body=body(hard=True), now=NOW)
    (message,) = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "person_date_due"))
    assert row.due_at is not None
    assert message.body == {"date": row.id, "at": row.due_at.isoformat()}
    assert message.not_before == row.due_at.timestamp()
    assert b"Driving" not in row.sealed


@pytest.mark.requirement("R69")
def test_a_day_is_its_owners_alone_in_their_copy_and_goes_with_the_person(
    session: Session, ann: Member, kim: str
) -> None:
    row = person_dates.add(session, member=ann, person=kim, body=body(), now=NOW)
    bob = factories.member(session)
    with pytest.raises(NotFound):
        person_dates.add(session, member=bob, person=kim, body=body(), now=NOW)
    for act in (person_dates.own, person_dates.remove):
        with pytest.raises(NotFound):
            act(session, member=bob.id, date=row.id)
    assert person_dates.of(session, member=bob, now=NOW) == []
    found = {each.name: each.rows for each in export.read(session, ann.id)}
    assert found["person_dates"][0]["private"]["date"]["what"] == "Driving test"
    notebook.remove(session, member=ann.id, entry=kim)
    assert session.scalars(select(PersonDate)).all() == []


def test_days_stand_in_the_order_they_come_and_what_is_over_last(
    session: Session, ann: Member, kim: str
) -> None:
    there = NOW.astimezone(LONDON).date()
    for days, year in ((40, None), (3, None), (-5, there.year)):
        that = there + timedelta(days=days)
        kept = body(that.month, that.day, year=year, what=f"In {days}")
        person_dates.add(session, member=ann, person=kim, body=kept, now=NOW)
    found = person_dates.of(session, member=ann, now=NOW, person=kim)
    assert [each.body.what for each in found] == ["In 3", "In 40", "In -5"]
    near = person_dates.coming(found, today=there, within=timedelta(days=30))
    assert [each.body.what for each in near] == ["In 3"]


def test_there_are_not_endless_days_of_one_person(session: Session, ann: Member, kim: str) -> None:
    for _ in range(person_dates.MOST):
        person_dates.add(session, member=ann, person=kim, body=body(), now=NOW)
    with pytest.raises(Conflict):
        person_dates.add(session, member=ann, person=kim, body=body(), now=NOW)
