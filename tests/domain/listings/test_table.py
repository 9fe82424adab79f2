from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from domain.listings.reading import read
from domain.listings.record import Basis, Fact, Listing, Refused
from domain.listings.table import COLUMNS, FACT_COLUMNS
from matching.inputs import SituationFeature

PAGE = Path(__file__).parents[3] / "docs" / "how-to" / "import-listings.md"


def rows(text: str, encoding: str = "utf-8") -> list[Listing | Refused]:
    found = read(text.encode(encoding))
    assert found.format == "csv"
    return list(found)


def one(header: str, row: str) -> Listing:
    (found,) = rows(f"title,start,{header}\nWalk,2026-07-01 18:30,{row}\n")
    assert isinstance(found, Listing)
    return found


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_separators_and_encodings_of_spreadsheets_are_told(delimiter: str, encoding: str) -> None:
    text = "Title,Start Date,Time Zone,Venue\n“Café” walk,2026-07-01T18:30,Europe/London,Gate\n"
    (listing,) = rows(text.replace(",", delimiter), encoding)
    assert isinstance(listing, Listing)
    assert (listing.title, listing.venue) == ("“Café” walk", "Gate")
    assert listing.starts_at == datetime(2026, 7, 1, 17, 30, tzinfo=UTC)


def test_a_quoted_cell_may_hold_commas_and_lines() -> None:
    assert one("text", '"Tea, cake\nand talk"').text == "Tea, cake\nand talk"


@pytest.mark.parametrize(
    ("header", "row", "minutes"),
    [
        ("end", "2026-07-01 20:00", 90),
        ("end_time", "20:00", 90),
        ("minutes", "45", 45),
        ("duration", "PT2H15M", 135),
    ],
)
def test_an_end_may_be_a_time_or_a_length(header: str, row: str, minutes: int) -> None:
    listing = one(header, row)
    assert listing.ends_at - listing.starts_at == timedelta(minutes=minutes)
    assert listing.repairs == ()


def test_a_date_and_a_time_in_columns_of_their_own() -> None:
    (listing,) = rows("name,date,time\nWalk,2026-07-01,18:30\n")
    assert isinstance(listing, Listing)
    assert listing.starts_at == datetime(2026, 7, 1, 18, 30, tzinfo=UTC)


def test_facts_an_organizer_states_stand_as_stated() -> None:
    listing = one("people,talking,no_host,observed", "5,0.2,0,maybe")
    assert listing.facts[SituationFeature.GROUP_SIZE] == Fact(value=0.4, basis=Basis.STATED)
    assert listing.facts[SituationFeature.TALKING] == Fact(value=0.2, basis=Basis.STATED)
    assert listing.facts[SituationFeature.NO_HOST] == Fact(value=0.0, basis=Basis.STATED)
    assert listing.facts[SituationFeature.OBSERVED].basis is Basis.ASSUMED
    assert "observed left out: not a number from 0 to 1" in listing.repairs


def test_a_rule_and_its_exceptions() -> None:
    listing = one("repeats,except,minutes", "FREQ=WEEKLY;COUNT=4,2026-07-08,60")
    assert (listing.rrule, listing.exdates) == ("FREQ=WEEKLY;COUNT=4", "2026-07-08T18:30")
    assert listing.facts[SituationFeature.ONE_OFF] == Fact(value=0.0, basis=Basis.STATED)


def test_each_broken_row_is_named_by_its_place_below_the_header() -> None:
    text = "title,start,zone\n,2026-07-01,\nWalk,,\n\nWalk,1/7/2026,\nWalk,2026-07-01,Narnia\n"
    text += "Walk,2026-07-01,Europe/London\n"
    *refused, good = rows(text)
    assert [(row.position, row.reason) for row in refused if isinstance(row, Refused)] == [
        (1, "it has no title"),
        (2, "it has no start"),
        (3, "“1/7/2026” is not a time like 2026-05-01T18:30"),
        (4, "“Narnia” is not a time zone like Europe/London"),
    ]
    assert isinstance(good, Listing)
    assert good.position == 5


def test_a_cell_beyond_all_measure_spoils_only_its_row() -> None:
    found = rows(f"title,start,text\nWalk,2026-07-01,{'x' * 200_000}\nTalk,2026-07-02,short\n")
    assert [type(row) for row in found] == [Refused, Listing]


def test_the_page_names_every_column_and_its_example_is_read_as_it_stands() -> None:
    page = PAGE.read_text("utf-8")
    assert [name for name in (*COLUMNS, *FACT_COLUMNS) if f"`{name}`" not in page] == []
    example = next(block for block in page.split("```\n") if block.startswith("title,start"))
    walk, games = rows(example)
    assert isinstance(walk, Listing)
    assert isinstance(games, Listing)
    assert (walk.rrule, walk.tz, walk.interests) == ("FREQ=WEEKLY", "Europe/London", ("walking", "nature"))
    assert games.facts[SituationFeature.TALKING] == Fact(value=0.6, basis=Basis.STATED)
    assert walk.repairs == games.repairs == ()
