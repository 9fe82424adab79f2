from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.listings.reading import read
from domain.listings.record import Listing, Refused

PLACE = {"@type": "Place", "name": "Hall", "geo": {"latitude": 51.5, "longitude": -0.12}}


def one(**changes: Any) -> Listing:
    (row,) = rows(
        {"@type": "Event", "name": "Walk", "startDate": "2026-07-01T18:30", "location": PLACE} | changes
    )
    assert isinstance(row, Listing)
    return row


def rows(document: object) -> list[Listing | Refused]:
    return list(read(json.dumps(document).encode()))


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("2026-07-01T18:30:00.000Z", "2026-07-01T18:30"),
        ("2026-07-01T18:30:00+02:00", "2026-07-01T16:30"),
        ("2026-07-01T18:30", "2026-07-01T17:30"),
        ("2026-07-01", "2026-06-30T23:00"),
    ],
)
def test_a_start_is_an_instant_or_the_clock_of_the_place(written: str, instant: str) -> None:
    assert one(startDate=written).starts_at == datetime.fromisoformat(instant).replace(tzinfo=UTC)


def test_a_date_alone_is_a_whole_day_to_the_end_of_the_last() -> None:
    listing = one(startDate="2026-07-01", endDate="2026-07-01")
    assert listing.all_day
    assert (listing.ends_at - listing.starts_at).total_seconds() == 24 * 3600


def test_an_end_typed_on_the_same_day_is_moved_past_midnight() -> None:
    listing = one(startDate="2026-07-01T19:00", endDate="2026-07-01T02:00")
    assert listing.ends_at == datetime(2026, 7, 2, 1, tzinfo=UTC)
    assert listing.repairs == ("ended before it began: the end moved past midnight",)


@pytest.mark.parametrize("end", ["2026-06-30T20:00", "2026-07-01T13:00"])
def test_an_end_on_another_day_or_half_a_day_off_is_refused(end: str) -> None:
    (row,) = rows({"@type": "Event", "name": "Walk", "startDate": "2026-07-01T18:30", "endDate": end})
    assert isinstance(row, Refused)
    assert "before it begins" in row.reason


@pytest.mark.parametrize("start", ["9999-12-31T23:59:59+23:59", "0001-01-01", "1970-01-01T00:00:00Z"])
def test_a_year_far_from_ours_is_refused(start: str) -> None:
    (row,) = rows({"@type": "Event", "name": "Walk", "startDate": start})
    assert isinstance(row, Refused)
    assert "too far away" in row.reason


def test_of_several_days_the_first_is_kept() -> None:
    listing = one(startDate="2026-07-01T10:00", endDate="2026-08-31T17:00")
    assert (listing.ends_at - listing.starts_at).total_seconds() == 7 * 3600
    assert listing.repairs == ("runs over several days: only the first is kept",)


def test_midnight_to_midnight_is_a_day_and_a_midnight_show_is_not() -> None:
    assert one(startDate="2026-07-01T00:00", endDate="2026-07-05T00:00").all_day
    assert not one(startDate="2026-07-01T00:00", endDate="2026-07-01T01:30").all_day


def test_graphs_item_lists_and_single_objects_are_read() -> None:
    node = {
        "@type": ["Thing", "http://schema.org/MusicEvent"],
        "name": "Song",
        "startDate": "2026-07-01T18:30",
    }
    graph = {
        "@graph": [
            node | {"location": {"@id": "#hall"}},
            {"@id": "#hall", "@type": "Place", "name": "Old hall"},
        ]
    }
    items = {"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": node}]}
    (in_graph,) = rows(graph)
    assert isinstance(in_graph, Listing)
    assert (in_graph.venue, in_graph.keywords) == ("Old hall", ("Music Event",))
    assert len(rows(items)) == len(rows(node)) == len(rows([graph])) == 1


def test_positions_count_events_and_say_what_is_wrong() -> None:
    nameless = {"@type": "Event", "startDate": "2026-07-01"}
    undated = {"@type": "Event", "name": "Walk"}
    found = rows(
        [
            {"@type": "Event", "name": "Walk", "startDate": "next week"},
            nameless,
            undated,
            {"@type": "Person"},
            7,
        ]
    )
    assert [(row.position, row.reason) for row in found if isinstance(row, Refused)] == [
        (1, "“next week” is not a time like 2026-05-01T18:30"),
        (2, "it has no title"),
        (3, "it has no start"),
        (4, "this is not an event"),
        (5, "this is not an event"),
    ]


