from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.listings.reading import read
from domain.listings.record import Listing, Refused

ODD_ZONE = """BEGIN:VTIMEZONE
TZID:Our office
BEGIN:STANDARD
DTSTART:19700101T000000
TZOFFSETFROM:+0200
TZOFFSETTO:+0200
END:STANDARD
END:VTIMEZONE
"""


def rows(*events: str, head: str = "") -> list[Listing | Refused]:
    body = "".join(f"BEGIN:VEVENT\n{event}\nEND:VEVENT\n" for event in events)
    return list(
        read(f"BEGIN:VCALENDAR\nVERSION:2.0\n{head}{body}END:VCALENDAR\n".replace("\n", "\r\n").encode())
    )


def one(event: str, head: str = "") -> Listing:
    (row,) = rows(f"UID:a\nSUMMARY:Walk\n{event}", head=head)
    assert isinstance(row, Listing)
    return row


@pytest.mark.parametrize(
    ("start", "head", "instant", "zone"),
    [
        ("DTSTART;TZID=Europe/London:20260701T183000", "", "2026-07-01T17:30", "Europe/London"),
        (
            "DTSTART;TZID=/citadel.org/1/Europe/London:20260701T183000",
            "",
            "2026-07-01T17:30",
            "Europe/London",
        ),
        ("DTSTART:20260701T183000Z\nGEO:43.65;-79.38", "", "2026-07-01T18:30", "America/Toronto"),
        ("DTSTART:20260701T183000", "X-WR-TIMEZONE:Europe/Paris\n", "2026-07-01T16:30", "Europe/Paris"),
        ("DTSTART:20260701T183000", "", "2026-07-01T18:30", "UTC"),
        ("DTSTART;TZID=Our office:20260701T183000", ODD_ZONE, "2026-07-01T16:30", "UTC"),
    ],
)
def test_a_start_knows_its_zone(start: str, head: str, instant: str, zone: str) -> None:
    listing = one(f"{start}\nDURATION:PT1H30M", head)
    assert listing.starts_at == datetime.fromisoformat(instant).replace(tzinfo=UTC)
    assert (listing.tz, listing.ends_at - listing.starts_at) == (zone, timedelta(minutes=90))
    assert listing.repairs == ()


def test_an_all_day_event_ends_before_the_day_its_end_names() -> None:
    listing = one("DTSTART;VALUE=DATE:20260701\nDTEND;VALUE=DATE:20260702")
    assert (listing.all_day, listing.ends_at - listing.starts_at) == (True, timedelta(days=1))
    assert listing.repairs == ()


def test_a_series_keeps_its_rule_and_the_dates_left_out() -> None:
    listing = one(
        "DTSTART;TZID=Europe/London:20261011T183000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY;COUNT=9\n"
        "EXDATE;TZID=Europe/London:20261018T183000\nEXDATE:20261025T183000Z"
    )
    assert listing.rrule == "FREQ=WEEKLY;COUNT=9"
    assert listing.exdates == "2026-10-18T18:30\n2026-10-25T18:30"


def test_a_changed_date_is_its_own_event_and_left_out_of_the_series() -> None:
    series = (
        "UID:a\nSUMMARY:Walk\nDTSTART;TZID=Europe/London:20261011T183000\nDURATION:PT1H\nRRULE:FREQ=WEEKLY"
    )
    changed = (
        "UID:a\nSUMMARY:Walk, later\nRECURRENCE-ID;TZID=Europe/London:20261018T183000\n"
        "DTSTART;TZID=Europe/London:20261018T193000\nDURATION:PT1H\nSTATUS:CANCELLED"
    )
    whole, moved = (row for row in rows(series, changed) if isinstance(row, Listing))
    assert whole.exdates == "2026-10-18T18:30"
    assert moved.uid == "a 20261018T173000Z"
    assert (moved.cancelled, moved.rrule) == (True, None)


@pytest.mark.requirement("C37")
@pytest.mark.parametrize(
    "rule", ["FREQ=SECONDLY", "FREQ=DAILY;BYHOUR=1,2,3", "FREQ=WEEKLY\nRRULE:FREQ=DAILY"]
)
def test_a_rule_beyond_those_followed_leaves_one_date_and_says_so(rule: str) -> None:
    listing = one(f"DTSTART:20260701T183000Z\nDURATION:PT1H\nRRULE:{rule}")
    assert listing.rrule is None
    assert listing.repairs[0].startswith("repetition left out")


def test_a_broken_event_spoils_only_itself() -> None:
    good = "UID:b\nSUMMARY:Talk\nDTSTART:20260701T183000Z\nDURATION:PT1H"
    found = rows(
        "SUMMARY:Walk\nDTSTART:junk", good, "UID:c\nDTSTART:20260701T183000Z", "no colon here at all"
    )
    assert [type(row) for row in found] == [Refused, Listing, Refused, Refused]
    assert [row.position for row in found] == [1, 2, 3, 4]


def test_the_higher_sequence_counts_whatever_the_order() -> None:
    newer = "UID:a\nSUMMARY:New\nSEQUENCE:2\nDTSTART:20260701T183000Z\nDURATION:PT1H"
    older = "UID:a\nSUMMARY:Old\nSEQUENCE:1\nDTSTART:20260701T183000Z\nDURATION:PT1H"
    assert [row.title for row in rows(newer, older) if isinstance(row, Listing)] == ["New", "New"]


def test_an_organizers_address_is_not_kept() -> None:
    named = one('DTSTART:20260701T183000Z\nORGANIZER;CN="Ann Reed":mailto:ann@example.com')
    unnamed = one("DTSTART:20260701T183000Z\nORGANIZER;CN=ann@example.com:mailto:ann@example.com")
    assert (named.organizer, unnamed.organizer) == ("Ann Reed", "")


def test_folded_and_escaped_text_comes_out_plain() -> None:
    listing = one(
        "DTSTART:20260701T183000Z\nDESCRIPTION:Tea\\, cake\\nand a lo\n ng walk\nCATEGORIES:Walking,Tea"
    )
    assert (listing.text, listing.keywords) == ("Tea, cake\nand a long walk", ("Walking", "Tea"))
