"""Reminders of days to keep in mind, over days: once, at the member's own hour, none that came to nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import erasure, members, notebook, person_dates
from domain.database import Sessions, reading, writing
from domain.models import Account, EntryKind, Member, MessageState, OutboxMessage, PersonDate
from domain.person_dates import DateBody, Remind
from tests import factories
from tests.workers.conftest import Outbasket
from tests.workers.test_timers import look

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
TEST = date(2026, 12, 4)
BEGINS = datetime(2026, 12, 1, 12, tzinfo=UTC)


def settle(
    session: Session, day: date = TEST, *, now: datetime = BEGINS, yearly: bool = False, **facts: object
) -> tuple[str, str]:
    """A member and somebody they see, with a day to keep in mind; return person and day."""
    member = factories.member(session, time_zone="Europe/London", display_name="Mira")
    said = {"what": "Kim next door"}
    person = notebook.write(session, member=member.id, kind=EntryKind.PERSON, said=said, now=now)
    kept = body(day, yearly=yearly, **facts)
    return person.id, person_dates.add(session, member=member, person=person.id, body=kept, now=now).id


def body(day: date = TEST, *, yearly: bool = False, **facts: object) -> DateBody:
    said: dict[str, object] = {"what": "The day her mother died", "hard": True, "remind": Remind.DAY}
    year = None if yearly else day.year
    return DateBody(**{"month": day.month, "day": day.day, "year": year} | said | facts)  # type: ignore[arg-type]


def letters(basket: Outbasket) -> list[EmailMessage]:
    return [mail for mail in basket.sent if mail["X-Handrail-Kind"] == person_dates.KIND]


def days_of(url: str, basket: Outbasket, begin: datetime, days: int) -> list[datetime]:
    """Look a few times a day, at nine twice, with a new worker each time; return when letters came."""
    came: list[datetime] = []
    for day in range(days):
        for hour in (8, 9, 9, 18):
            local = (begin.astimezone(LONDON) + timedelta(days=day)).replace(hour=hour, minute=1)
            before = len(letters(basket))
            look(url, basket, local.astimezone(UTC))
            came += [local] * (len(letters(basket)) - before)
    return came


def moments(came: list[datetime]) -> list[str]:
    return [f"{each:%Y-%m-%d %H:%M}" for each in came]


@pytest.mark.requirement("R70")
@pytest.mark.parametrize("day", [date(2026, 10, 25), date(2027, 3, 28), TEST])
@pytest.mark.parametrize(("remind", "earlier"), [(Remind.DAY, 0), (Remind.EVE, 1)])
def test_it_comes_once_at_nine_whatever_the_clocks_do(
    database_url: str, sessions: Sessions, basket: Outbasket, day: date, remind: Remind, earlier: int
) -> None:
    begin = datetime.combine(day - timedelta(days=1), datetime.min.time(), LONDON)
    with writing(sessions) as session:
        settle(session, day, now=begin.astimezone(UTC), remind=remind)
    came = days_of(database_url, basket, begin, 3)
    assert moments(came) == [f"{day - timedelta(days=earlier)} 09:01"]
    with reading(sessions) as session:
        assert session.scalars(select(PersonDate.due_at)).one() is None, "it was once, and is over"


@pytest.mark.requirement("R70")
def test_every_year_and_on_the_28th_where_there_is_no_29_february(
    database_url: str, sessions: Sessions, basket: Outbasket
) -> None:
    begin = datetime(2027, 2, 1, 12, tzinfo=UTC)
    with writing(sessions) as session:
        settle(session, date(2028, 2, 29), now=begin, yearly=True)
    came: list[datetime] = []
    for year in (2027, 2028, 2029):
        came += days_of(database_url, basket, datetime(year, 2, 28, tzinfo=LONDON), 2)
    assert moments(came) == ["2027-02-28 09:01", "2028-02-29 09:01", "2029-02-28 09:01"]


@pytest.mark.requirement("R70")
def test_the_letter_says_what_one_could_say_and_neither_who_nor_why(
    database_url: str, sessions: Sessions, basket: Outbasket
) -> None:
    with writing(sessions) as session:
        person, _ = settle(session)
    look(database_url, basket, datetime(2026, 12, 4, 9, 1, tzinfo=UTC))
    (mail,) = letters(basket)
    text = mail.get_content()
    assert "Friday 4 December" in text
    assert "Thinking of you today. No need to answer." in text
    assert f"/people/{person}" in text
    whole = mail.as_string()
    assert not [each for each in ("Kim", "mother", "died", "hard") if each in whole]


@pytest.mark.requirement("R70")
@pytest.mark.parametrize("why", ["day", "person", "account", "unwanted", "all stopped", "moved"])
def test_none_for_what_was_taken_out_or_changed_meanwhile(
    database_url: str, sessions: Sessions, basket: Outbasket, why: str
) -> None:
    with writing(sessions) as session:
        person, day = settle(session)
    with writing(sessions) as session:
        _undo(session, person, day, why)
    assert days_of(database_url, basket, BEGINS + timedelta(days=2), 3) == []


def _undo(session: Session, person: str, day: str, why: str) -> None:
    member = session.scalars(select(Member)).one()
    match why:
        case "day":
            person_dates.remove(session, member=member.id, date=day)
        case "person":
            notebook.remove(session, member=member.id, entry=person)
        case "account":
            erasure.ask(session, account=session.get_one(Account, member.id), at_once=True, now=BEGINS)
        case "unwanted":
            kept = body(remind=Remind.NONE)
            person_dates.change(session, member=member, date=day, body=kept, now=BEGINS)
        case "all stopped":
            person_dates.stop(session, member=member.id)
        case "moved":
            kept = body(date(2026, 12, 20))
            person_dates.change(session, member=member, date=day, body=kept, now=BEGINS)


@pytest.mark.requirement("R70")
@pytest.mark.parametrize("why", ["day", "person", "unwanted", "moved", "too late"])
def test_what_was_written_and_not_sent_yet_is_not_sent_any_more(
    database_url: str, sessions: Sessions, basket: Outbasket, why: str
) -> None:
    nine = datetime(2026, 12, 4, 9, 1, tzinfo=UTC)
    with writing(sessions) as session:
        person, day = settle(session)
    basket.refuses = 99
    look(database_url, basket, nine)
    basket.refuses = 0
    with writing(sessions) as session:
        if why != "too late":
            _undo(session, person, day, why)
    later = timedelta(days=1) if why == "too late" else timedelta(hours=2)
    look(database_url, basket, nine + later)
    assert letters(basket) == []


@pytest.mark.requirement("R70")
def test_another_hour_another_clock_or_a_replay_sends_no_second_one(
    database_url: str, sessions: Sessions, basket: Outbasket
) -> None:
    nine = datetime(2026, 12, 4, 9, 1, tzinfo=UTC)
    with writing(sessions) as session:
        _, day = settle(session)
    look(database_url, basket, nine)
    assert len(letters(basket)) == 1
    with writing(sessions) as session:
        member = session.scalars(select(Member)).one()
        person_dates.change(session, member=member, date=day, body=body(hour=18), now=nine)
        for message in session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "person_date_due")):
            message.state, message.closed_at = MessageState.READY, None
    look(database_url, basket, datetime(2026, 12, 4, 18, 1, tzinfo=UTC))
    assert len(letters(basket)) == 1
    with writing(sessions) as session:
        there = members.Profile(time_zone="America/New_York")
        member = session.scalars(select(Member)).one()
        members.save_profile(session, member=member, profile=there, now=nine)
    look(database_url, basket, datetime(2026, 12, 4, 18, 1, tzinfo=NEW_YORK).astimezone(UTC))
    assert len(letters(basket)) == 1


def test_who_moved_is_reminded_by_the_new_clock(
    database_url: str, sessions: Sessions, basket: Outbasket
) -> None:
    with writing(sessions) as session:
        settle(session)
        member = session.scalars(select(Member)).one()
        there = members.Profile(time_zone="America/New_York")
        members.save_profile(session, member=member, profile=there, now=BEGINS)
    look(database_url, basket, datetime(2026, 12, 4, 9, 1, tzinfo=UTC))
    assert letters(basket) == []
    look(database_url, basket, datetime(2026, 12, 4, 9, 1, tzinfo=NEW_YORK).astimezone(UTC))
    assert len(letters(basket)) == 1


@pytest.mark.parametrize(
    ("remind", "awake", "came"),
    [
        (Remind.DAY, "2026-12-04 19:30", ["2026-12-04 19:30"]),
        (Remind.DAY, "2026-12-04 22:30", []),
        (Remind.DAY, "2026-12-05 10:00", []),
        (Remind.EVE, "2026-12-03 22:30", ["2026-12-04 09:30"]),
    ],
)
def test_after_a_long_sleep_it_comes_by_day_or_not_at_all(
    database_url: str, sessions: Sessions, basket: Outbasket, remind: Remind, awake: str, came: list[str]
) -> None:
    with writing(sessions) as session:
        settle(session, remind=remind)
    begin, found = datetime.fromisoformat(awake).replace(tzinfo=LONDON), []
    for hour in range(0, 14, 1 if came else 3):
        local = begin + timedelta(hours=hour)
        before = len(letters(basket))
        look(database_url, basket, local.astimezone(UTC))
        found += [local] * (len(letters(basket)) - before)
    assert moments(found) == came
