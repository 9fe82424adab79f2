"""Times, distances, money and how hard something feels, in words."""

from __future__ import annotations

import math
from datetime import date, datetime
from typing import Any, Protocol
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from flask import Flask, g
from flask_babel import format_currency, format_date, format_time, ngettext
from flask_babel import gettext as _

from web.auth import viewer

#: SUDS from 0 to 100: the first bound a value does not reach names it.
FEELINGS = (8, 20, 35, 50, 65, 80)


class Spanned(Protocol):
    """Something that begins and ends, such as an occurrence."""

    starts_at: Any
    ends_at: Any


def plain_date(value: date) -> str:
    """Return a date such as "22 November 2026"."""
    return str(format_date(value, "d MMMM y"))


def own_zone() -> ZoneInfo:
    """Return the viewer's time zone; London for who has none."""
    member = g.member if viewer().is_member else None
    try:
        return ZoneInfo(member.time_zone if member else "Europe/London")
    except ZoneInfoNotFoundError:
        return ZoneInfo("Europe/London")


def day(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """Return a day such as "Tuesday 2 June", with the year where it is not this one."""
    there = zone or own_zone()
    local, here = moment.astimezone(there), datetime.now(there)
    pattern = "EEEE d MMMM" if local.year == here.year else "EEEE d MMMM y"
    return str(format_date(local.date(), pattern))


def clock_time(moment: datetime, zone: ZoneInfo | None = None) -> str:
    """Return a time such as "18:30"."""
    return str(format_time(moment.astimezone(zone or own_zone()).time(), "HH:mm"))


def when(span: Spanned, zone: ZoneInfo | None = None) -> str:
    """Return "Tuesday 2 June, 18:30 to 20:00" in the viewer's zone; an end on another day names it."""
    there = zone or own_zone()
    start, end = span.starts_at.astimezone(there), span.ends_at.astimezone(there)
    first = f"{day(start, there)}, {clock_time(start, there)}"
    last = (
        clock_time(end, there)
        if end.date() == start.date()
        else f"{day(end, there)}, {clock_time(end, there)}"
    )
    return str(_("%(start)s to %(end)s", start=first, end=last))


def distance_words(kilometres: float | None) -> str:
    """Return a distance in steps of five kilometres, never exact."""
    if kilometres is None or not math.isfinite(kilometres):
        return str(_("distance not known"))
    if kilometres < 5:
        return str(_("less than 5 km away"))
    return str(_("about %(number)s km away", number=5 * round(kilometres / 5)))


def money(price: float | None, currency: str | None = None) -> str:
    """Return a price, "Free" for nothing, and that it is not stated where it is not."""
    if price is None:
        return str(_("not stated"))
    if price == 0:
        return str(_("Free"))
    return str(format_currency(price, currency or "GBP")).removesuffix(".00")


def duration_words(minutes: float) -> str:
    """Return how long something takes, such as "1 hour 30 minutes"."""
    hours, rest = divmod(round(minutes), 60)
    parts = [ngettext("%(num)s hour", "%(num)s hours", hours)] if hours else []
    parts += [ngettext("%(num)s minute", "%(num)s minutes", rest)] if rest or not hours else []
    return " ".join(str(part) for part in parts)


def suds_words(suds: float | None) -> str:
    """Return how hard something feels, 0 to 100, in words."""
    words = (
        _("calm"),
        _("mostly calm"),
        _("a little tense"),
        _("a bit hard"),
        _("hard, but doable"),
        _("very hard"),
        _("as hard as it gets"),
    )
    if suds is None or not math.isfinite(suds):
        return str(_("we are not sure yet"))
    return str(words[sum(suds >= bound for bound in FEELINGS)])


def init_app(app: Flask) -> None:
    """Make them filters of the templates."""
    for each in (when, day, clock_time, plain_date, distance_words, money, duration_words, suds_words):
        app.jinja_env.filters[each.__name__] = each
