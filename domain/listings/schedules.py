"""A schema.org Schedule, where it is simple, to an iCalendar rule."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from domain.listings.draft import Moment, moment
from domain.listings.durations import iso_duration

_TOO_COMPLEX = ("repetition left out: the schedule is not a simple one",)
_FREQUENCY = re.compile(r"P([1-9]\d{0,2})([DWMY])", re.ASCII)
_UNITS = {"D": "DAILY", "W": "WEEKLY", "M": "MONTHLY", "Y": "YEARLY"}
_WORDS = {"daily": "P1D", "weekly": "P1W", "biweekly": "P2W", "monthly": "P1M", "yearly": "P1Y"}
_CLOCK = re.compile(r"\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:?\d\d)?", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Repetition:
    """What a schedule says."""

    rrule: str | None = None
    starts: Moment | None = None  #: of the first occurrence
    ends: Moment | None = None  #: of the first occurrence
    duration: timedelta | None = None
    skipped: tuple[Moment, ...] = ()
    repairs: tuple[str, ...] = ()


def rule_of(value: object) -> Repetition:
    """Return the rule of one simple schedule; several at once, or dates of the month, are left out."""
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is None or value == []:
        return Repetition()
    if not isinstance(value, dict) or value.keys() & {"byMonth", "byMonthDay", "byMonthWeek"}:
        return Repetition(repairs=_TOO_COMPLEX)
    frequency = _FREQUENCY.fullmatch(
        _WORDS.get(str(value.get("repeatFrequency")).lower(), "") or str(value.get("repeatFrequency"))
    )
    days = _days(value.get("byDay"))
    if frequency is None or days is None or (days and frequency[2] != "W"):
        return Repetition(repairs=_TOO_COMPLEX)
    parts = [f"FREQ={_UNITS[frequency[2]]}", f"INTERVAL={frequency[1]}", *_limits(value)]
    return Repetition(
        rrule=";".join([*parts, f"BYDAY={','.join(days)}"] if days else parts),
        starts=_at(value.get("startDate"), value.get("startTime")),
        ends=_at(value.get("startDate"), value.get("endTime")),
        duration=iso_duration(value.get("duration")),
        skipped=_skipped(value.get("exceptDate")),
    )


def _days(value: object) -> list[str] | None:
    names = value if isinstance(value, list) else [value] if value else []
    found = [re.split(r"[/:]", name)[-1][:2].upper() for name in names if isinstance(name, str)]
    return (
        found
        if len(found) == len(names) and set(found) <= {"MO", "TU", "WE", "TH", "FR", "SA", "SU"}
        else None
    )


def _limits(value: dict[str, Any]) -> list[str]:
    count = value.get("repeatCount")
    if isinstance(count, int) and not isinstance(count, bool):
        return [f"COUNT={count}"]
    last = moment(value.get("endDate"))
    return [f"UNTIL={last.written:%Y%m%d}"] if last else []


def _at(day: object, clock: object) -> Moment | None:
    if not isinstance(day, str) or not day.strip():
        return None
    if isinstance(clock, str) and _CLOCK.fullmatch(clock.strip()):
        return moment(f"{day.strip()[:10]}T{clock.strip()}")
    return None if clock else moment(day)


def _skipped(value: object) -> tuple[Moment, ...]:
    dates = value if isinstance(value, list) else [value]
    return tuple(found for date in dates[:400] if (found := moment(date)) is not None)
