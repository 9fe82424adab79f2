from __future__ import annotations

import json
from typing import Any

import pytest

from domain.listings.reading import read
from domain.listings.record import Basis, Listing
from matching.inputs import SituationFeature as F


def listing(title: str, text: str = "", **changes: Any) -> Listing:
    node = {
        "@type": "Event",
        "name": title,
        "description": text,
        "startDate": "2026-07-01T14:00",
        "endDate": "2026-07-01T16:00",
        "location": {"name": "Room 1"},
    }
    (found,) = read(json.dumps([node | changes]).encode()).listings
    return found


def value(feature: F, title: str, text: str = "", **changes: Any) -> float:
    return listing(title, text, **changes).facts[feature].value


def test_what_the_file_states_is_stated_and_the_rest_assumed() -> None:
    facts = listing("Walk").facts
    stated = {feature for feature, fact in facts.items() if fact.basis is Basis.STATED}
    assert stated == {F.DURATION, F.EVENING, F.IN_PERSON}
    assert facts[F.DURATION].value == 0.5


def test_of_the_unknown_the_demanding_side_of_the_middle_is_assumed() -> None:
    facts = listing("Zzyzx").facts
    for feature in (
        F.UNSTRUCTURED,
        F.OBSERVED,
        F.TALKING,
        F.HARD_TO_LEAVE,
        F.SENSORY_LOAD,
        F.NO_HOST,
        F.NO_ROLE,
    ):
        assert 0.5 < facts[feature].value < 1
        assert facts[feature].basis is Basis.ASSUMED


@pytest.mark.parametrize(
    ("feature", "easier", "harder"),
    [
        (F.OBSERVED, ("Concert", ""), ("Open mic night", "")),
        (F.TALKING, ("Museum exhibition", ""), ("Museum exhibition", "With icebreakers.")),
        (F.UNSTRUCTURED, ("Pottery workshop", ""), ("Garden party", "")),
        (F.SENSORY_LOAD, ("Book club", ""), ("Street festival", "")),
        (F.HARD_TO_LEAVE, ("Workshop", "Drop in and come and go as you please."), ("Workshop", "")),
        (F.HARD_TO_LEAVE, ("Walking tour", ""), ("Harbour cruise tour", "")),
        (F.NO_HOST, ("Talk", "Led by our host."), ("Talk", "")),
        (F.NO_ROLE, ("Tree planting", ""), ("Farmers market", "")),
        (F.ONE_TO_ONE, ("Walk", ""), ("Walk", "You will talk in pairs.")),
        (F.ONE_OFF, ("Walk", "Every Tuesday."), ("Walk", "")),
        (F.GROUP_SIZE, ("Workshop", "Limited to 6 people."), ("Workshop", "")),
        (F.ALCOHOL, ("Walk", ""), ("Walk to the brewery", "")),
    ],
)
def test_words_bend_a_fact_the_right_way(
    feature: F, easier: tuple[str, str], harder: tuple[str, str]
) -> None:
    assert value(feature, *easier) < value(feature, *harder)


def test_a_host_on_a_stage_greets_nobody() -> None:
    assert value(F.NO_HOST, "Comedy night", "Hosted by a famous comic.") >= 0.8


def test_a_hard_word_is_not_softened_by_an_easy_one() -> None:
    assert value(F.TALKING, "Museum exhibition", "A discussion, then a silent walk.") == 0.7


@pytest.mark.parametrize(
    ("title", "venue", "alcohol"),
    [
        ("Trivia", "Stout Irish Pub", 1.0),
        ("Ghost tour", "Distillery District", 0.3),
        ("Story time", "City library", 0.1),
        ("Sober dance", "The Bar", 0.0),
        ("Nature walk with a welcome drink", "Gate", 0.6),
        ("Talk", "Barnsley hall", 0.3),
    ],
)
def test_alcohol_is_told_by_what_the_place_is_about(title: str, venue: str, alcohol: float) -> None:
    assert value(F.ALCOHOL, title, location={"name": venue}) == alcohol


@pytest.mark.parametrize(
    ("start", "evening"), [("17:59", 0.0), ("18:00", 1.0), ("02:30", 1.0), ("05:00", 0.0)]
)
def test_evening_follows_the_clock_of_the_place(start: str, evening: float) -> None:
    assert value(F.EVENING, "Walk", startDate=f"2026-07-01T{start}", endDate="2026-07-01T23:00") == evening


def test_without_a_time_of_day_the_evening_is_assumed() -> None:
    fact = listing("Walk", startDate="2026-07-01", endDate=None).facts[F.EVENING]
    assert (fact.value, fact.basis) == (0.6, Basis.ASSUMED)


def test_opening_hours_are_not_how_long_one_stays() -> None:
    facts = listing("Exhibition", endDate="2026-07-01T22:00").facts
    assert (facts[F.DURATION].value, facts[F.DURATION].basis) == (0.6, Basis.ASSUMED)


def test_a_stated_capacity_bounds_the_group() -> None:
    fact = listing("Walk", maximumAttendeeCapacity=9).facts[F.GROUP_SIZE]
    assert (fact.value, fact.basis) == (0.6, Basis.STATED)


def test_from_home_nobody_is_trapped() -> None:
    online = listing("Talk", location={"@type": "VirtualLocation"}).facts
    assert online[F.IN_PERSON].value == 0.5
    assert online[F.HARD_TO_LEAVE].value <= 0.3
