"""What comes back: the page by day of the week, its words, and its filters, which the feed takes over."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import recurring, schedule
from domain.models import Member, Occurrence
from tests.conftest import NOW
from tests.web.loop_rows import account_of, still  # noqa: F401
from tests.web.series_rows import EMAIL, PAGE, a_series, entries, feed_of, live_in_larkford, text

pytestmark = pytest.mark.requirement("R50")


def shown(page: str) -> dict[str, list[str]]:
    """The titles under each heading of a day."""
    parts = re.split(r'<h2 id="day-[^"]+">([^<]+)</h2>', page)
    pairs = zip(parts[1::2], parts[2::2], strict=True)
    return {day: re.findall(r'class="row-title" href="[^"]+">([^<]+)', body) for day, body in pairs}


def words(page: str) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page)))


def test_a_series_says_rhythm_place_group_next_date_and_the_way_to_its_page(
    member_client: FlaskClient, rows: Session
) -> None:
    event = a_series(rows, price=2, currency="GBP")
    first = rows.scalars(select(Occurrence).order_by(Occurrence.starts_at)).first()
    assert first is not None
    page = text(member_client)
    assert shown(page) == {"Tuesday": [event.title]}
    assert f'href="/occurrences/{first.id}"' in page
    for said in (
        "Every Tuesday at 18:30",
        "Larkford · with Tuesday walkers · £2",
        "Next: Tuesday 2 June, 18:30 to 20:00",
    ):
        assert said in words(page), said
    for hidden in ("Mill House", "12 Mill Lane", "secret"):
        assert hidden not in page
    assert "Comes back: Every Tuesday at 18:30" in words(text(member_client, f"/occurrences/{first.id}"))


@pytest.mark.parametrize(
    ("rrule", "day", "said"),
    [
        ("FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "Tuesday", "Every second Tuesday at 18:30"),
        ("FREQ=MONTHLY;BYDAY=1TU", "Tuesday", "On the first Tuesday of each month at 18:30"),
        ("FREQ=MONTHLY;BYDAY=1TU,3TU", "Tuesday", "Every month, on the first Tuesday and the third Tuesday"),
        ("FREQ=MONTHLY;INTERVAL=2;BYDAY=-1SU", "Sunday", "Every 2 months, on the last Sunday at 18:30"),
        ("FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", "Tuesday", "Every month, on the second Tuesday at 18:30"),
        ("FREQ=MONTHLY;BYDAY=TU", "Tuesday", "Every Tuesday at 18:30"),
        (
            "FREQ=MONTHLY;BYMONTHDAY=2,-1",
            "On changing days",
            "Every month, on day 2 and the last day at 18:30",
        ),
        ("FREQ=MONTHLY", "On changing days", "Every month, on day 2 at 18:30"),
        ("FREQ=MONTHLY;BYDAY=TU;BYMONTHDAY=2", "Tuesday", "Every month, on Tuesday, if it is day 2"),
        ("FREQ=WEEKLY;INTERVAL=3;BYDAY=TU", "Tuesday", "Every 3 weeks, on Tuesday at 18:30"),
        ("FREQ=WEEKLY;BYDAY=TU,TH;BYMONTH=6,7", "Tuesday", "Every Tuesday and Thursday, in June and July at"),
        ("FREQ=DAILY", "Most days", "Every day at 18:30"),
        ("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU", "Most days", "Every day at 18:30"),
        ("FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR", "Most days", "Every Monday to Friday at 18:30"),
        ("FREQ=DAILY;INTERVAL=3", "On changing days", "Every 3 days at 18:30"),
        ("FREQ=YEARLY", "On changing days", "Every year, on 2 June at 18:30"),
        ("FREQ=YEARLY;BYMONTH=6;BYDAY=1TU", "Tuesday", "Every year, on the first Tuesday, in June at 18:30"),
        ("FREQ=WEEKLY;BYDAY=TU;COUNT=3;WKST=SU", "Tuesday", "Every Tuesday at 18:30"),
        ("FREQ=WEEKLY;BYDAY=TU,WE;UNTIL=20260701", "Tuesday", "at 18:30, until Wednesday 1 July 2026"),
        ("FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=1", "On changing days", "Again and again, from Tuesday 2 June"),
    ],
)
def test_every_rule_is_said_in_words(
    member_client: FlaskClient, rows: Session, rrule: str, day: str, said: str
) -> None:
    event = a_series(rows, rrule=rrule)
    page = text(member_client)
    assert said in words(page)
    assert event.title in shown(page)[day]


def test_a_time_elsewhere_is_the_clock_there_with_one_s_own_beside_it(
    member_client: FlaskClient, rows: Session
) -> None:
    a_series(rows, time_zone="America/Toronto")
    page = words(text(member_client))
    assert "Every Tuesday at 18:30, on the clock there" in page
    assert "Next: Tuesday 2 June, 23:30 to Wednesday 3 June, 01:00 your time (18:30 there)" in page


def test_a_date_called_off_is_named(member_client: FlaskClient, rows: Session) -> None:
    event = a_series(rows)
    first = rows.scalars(select(Occurrence).order_by(Occurrence.starts_at)).first()
    assert first is not None
    schedule.cancel_occurrence(rows, occurrence=first, reason="Rain", now=NOW)
    rows.commit()
    page = words(text(member_client))
    assert "Next: Tuesday 9 June" in page
    assert "Not on Tuesday 2 June." in page
    assert member_client.get(f"{PAGE}{event.id}").location != f"/occurrences/{first.id}"


def test_near_comes_first_and_anywhere_can_be_asked_for(member_client: FlaskClient, rows: Session) -> None:
    a_series(rows, title="Near", latitude=51.21, longitude=-1.95)
    a_series(rows, title="Far", latitude=53.5, longitude=-1.95)
    a_series(rows, title="Online", online=True, starts_local="2026-06-02T19:00")
    before = text(member_client)
    assert shown(before) == {"Tuesday": ["Far", "Near", "Online"]}
    assert "Tell us your town" in before
    live_in_larkford(rows)
    assert "Tell us your town" not in text(member_client)
    for query, expected in (
        ("", ["Near", "Online"]),
        ("?place=there", ["Near"]),
        ("?place=online", ["Online"]),
        ("?place=anywhere", ["Far", "Near", "Online"]),
    ):
        assert shown(text(member_client, PAGE + query)) == {"Tuesday": expected}, query


def test_who_asked_for_online_only_sees_that_and_can_look_further(
    member_client: FlaskClient, rows: Session
) -> None:
    a_series(rows, title="There")
    rows.get_one(Member, account_of(rows, EMAIL)).online_only = True
    rows.commit()
    page = text(member_client)
    assert "Nothing comes back here just now" in page
    assert "Online, as you chose" in page
    assert shown(text(member_client, f"{PAGE}?place=anywhere")) == {"Tuesday": ["There"]}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("interest=choir", {"Sunday": ["Songs"]}),
        ("interest=nonsense&day=someday&place=moon", {"Tuesday": ["Walk"], "Sunday": ["Songs"]}),
        ("free=1", {"Tuesday": ["Walk"]}),
        ("day=sunday", {"Sunday": ["Songs"]}),
        ("day=friday", {}),
    ],
)
def test_filters_narrow_it_and_go_on_to_the_feed(
    client: FlaskClient, member_client: FlaskClient, rows: Session, query: str, expected: dict[str, list[str]]
) -> None:
    a_series(rows, title="Walk", price=0)
    sunday: dict[str, Any] = {"starts_local": "2026-06-07T11:00", "rrule": "FREQ=MONTHLY;BYDAY=1SU"}
    a_series(rows, title="Songs", interests=("choir",), price=3, **sunday)
    page = text(member_client, f"{PAGE}?{query}")
    assert shown(page) == expected
    assert ("Nothing comes back here just now" in page) is not bool(expected)
    fed = [str(each["SUMMARY"]) for each in entries(client, feed_of(member_client, f"?{query}"))]
    assert fed == [title for those in expected.values() for title in those]


def test_a_long_day_leads_to_a_page_of_its_own(
    member_client: FlaskClient, rows: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recurring, "PER_DAY", 1)
    monkeypatch.setattr(recurring, "PAGE_LENGTH", 2)
    for number in range(3):
        a_series(rows, title=f"Walk {number}", price=0)
    first = text(member_client, f"{PAGE}?free=1")
    assert shown(first) == {"Tuesday": ["Walk 0"]}
    more = re.search(r'href="([^"]+)">See all 3', first)
    assert more
    day = text(member_client, unescape(more[1]))
    assert shown(day) == {"Tuesday": ["Walk 0", "Walk 1"]}
    assert "Page 1 of 2" in day
    onward = re.search(r'href="([^"]+)" rel="next"', day)
    assert onward
    assert shown(text(member_client, unescape(onward[1]))) == {"Tuesday": ["Walk 2"]}
    monkeypatch.setattr(recurring, "MOST", 2)
    assert "There is more than fits here" in text(member_client)


def test_the_events_and_outings_pages_lead_here(member_client: FlaskClient) -> None:
    for path in ("/events/", "/outings/"):
        assert f'href="{PAGE}"' in text(member_client, path)
    assert re.search(r'href="/events/" aria-current="page"', text(member_client))
