"""Places: towns found by name, kept as a coarse cell."""

from __future__ import annotations

import math

import pytest

from domain import places


def kilometres(one: tuple[float, float], other: tuple[float, float]) -> float:
    (north, east), (north2, east2) = ([math.radians(each) for each in pair] for pair in (one, other))
    half = math.sin((north2 - north) / 2) ** 2
    half += math.cos(north) * math.cos(north2) * math.sin((east2 - east) / 2) ** 2
    return 2 * 6371 * math.asin(math.sqrt(half))


@pytest.mark.parametrize(
    "position", [(51.5074, -0.1278), (43.6532, -79.3832), (-33.86, 151.2), (64.1, -21.9)]
)
def test_a_cell_is_near_and_coarse(position: tuple[float, float]) -> None:
    cell = places.cell_of(*position)
    assert kilometres(places.centre(cell), position) < 5
    nearby = (position[0] + 0.001, position[1])
    assert len(cell) == 15
    assert kilometres(places.centre(places.cell_of(*nearby)), position) < 5


def test_a_town_is_found_by_name_the_largest_first() -> None:
    found = places.search("Durham")
    assert len(found) <= places.MOST
    assert {each.country for each in found} >= {"United Kingdom", "United States"}
    exact = [each.people for each in found if each.name == "Durham"]
    assert exact == sorted(exact, reverse=True)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("leeds", "Leeds"),
        ("  LEEDS ", "Leeds"),
        ("Sao Paulo", "São Paulo"),
        ("durham, united k", "Durham"),
        ("Stratford upon Avon", "Stratford-upon-Avon"),
    ],
)
def test_case_accents_and_hyphens_do_not_matter(typed: str, name: str) -> None:
    assert places.search(typed)[0].name == name


def test_a_country_after_a_comma_narrows_the_search() -> None:
    assert {each.country for each in places.search("Durham, United States")} == {"United States"}


@pytest.mark.parametrize("typed", ["", "x", " ", ",", "Nowhereatall", "\x00", "%", "x" * 500])
def test_what_is_no_town_finds_nothing(typed: str) -> None:
    assert places.search(typed) == []


def test_a_town_is_found_again_by_its_id() -> None:
    town = places.search("Leeds")[0]
    assert places.find(town.id) == town
    assert places.find("nothing") is None
