"""The weekly letter over weeks: at the member's own hour whatever the clocks do, once, and quiet."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from domain import blocks, digests, erasure, hours, members, restrictions, rsvps
from domain.database import Sessions, reading, writing
from domain.models import Account, Digest, Group, Limit, Member, Occurrence, RsvpStatus
from tests import factories
from tests.security.confidences import CANARY, profile, steps, word
from tests.workers.conftest import Outbasket
from tests.workers.test_timers import look

LONDON = ZoneInfo("Europe/London")
SUNDAY, EVENING = 6, 18
#: A Monday two weeks before the clocks change, so that a letter comes before, at and after the change.
BEGINS = {
    "back": datetime(2026, 10, 12, 12, tzinfo=LONDON),
    "forward": datetime(2027, 3, 15, 12, tzinfo=LONDON),
}
MONDAY = datetime(2026, 11, 30, 12, tzinfo=UTC)


def settle(session: Session, begin: datetime, *, zone: str = "Europe/London", weeks: int = 5) -> Member:
    """A member who asked for the letter, and a group of theirs with something on each Wednesday."""
    member = factories.member(session, time_zone=zone, display_name="Mira")
    group = factories.group(session, organizer=factories.account(session))
    factories.membership(session, of=member, group=group)
    walk = factories.event(session, group=group, title="Slow walk")
    for week in range(weeks):
        factories.occurrence(session, event=walk, starts_at=begin + timedelta(days=2, weeks=week))
    digests.choose(session, member=member, weekday=SUNDAY, hour=EVENING, now=begin)
    return member


def letters_of(basket: Outbasket) -> list[str]:
    return [mail["Message-ID"] for mail in basket.sent if mail["X-Handrail-Kind"] == "digest"]


def evenings(begin: datetime, weeks: int) -> Iterator[datetime]:
    """The moments just before and after six of Saturdays, Sundays and Mondays, by the wall clock."""
    for day in (7 * week + each for week in range(weeks) for each in (5, 6, 7)):
        six = (begin + timedelta(days=day)).replace(hour=18)
        yield from (six - timedelta(minutes=1), six + timedelta(minutes=1))


@pytest.mark.parametrize("change", BEGINS)
def test_it_comes_at_six_each_sunday_whatever_the_clocks_do(
    database_url: str, sessions: Sessions, basket: Outbasket, change: str
) -> None:
    begin = BEGINS[change]
    with writing(sessions) as session:
        settle(session, begin.astimezone(UTC))
    came: list[datetime] = []
    for moment in evenings(begin, 3):
        for _restart in range(2):
            before = len(letters_of(basket))
            look(database_url, basket, moment.astimezone(UTC))
            came += [moment] * (len(letters_of(basket)) - before)
    assert [(each.weekday(), each.hour, each.minute) for each in came] == [(6, 18, 1)] * 3
    assert [(each.date() - begin.date()).days for each in came] == [6, 13, 20]


@given(
    weekday=st.integers(0, 6),
    hour=st.sampled_from(hours.HOURS),
    after=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    zone=st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_the_next_moment_is_the_hour_asked_for(weekday: int, hour: int, after: datetime, zone: str) -> None:
    found = digests.next_at(weekday, hour, zone=ZoneInfo(zone), after=after)
    local = found.astimezone(ZoneInfo(zone))
    assert (local.weekday(), local.hour, local.minute) == (weekday, hour, 0)
    assert timedelta(0) < found - after <= timedelta(days=7, hours=1)


def due(begin: datetime) -> datetime:
    return digests.next_at(SUNDAY, EVENING, zone=LONDON, after=begin) + timedelta(minutes=1)


def test_what_it_says_and_how_it_is_stopped(database_url: str, sessions: Sessions, basket: Outbasket) -> None:
    with writing(sessions) as session:
        member = settle(session, MONDAY)
        profile(session, member)
        steps(session, member)
        place = session.query(Occurrence).order_by(Occurrence.starts_at)[1]
        rsvps.respond(session, member=member.id, occurrence=place.id, status=RsvpStatus.YES, now=MONDAY,
                      expected=67, reward=word("reward"))  # fmt: skip
        id_, goes_to = member.id, place.id
    look(database_url, basket, due(MONDAY))
    (mail,) = [each for each in basket.sent if each["X-Handrail-Kind"] == "digest"]
    text = mail.get_content()
    assert mail["Subject"] == "Your week", "others see it on a phone"
    assert mail.get_content_type() == "text/plain"
    assert text.index("You said yes to") < text.index(goes_to) < text.index("Your groups also have")
    assert text.count(goes_to) == 1
    assert not CANARY.search(mail.as_string()), "said in confidence"
    stop = f"http://localhost/mails/stop/{id_}."
    assert mail["List-Unsubscribe"].startswith(f"<{stop}")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert stop in text


@pytest.mark.parametrize("why", ["nothing ahead", "resting", "held", "leaving", "stopped", "erased"])
def test_it_is_quiet(database_url: str, sessions: Sessions, basket: Outbasket, why: str) -> None:
    with writing(sessions) as session:
        member = settle(session, MONDAY, weeks=0 if why == "nothing ahead" else 5)
        account = session.get_one(Account, member.id)
        match why:
            case "resting":
                members.pause(session, member=member, until=MONDAY + timedelta(days=9), now=MONDAY)
            case "held":
                restrictions.impose(session, account=member.id, limit=Limit.PAUSED, report=None, now=MONDAY)
            case "leaving" | "erased":
                erasure.ask(session, account=account, at_once=why == "erased", now=MONDAY)
            case "stopped":
                digests.stop(session, member=member.id)
        id_ = member.id
    look(database_url, basket, due(MONDAY))
    assert letters_of(basket) == []
    with reading(sessions) as session:
        row = session.get(Digest, id_)
        goes_on = why not in {"stopped", "erased"}
        assert (row is not None and row.due_at == due(MONDAY) + timedelta(days=7, minutes=-1)) is goes_on


def test_it_names_nothing_of_somebody_kept_apart(
    database_url: str, sessions: Sessions, basket: Outbasket
) -> None:
    with writing(sessions) as session:
        member = settle(session, MONDAY)
        organizer = session.query(Group.organizer).scalar()
        blocks.block(session, member=member.id, other=organizer or "", label="x", now=MONDAY)
    look(database_url, basket, due(MONDAY))
    assert letters_of(basket) == []


def test_stopped_after_it_was_written_it_is_not_sent(
    database_url: str, sessions: Sessions, basket: Outbasket
) -> None:
    with writing(sessions) as session:
        id_ = settle(session, MONDAY).id
    basket.refuses = 99
    look(database_url, basket, due(MONDAY))
    basket.refuses = 0
    with writing(sessions) as session:
        digests.stop(session, member=id_)
    look(database_url, basket, due(MONDAY) + timedelta(minutes=5))
    assert letters_of(basket) == []


@pytest.mark.parametrize(
    ("asleep", "came"),
    [
        (timedelta(hours=2), "Sunday 20:01"),
        (timedelta(hours=7), "Monday 09:01"),
        (timedelta(days=3), ""),
    ],
)
def test_after_a_long_sleep_it_comes_late_but_not_by_night_or_for_a_week_that_is_over(
    database_url: str, sessions: Sessions, basket: Outbasket, asleep: timedelta, came: str
) -> None:
    with writing(sessions) as session:
        settle(session, MONDAY)
    awake = due(MONDAY) + asleep
    seen = ""
    for hour in range(11):
        moment = (awake + timedelta(hours=hour)).replace(minute=1)
        look(database_url, basket, moment)
        if letters_of(basket) and not seen:
            seen = f"{moment.astimezone(LONDON):%A %H:%M}"
    assert seen == came
    assert len(letters_of(basket)) == bool(came)


def test_another_clock_or_another_day_sends_no_second_one(
    database_url: str, sessions: Sessions, basket: Outbasket
) -> None:
    with writing(sessions) as session:
        id_ = settle(session, MONDAY).id
        there = members.Profile(time_zone="America/New_York")
        members.save_profile(session, member=session.get_one(Member, id_), profile=there, now=MONDAY)
    look(database_url, basket, due(MONDAY))
    assert letters_of(basket) == [], "it is one in the afternoon in New York"
    sent = due(MONDAY) + timedelta(hours=5)
    look(database_url, basket, sent)
    assert len(letters_of(basket)) == 1
    with writing(sessions) as session:
        digests.stop(session, member=id_)
        row = digests.choose(session, member=session.get_one(Member, id_), weekday=0, hour=18, now=sent)
        assert row.due_at is not None
        assert row.due_at - sent > timedelta(days=7), "Monday is too soon, so Monday week"
    for day in range(1, 7):
        look(database_url, basket, sent + timedelta(days=day))
    assert len(letters_of(basket)) == 1
