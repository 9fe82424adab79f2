"""RRULE text, local wall time and zone to occurrences; pure, and right across daylight saving changes.

Only rules that always come round again are taken: those that never would, or many times a day, could keep a
process busy without end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Event, vRecur

#: Occurrences in one answer, at most.
LIMIT = 200
_STAMP = "%Y-%m-%dT%H:%M"
_PARTS = frozenset(
    {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYDAY", "BYMONTH", "BYMONTHDAY", "BYSETPOS"}
)
_FREQUENCIES = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_DAY = re.compile(r"(?:[+-]?[1-5])?(?:MO|TU|WE|TH|FR|SA|SU)")
_WEEKDAY = re.compile(r"MO|TU|WE|TH|FR|SA|SU")
_PERIODS = {"DAILY": timedelta(days=1), "WEEKLY": timedelta(weeks=1)}
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class UnsupportedRule(ValueError):
    """A recurrence rule that is broken, or beyond what Handrail follows; the message says which part."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Recurrence:
    """When an event takes place, as people say it: a time on the clock, in a place, again and again."""

    starts_local: datetime  #: naive wall time of the first occurrence
    duration: timedelta
    tz: str  #: IANA zone
    rrule: str | None = None  #: None: once
    exdates: str | None = None  #: local wall times left out, ``2026-10-25T18:30``, one a line


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """One occurrence."""

    starts_at: datetime  #: aware, UTC
    ends_at: datetime  #: aware, UTC


def occurrences_between(recurrence: Recurrence, *, after: datetime, before: datetime) -> tuple[Span, ...]:
    """Return the first ``LIMIT`` occurrences that start from ``after`` on and earlier than ``before``.

    Both instants are aware. A wall time the spring change skips is moved on by the hour it skips; one that
    the autumn change repeats is the first of the two. Raises ``UnsupportedRule``.
    """
    if before <= after:
        return ()
    starts = takewhile(lambda at: at < before, _starts_from(recurrence, after))
    return tuple(Span(starts_at=at, ends_at=at + recurrence.duration) for at in islice(starts, LIMIT))


def as_component(recurrence: Recurrence) -> Event:
    """Return it as an iCalendar event of its own: DTSTART with its zone, RRULE, EXDATE; nothing else.

    Raises ``UnsupportedRule``.
    """
    return _component(recurrence, recurrence.starts_local)


def _starts_from(recurrence: Recurrence, after: datetime) -> Iterator[datetime]:
    """Yield the starts from an instant on, in order, as UTC."""
    calendar = Calendar()
    calendar.add_component(_as_component(recurrence, after))
    # Components last no time at all: what overlaps the window is what starts in it.
    for component in recurring_ical_events.of(calendar).after(after):
        yield component.start.astimezone(UTC)


def _as_component(recurrence: Recurrence, after: datetime) -> Event:
    """Return it for working out starts from an instant on: it lasts no time, and begins shortly before."""
    starts_local = recurrence.starts_local
    if recurrence.rrule is not None:
        wanted = after.astimezone(ZoneInfo(recurrence.tz)).replace(tzinfo=None)
        starts_local = _near(starts_local, _checked(recurrence.rrule), wanted)
    component = _component(recurrence, starts_local)
    component.add("uid", "occurrence")
    component.add("duration", timedelta(0))
    return component


def _component(recurrence: Recurrence, starts_local: datetime) -> Event:
    zone = ZoneInfo(recurrence.tz)
    component = Event()
    component.add("dtstart", starts_local.replace(tzinfo=zone))
    if recurrence.rrule is not None:
        parts = _with_instant_until(_checked(recurrence.rrule), zone)
        component.add("rrule", vRecur.from_ical(_joined(parts)))
    for skipped in skipped_times(recurrence.exdates):
        component.add("exdate", skipped.replace(tzinfo=zone))
    return component


