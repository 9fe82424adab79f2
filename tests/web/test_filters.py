"""Times, distances, money and feelings in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask

from domain import database
from tests.conftest import NOW
from tests.web.conftest import ORIGIN
from web import filters
from web.db import db


@dataclass
class Span:
    starts_at: datetime
    ends_at: datetime


EVENING = Span(datetime(2026, 6, 2, 17, 30, tzinfo=UTC), datetime(2026, 6, 2, 19, 0, tzinfo=UTC))


@pytest.fixture(autouse=True)
def _asked(app: Flask) -> Iterator[None]:
    with time_machine.travel(NOW, tick=False), app.test_request_context("/", base_url=ORIGIN):
        database.begin(db.session(), "read")
        yield


def test_a_time_is_told_in_the_zone_of_who_reads() -> None:
    assert filters.when(EVENING) == "Tuesday 2 June, 18:30 to 20:00"
    assert filters.when(EVENING, ZoneInfo("America/Toronto")) == "Tuesday 2 June, 13:30 to 15:00"


def test_an_end_on_another_day_and_another_year_are_named() -> None:
    night = Span(datetime(2026, 6, 2, 21, tzinfo=UTC), datetime(2026, 6, 3, 0, 30, tzinfo=UTC))
    assert filters.when(night) == "Tuesday 2 June, 22:00 to Wednesday 3 June, 01:30"
    assert filters.day(datetime(2027, 1, 4, 12, tzinfo=UTC)) == "Monday 4 January 2027"


def test_a_time_stays_right_on_both_sides_of_the_clock_change() -> None:
    for day in (24, 31):
        start = datetime(2026, 10, day, 18, 30, tzinfo=ZoneInfo("Europe/London"))
        assert filters.clock_time(start.astimezone(UTC)) == "18:30"


@pytest.mark.parametrize(
    ("kilometres", "words"),
    [
        (0.2, "less than 5 km away"),
        (6, "about 5 km away"),
        (8, "about 10 km away"),
        (None, "distance not known"),
        (float("nan"), "distance not known"),
    ],
)
def test_distance_comes_in_steps_of_five(kilometres: float | None, words: str) -> None:
    assert filters.distance_words(kilometres) == words


@pytest.mark.parametrize(
    ("price", "currency", "words"),
    [
        (None, None, "not stated"),
        (0, "GBP", "Free"),
        (2, "GBP", "£2"),
        (2.5, "GBP", "£2.50"),
        (10, "CAD", "CA$10"),
    ],
)
def test_money_is_short(price: float | None, currency: str | None, words: str) -> None:
    assert filters.money(price, currency) == words


@pytest.mark.parametrize(
    ("minutes", "words"), [(45, "45 minutes"), (60, "1 hour"), (90, "1 hour 30 minutes"), (0, "0 minutes")]
)
def test_how_long_it_takes(minutes: float, words: str) -> None:
    assert filters.duration_words(minutes) == words


@pytest.mark.requirement("R28")
def test_feelings_are_words_that_grow_with_the_number() -> None:
    words = [filters.suds_words(number) for number in range(0, 101, 5)]
    assert words[0] == "calm"
    assert words[-1] == "as hard as it gets"
    assert len(dict.fromkeys(words)) == 7
    assert sorted(words, key=list(dict.fromkeys(words)).index) == words
    assert not any(character.isdigit() for word in words for character in word)
    assert filters.suds_words(None) == "we are not sure yet"
