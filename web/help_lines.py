"""Numbers to call or text in a hard moment, per country; each with its source and the day it was looked up.

A line nobody has looked up has no day, and is not shown.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("help_numbers.json")
HOME_COUNTRY = "GB"
GOOD_FOR = timedelta(days=180)  #: numbers change; after this they must be checked again


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """One service that listens."""

    name: str
    note: str
    source: str  #: the page that was read
    checked_on: date | None  #: when it was read
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

    countries: Mapping[str, Country]

    @property
    def checked_on(self) -> date:
        """Return the day the number checked longest ago was looked up."""
        shown = (line for each in self.countries.values() for line in (each.emergency, *each.lines))
        return min(line.checked_on for line in shown if line.checked_on)

    def stale(self, today: date) -> bool:
        """Return whether the numbers were checked too long ago to be relied upon."""
        return today > self.checked_on + GOOD_FOR


def _line(body: Mapping[str, str]) -> Line:
    checked = body.get("checked_on")
    return Line(**{**body, "checked_on": date.fromisoformat(checked) if checked else None})  # type: ignore[arg-type]


def _country(code: str, body: Mapping[str, Any]) -> Country:
    emergency = dict(body["emergency"])
    first = _line({"name": "Emergency", "call": emergency.pop("number"), **emergency})
    lines = [_line(each) for each in body["lines"]]
    return Country(
        code=code,
        name=body["name"],
        emergency=first,
        lines=tuple(each for each in lines if each.checked_on),
    )


@lru_cache(maxsize=1)
def read() -> Numbers:
    """Return all numbers."""
    body = json.loads(FILE.read_text("utf-8"))
    return Numbers(countries={code: _country(code, each) for code, each in body["countries"].items()})


def nearest(code: str | None = None) -> Country:
    """Return the country asked for, or the home country where it is not among ours."""
    countries = read().countries
    return countries.get((code or "").upper()) or countries[HOME_COUNTRY]
