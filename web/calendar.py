"""Outings and recurring events as iCalendar; each keeps its UID, so that a change replaces it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _
from icalendar import Alarm, Calendar
from icalendar import Event as Entry

from domain.models import Event
from domain.outings import Outing
from domain.recurrence import as_component
from domain.recurring import Series
from domain.rhythm import WEEKDAYS
from domain.schedule import recurrence_of

PRODUCT = "-//Handrail//Outings//EN"


@dataclass(frozen=True, kw_only=True, slots=True)
class Weekly:
    """Something that comes round each week."""

    id: str
    title: str
    first: datetime  #: by the clock of whoever does it
    days: tuple[int, ...]  #: 0: Monday


def calendar_of(
    outings: Iterable[Outing],
    *,
    base_url: str,
    now: datetime,
    name: str | None = None,
    week: Iterable[Weekly] = (),
) -> bytes:
    """Return an iCalendar file of outings; one that was cancelled or taken back says so.

    ``week``: what comes round each week, under a name that says nothing of it.
    """
    entries = [_entry(outing, base_url, now) for outing in outings]
    return _file(entries + [_weekly(each, base_url, now) for each in week], name)


def recurring_calendar(series: Iterable[Series], *, base_url: str, now: datetime, name: str) -> bytes:
    """Return an iCalendar file of recurring events, each with its rule; dates called off are left out of it.

    The town at most, whoever said yes: the exact place stands in the calendar of one's outings.
    """
    return _file([_series_entry(each, base_url, now) for each in series], name)


def _file(entries: Iterable[Entry], name: str | None) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    if name:
        calendar.add("x-wr-calname", name)
        calendar.add("refresh-interval", timedelta(hours=12), parameters={"VALUE": "DURATION"})
    for entry in entries:
        calendar.add_component(entry)
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _weekly(each: Weekly, base_url: str, now: datetime) -> Entry:
    entry = Entry()
    entry.add("uid", f"{each.id}@handrail")
    entry.add("dtstamp", now)
    entry.add("dtstart", each.first)
    entry.add("duration", timedelta(minutes=30))
    entry.add("rrule", {"freq": "weekly", "byday": [WEEKDAYS[day] for day in each.days]})
    entry.add("summary", each.title)
    entry.add("class", "PRIVATE")
    entry.add("url", f"{base_url}/routines/")
    return entry


def _series_entry(series: Series, base_url: str, now: datetime) -> Entry:
    event, group = series.next.event, series.next.group
    recurrence = recurrence_of(event)
    entry = as_component(recurrence)
    zone = ZoneInfo(event.time_zone)
    for at in series.off:
        entry.add("exdate", at.astimezone(zone))
    entry.add("uid", f"{event.id}@handrail")
    entry.add("dtstamp", now)
    entry.add("sequence", event.sequence)
    entry.add("duration", recurrence.duration)
    entry.add("summary", event.title)
    entry.add("class", "PRIVATE")
    entry.add("transp", "TRANSPARENT")  # it is possible, not planned: the time stays free
    entry.add("url", f"{base_url}/events/recurring/{event.id}")
    entry.add("location", _("Online") if event.online else event.locality or group.locality or "")
    entry.add(
        "description", _("With %(group)s. The exact place is shown when you say yes.", group=group.name)
    )
    return entry


def _entry(outing: Outing, base_url: str, now: datetime) -> Entry:
    event, occurrence, zone = outing.event, outing.occurrence, ZoneInfo(outing.event.time_zone)
    entry = Entry()
    entry.add("uid", f"{occurrence.id}@handrail")
    entry.add("dtstamp", now)
    entry.add("last-modified", max(event.changed_at, outing.rsvp.responded_at))
    entry.add("sequence", event.sequence + bool(occurrence.cancelled_at) + (not outing.going))
    entry.add("dtstart", occurrence.starts_at.astimezone(zone))
    entry.add("dtend", occurrence.ends_at.astimezone(zone))
    entry.add("summary", event.title)
    entry.add("class", "PRIVATE")
    entry.add("url", f"{base_url}/outings/{outing.rsvp.id}/")
    entry.add("status", "CONFIRMED" if takes_place(outing) else "CANCELLED")
    if takes_place(outing):
        entry.add("location", where(outing))
        entry.add("description", _leaving(outing))
        entry.add_component(_alarm(event.title))
    return entry


def takes_place(outing: Outing) -> bool:
    """Return whether the member goes to something that is on."""
    return outing.going and outing.occurrence.cancelled_at is None


def where(outing: Outing) -> str:
    """Return the exact place, for who said yes."""
    if outing.event.online:
        return outing.event.url or "Online"
    return ", ".join(place_lines(outing.event))


def place_lines(event: Event) -> list[str]:
    """Return venue, address and town; what another line says already is left out."""
    parts = [part for part in (event.venue, event.address, event.locality) if part]
    said = [part for part in parts if not any(part != other and part in other for other in parts)]
    return list(dict.fromkeys(said))


def _leaving(outing: Outing) -> str:
    lines = [outing.event.arriving, outing.event.leaving and f"Leaving early: {outing.event.leaving}"]
    return "\n".join(line for line in lines if line)


def _alarm(title: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", timedelta(hours=-2))
    return alarm
