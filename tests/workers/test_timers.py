"""Timers over days: reminders across both changes of the clocks and many restarts, and what is kept how long.

Hours pass by moving the outbox's clock and the workers' together; each look is by a newly started worker.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from domain import events, outbox, rsvps, schedule
from domain.database import Sessions, writing
from domain.models import MessageState, Occurrence, OutboxMessage, RsvpStatus
from tests import factories
from tests.faults.stepped import stepped
from tests.workers.conftest import Outbasket
from workers.drain import drain_lanes
from workers.jobs import housekeeping
from workers.runtime import Runtime

LONDON = ZoneInfo("Europe/London")
#: The evening after each change of the clocks, as wall time: half past six stays half past six.
EVENINGS = {
    "back": datetime(2026, 10, 25, 18, 30, tzinfo=LONDON),
    "forward": datetime(2027, 3, 28, 18, 30, tzinfo=LONDON),
}


def say_yes(sessions: Sessions, starts: datetime, now: datetime) -> tuple[str, str]:
    """Let a member say yes to an evening; return member and occurrence."""
    with writing(sessions) as session:
        group = factories.group(session, organizer=factories.account(session))
        walk = factories.event(session, group=group)
        place = factories.occurrence(session, event=walk, starts_at=starts.astimezone(UTC))
        member = factories.member(session, time_zone="Europe/London")
        rsvps.respond(session, member=member.id, occurrence=place.id, status=RsvpStatus.YES, now=now)
        return member.id, place.id


def look(url: str, basket: Outbasket, moment: datetime) -> None:
    """Start a worker at a moment, do what is due, and end it."""
    ahead = moment.timestamp() - datetime.now(UTC).timestamp()
    with stepped(url, ahead) as sessions:
        drain_lanes(
            Runtime(
                sessions=sessions, mailer=basket, base_url="http://localhost", mail_from="x@localhost",
                clock=lambda: moment,
            )
        )  # fmt: skip


def reminders(basket: Outbasket) -> list[str]:
    return [mail["Message-ID"] for mail in basket.sent if mail["X-Handrail-Kind"] == "reminder"]


@pytest.mark.requirement("R51")
@pytest.mark.parametrize("change", EVENINGS)
def test_one_reminder_the_day_before_whatever_the_clocks_do(
    database_url: str, sessions: Sessions, basket: Outbasket, change: str
) -> None:
    evening = EVENINGS[change]
    begin = (evening - timedelta(days=3)).astimezone(UTC)
    say_yes(sessions, evening, begin)
    came: list[datetime] = []
    for hour in range(0, 74, 1):
        moment = begin + timedelta(hours=hour)
        before = len(reminders(basket))
        look(database_url, basket, moment)
        came += [moment.astimezone(LONDON)] * (len(reminders(basket)) - before)
    assert len(came) == 1
    assert came[0].date() == evening.date() - timedelta(days=1)
    assert 9 <= came[0].hour <= 20
    (mail,) = [mail for mail in basket.sent if mail["X-Handrail-Kind"] == "reminder"]
    assert "18:30" in mail.get_content()


@pytest.mark.parametrize("change", EVENINGS)
def test_after_a_sleep_it_comes_late_but_not_by_night(
    database_url: str, sessions: Sessions, basket: Outbasket, change: str
) -> None:
    """The night is that of the change: half past two is there twice in autumn, and not at all in spring."""
    evening = EVENINGS[change]
    say_yes(sessions, evening, (evening - timedelta(days=3)).astimezone(UTC))
    midnight = (evening.replace(hour=0, minute=30)).astimezone(UTC)
    came: list[datetime] = []
    for half_hour in range(24):
        moment = midnight + timedelta(minutes=30 * half_hour)
        before = len(reminders(basket))
        look(database_url, basket, moment)
        came += [moment.astimezone(LONDON)] * (len(reminders(basket)) - before)
    assert came == [evening.replace(hour=9, minute=0)]
    (mail,) = [mail for mail in basket.sent if mail["X-Handrail-Kind"] == "reminder"]
    assert mail["Subject"].startswith("Today: ")


def test_none_for_what_was_cancelled(database_url: str, sessions: Sessions, basket: Outbasket) -> None:
    evening = EVENINGS["back"]
    begin = (evening - timedelta(days=3)).astimezone(UTC)
    _member, place = say_yes(sessions, evening, begin)
    with writing(sessions) as session:
        occurrence = session.get_one(Occurrence, place)
        schedule.cancel_occurrence(session, occurrence=occurrence, reason="Rain.", now=begin)
    for hour in range(0, 74, 6):
        look(database_url, basket, begin + timedelta(hours=hour))
    assert reminders(basket) == []
    assert [mail["X-Handrail-Kind"] for mail in basket.sent] == ["cancelled"]


def test_taken_back_and_given_again_reminds_once(
    database_url: str, sessions: Sessions, basket: Outbasket
) -> None:
    evening = EVENINGS["forward"]
    begin = (evening - timedelta(days=3)).astimezone(UTC)
    member, place = say_yes(sessions, evening, begin)
    with writing(sessions) as session:
        for status in (RsvpStatus.NO, RsvpStatus.YES, RsvpStatus.NO, RsvpStatus.YES):
            rsvps.respond(session, member=member, occurrence=place, status=status, now=begin)
    for hour in range(0, 74, 6):
        look(database_url, basket, begin + timedelta(hours=hour))
    assert len(reminders(basket)) == 1


@given(
    starts=st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),  # noqa: DTZ001 - wall time
    zone=st.sampled_from(["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_a_reminder_comes_by_day_and_in_time(starts: datetime, zone: str) -> None:
    local = starts.replace(tzinfo=ZoneInfo(zone))
    due = rsvps.reminder_at(local.astimezone(UTC), ZoneInfo(zone)).astimezone(ZoneInfo(zone))
    assert 9 <= due.hour <= 19
    ahead = local.astimezone(UTC) - due.astimezone(UTC)
    assert timedelta(hours=14) <= ahead <= timedelta(hours=30)


def test_a_day_is_kept_house_once_and_finished_messages_go_after_two_weeks(
    database_url: str, sessions: Sessions, basket: Outbasket
) -> None:
    begin = datetime.now(UTC)
    with writing(sessions) as session:
        housekeeping.plan(session, day=begin)
        poison = outbox.record(session, events.RsvpChanged(occurrence="o", member="m"))
        row = session.get_one(OutboxMessage, poison)
        row.state, row.attempts = MessageState.DEAD, outbox.MAX_ATTEMPTS
    for day in range(18):
        for _restart in range(2):
            moment = begin + timedelta(days=day)
            with writing(sessions) as session:
                housekeeping.plan(session, day=moment)  # as each relay does when it starts
            look(database_url, basket, moment)
    with writing(sessions) as session:
        kept = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "housekeeping_due")).all()
        days = [message.body["day"] for message in kept]
        assert len(days) == len(set(days)) >= 14, "each day once"
        assert f"{begin:%Y-%m-%d}" not in days, "two weeks are over"
        assert len(days) <= 17
        dead = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state == MessageState.DEAD)
        assert session.scalar(dead) == 1
