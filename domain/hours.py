"""Hours of a member's own clock: when a letter may come, and which moment an hour of a day is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

HOURS = (9, 14, 18)  #: to choose from; none of them is ever skipped or doubled by a change of the clock
BY_DAY = range(8, 21)  #: hours at which a late one may still arrive


def moment(day: date, hour: int, zone: ZoneInfo, *, minute: int = 0) -> datetime:
    """Return that time of a day on this zone's clock, as UTC; one that comes twice is the first."""
    return datetime.combine(day, time(hour, minute), zone).astimezone(UTC)


def next_at(hour: int, zone: ZoneInfo, *, after: datetime) -> datetime:
    """Return when it is that hour next on this zone's clock."""
    day = after.astimezone(zone).date()
    today = moment(day, hour, zone)
    return today if today > after else moment(day + timedelta(days=1), hour, zone)


def next_morning(zone: ZoneInfo, *, after: datetime) -> datetime:
    """Return when people are up again."""
    return next_at(HOURS[0], zone, after=after)
