"""Days to keep in mind, in words; and a few words one could say on such a day."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from domain.person_dates import LEAP_DAY, DateBody, DateView, Remind
from web.forms.mails import TIMES

#: For a hard day: nothing to answer, nothing to put right.
HARD = (
    _l("Thinking of you today. No need to answer."),
    _l("I know what day it is. I am glad you are here."),
    _l("Company or quiet today: both are fine with me."),
)
GLAD = (
    _l("I thought of you today. I hope it is a good one."),
    _l("Good luck today. Tell me about it if you like."),
    _l("All good wishes to you today."),
)


def sayings(days: list[DateView]) -> list[tuple[str, tuple[Any, ...]]]:
    """Return what one could say, for the kinds of day there are."""
    found = [(str(_("On a hard day")), HARD)] if any(each.body.hard for each in days) else []
    if any(not each.body.hard for each in days):
        found.append((str(_("On a good day")), GLAD))
    return found


def day_words(body: DateBody) -> str:
    """Return which day it is, such as "12 May, every year"."""
    pattern = "d MMMM" if body.year is None else "d MMMM y"
    day = str(format_date(date(body.year or 2000, body.month, body.day), pattern))
    if body.year is not None:
        return day
    if (body.month, body.day) == LEAP_DAY:
        return str(_("%(day)s, every year; 28 February in years without it", day=day))
    return str(_("%(day)s, every year", day=day))


def reminder_words(view: DateView) -> str:
    """Return when a mail comes, or nothing."""
    if view.next is None or view.body.remind is Remind.NONE:
        return ""
    time = TIMES[view.body.hour]
    if view.body.remind is Remind.EVE:
        return str(_("A mail comes the day before, at %(time)s.", time=time))
    return str(_("A mail comes on the day, at %(time)s.", time=time))


def nearness(day: date, today: date) -> str:
    """Return today, tomorrow, or the day."""
    near = {0: _("Today"), 1: _("Tomorrow")}
    return str(near.get((day - today).days) or format_date(day, "EEEE d MMMM"))
