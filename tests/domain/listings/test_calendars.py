from __future__ import annotations

import pytest

from domain.listings.calendars import alone, take_apart

EVENT = "BEGIN:VEVENT\nSUMMARY:Walk\nDTSTART;TZID=Our office:20260701T183000\nEND:VEVENT"


def zone(name: str = "Our office", rule: str = "FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU", extra: str = "") -> str:
    return (
        f"BEGIN:VTIMEZONE\nTZID:{name}\nBEGIN:STANDARD\nDTSTART:19700101T000000\nRRULE:{rule}\n{extra}"
        "TZOFFSETFROM:+0300\nTZOFFSETTO:+0200\nEND:STANDARD\nEND:VTIMEZONE"
    )


def test_an_event_stands_alone_with_the_zones_it_names() -> None:
    parts = take_apart(f"BEGIN:VCALENDAR\r\n{zone()}\r\n{zone('Elsewhere')}\r\n{EVENT}\r\nEND:VCALENDAR")
    assert parts.events == (EVENT,)
    assert alone(EVENT, parts.zones) == f"BEGIN:VCALENDAR\n{zone()}\n{EVENT}\nEND:VCALENDAR\n"


def test_a_known_zone_is_not_taken_from_the_file() -> None:
    assert take_apart(zone("Europe/London")).zones == {}


def test_an_event_cut_short_keeps_its_place() -> None:
    parts = take_apart(f"BEGIN:VEVENT\nSUMMARY:Cut\n{EVENT}\nBEGIN:VEVENT\nSUMMARY:Last")
    assert parts.events == ("BEGIN:VEVENT\nSUMMARY:Cut", EVENT, "BEGIN:VEVENT\nSUMMARY:Last")


@pytest.mark.requirement("C37")
@pytest.mark.parametrize(
    "hostile",
    [
        zone(rule="FREQ=SECONDLY"),
        zone(rule="FREQ=SECO\n NDLY"),
        zone(rule="FREQ=YEARLY;BYSECOND=1,2,3"),
        zone(rule="FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU"),
        zone(rule="FREQ=YEARLY;BYMONTH=1,2,3,4,5,6;BYDAY=MO,TU,WE"),
        zone(extra="RDATE:20200101T000000\n" * 500),
    ],
)
def test_a_zone_that_changes_without_end_is_left_out(hostile: str) -> None:
    assert take_apart(hostile).zones == {}


@pytest.mark.requirement("C37")
def test_a_file_of_beginnings_is_taken_apart_once() -> None:
    assert len(take_apart("BEGIN:VEVENT\n" * 100_000).events) == 100_000
