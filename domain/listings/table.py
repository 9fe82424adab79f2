"""A table with a header (CSV) to drafts. ``docs/how-to/import-listings.md`` documents the columns."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta

from domain.listings import draft as drafting
from domain.listings.draft import Draft, Moment, Unreadable
from domain.listings.durations import iso_duration
from domain.listings.facts import size_value
from domain.listings.places import known_zone
from domain.listings.record import Refused, UnreadableFile
from domain.listings.text import TEXT_LIMIT, plain, web_address
from matching.inputs import SituationFeature

#: Column to the other names it is known by.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "title": ("name", "summary", "subject", "event"),
    "start": ("starts_at", "startdate", "start_date", "dtstart", "date"),
    "start_time": ("time",),
    "end": ("ends_at", "enddate", "end_date", "dtend"),
    "end_time": (),
    "minutes": ("duration", "duration_minutes"),
    "zone": ("timezone", "time_zone", "tz"),
    "place": ("venue", "location"),
    "town": ("city", "locality"),
    "country": (),
    "latitude": ("lat",),
    "longitude": ("lon", "lng", "long"),
    "online": ("virtual",),
    "organizer": ("organiser", "host"),
    "url": ("link", "website"),
    "text": ("description", "details"),
    "keywords": ("tags", "categories", "interests"),
    "price": ("cost",),
    "currency": (),
    "free": ("is_free",),
    "capacity": ("places", "max_people"),
    "cancelled": ("canceled",),
    "repeats": ("rrule", "recurrence"),
    "except": ("exdates",),
    "id": ("uid",),
    "people": ("group_size",),
}
#: Facts an organizer may state as 0 to 1, under the name of the feature.
FACT_COLUMNS = tuple(
    feature
    for feature in SituationFeature
    if feature
    not in {
        SituationFeature.CONSTANT,
        SituationFeature.UNFAMILIAR,
        SituationFeature.GROUP_SIZE,
        SituationFeature.DURATION,
        SituationFeature.EVENING,
    }
)
_NAMES = {other: name for name, others in COLUMNS.items() for other in (name, *others)}
_NAMES |= {feature.value: feature.value for feature in FACT_COLUMNS}
_DELIMITERS = ",;\t|"
_YES = frozenset({"yes", "y", "true", "1", "x", "on"})
_NO = frozenset({"no", "n", "false", "0", "off"})
_NEITHER = (
    "It is neither schema.org JSON-LD, nor iCalendar, nor a CSV table with the columns title and start."
)
Row = Mapping[str, str]


def read(text: str) -> list[Draft | Refused]:
    """Return a draft or a refusal for each row below the header; raises ``UnreadableFile`` without one."""
    lines = csv.reader(text.splitlines(keepends=True), delimiter=_delimiter(text), strict=False)
    names = _header(lines)
    if not {"title", "start"} <= set(names):
        raise UnreadableFile(_NEITHER)
    return [_draft(position, cells, names) for position, cells in enumerate(_rows(lines), start=1)]


def _delimiter(text: str) -> str:
    header = text.lstrip("\ufeff\r\n ").split("\n", 1)[0][:4000]
    return max(_DELIMITERS, key=header.count)


def _header(lines: Iterator[list[str]]) -> list[str]:
    try:
        cells = next((cells for cells in lines if any(cell.strip() for cell in cells)), [])
    except csv.Error as error:
        raise UnreadableFile(_NEITHER) from error
    plain_names = (re.sub(r"[\s-]+", "_", plain(cell, 60).casefold()) for cell in cells[:200])
    return [_NAMES.get(name, "") for name in plain_names]


def _rows(lines: Iterator[list[str]]) -> Iterator[list[str] | None]:
    """Yield the cells of each row; None for one that no reader can take apart. Empty lines do not count."""
    while True:
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error:
            yield None
            continue
        if any(cell.strip() for cell in cells):
            yield cells


def _draft(position: int, cells: list[str] | None, names: list[str]) -> Draft | Refused:
    if cells is None:
        return Refused(position=position, reason="a cell is too long, or a quotation mark is missing")
    row = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name and cell.strip()}
    try:
        return _read_row(position, row)
    except Unreadable as problem:
        return Refused(position=position, reason=str(problem))


def _read_row(position: int, row: Row) -> Draft:
    title = plain(row.get("title"))
    if not title:
        raise Unreadable("it has no title")
    starts = _time(row, "start")
    if starts is None:
        raise Unreadable("it has no start")
    price, price_repairs = drafting.price_of(row.get("price"))
    latitude, longitude, position_repairs = drafting.position_of(row.get("latitude"), row.get("longitude"))
    stated, fact_repairs = _facts(row)
    return Draft(
        position=position,
        uid=plain(row.get("id"), 300) or None,
        title=title,
        text=plain(row.get("text"), TEXT_LIMIT, lines=True),
        starts=starts,
        ends=_end(row),
        duration=_duration(row.get("minutes")),
        tz=_zone(row),
        rrule=row.get("repeats"),
        skipped=_skipped(row.get("except")),
        venue=plain(row.get("place")),
        locality=plain(row.get("town"), 120),
        country=plain(row.get("country"), 60),
        latitude=latitude,
        longitude=longitude,
        online=_yes_or_no(row.get("online")),
        organizer=plain(row.get("organizer")),
        url=web_address(row.get("url")),
        keywords=drafting.words(row.get("keywords")),
        is_free=_yes_or_no(row.get("free")),
        price=price,
        currency=drafting.currency_of(row.get("currency")),
        capacity=drafting.whole_number(row.get("capacity")),
        cancelled=_yes_or_no(row.get("cancelled")) is True,
        stated=stated,
        repairs=price_repairs + position_repairs + fact_repairs,
    )


def _time(row: Row, name: str) -> Moment | None:
    day, clock = row.get(name), row.get(f"{name}_time")
    return drafting.moment(f"{day} {clock}" if day and clock else day)


def _end(row: Row) -> Moment | None:
    """An end that is only a time of day is on the day of the start."""
    if "end" in row or "end_time" not in row:
        return _time(row, "end")
    return drafting.moment(f"{row['start'][:10]} {row['end_time']}")


def _duration(value: str | None) -> timedelta | None:
    if value is None:
        return None
    minutes = drafting.whole_number(value, most=60 * 24 * 400)
    return timedelta(minutes=minutes) if minutes else iso_duration(value)


def _zone(row: Row) -> str | None:
    if "zone" not in row:
        return None
    found = known_zone(row["zone"])
    if found is None:
        raise Unreadable(f"“{plain(row['zone'], 40)}” is not a time zone like Europe/London")
    return found


def _skipped(value: str | None) -> tuple[Moment, ...]:
    found = (drafting.moment(part) for part in re.split(r"[,;\n]", value or "")[:400])
    return tuple(moment for moment in found if moment is not None)


def _yes_or_no(value: str | None) -> bool | None:
    word = (value or "").casefold()
    return True if word in _YES else False if word in _NO else None


def _facts(row: Row) -> tuple[dict[SituationFeature, float], tuple[str, ...]]:
    stated: dict[SituationFeature, float] = {}
    repairs: list[str] = []
    for feature in FACT_COLUMNS:
        if feature.value in row:
            value = _share(row[feature.value])
            if value is None:
                repairs.append(f"{feature.value} left out: not a number from 0 to 1")
            else:
                stated[feature] = value
    people = drafting.whole_number(row.get("people"))
    if people is not None:
        stated[SituationFeature.GROUP_SIZE] = size_value(people)
    return stated, tuple(repairs)


def _share(text: str) -> float | None:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) and 0 <= value <= 1 else None
