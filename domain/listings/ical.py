"""iCalendar events to drafts."""

from __future__ import annotations

import re
import warnings
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import Calendar, Component

from domain.listings import draft as drafting
from domain.listings.calendars import alone, take_apart
from domain.listings.draft import Draft, Moment, Unreadable
from domain.listings.places import known_zone
from domain.listings.record import MOST_EVENTS, TOO_MANY, Refused, UnreadableFile
from domain.listings.text import TEXT_LIMIT, plain, web_address

#: What the library raises on broken input: it looks up, converts and compares what a file claims.
_BROKEN = (ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RecursionError, OSError)
_CALENDAR_ZONE = re.compile(r"^X-WR-TIMEZONE:([^\r\n]{1,200})\r?$", re.MULTILINE | re.IGNORECASE)
_ONLINE_PLACE = re.compile(r"\s*(?:online|virtual|zoom|webinar|https?://)", re.IGNORECASE)


def read(text: str) -> list[Draft | Refused]:
    """Return a draft or a refusal for each event, in order; raises ``UnreadableFile`` where there is none.

    Events are parsed one by one, so that a broken one spoils only itself.
    """
    parts = take_apart(text)
    if not parts.events and "END:VCALENDAR" not in text.upper():
        raise UnreadableFile("This begins like a calendar, but it is broken and cannot be read.")
    if len(parts.events) > MOST_EVENTS:
        raise UnreadableFile(TOO_MANY)
    found = _CALENDAR_ZONE.search(text)
    default = known_zone(found[1].strip()) if found else None
    rows = [
        _draft(position, _component(alone(event, parts.zones)), default)
        for position, event in enumerate(parts.events, start=1)
    ]
    return _with_changed_dates(rows)


def _component(calendar_text: str) -> Component | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the library's doubts about odd zone names are settled in _zone
            events = list(Calendar.from_ical(calendar_text).walk("VEVENT"))
    except _BROKEN:
        return None
    return events[0] if len(events) == 1 else None


def _draft(position: int, component: Component | None, default: str | None) -> Draft | Refused:
    if component is None:
        return Refused(position=position, reason="it is not written as iCalendar asks")
    try:
        return _read_event(position, component, default)
    except Unreadable as problem:
        return Refused(position=position, reason=str(problem))
    except _BROKEN:
        return Refused(position=position, reason="it holds a value that is not written as iCalendar asks")


def _read_event(position: int, event: Component, default: str | None) -> Draft:
    title = plain(_text(event, "SUMMARY"))
    if not title:
        raise Unreadable("it has no title")
    starts, ends = _time(event, "DTSTART"), _end(event)
    if starts is None:
        raise Unreadable("it has no start, or one that is not a time")
    rrule, rule_repairs = _rule(event)
    latitude, longitude, position_repairs = _position(event)
    location = plain(_text(event, "LOCATION"))
    return Draft(
        position=position,
        uid=_uid(event),
        title=title,
        text=plain(_text(event, "DESCRIPTION"), TEXT_LIMIT, lines=True),
        starts=starts,
        ends=ends,
        duration=_duration(event),
        tz=_zone(event) or default,
        rrule=rrule,
        skipped=tuple(_skipped(event)),
        venue=location,
        locality="" if location else plain(_text(event, "X-APPLE-STRUCTURED-LOCATION"), 120),
        latitude=latitude,
        longitude=longitude,
        online=bool(_ONLINE_PLACE.match(location)) if location else None,
        organizer=_organizer(event),
        url=web_address(_text(event, "URL")),
        keywords=_keywords(event),
        cancelled=_text(event, "STATUS").upper() == "CANCELLED",
        revision=_revision(event),
        repairs=rule_repairs + position_repairs,
    )


def _text(event: Component, name: str) -> str:
    """Return a property's first value as text."""
    values = event.get(name)
    return str((values or [""])[0] if isinstance(values, list) else "" if values is None else values)


def _value(event: Component, name: str) -> Any:
    values = event.get(name)
    return values[0] if isinstance(values, list) and values else values


def _time(event: Component, name: str) -> Moment | None:
    value = _value(event, name)
    return drafting.moment(_plain_time(getattr(value, "dt", None)))


