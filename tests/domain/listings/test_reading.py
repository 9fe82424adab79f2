from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.listings.reading import Reading, read
from domain.listings.record import MOST_EVENTS, Listing, Refused, UnreadableFile, fingerprint
from matching.inputs import SituationFeature

TORONTO = Path(__file__).parents[4] / "shared" / "data" / "toronto-events.jsonld"
ZONE = ZoneInfo("America/Toronto")
needs_toronto = pytest.mark.skipif(
    not TORONTO.exists(), reason="the Toronto listing is not beside the project"
)


def event(**changes: Any) -> dict[str, Any]:
    plain = {
        "@type": "Event",
        "name": "Quiet walk",
        "startDate": "2026-05-04T18:30:00",
        "endDate": "2026-05-04T20:00:00",
        "location": {"@type": "Place", "name": "Park gate", "address": {"addressLocality": "Toronto"}},
    }
    return plain | changes


def read_events(*events: object, **options: Any) -> Reading:
    return read(json.dumps(list(events)).encode(), **options)


def count(rows: Reading, stored: dict[str, str]) -> Counter[str]:
    """Count as the docstring of ``reading`` asks; ``stored`` maps uid to fingerprint."""
    counts: Counter[str] = Counter()
    for row in rows:
        if isinstance(row, Refused):
            counts["refused"] += 1
        elif stored.get(row.uid) == fingerprint(row):
            counts["unchanged"] += 1
        else:
            kind = "updated" if row.uid in stored else "created"
            counts["repaired" if row.repairs else kind] += 1
            stored[row.uid] = fingerprint(row)
    return counts


@pytest.fixture(scope="module")
def toronto() -> Reading:
    return read(TORONTO)


@needs_toronto
def test_toronto_is_read_whole_and_what_cannot_be_known_is_refused_with_its_place(toronto: Reading) -> None:
    assert (toronto.format, toronto.total) == ("json-ld", 850)
    assert [refused.position for refused in toronto.refused] == [441, 522]
    assert all("ends before it begins" in refused.reason for refused in toronto.refused)
    assert len(toronto.listings) + len(toronto.refused) == 850


@needs_toronto
def test_the_51_of_toronto_without_a_sound_end_are_all_mended_or_refused(toronto: Reading) -> None:
    rows = json.loads(TORONTO.read_text("utf-8"))
    unsound = {n for n, row in enumerate(rows, 1) if not row["endDate"] or row["endDate"] < row["startDate"]}
    mended = {listing.position for listing in toronto.listings if listing.repairs}
    assert len(unsound) == 51
    assert unsound <= mended | {refused.position for refused in toronto.refused}


@needs_toronto
def test_toronto_ends_after_it_begins_in_its_own_zone_with_every_fact(toronto: Reading) -> None:
    known = set(SituationFeature) - {SituationFeature.CONSTANT, SituationFeature.UNFAMILIAR}
    for listing in toronto.listings:
        assert timedelta(0) < listing.ends_at - listing.starts_at <= timedelta(days=1, hours=1)
        assert listing.tz == "America/Toronto"
        assert set(listing.facts) == known
        assert all(0 <= fact.value <= 1 for fact in listing.facts.values())


@needs_toronto
def test_toronto_counts_add_up_and_a_second_import_changes_nothing(toronto: Reading) -> None:
    stored: dict[str, str] = {}
    first, second = count(toronto, stored), count(toronto, stored)
    assert sum(first.values()) == sum(second.values()) == 850
    assert first["repaired"] >= 49
    assert second == {"unchanged": 848, "refused": 2}


@needs_toronto
@pytest.mark.parametrize("starting", [date(2026, 11, 25), date(2027, 3, 10), date(2020, 2, 29)])
def test_toronto_moves_by_whole_weeks_to_the_week_asked_for(toronto: Reading, starting: date) -> None:
    moved = read(TORONTO, starting=starting)
    days = [listing.starts_at.astimezone(ZONE).date() for listing in moved.listings]
    assert starting <= min(days) < starting + timedelta(days=7)
    for before, after in zip(toronto.listings, moved.listings, strict=True):
        was, now = (one.starts_at.astimezone(ZONE).replace(tzinfo=None) for one in (before, after))
        assert now - was == timedelta(weeks=moved.weeks)
        assert before.uid == after.uid


def test_the_clock_shows_the_same_time_when_a_move_crosses_the_change() -> None:
    summer = event(startDate="2025-07-02T22:30:00Z", endDate="2025-07-03T00:00:00Z")
    (listing,) = read_events(summer, starting=date(2026, 12, 1)).listings
    assert listing.starts_at == datetime(2026, 12, 2, 23, 30, tzinfo=UTC)
    assert listing.starts_at.astimezone(ZONE).strftime("%a %H:%M") == "Wed 18:30"


