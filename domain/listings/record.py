"""What a reading yields: listings, refusals, and the fingerprint that tells whether one has changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum

from matching.inputs import SituationFeature

#: Events in one file, at most.
MOST_EVENTS = 20_000
TOO_MANY = f"The file holds more than {MOST_EVENTS:,} events. Please split it."


class UnreadableFile(ValueError):
    """The file as a whole cannot be read; the message says why, for the person who chose it."""


class Basis(StrEnum):
    """Where a fact comes from (stored as these words)."""

    STATED = "stated"
    ASSUMED = "assumed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Fact:
    """One event fact: how hard this side of the situation is, and who says so."""

    value: float  #: 0-1, 1 = harder on average
    basis: Basis


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing:
    """One event as a listing announces it, cleaned, with its time settled."""

    position: int  #: 1-based in the file
    uid: str  #: stable identity: the same event has the same uid however often and wherever it is moved
    title: str
    text: str = ""  #: plain text, paragraphs parted by newlines
    starts_at: datetime  #: aware, UTC
    ends_at: datetime  #: aware, UTC, after starts_at
    all_day: bool = False  #: the listing gives a date and no time
    tz: str  #: IANA zone of the place
    rrule: str | None = None  #: iCalendar text that ``domain.recurrence`` understands
    exdates: str | None = None  #: local wall times left out, ``2026-10-25T18:30``, one a line
    venue: str = ""
    locality: str = ""
    latitude: float | None = None
    longitude: float | None = None
    online: bool = False
    organizer: str = ""
    url: str | None = None  #: http or https only
    keywords: tuple[str, ...] = ()
    is_free: bool | None = None  #: None: not said
    price: float | None = None  #: the lowest, in ``currency``
    currency: str | None = None  #: three letters
    capacity: int | None = None
    cancelled: bool = False
    facts: Mapping[SituationFeature, Fact]  #: all but constant and unfamiliar, which the platform knows
    interests: tuple[str, ...] = ()  #: slugs of ``interests.INTERESTS``
    repairs: tuple[str, ...] = ()  #: what was mended, in words


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """One place in the file that could not be read, and why."""

    position: int  #: 1-based in the file
    reason: str


def fingerprint(listing: Listing) -> str:
    """Return 64 hex digits that change when anything but the position in the file changes."""
    content = asdict(listing)
    del content["position"]
    plain = json.dumps(content, default=str, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(plain.encode("ascii")).hexdigest()