def _plain_time(value: object) -> date | datetime | None:
    """Return a date or time whose zone, if any, is settled: wall time stays wall time."""
    if isinstance(value, datetime):
        # A broken zone definition may offer a time without an offset; then it is read as wall time.
        return value if value.tzinfo is None or value.utcoffset() is not None else value.replace(tzinfo=None)
    return value if isinstance(value, date) else None


def _end(event: Component) -> Moment | None:
    found = _time(event, "DTEND")
    if found is None or not found.all_day:
        return found
    # iCalendar names the day after the last one; everywhere else here the last day is part of it.
    return replace(found, written=found.written - timedelta(days=1))


def _duration(event: Component) -> timedelta | None:
    found = getattr(_value(event, "DURATION"), "dt", None)
    return found if isinstance(found, timedelta) else None


def _zone(event: Component) -> str | None:
    value = _value(event, "DTSTART")
    named = known_zone(getattr(value, "params", {}).get("TZID"))
    if named is not None:
        return named
    tzinfo = getattr(getattr(value, "dt", None), "tzinfo", None)
    found = known_zone(getattr(tzinfo, "key", None))
    return found if found not in {"UTC", "Etc/UTC"} else None


def _uid(event: Component) -> str | None:
    uid = " ".join(_text(event, "UID").split())
    changed = _time(event, "RECURRENCE-ID")
    if not uid or changed is None:
        return uid or None
    return f"{uid} {_stamp(changed)}"


def _stamp(changed: Moment) -> str:
    aware = changed.written.tzinfo is not None
    return (
        f"{changed.written.astimezone(UTC) if aware else changed.written:%Y%m%dT%H%M%S}{'Z' if aware else ''}"
    )


def _rule(event: Component) -> tuple[str | None, tuple[str, ...]]:
    repairs = ("extra dates left out",) if event.get("RDATE") else ()
    rules = event.get("RRULE")
    if isinstance(rules, list):
        return None, (*repairs, "repetition left out: it follows several rules at once")
    return (rules.to_ical().decode("utf-8", "replace") if rules else None), repairs


def _skipped(event: Component) -> Iterator[Moment]:
    lists = event.get("EXDATE") or []
    for dates in lists if isinstance(lists, list) else [lists]:
        for one in getattr(dates, "dts", [])[:400]:
            if (found := drafting.moment(_plain_time(one.dt))) is not None:
                yield found


def _position(event: Component) -> tuple[float | None, float | None, tuple[str, ...]]:
    geo = _value(event, "GEO")
    if geo is None:
        return None, None, ()
    return drafting.position_of(getattr(geo, "latitude", None) or 0, getattr(geo, "longitude", None) or 0)


def _organizer(event: Component) -> str:
    """Return the organizer's name; an address is nobody's business here."""
    name = plain(getattr(_value(event, "ORGANIZER"), "params", {}).get("CN"))
    return "" if "@" in name else name


def _keywords(event: Component) -> tuple[str, ...]:
    lists = event.get("CATEGORIES") or []
    every = [
        str(word)
        for one in (lists if isinstance(lists, list) else [lists])
        for word in getattr(one, "cats", [])
    ]
    return drafting.words(every)


def _revision(event: Component) -> int:
    try:
        return max(0, min(int(_text(event, "SEQUENCE") or 0), 10**9))
    except ValueError:
        return 0


def _with_changed_dates(rows: list[Draft | Refused]) -> list[Draft | Refused]:
    """Leave out of each series the dates that stand in the file as events of their own."""
    changed: Mapping[str, list[Moment]] = _changed(rows)
    return [
        replace(row, skipped=row.skipped + tuple(changed[row.uid]))
        if isinstance(row, Draft) and row.uid is not None and row.uid in changed
        else row
        for row in rows
    ]


def _changed(rows: list[Draft | Refused]) -> dict[str, list[Moment]]:
    dates: dict[str, list[Moment]] = defaultdict(list)
    for row in rows:
        if isinstance(row, Draft) and row.uid and " " in row.uid:
            uid, _, at = row.uid.rpartition(" ")
            try:
                written = datetime.strptime(at.removesuffix("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 (see below)
            except ValueError:
                continue
            dates[uid].append(Moment(written=written.replace(tzinfo=UTC) if at.endswith("Z") else written))
    return dates