def test_the_day_asked_for_is_the_first_of_the_seven() -> None:
    (same,) = read_events(event(), starting=date(2026, 6, 1)).listings
    (later,) = read_events(event(), starting=date(2026, 6, 2)).listings
    assert same.starts_at.astimezone(ZONE).date() == date(2026, 6, 1)
    assert later.starts_at.astimezone(ZONE).date() == date(2026, 6, 8)


def test_two_rows_of_one_event_carry_the_content_of_the_last() -> None:
    rows = read_events(event(description="old"), event(description="new"))
    stored: dict[str, str] = {}
    assert [listing.text for listing in rows.listings] == ["new", "new"]
    assert [listing.position for listing in rows.listings] == [1, 2]
    assert count(rows, stored) == {"created": 1, "unchanged": 1}
    assert count(rows, stored) == {"unchanged": 2}


def test_a_mended_row_counts_as_repaired_until_nothing_changes() -> None:
    stored: dict[str, str] = {}
    unended = read_events(event(endDate=None))
    assert count(unended, stored) == {"repaired": 1}
    assert count(unended, stored) == {"unchanged": 1}
    assert count(read_events(event()), stored) == {"updated": 1}


def test_the_fingerprint_follows_the_content_and_not_the_position() -> None:
    (alone,) = read_events(event()).listings
    _, second = read_events(event(name="Another"), event()).listings
    (changed,) = read_events(event(description="Bring water.")).listings
    assert fingerprint(alone) == fingerprint(second)
    assert fingerprint(alone) != fingerprint(changed)


def test_the_default_zone_counts_only_where_no_place_is_known() -> None:
    nowhere = event(location={"name": "Somewhere"})
    (listing,) = read_events(nowhere, zone="Europe/Paris").listings
    (known,) = read_events(event(), zone="Europe/Paris").listings
    assert (listing.tz, listing.starts_at.hour) == ("Europe/Paris", 16)
    assert known.tz == "America/Toronto"


