"""What a routine is: a name, days of the week, a time by the member's own clock, and a reminder or none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, Self
from zoneinfo import ZoneInfo

from domain.errors import Invalid
from domain.hours import moment

LONGEST = 80
EVENING = 18
DAY = timedelta(days=1)


class Template(StrEnum):
    """What a routine began as (sealed as these words)."""

    MESSAGE = "message"  #: a morning message to a friend
    WALK = "walk"  #: with a neighbour
    HOBBY = "hobby"  #: a weekly hobby group
    COURSE = "course"  #: a regular class
    EVENT = "event"  #: a planned community event
    OWN = "own"


class Nudge(StrEnum):
    """Which reminder is wanted (sealed as these words)."""

    NONE = "none"
    START = "start"  #: when it begins
    HOUR = "hour"  #: an hour before
    EVE = "eve"  #: the evening before


@dataclass(frozen=True, kw_only=True, slots=True)
class RoutineBody:
    """What comes round each week. Raises `Invalid` without a name, a day of the week, or a time."""

    template: Template
    name: str = field(repr=False)
    days: tuple[int, ...] = field(repr=False)  #: of the week, 0: Monday
    hour: int = field(repr=False)
    minute: int = field(default=0, repr=False)
    person: str | None = field(default=None, repr=False)  #: id of somebody of the portfolio
    nudge: Nudge = Nudge.NONE

    def __post_init__(self) -> None:
        problems = {}
        if not self.name.strip():
            problems["name"] = "Write a word or two about what it is."
        if not self.days or not set(self.days) <= set(range(7)):
            problems["days"] = "Choose at least one day of the week."
        if self.hour not in range(24) or self.minute not in range(60):
            problems["time"] = "Choose a time of day."
        if problems:
            raise Invalid(problems)

    def begins(self, day: date, zone: ZoneInfo) -> datetime:
        """Return when it begins on that day, as UTC; an hour the clock skips is the one after."""
        return moment(day, self.hour, zone, minute=self.minute)

    def next_day(self, after: date) -> date:
        """Return the next day it is for, ``after`` included."""
        return next(day for step in range(7) if (day := after + step * DAY).weekday() in self.days)

    def nudges(self, zone: ZoneInfo, *, after: datetime) -> Iterator[tuple[date, datetime]]:
        """Yield the days to come, without end, each with the moment of its reminder."""
        day = self.next_day(after.astimezone(zone).date())
        while True:
            yield day, self._nudge(day, zone)
            day = self.next_day(day + DAY)

    def _nudge(self, day: date, zone: ZoneInfo) -> datetime:
        if self.nudge is Nudge.EVE:
            return moment(day - DAY, EVENING, zone)
        return self.begins(day, zone) - (timedelta(hours=1) if self.nudge is Nudge.HOUR else timedelta(0))

    def to_json(self) -> dict[str, Any]:
        """Return the body to seal; the inverse of `from_json`."""
        names = ("template", "name", "days", "hour", "minute", "person", "nudge")
        return {name: getattr(self, name) for name in names}

    @classmethod
    def from_json(cls, body: dict[str, Any]) -> Self:
        """Read a sealed routine."""
        facts = {
            "template": Template(body["template"]),
            "days": tuple(body["days"]),
            "nudge": Nudge(body["nudge"]),
        }
        return cls(**body | facts)
