"""How often an event comes round, said back in words: "Every Tuesday at 18:30"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from babel.dates import get_day_names, get_month_names
from flask_babel import format_date, get_locale, ngettext
from flask_babel import gettext as _

from domain.models import Event
from domain.rhythm import Every, Pattern, Rhythm, pattern_of, place_in_month, rhythm_of
from domain.schedule import recurrence_of


def of_event(event: Event) -> str:
    """Return when an event takes place."""
    starts_local = recurrence_of(event).starts_local
    rhythm = rhythm_of(event.rrule, starts_local)
    pattern = pattern_of(event.rrule) if rhythm is None and event.rrule else None
    return say(rhythm, starts_local) if pattern is None else say_pattern(pattern, starts_local)


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
    return _until(str(said), rhythm.until)


def say_pattern(pattern: Pattern, starts_local: datetime) -> str:
    """Return any rule in words, also one of a listing from elsewhere."""
    often = _often(pattern, starts_local)
    if pattern.months:
        names = get_month_names("wide", locale=get_locale())
        often = _("%(often)s, in %(months)s", often=often, months=listed([names[n] for n in pattern.months]))
    clock = f"{starts_local:%H:%M}"
    return _until(str(_("%(often)s at %(clock)s", often=often, clock=clock)), pattern.until)


def _often(pattern: Pattern, starts_local: datetime) -> str:
    n = pattern.interval
    match pattern.frequency:
        case "DAILY" if not pattern.days:
            return str(ngettext("Every day", "Every %(num)s days", n))
        case "DAILY" | "WEEKLY":
            return _weekly(pattern, starts_local)
        case "MONTHLY" if n == 1 and _each_week(pattern):
            return _weekly(pattern, starts_local)
        case "MONTHLY":
            often, days = ngettext("Every month", "Every %(num)s months", n), _days(pattern, starts_local)
            return str(_("%(often)s, on %(days)s", often=often, days=days))
    often = ngettext("Every year", "Every %(num)s years", n)
    if pattern.months or pattern.days or pattern.month_days:
        return str(_("%(often)s, on %(days)s", often=often, days=_days(pattern, starts_local)))
    return str(_("%(often)s, on %(days)s", often=often, days=format_date(starts_local, "d MMMM")))


def _each_week(pattern: Pattern) -> bool:
    """Return whether a monthly rule is a weekly one in other words: all Tuesdays of the month."""
    numbered = any(place for place, _weekday in pattern.days)
    return bool(pattern.days) and not numbered and not pattern.month_days


def _weekly(pattern: Pattern, starts_local: datetime) -> str:
    weekdays = sorted(pattern.weekdays(starts_local))
    if pattern.interval == 1 and len(weekdays) == 7:
        return str(_("Every day"))
    days = str(_("Monday to Friday")) if weekdays == [0, 1, 2, 3, 4] else listed(_named(weekdays))
    if pattern.interval == 1:
        return str(_("Every %(weekday)s", weekday=days))
    return str(_("Every %(number)s weeks, on %(days)s", number=pattern.interval, days=days))


def _days(pattern: Pattern, starts_local: datetime) -> str:
    if pattern.days and not pattern.month_days:
        return listed([_placed(place, weekday) for place, weekday in pattern.days])
    days = [
        str(_("the last day")) if day == -1 else str(_("day %(number)s", number=day))
        for day in sorted(pattern.month_days or (starts_local.day,), key=lambda each: each % 32)
    ]
    if not pattern.days:
        return listed(days)
    weekdays = listed(_named([weekday for _place, weekday in pattern.days]))
    return str(_("%(weekday)s, if it is %(days)s", weekday=weekdays, days=listed(days)))


def _placed(place: int, weekday: int) -> str:
    (name,) = _named([weekday])
    if place == 0:
        return str(_("each %(weekday)s", weekday=name))
    return str(_("the %(number)s %(weekday)s", number=_number(place), weekday=name))


def _named(weekdays: Sequence[int]) -> list[str]:
    names = get_day_names("wide", locale=get_locale())
    return [names[each] for each in weekdays]


def listed(words: Sequence[str]) -> str:
    """Return words as one would say them: "Monday, Tuesday and Friday"."""
    if len(words) < 2:
        return "".join(words)
    return str(_("%(first)s and %(last)s", first=", ".join(words[:-1]), last=words[-1]))


def _until(said: str, last: date | None) -> str:
    return said if last is None else f"{said}, {_('until %(day)s', day=_full(last))}"


def _full(day: date) -> str:
    return str(format_date(day, "EEEE d MMMM y"))


def _number(place: int) -> str:
    numbers = {
        1: _("first"),
        2: _("second"),
        3: _("third"),
        4: _("fourth"),
        5: _("fifth"),
        -1: _("last"),
        -2: _("last but one"),
    }
    return str(numbers[place])