def test_an_unknown_zone_and_a_far_date_are_the_callers_mistake() -> None:
    with pytest.raises(ValueError, match="time zone"):
        read_events(event(), zone="Mars/Base")
    with pytest.raises(ValueError, match="far away"):
        read_events(event(), starting=date(9999, 1, 1))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   ",
        b"hello",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"{",
        b'{"a": 1}',
        b"42",
        b"[" * 100_000,
        b"a,b\n1,2\n",
    ],
)
def test_a_file_of_no_known_format_is_one_clear_error(content: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read(content)


def test_too_large_a_file_and_too_many_events_are_said_so() -> None:
    with pytest.raises(UnreadableFile, match="20 MB"):
        read(b" " * 20_000_001)
    with pytest.raises(UnreadableFile, match="20,000"):
        read(b"title,start\n" + b"Walk,2026-05-01\n" * (MOST_EVENTS + 1))


def test_an_empty_list_holds_nothing() -> None:
    assert read(b"[]").total == 0


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
NAMES = [
    "@id",
    "@type",
    "@graph",
    "name",
    "description",
    "startDate",
    "endDate",
    "duration",
    "location",
    "geo",
    "address",
    "organizer",
    "url",
    "keywords",
    "offers",
    "isAccessibleForFree",
    "maximumAttendeeCapacity",
    "eventStatus",
    "eventSchedule",
    "previousStartDate",
]
HOSTILE = st.sampled_from(
    [
        "Event",
        "https://schema.org/MusicEvent",
        "2026-05-01T18:30:00Z",
        "2026-05-01",
        "9999-12-31T23:59:59+23:59",
        "0001-01-01",
        "'; DROP TABLE events; --",
        "<script>alert(1)</script>",
        "=cmd|' /C calc'!A0",
        "\ud800\u202e\x00",
        "javascript:alert(1)",
        float("nan"),
        float("inf"),
        10**400,
        -1,
        "P99999999999D",
        {"latitude": float("nan"), "longitude": 10**400},
        {"@id": "#itself", "@type": "Place"},
        {"@type": "Schedule", "repeatFrequency": "P1W", "startDate": "2026-05-01", "repeatCount": -5},
    ]
)
EVENTS = st.dictionaries(st.sampled_from(NAMES), HOSTILE | JSON, max_size=10).map(
    lambda node: {"@type": "Event", "name": "Walk", "startDate": "2026-05-01T18:30"} | node
)


def survives(content: bytes) -> None:
    """Read to the end; anything but the one clear error escapes and fails the test."""
    try:
        rows = read(content, starting=date(2026, 6, 1))
    except UnreadableFile:
        return
    listings = rows.listings
    assert len(listings) + len(rows.refused) == rows.total
    for listing in listings:
        assert_clean(listing)


def assert_clean(listing: Listing) -> None:
    words = (
        listing.title,
        listing.text,
        listing.venue,
        listing.locality,
        listing.organizer,
        *listing.keywords,
    )
    assert all("\x00" not in word and "\u202e" not in word and "<script" not in word for word in words)
    assert listing.title
    assert listing.ends_at > listing.starts_at
    assert listing.url is None or listing.url.lower().startswith(("http://", "https://"))
    assert listing.latitude is None or -90 <= listing.latitude <= 90
    assert len(fingerprint(listing)) == 64
    "".join(words).encode("utf-8")


@pytest.mark.requirement("C31")
@given(document=st.lists(EVENTS | JSON, max_size=4) | JSON | EVENTS)
@settings(deadline=None)
def test_hostile_json_never_breaks_a_reading(document: object) -> None:
    survives(json.dumps(document).encode())


LINES = st.sampled_from(
    [
        "BEGIN:VEVENT",
        "END:VEVENT",
        "BEGIN:VTIMEZONE",
        "END:VTIMEZONE",
        "TZID:Nowhere",
        "UID:1",
        "SUMMARY:Walk",
        "SUMMARY;LANGUAGE=en:<script>alert(1)</script>",
        "DTSTART:20260501T183000Z",
        "DTSTART;TZID=Nowhere:20260501T183000",
        "DTSTART;TZID=Europe/London:20260501T183000",
        "DTSTART;VALUE=DATE:20260501",
        "DTSTART:99999999T999999",
        "DTEND:00010101T000000Z",
        "DTEND;VALUE=DATE:20260503",
        "DURATION:-P1D",
        "DURATION:P99999999999W",
        "RRULE:FREQ=SECONDLY",
        "RRULE:FREQ=WEEKLY;UNTIL=junk",
        "EXDATE:20260508T183000Z,junk",
        "RECURRENCE-ID:20260508T183000Z",
        "SEQUENCE:99999999999999999999",
        "GEO:nan;nan",
        "GEO:51.5",
        "CATEGORIES:a,b\\,c",
        "ORGANIZER;CN=Ann:mailto:ann@example.com",
        "URL:javascript:alert(1)",
        "X-\x00:\x07",
    ]
) | st.text(max_size=30)
GOOD = "BEGIN:VEVENT\nSUMMARY:Walk\nDTSTART:20260501T183000Z\nDTEND:20260501T193000Z\n"


@pytest.mark.requirement("C37")
@given(lines=st.lists(LINES, max_size=14), good=st.booleans())
@settings(deadline=None)
def test_hostile_calendars_never_break_a_reading(lines: list[str], good: bool) -> None:
    body = "\n".join(lines)
    body = f"{GOOD}{body}\nEND:VEVENT" if good else body
    survives(f"BEGIN:VCALENDAR\n{body}\nEND:VCALENDAR\n".encode("utf-8", "replace"))


CELLS = st.text(max_size=12) | st.sampled_from(
    [
        '"',
        '""',
        "=1+1",
        "nan",
        "1e999",
        "2026-05-01 18:30",
        "FREQ=DAILY",
        "yes",
        "-5",
        "\x00",
        "Europe/London",
    ]
)


@given(rows=st.lists(st.lists(CELLS, max_size=16), max_size=5), delimiter=st.sampled_from(",;\t|"))
@settings(deadline=None)
def test_hostile_tables_never_break_a_reading(rows: list[list[str]], delimiter: str) -> None:
    header = [
        "title",
        "start",
        "end",
        "zone",
        "latitude",
        "longitude",
        "price",
        "repeats",
        "except",
        "talking",
        "people",
        "minutes",
        "url",
    ]
    lines = [delimiter.join(row) for row in (header, *([["Walk", "2026-05-01 18:30", *row] for row in rows]))]
    survives("\n".join(lines).encode("utf-8", "replace"))


@given(content=st.binary(max_size=200))
def test_bytes_of_any_kind_never_break_a_reading(content: bytes) -> None:
    survives(content)
    survives(b"BEGIN:VCALENDAR\n" + content)
    survives(b"[" + content)
    survives(b"title,start\n" + content)
