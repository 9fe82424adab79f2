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