def test_identity_is_the_id_or_else_title_place_and_first_start() -> None:
    assert one(**{"@id": "https://x.org/1"}).uid == "https://x.org/1"
    assert one(url="https://x.org/a").uid == one(url="https://x.org/b").uid
    assert one().uid != one(startDate="2026-07-08T18:30").uid
    moved = one(startDate="2026-07-08T18:30", previousStartDate="2026-07-01T18:30")
    assert moved.uid == one().uid


def test_a_series_under_one_id_is_several_events() -> None:
    first = {"@id": "#series", "@type": "Event", "name": "Walk", "startDate": "2026-07-01T18:30"}
    found = rows([first, first | {"startDate": "2026-07-08T18:30"}])
    assert len({row.uid for row in found if isinstance(row, Listing)}) == 2


def test_a_simple_schedule_is_a_rule_and_another_is_left_out() -> None:
    weekly = {
        "@type": "Schedule",
        "startDate": "2026-07-01",
        "startTime": "18:30",
        "endTime": "20:00",
        "endDate": "2026-07-31",
        "repeatFrequency": "P1W",
        "byDay": ["https://schema.org/Wednesday"],
        "exceptDate": "2026-07-08",
        "scheduleTimezone": "Europe/London",
    }
    listing = one(startDate=None, eventSchedule=weekly)
    assert listing.rrule == "FREQ=WEEKLY;INTERVAL=1;UNTIL=20260731T225959Z;BYDAY=WE"
    assert (listing.exdates, listing.ends_at) == ("2026-07-08T18:30", datetime(2026, 7, 1, 19, tzinfo=UTC))
    odd = one(eventSchedule={"repeatFrequency": "P1M", "byMonthDay": 31})
    assert odd.rrule is None
    assert "repetition left out: the schedule is not a simple one" in odd.repairs


@pytest.mark.parametrize(
    ("changes", "price", "is_free"),
    [
        ({"offers": {"price": 15, "priceCurrency": "CAD"}}, 15.0, False),
        ({"offers": [{"price": "£20.50"}, {"lowPrice": "12,50"}]}, 12.5, False),
        ({"offers": {"price": "Free"}}, 0.0, True),
        ({"isAccessibleForFree": True}, None, True),
        ({"isAccessibleForFree": True, "offers": {"price": 9}}, 9.0, False),
        ({"offers": {"price": -3}}, None, None),
        ({}, None, None),
    ],
)
def test_a_price_at_the_door_wins_over_free(
    changes: dict[str, Any], price: float | None, is_free: bool | None
) -> None:
    listing = one(**changes)
    assert (listing.price, listing.is_free) == (price, is_free)


@pytest.mark.parametrize("geo", [(float("nan"), 1), (91, 1), (0, 0), (10**400, 2), ("x", "y"), (True, True)])
def test_a_position_off_the_earth_is_left_out(geo: tuple[object, object]) -> None:
    listing = one(location=PLACE | {"geo": {"latitude": geo[0], "longitude": geo[1]}})
    assert (listing.latitude, listing.longitude) == (None, None)
    assert "position left out: not a place on earth" in listing.repairs


@pytest.mark.parametrize(
    ("changes", "online"),
    [
        ({}, False),
        ({"eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode"}, True),
        ({"location": {"@type": "VirtualLocation", "url": "https://x.org"}}, True),
        ({"location": [PLACE, {"@type": "VirtualLocation"}]}, False),
        ({"location": {"name": "Online"}}, True),
        ({"eventAttendanceMode": "MixedEventAttendanceMode"}, False),
    ],
)
def test_online_is_only_what_can_only_be_attended_from_home(changes: dict[str, Any], online: bool) -> None:
    assert one(**changes).online is online


@pytest.mark.requirement("C31")
def test_markup_hidden_characters_and_bad_addresses_do_not_come_in() -> None:
    listing = one(
        name="<b>Walk</b>\u202e &amp; talk\x00",
        description="<p>One</p><script>alert(1)</script>"
        "&lt;img src=x onerror=alert(1)&gt;Two \u200bthree<br>four",
        url="javascript:alert(1)",
        organizer={"name": "Ann\r\nBcc: x@example.com"},
    )
    assert (listing.title, listing.text) == ("Walk & talk", "One\nTwo three\nfour")
    assert (listing.url, listing.organizer) == (None, "Ann Bcc: x@example.com")


def test_a_cancelled_event_says_so() -> None:
    assert one(eventStatus="https://schema.org/EventCancelled").cancelled
