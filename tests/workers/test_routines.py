"""Reminders of routines over weeks: once each, by the member's clock, and none that came to nothing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import erasure, members, notebook, restrictions, routines
from domain.database import Sessions, reading, writing
from domain.models import Account, EntryKind, Limit, Member, MessageState, OutboxMessage, Routine
from domain.routine_body import Nudge, RoutineBody, Template
from tests import factories
from tests.workers.conftest import Outbasket
from tests.workers.test_timers import look

LONDON = ZoneInfo("Europe/London")
NEW_YORK = ZoneInfo("America/New_York")
#: A Monday; the walk is on Tuesday at half past ten.
MONDAY = datetime(2026, 11, 30, 12, tzinfo=UTC)
DUE = datetime(2026, 12, 1, 9, 31, tzinfo=UTC)


def weekly(**facts: object) -> RoutineBody:
    said: dict[str, object] = {"template": Template.WALK, "name": "Walk with Kim", "days": (1,), "hour": 10,
                               "minute": 30, "nudge": Nudge.HOUR}  # fmt: skip
    return RoutineBody(**said | facts)  # type: ignore[arg-type]


def settle(session: Session, *, now: datetime = MONDAY, **facts: Any) -> str:
    member = factories.member(session, time_zone="Europe/London", display_name="Mira")
    said = {"what": "Kim next door"}
    kim = notebook.write(session, member=member.id, kind=EntryKind.PERSON, said=said, now=now)
    return routines.begin(session, member=member, body=weekly(person=kim.id, **facts), now=now).id


def letters(basket: Outbasket) -> list[EmailMessage]:
    return [mail for mail in basket.sent if mail["X-Handrail-Kind"] == routines.KIND]


@pytest.mark.requirement("R61")
@pytest.mark.parametrize(
    ("sunday", "facts", "came"),
    [
        (datetime(2026, 10, 25), {"days": (6,), "hour": 1, "nudge": Nudge.START}, "2026-10-25 01:31 +0100"),  # noqa: DTZ001
        (datetime(2027, 3, 28), {"days": (6,), "hour": 1, "nudge": Nudge.START}, "2027-03-28 02:31 +0100"),  # noqa: DTZ001
        (datetime(2026, 10, 25), {"days": (6,), "nudge": Nudge.HOUR}, "2026-10-25 09:31 +0000"),  # noqa: DTZ001
        (datetime(2027, 3, 28), {"days": (6,), "nudge": Nudge.EVE}, "2027-03-27 18:01 +0000"),  # noqa: DTZ001
    ],
)
def test_it_comes_once_at_its_moment_whatever_the_clocks_do(
    database_url: str,
    sessions: Sessions,
    basket: Outbasket,
    sunday: datetime,
    facts: dict[str, Any],
    came: str,
) -> None:
    begin = (sunday - timedelta(days=1)).replace(hour=12, tzinfo=UTC)
    with writing(sessions) as session:
        settle(session, now=begin, **facts)
    found: list[str] = []
    for half in range(72):
        moment = begin + timedelta(minutes=30 * half + 1)
        if abs((moment - datetime.strptime(came, "%Y-%m-%d %H:%M %z")).total_seconds()) > 2 * 3600:
            continue
        before = len(letters(basket))
        look(database_url, basket, moment)
        found += [f"{moment.astimezone(LONDON):%Y-%m-%d %H:%M %z}"] * (len(letters(basket)) - before)
    assert found == [came]


@pytest.mark.requirement("R18", "R61")
def test_it_comes_each_week_and_names_neither_what_nor_whom(
    database_url: str, sessions: Sessions, basket: Outbasket
) -> None:
    with writing(sessions) as session:
        settle(session)
    for week in range(3):
        for _restart in range(2):
            look(database_url, basket, DUE + timedelta(weeks=week))
    found = letters(basket)
    assert len(found) == 3
    assert "Tuesday 1 December, 10:30" in found[0].get_content()
    assert "Tuesday 15 December, 10:30" in found[2].get_content()
    assert not [mail for mail in found if "Kim" in mail.as_string() or "Walk" in mail.as_string()]


@pytest.mark.requirement("R61")
@pytest.mark.parametrize(
    ("why", "written"),
    [
        *[
            (why, False)
            for why in ("removed", "paused", "done", "unwanted", "moved", "resting", "held", "gone")
        ],
        *[(why, True) for why in ("removed", "paused", "rested", "all stopped", "moved")],
    ],
)
def test_none_for_what_was_changed_or_done_meanwhile(
    database_url: str, sessions: Sessions, basket: Outbasket, why: str, written: bool
) -> None:
    """``written``: the mail was written already and could not be sent."""
    with writing(sessions) as session:
        routine = settle(session)
    if written:
        basket.refuses = 99
        look(database_url, basket, DUE)
        basket.refuses = 0
    with writing(sessions) as session:
        _undo(session, routine, why)
    look(database_url, basket, DUE + timedelta(minutes=20 if written else 0))
    assert letters(basket) == []


def _undo(session: Session, routine: str, why: str) -> None:
    member, now = session.scalars(select(Member)).one(), DUE - timedelta(hours=1)
    match why:
        case "removed":
            routines.remove(session, member=member.id, routine=routine)
        case "paused":
            routines.pause(session, member=member, routine=routine, now=now)
        case "done" | "rested":
            routines.mark(session, member=member, routine=routine, done=why == "done", now=now)
        case "unwanted":
            routines.change(session, member=member, routine=routine, body=weekly(nudge=Nudge.NONE), now=now)
        case "all stopped":
            routines.stop(session, member=member.id)
        case "moved":
            routines.change(session, member=member, routine=routine, body=weekly(days=(4,)), now=now)
        case "resting":
            members.pause(session, member=member, until=now + timedelta(days=9), now=now)
        case "held":
            restrictions.impose(session, account=member.id, limit=Limit.PAUSED, report=None, now=now)
        case "gone":
            erasure.ask(session, account=session.get_one(Account, member.id), at_once=True, now=now)


@pytest.mark.requirement("R61")
def test_another_hour_another_clock_or_a_replay_sends_no_second_one_that_day(
    database_url: str, sessions: Sessions, basket: Outbasket
) -> None:
    with writing(sessions) as session:
        routine = settle(session)
    look(database_url, basket, DUE)
    with writing(sessions) as session:
        member = session.scalars(select(Member)).one()
        routines.change(session, member=member, routine=routine, body=weekly(hour=18), now=DUE)
        for message in session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "routine_due")):
            message.state, message.closed_at = MessageState.READY, None
    look(database_url, basket, datetime(2026, 12, 1, 17, 31, tzinfo=UTC))
    with writing(sessions) as session:
        member = session.scalars(select(Member)).one()
        there = members.Profile(time_zone="America/New_York")
        members.save_profile(session, member=member, profile=there, now=DUE)
    look(database_url, basket, datetime(2026, 12, 1, 17, 31, tzinfo=NEW_YORK).astimezone(UTC))
    assert len(letters(basket)) == 1
    look(database_url, basket, datetime(2026, 12, 8, 17, 31, tzinfo=NEW_YORK).astimezone(UTC))
    assert len(letters(basket)) == 2


@pytest.mark.parametrize(
    ("facts", "asleep", "came"),
    [
        ({}, timedelta(hours=1), 1),
        ({}, timedelta(hours=3), 0),
        ({"hour": 4}, timedelta(minutes=5), 1),
        ({"hour": 4}, timedelta(minutes=40), 0),
    ],
)
def test_a_late_one_comes_while_it_is_of_use_and_not_by_night(
    database_url: str,
    sessions: Sessions,
    basket: Outbasket,
    facts: dict[str, Any],
    asleep: timedelta,
    came: int,
) -> None:
    with writing(sessions) as session:
        settle(session, **facts)
    due = DUE.replace(hour=3) if facts else DUE
    look(database_url, basket, due + asleep)
    assert len(letters(basket)) == came
    with reading(sessions) as session:
        planned = session.scalars(select(Routine.due_at)).one()
    assert planned == due + timedelta(days=7, minutes=-1)
