"""One event as a file states it, cleaned, its time not yet settled; every format is read into this."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.listings.places import valid_position
from domain.listings.text import plain
from matching.inputs import SituationFeature

_NUMBER = re.compile(r"\d{1,9}(?:[.,]\d{1,2})?(?!\d)")
_FREE = re.compile(r"\s*(?:free|free of charge|no charge|none)\s*\.?\s*", re.IGNORECASE)
#: Years outside this range are slips, and would break the arithmetic of moving a listing.
YEARS = range(1990, 2101)


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """A time as written: an instant, or a wall time that still needs the zone of its place."""

    written: datetime  #: aware: an instant; naive: wall time
    all_day: bool = False

    def local(self, zone: ZoneInfo) -> datetime:
        """Return it as a naive wall time, to the minute."""
        aware = self.written if self.written.tzinfo else self.written.replace(tzinfo=zone)
        return aware.astimezone(zone).replace(tzinfo=None, second=0, microsecond=0)

    def instant(self, zone: ZoneInfo) -> datetime:
        """Return it as UTC, to the minute."""
        aware = self.written if self.written.tzinfo else self.written.replace(tzinfo=zone)
        return aware.astimezone(UTC).replace(second=0, microsecond=0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Draft:
    """One event as a file states it."""

    position: int
    uid: str | None = None  #: as the file names it
    title: str
    text: str = ""
    starts: Moment
    first: Moment | None = None  #: the start that identifies it, where it has since been moved
    ends: Moment | None = None
    duration: timedelta | None = None
    tz: str | None = None  #: a known IANA zone
    rrule: str | None = None
    skipped: tuple[Moment, ...] = ()
    venue: str = ""
    locality: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    online: bool | None = None  #: None: not said
    organizer: str = ""
    url: str | None = None
    keywords: tuple[str, ...] = ()
    is_free: bool | None = None
    price: float | None = None
    currency: str | None = None
    capacity: int | None = None
    cancelled: bool = False
    revision: int = 0  #: of two with the same uid, the higher one counts
    stated: Mapping[SituationFeature, float] = field(default_factory=dict)
    repairs: tuple[str, ...] = ()


class Unreadable(ValueError):
    """One event cannot be read; the message is the reason, in plain words."""


def moment(value: object) -> Moment | None:
    """Return the time an ISO text, date or datetime stands for; None where nothing is said.

    Raises ``Unreadable`` on a value that is no time of our days.
    """
    match value:
        case None:
            return None
        case datetime():
            found = Moment(written=value)
        case date():
            found = Moment(written=datetime.combine(value, time()), all_day=True)
        case str():
            if not value.strip():
                return None
            found = _written(value.strip())
        case _:
            raise Unreadable("a time is not written as text")
    if found.written.year not in YEARS:
        raise Unreadable(f"the year {found.written.year} is too far away")
    return found


def _written(text: str) -> Moment:
    all_day = re.fullmatch(r"\d{4}-?\d\d-?\d\d", text, re.ASCII) is not None
    try:
        return Moment(written=datetime.fromisoformat(text[:41].replace(" ", "T", 1)), all_day=all_day)
    except ValueError as error:
        raise Unreadable(f"“{plain(text, 40)}” is not a time like 2026-05-01T18:30") from error


def position_of(latitude: object, longitude: object) -> tuple[float | None, float | None, tuple[str, ...]]:
    """Return latitude, longitude and what was left out."""
    if latitude in (None, "") and longitude in (None, ""):
        return None, None, ()
    found = valid_position(latitude, longitude)
    return (*found, ()) if found else (None, None, ("position left out: not a place on earth",))


def price_of(value: object) -> tuple[float | None, tuple[str, ...]]:
    """Return the lowest price in a number or text, and what was left out."""
    if value is None or isinstance(value, bool) or (isinstance(value, str) and not value.strip()):
        return None, ()
    if isinstance(value, str) and _FREE.fullmatch(value):
        return 0.0, ()
    amount = _amount(value)
    if amount is None or not 0 <= amount <= 100_000:
        return None, ("price left out: not an amount of money",)
    return round(amount, 2), ()


def _amount(value: object) -> float | None:
    if isinstance(value, (int, float)):
        return float(value) if abs(value) < 10**12 and math.isfinite(value) else None
    text = value[:60].replace(",", ".") if isinstance(value, str) else ""
    found = _NUMBER.search(text)
    return None if found is None or "-" in text[: found.start()] else float(found.group())


def currency_of(value: object) -> str | None:
    """Return a currency's three letters, or None."""
    text = value.strip().upper() if isinstance(value, str) else ""
    return text if re.fullmatch(r"[A-Z]{3}", text) else None


def whole_number(value: object, most: int = 1_000_000) -> int | None:
    """Return a number of people, 1 to ``most``, or None."""
    if isinstance(value, bool):
        return None
    try:
        number = int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError, OverflowError):
        return None
    return number if 1 <= number <= most else None


def words(values: object) -> tuple[str, ...]:
    """Return up to 20 keywords from a list or a text parted by commas or semicolons, each once."""
    if isinstance(values, str):
        values = re.split(r"[,;]", values[:4000])
    if not isinstance(values, (list, tuple)):
        return ()
    cleaned = (plain(value, 60) for value in values[:60])
    return tuple(dict.fromkeys(word for word in cleaned if word))[:20]
