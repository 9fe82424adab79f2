"""How often an event comes round, said back in words: "Every Tuesday at 18:30"."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import format_date
from flask_babel import gettext as _

from domain.models import Event
from domain.rhythm import Every, Rhythm, place_in_month, rhythm_of
from domain.schedule import recurrence_of


def of_event(event: Event) -> str:
    """Return when an event takes place."""
    starts_local = recurrence_of(event).starts_local
    return say(rhythm_of(event.rrule, starts_local), starts_local)


def say(rhythm: Rhythm | None, starts_local: datetime) -> str:
    """Return a rhythm in words; None is one that our forms cannot make."""
    clock, weekday = f"{starts_local:%H:%M}", str(format_date(starts_local, "EEEE"))
    if rhythm is None:
        return str(_("Again and again, from %(day)s at %(clock)s", day=_full(starts_local), clock=clock))
    match rhythm.every:
        case Every.ONCE:
            return str(_("Once, on %(day)s at %(clock)s", day=_full(starts_local), clock=clock))
        case Every.WEEK:
            said = _("Every %(weekday)s at %(clock)s", weekday=weekday, clock=clock)
        case Every.FORTNIGHT:
            said = _("Every second %(weekday)s at %(clock)s", weekday=weekday, clock=clock)
        case Every.MONTH:
            number = _number(place_in_month(starts_local))
            said = _(
                "On the %(number)s %(weekday)s of each month at %(clock)s",
                number=number,
                weekday=weekday,
                clock=clock,
            )
    return str(said) if rhythm.until is None else f"{said}, {_('until %(day)s', day=_full(rhythm.until))}"


def _full(day: date) -> str:
    return str(format_date(day, "EEEE d MMMM y"))


def _number(place: int) -> str:
    return str({1: _("first"), 2: _("second"), 3: _("third"), 4: _("fourth"), -1: _("last")}[place])