def _near(starts_local: datetime, parts: dict[str, str], wanted: datetime) -> datetime:
    """Return a start of the same rhythm shortly before the wall time wanted, to skip the decades between.

    It lies before the first occurrence wanted, so it matters not if the rule itself would not fall on it.
    """
    if "COUNT" in parts:
        return starts_local
    every = int(parts.get("INTERVAL", "1"))
    if (period := _PERIODS.get(parts["FREQ"])) is not None:
        rhythm = period * every
        return starts_local + rhythm * max(0, (wanted - starts_local) // rhythm - 2)
    return _months_on(starts_local, parts, wanted, every * (12 if parts["FREQ"] == "YEARLY" else 1))


def _months_on(starts_local: datetime, parts: dict[str, str], wanted: datetime, every: int) -> datetime:
    behind = (wanted.year - starts_local.year) * 12 + wanted.month - starts_local.month
    skipped = every * max(0, behind // every - 2)
    if skipped == 0:
        return starts_local
    day = starts_local.day
    if day > 28:
        # Not every month has that day; it may be changed only where the rule itself names the days.
        if not {"BYDAY", "BYMONTHDAY"} & parts.keys():
            return starts_local
        day = 28
    years, month = divmod(starts_local.month - 1 + skipped, 12)
    return starts_local.replace(year=starts_local.year + years, month=month + 1, day=day)


def until_of(text: str, zone: ZoneInfo) -> datetime:
    """Return the last instant of an UNTIL, aware; a date alone includes that day."""
    try:
        if text.endswith("Z"):
            return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        last = text if "T" in text else f"{text}T235959"
        return datetime.strptime(last, "%Y%m%dT%H%M%S").replace(tzinfo=zone)
    except ValueError as error:
        raise UnsupportedRule("UNTIL is not a date") from error


def _with_instant_until(parts: dict[str, str], zone: ZoneInfo) -> dict[str, str]:
    """Return the parts with UNTIL in UTC, as iCalendar asks where the start has a zone."""
    if "UNTIL" not in parts:
        return parts
    return parts | {"UNTIL": f"{until_of(parts['UNTIL'], zone).astimezone(UTC):%Y%m%dT%H%M%SZ}"}


def skipped_times(exdates: str | None) -> tuple[datetime, ...]:
    """Return the naive wall times of an ``exdates`` text; raises ``UnsupportedRule`` on anything else."""
    try:
        return tuple(datetime.strptime(wall, _STAMP) for wall in (exdates or "").split())  # noqa: DTZ007 (wall times)
    except ValueError as error:
        raise UnsupportedRule("a date to leave out is not written like 2026-10-25T18:30") from error


def stamp(wall: datetime) -> str:
    """Return a wall time as ``exdates`` holds it."""
    return wall.strftime(_STAMP)


def check_rule(rrule: str) -> str:
    """Return a rule in tidy form, or raise ``UnsupportedRule``.

    Days and longer only; every rule let through meets again within 28 years of any date (29 February on a
    Monday), so expanding it ends.
    """
    return _joined(_checked(rrule))


def _checked(rrule: str) -> dict[str, str]:
    parts = _parts(rrule)
    _check_frequency(parts)
    _check_numbers(parts)
    _check_days(parts)
    _check_month_days(parts)
    return parts


def _joined(parts: dict[str, str]) -> str:
    return ";".join(f"{name}={value}" for name, value in parts.items())


def _parts(rrule: str) -> dict[str, str]:
    text = rrule.strip().upper().removeprefix("RRULE:").rstrip(";")
    if len(text) > 400:
        raise UnsupportedRule("the rule is longer than any that people use")
    pairs = [piece.partition("=") for piece in text.split(";")]
    parts = {name: value for name, _, value in pairs}
    if len(parts) != len(pairs) or not all(parts.values()) or "FREQ" not in parts:
        raise UnsupportedRule("the rule is not written as iCalendar asks")
    if beyond := sorted(parts.keys() - _PARTS):
        raise UnsupportedRule(f"{beyond[0][:20]} is beyond the rules Handrail follows")
    return parts


def _check_frequency(parts: dict[str, str]) -> None:
    frequency = parts["FREQ"]
    if frequency not in _FREQUENCIES:
        raise UnsupportedRule("only daily, weekly, monthly and yearly rules are followed")
    # "Every second month, in March" may never come round; with an interval of one it always does.
    narrowed = {"DAILY": {"BYDAY", "BYMONTH"}, "MONTHLY": {"BYMONTH"}}.get(frequency, set())
    if parts.get("INTERVAL", "1") != "1" and narrowed & parts.keys():
        raise UnsupportedRule("an interval together with chosen days or months is beyond the rules followed")
    if frequency in {"WEEKLY", "DAILY"} and {"BYMONTHDAY", "BYSETPOS"} & parts.keys():
        raise UnsupportedRule("days of the month belong to monthly rules")


def _check_numbers(parts: dict[str, str]) -> None:
    for name, most in (("INTERVAL", 400), ("COUNT", 1000)):
        if name in parts and not 1 <= _whole(parts[name]) <= most:
            raise UnsupportedRule(f"{name} is not between 1 and {most}")
    if "UNTIL" in parts and not 1900 < until_of(parts["UNTIL"], ZoneInfo("UTC")).year < 2200:
        raise UnsupportedRule("UNTIL is not a date of our times")
    if {"UNTIL", "COUNT"} <= parts.keys():
        raise UnsupportedRule("UNTIL and COUNT cannot stand together")
    if "WKST" in parts and not _WEEKDAY.fullmatch(parts["WKST"]):
        raise UnsupportedRule("WKST is not a weekday")


def _check_days(parts: dict[str, str]) -> None:
    days = parts["BYDAY"].split(",") if "BYDAY" in parts else []
    numbered = [day for day in days if not _WEEKDAY.fullmatch(day)]
    if not all(_DAY.fullmatch(day) for day in days):
        raise UnsupportedRule("BYDAY holds something that is no weekday")
    if numbered and len(numbered) < len(days):
        # The library takes "Mondays and the first Friday" for days that are both at once.
        raise UnsupportedRule("weekdays with and without a number cannot stand together")
    if numbered and (parts["FREQ"] not in {"MONTHLY", "YEARLY"} or "BYMONTHDAY" in parts):
        raise UnsupportedRule("a numbered weekday belongs to monthly and yearly rules")
    if "BYSETPOS" not in parts:
        return
    # Every month has each weekday four times: positions up to four are always found.
    places = [abs(_whole(place)) for place in parts["BYSETPOS"].split(",")]
    plain = parts["FREQ"] == "MONTHLY" and days and not numbered and "BYMONTHDAY" not in parts
    if not plain or not all(1 <= place <= 4 for place in places):
        raise UnsupportedRule("BYSETPOS is followed for monthly weekdays, up to the fourth")


def _check_month_days(parts: dict[str, str]) -> None:
    months = [_whole(month) for month in parts["BYMONTH"].split(",")] if "BYMONTH" in parts else []
    if not all(1 <= month <= 12 for month in months):
        raise UnsupportedRule("BYMONTH holds something that is no month")
    if "BYMONTHDAY" not in parts:
        return
    longest = max((_LONGEST_MONTHS[month - 1] for month in months), default=31)
    days = [abs(_whole(day)) for day in parts["BYMONTHDAY"].split(",")]
    if not all(1 <= day <= 31 for day in days) or min(days) > longest:
        raise UnsupportedRule("BYMONTHDAY holds a day that does not come")


def _whole(number: str) -> int:
    if not re.fullmatch(r"[+-]?\d{1,6}", number, re.ASCII):
        raise UnsupportedRule("the rule holds something that is no number")
    return int(number)
