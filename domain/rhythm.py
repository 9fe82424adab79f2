"""How often an event comes round, as an organizer says it, and the RRULE that says the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.recurrence import UnsupportedRule, check_rule

WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


class Every(StrEnum):
    """The rhythms a form offers."""

    ONCE = "once"
    WEEK = "week"
    FORTNIGHT = "fortnight"
    MONTH = "month"  #: on the same weekday: the first Tuesday, the last Friday


@dataclass(frozen=True, kw_only=True, slots=True)
class Rhythm:
    """A rhythm and, perhaps, the last day of it."""

    every: Every
    until: date | None = None


def place_in_month(day: date) -> int:
    """Return which weekday of its month a day is: 1 to 4, or -1 where it is a fifth and so the last."""
    number = (day.day - 1) // 7 + 1
    return number if number <= 4 else -1


def rule_of(rhythm: Rhythm, starts_local: datetime) -> str | None:
    """Return the RRULE of a rhythm that begins then; None: it takes place once."""
    weekday = WEEKDAYS[starts_local.weekday()]
    bodies = {
        Every.ONCE: None,
        Every.WEEK: f"FREQ=WEEKLY;BYDAY={weekday}",
        Every.FORTNIGHT: f"FREQ=WEEKLY;INTERVAL=2;BYDAY={weekday}",
        Every.MONTH: f"FREQ=MONTHLY;BYDAY={place_in_month(starts_local)}{weekday}",
    }
    body = bodies[rhythm.every]
    if body is None or rhythm.until is None:
        return body
    return f"{body};UNTIL={rhythm.until:%Y%m%d}"


def rhythm_of(rrule: str | None, starts_local: datetime) -> Rhythm | None:
    """Return the rhythm a rule says; None where it is another than a form can say."""
    if rrule is None:
        return Rhythm(every=Every.ONCE)
    try:
        rule = check_rule(rrule)
        until = _until(rule)
    except (UnsupportedRule, ValueError):
        return None
    plain = sorted(piece for piece in rule.split(";") if not piece.startswith(("UNTIL=", "WKST=")))
    for every in Every:
        body = rule_of(Rhythm(every=every), starts_local)
        if body is not None and sorted(body.split(";")) == plain:
            return Rhythm(every=every, until=until)
    return None


def _until(rule: str) -> date | None:
    named = dict(piece.split("=", 1) for piece in rule.split(";"))
    return date.fromisoformat(named["UNTIL"][:8]) if "UNTIL" in named else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Pattern:
    """What a rule says, in parts that can be put into words."""

    frequency: str  #: DAILY, WEEKLY, MONTHLY or YEARLY
    interval: int
    days: tuple[
        tuple[int, int], ...
    ]  #: place in the month (0: each; 1-5; -1, -2: from the end) and weekday (0: Monday)
    month_days: tuple[int, ...]  #: 1-31; -1: the last
    months: tuple[int, ...]  #: 1-12; none: all
    until: date | None

    def weekdays(self, starts_local: datetime) -> frozenset[int]:
        """Return the weekdays it always falls on, 0 for Monday; none where they change."""
        if self.days:
            return frozenset(weekday for _place, weekday in self.days)
        if self.frequency == "WEEKLY":
            return frozenset({starts_local.weekday()})
        return frozenset(range(7)) if (self.frequency, self.interval) == ("DAILY", 1) else frozenset()


def pattern_of(rrule: str) -> Pattern | None:
    """Return a rule's parts; None where words would not do, as with the first working day of a month."""
    try:
        rule = check_rule(rrule)
        until = _until(rule)
    except (UnsupportedRule, ValueError):
        return None
    parts = dict(piece.split("=", 1) for piece in rule.split(";"))
    days = _days(parts.get("BYDAY", ""))
    if "BYSETPOS" in parts:
        if len(days) != 1:
            return None
        days = tuple((place, days[0][1]) for place in _numbers(parts["BYSETPOS"]))
    month_days = _numbers(parts.get("BYMONTHDAY", ""))
    if any(place < -2 for place, _weekday in days) or any(day < -1 for day in month_days):
        return None
    return Pattern(
        frequency=parts["FREQ"],
        interval=int(parts.get("INTERVAL", "1")),
        days=days,
        month_days=month_days,
        months=_numbers(parts.get("BYMONTH", "")),
        until=until,
    )


def _days(text: str) -> tuple[tuple[int, int], ...]:
    named = [each for each in text.split(",") if each]
    return tuple(sorted((int(each[:-2] or 0), WEEKDAYS.index(each[-2:])) for each in dict.fromkeys(named)))


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(sorted({int(each) for each in text.split(",") if each}))
