"""Read a file of listings: find its format, settle each event, refuse what cannot be known.

How a caller counts, so that ``read = created + updated + unchanged + repaired + len(refused)`` always holds:

- every event in the file is read once and yields one ``Listing`` or one ``Refused``;
- a listing whose stored ``record.fingerprint`` is the same counts as *unchanged*, mended or not;
- else, where ``Listing.repairs`` names something, it is stored and counts as *repaired*, new or changed;
- else it is stored and counts as *created* or *updated*.

Two events of one file with the same uid carry the same content, that of the last (or of the highest
revision), so the second is always unchanged, and a second import of the file changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

from domain.listings import ical, jsonld, table
from domain.listings.draft import YEARS, Draft, Unreadable
from domain.listings.places import known_zone
from domain.listings.record import MOST_EVENTS, TOO_MANY, Listing, Refused, UnreadableFile
from domain.listings.settling import Times, identity, settle, settle_times

MOST_BYTES = 20_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class _Settled:
    draft: Draft
    times: Times


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What a file holds. Iterate to take it event by event; the properties read it to the end, once."""

    format: str  #: ``json-ld``, ``icalendar`` or ``csv``
    weeks: int  #: by how many weeks every event was moved
    _rows: tuple[_Settled | Refused, ...]

    @property
    def total(self) -> int:
        """Return how many events the file holds."""
        return len(self._rows)

    def __iter__(self) -> Iterator[Listing | Refused]:
        for row in self._rows:
            yield row if isinstance(row, Refused) else settle(row.draft, row.times, weeks=self.weeks)

    @cached_property
    def _all(self) -> tuple[Listing | Refused, ...]:
        return tuple(self)

    @property
    def listings(self) -> tuple[Listing, ...]:
        """Return what could be read, in order."""
        return tuple(one for one in self._all if isinstance(one, Listing))

    @property
    def refused(self) -> tuple[Refused, ...]:
        """Return what could not, in order."""
        return tuple(one for one in self._all if isinstance(one, Refused))

    @property
    def repaired(self) -> Counter[str]:
        """Return how often each repair was made."""
        return Counter(repair for listing in self.listings for repair in listing.repairs)


def read(source: Path | bytes, *, starting: date | None = None, zone: str = "UTC") -> Reading:
    """Return what a file holds; its format is told from its content.

    ``starting`` moves every event by the same number of weeks, so that the earliest falls in the seven days
    from that date on, at the same time on the clock of its place. ``zone`` is the clock of listings that name
    neither zone nor known place. Raises ``UnreadableFile`` and nothing else for any content; ``OSError``
    where a path cannot be opened, ``ValueError`` for an unknown zone or a date far away.
    """
    if starting is not None and starting.year not in YEARS:
        raise ValueError(f"{starting} is too far away")
    if known_zone(zone) != zone:
        raise ValueError(f"{zone!r} is not the name of a time zone such as Europe/London")
    format_name, drafts = _drafts(_text(source))
    if len(drafts) > MOST_EVENTS:
        raise UnreadableFile(TOO_MANY)
    rows = _one_content_each([_timed(row, zone) for row in drafts])
    return Reading(format=format_name, weeks=_weeks(rows, starting), _rows=tuple(rows))


def _text(source: Path | bytes) -> str:
    if isinstance(source, Path):
        with source.open("rb") as file:
            source = file.read(MOST_BYTES + 1)
    if len(source) > MOST_BYTES:
        raise UnreadableFile(f"The file is larger than {MOST_BYTES // 1_000_000} MB. Please split it.")
    for encoding in ("utf-16",) if source[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            return source.decode(encoding)
        except UnicodeDecodeError:
            continue
    return source.decode("latin-1")


def _drafts(text: str) -> tuple[str, list[Draft | Refused]]:
    opening = text.lstrip("\ufeff \t\r\n")[:2000]
    if opening[:1] in ("{", "["):
        return "json-ld", jsonld.read(text.lstrip("\ufeff \t\r\n"))
    if opening[:15].upper() == "BEGIN:VCALENDAR":
        return "icalendar", ical.read(text)
    return "csv", table.read(text)


def _timed(row: Draft | Refused, zone: str) -> _Settled | Refused:
    if isinstance(row, Refused):
        return row
    try:
        return _Settled(draft=row, times=settle_times(row, zone))
    except Unreadable as problem:
        return Refused(position=row.position, reason=str(problem))


def _one_content_each(rows: list[_Settled | Refused]) -> list[_Settled | Refused]:
    """Give events with one uid the content of the last among the highest revisions."""
    uids = [None if isinstance(row, Refused) else identity(row.draft, row.times) for row in rows]
    latest: dict[str, _Settled] = {}
    for uid, row in zip(uids, rows, strict=True):
        if uid is None or isinstance(row, Refused):
            continue
        if uid not in latest or row.draft.revision >= latest[uid].draft.revision:
            latest[uid] = row
    return [
        row if uid is None or isinstance(row, Refused) else _at(latest[uid], row.draft.position)
        for uid, row in zip(uids, rows, strict=True)
    ]


def _at(row: _Settled, position: int) -> _Settled:
    return replace(row, draft=replace(row.draft, position=position))


def _weeks(rows: list[_Settled | Refused], starting: date | None) -> int:
    """Return by how many weeks to move: the earliest event falls in the seven days from ``starting`` on."""
    days = [row.times.starts_local.date() for row in rows if not isinstance(row, Refused)]
    if starting is None or not days:
        return 0
    return -((min(days) - starting) // timedelta(weeks=1))
