"""What comes back, on both databases: by day of the week, near, narrowed, and without people kept apart."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from domain import agenda, recurring, rsvps, schedule
from domain.agenda import Wish
from domain.errors import NotFound
from domain.models import Block, Event, Group, RsvpStatus
from domain.reach import Reach
from domain.recurring import Board, Day, Series
from tests import factories
from tests.conftest import NOW
from tests.domain.outing_rows import a_group, a_member

pytestmark = pytest.mark.requirement("R50")
#: NOW is a Monday at ten, British summer time.
TUESDAY = "2026-06-02T18:30"
HERE = (51.2, -1.95)


def a_series(session: Session, *, group: Group | None = None, **columns: Any) -> Event:
    """A recurring event with the dates it has for the next 60 days."""
    facts: dict[str, Any] = {"starts_local": TUESDAY, "rrule": "FREQ=WEEKLY;BYDAY=TU"}
    event = factories.event(session, group=group or a_group(session), **facts | columns)
    schedule.expand(session, event=event, now=NOW)
    return event


def look(session: Session, member: str, **asked: Any) -> Board:
    facts: dict[str, Any] = {"wish": Wish(), "reach": Reach(), "now": NOW}
    return recurring.look(session, member=member, **facts | asked)


def titles(board: Board) -> dict[Day, list[str]]:
    return {day: [each.next.event.title for each in those] for day, those in board.days.items()}


def only(board: Board) -> Series:
    ((series,),) = board.days.values()
    return series


@pytest.mark.parametrize(
    ("rrule", "days"),
    [
        ("FREQ=WEEKLY", (Day.TUESDAY,)),
        ("FREQ=WEEKLY;BYDAY=MO,FR", (Day.MONDAY, Day.FRIDAY)),
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU", (Day.SUNDAY,)),
        ("FREQ=DAILY", (Day.MOST_DAYS,)),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", (Day.MOST_DAYS,)),
        ("FREQ=DAILY;INTERVAL=3", (Day.CHANGING,)),
        ("FREQ=MONTHLY;BYDAY=1SU", (Day.SUNDAY,)),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=-1", (Day.TUESDAY,)),
        ("FREQ=MONTHLY;BYDAY=MO,TU,WE;BYSETPOS=1", (Day.CHANGING,)),
        ("FREQ=MONTHLY;BYMONTHDAY=15", (Day.CHANGING,)),
        ("FREQ=YEARLY", (Day.CHANGING,)),
        ("nonsense", (Day.CHANGING,)),
    ],
)
def test_a_rule_stands_under_its_days(rrule: str, days: tuple[Day, ...]) -> None:
    assert recurring.days_of(rrule, TUESDAY) == days


def test_the_days_hold_in_the_event_s_own_zone(session: Session) -> None:
    """Tuesday morning in Auckland is Monday evening in UTC."""
    ann = a_member(session).id
    event = a_series(session, starts_local="2026-06-02T06:30", time_zone="Pacific/Auckland")
    assert titles(look(session, ann)) == {Day.TUESDAY: [event.title]}
    start = only(look(session, ann)).next.occurrence.starts_at
    assert start.astimezone(ZoneInfo("Pacific/Auckland")).isoformat()[:16] == "2026-06-02T06:30"
    assert start.weekday() == 0


def test_series_stand_by_day_and_by_the_clock_once_each_with_the_next_date(session: Session) -> None:
    ann = a_member(session).id
    a_series(session, title="Late", starts_local="2026-06-02T20:00")
    a_series(session, title="Early", starts_local="2026-06-02T09:00")
    a_series(session, title="Twice a week", rrule="FREQ=WEEKLY;BYDAY=TU,SA", starts_local="2026-06-02T12:00")
    factories.occurrence(session, event=factories.event(session, group=a_group(session), title="Once"))
    board = look(session, ann)
    assert titles(board) == {
        Day.TUESDAY: ["Early", "Twice a week", "Late"],
        Day.SATURDAY: ["Twice a week"],
    }
    assert board.counts == {Day.TUESDAY: 3, Day.SATURDAY: 1}
    starts = [each.next.occurrence.starts_at for each in board.days[Day.TUESDAY]]
    assert [at.isoformat()[:16] for at in starts] == [
        f"2026-06-02T{hour}" for hour in ("08:00", "11:00", "19:00")
    ]


def test_a_date_called_off_is_named_and_the_one_after_it_is_next(session: Session) -> None:
    ann = a_member(session).id
    event = a_series(session)
    first, second, third, *_ = agenda.of_group(session, member=ann, group=event.group, now=NOW)
    for each in (first, third):
        schedule.cancel_occurrence(session, occurrence=each.occurrence, reason="Rain", now=NOW)
    series = only(look(session, ann))
    assert series.next.occurrence is second.occurrence
    assert series.off == (first.occurrence.starts_at, third.occurrence.starts_at)
    assert series.off_before(NOW) == (first.occurrence.starts_at,)
    later = first.occurrence.starts_at + timedelta(hours=1)
    assert only(look(session, ann, now=later)).off_before(later) == ()


@pytest.mark.parametrize("end", ["COUNT=1", "UNTIL=20260602"])
def test_what_has_come_to_its_end_is_left_out(session: Session, end: str) -> None:
    ann = a_member(session).id
    a_series(session, rrule=f"FREQ=WEEKLY;{end}")
    assert titles(look(session, ann)) == {Day.TUESDAY: ["Slow walk by the river"]}
    assert look(session, ann, now=NOW + timedelta(days=2)).days == {}


def test_a_wish_and_the_reach_narrow_it(session: Session) -> None:
    ann = a_member(session).id
    a_series(session, title="Near", latitude=51.21, longitude=-1.95, price=0)
    a_series(session, title="Far", latitude=52.9, longitude=-1.95, interests=("choir",))
    a_series(session, title="Corner", latitude=51.262, longitude=-1.85)  # inside the box, beyond the circle
    a_series(session, title="Online", online=True, starts_local="2026-06-02T19:00")
    near = Reach(centre=HERE, radius_km=8)
    assert titles(look(session, ann, reach=near)) == {Day.TUESDAY: ["Near", "Online"]}
    assert titles(look(session, ann, wish=Wish(interest="choir"))) == {Day.TUESDAY: ["Far"]}
    assert titles(look(session, ann, wish=Wish(free=True))) == {Day.TUESDAY: ["Near"]}
    assert titles(look(session, ann, wish=Wish(online=False), reach=near)) == {Day.TUESDAY: ["Near"]}
    assert titles(look(session, ann, reach=Reach(online_only=True))) == {Day.TUESDAY: ["Online"]}


def test_a_long_day_is_cut_and_has_pages_of_its_own(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recurring, "PER_DAY", 1)
    monkeypatch.setattr(recurring, "PAGE_LENGTH", 2)
    ann, group = a_member(session).id, a_group(session)
    for number in range(3):
        a_series(session, group=group, title=f"Walk {number}")
    a_series(
        session, group=group, title="Sunday", rrule="FREQ=WEEKLY;BYDAY=SU", starts_local="2026-06-07T18:30"
    )
    board = look(session, ann)
    assert titles(board) == {Day.TUESDAY: ["Walk 0"], Day.SUNDAY: ["Sunday"]}
    assert board.counts[Day.TUESDAY] == 3
    last = look(session, ann, day=Day.TUESDAY, page=99)
    assert titles(last) == {Day.TUESDAY: ["Walk 2"]}
    assert (last.number, last.pages) == (2, 2)
    assert look(session, ann, day=Day.FRIDAY).days == {}


def test_more_than_is_looked_through_is_admitted(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    ann, group = a_member(session).id, a_group(session)
    for number in range(3):
        a_series(session, group=group, title=f"Walk {number}")
    assert not look(session, ann).cut
    monkeypatch.setattr(recurring, "MOST", 2)
    assert look(session, ann).cut


@pytest.mark.parametrize("how", ["blocked", "blocking", "closed", "unpublished", "cancelled"])
def test_what_is_not_open_is_nowhere(session: Session, how: str) -> None:
    ann, olive = a_member(session).id, a_member(session, "olive").id
    group = a_group(session, organizer=olive)
    event = a_series(session, group=group)
    assert look(session, ann).days
    assert agenda.next_of(session, member=ann, event=event.id, now=NOW).event is event
    match how:
        case "blocked":
            session.add(Block(member=ann, other=olive, created_at=NOW))
        case "blocking":
            session.add(Block(member=olive, other=ann, created_at=NOW))
        case "closed":
            group.closed_at = NOW
        case "unpublished":
            event.published_at = None
        case "cancelled":
            schedule.cancel(session, event=event, reason="Moved away", now=NOW)
    session.flush()
    assert look(session, ann).days == {}
    assert recurring.feed(session, member=ann, wish=Wish(), reach=Reach(), now=NOW) == ()
    with pytest.raises(NotFound):
        agenda.next_of(session, member=ann, event=event.id, now=NOW)


def test_one_s_own_answer_to_the_next_date_is_shown(session: Session) -> None:
    ann = a_member(session).id
    a_series(session)
    place = only(look(session, ann)).next.occurrence
    rsvps.respond(session, member=ann, occurrence=place.id, status=RsvpStatus.YES, now=NOW)
    answer = only(look(session, ann)).next.answer
    assert answer is not None
    assert answer.status == RsvpStatus.YES


def test_the_feed_is_in_order_of_the_next_date_and_keeps_to_a_day(session: Session) -> None:
    ann = a_member(session).id
    a_series(session, title="Friday", rrule="FREQ=WEEKLY;BYDAY=FR", starts_local="2026-06-05T18:30")
    a_series(session, title="Tuesday")
    asked: dict[str, Any] = {"member": ann, "wish": Wish(), "reach": Reach(), "now": NOW}
    assert [each.next.event.title for each in recurring.feed(session, **asked)] == ["Tuesday", "Friday"]
    (friday,) = recurring.feed(session, day=Day.FRIDAY, **asked)
    assert friday.next.occurrence.starts_at > datetime.fromisoformat("2026-06-05T00:00Z")
