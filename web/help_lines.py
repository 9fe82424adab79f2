"""Numbers to call or text in a hard moment, per country, from a file with sources and a date of checking."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("help_numbers.json")
HOME_COUNTRY = "GB"
GOOD_FOR = timedelta(days=180)  #: numbers change; after this they must be checked again


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One service that listens."""

    name: str
    note: str
    source: str
    call: str | None = None
    text: str | None = None
    send: str | None = None  #: the word to text first


@dataclass(frozen=True, kw_only=True, slots=True)
class Country:
    """Where to turn in one country."""

    code: str
    name: str
    emergency: Line
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Numbers:
    """The whole file."""

    checked_on: date
    countries: Mapping[str, Country]

    def stale(self, today: date) -> bool:
        """Return whether the numbers were checked too long ago to be relied upon."""
        return today > self.checked_on + GOOD_FOR


def _country(code: str, body: Mapping[str, object]) -> Country:
    emergency = dict(body["emergency"])  # type: ignore[call-overload]
    lines = tuple(Line(**each) for each in body["lines"])  # type: ignore[attr-defined]
    first = Line(
        name="Emergency", call=emergency["number"], note=emergency["note"], source=emergency["source"]
    )
    return Country(code=code, name=str(body["name"]), emergency=first, lines=lines)


@lru_cache(maxsize=1)
def read() -> Numbers:
    """Return all numbers."""
    body = json.loads(FILE.read_text("utf-8"))
    countries = {code: _country(code, each) for code, each in body["countries"].items()}
    return Numbers(checked_on=date.fromisoformat(body["checked_on"]), countries=countries)


def nearest(code: str | None = None) -> Country:
    """Return the country asked for, or the home country where it is not among ours."""
    countries = read().countries
    return countries.get((code or "").upper()) or countries[HOME_COUNTRY]
