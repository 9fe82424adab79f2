"""A draft to a listing: zone, start and end settled, what can be mended mended, what cannot refused."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from domain.listings.draft import Draft, Unreadable
from domain.listings.facts import facts_of
from domain.listings.interests import interests_of
from domain.listings.places import zone_at, zone_named
from domain.listings.record import Listing
from domain.recurrence import UnsupportedRule, check_rule, until_of

#: Where no end is said.
USUAL = timedelta(hours=2)
#: An end typed on the day of the start but meant for after midnight is at most this much later.
_LONGEST_NIGHT = timedelta(hours=12)
_DAY = timedelta(days=1)
_NO_END = "no end given: two hours assumed"
_PAST_MIDNIGHT = "ended before it began: the end moved past midnight"
_WHOLE_DAY = "starts and ends at midnight: taken as a whole day"
_SEVERAL_DAYS = "runs over several days: only the first is kept"


@dataclass(frozen=True, kw_only=True, slots=True)
class Times:
    """When a draft takes place."""

    zone: ZoneInfo
    starts_local: datetime  #: naive wall time
    duration: timedelta
    given: bool  #: the duration is the file's own
    all_day: bool = False  #: the file tells no time of day
    repairs: tuple[str, ...] = ()


def zone_of(draft: Draft, default: str) -> ZoneInfo:
    """Return the zone of the listing itself, else of its position, else of its town, else the default."""
    found = draft.tz
    if found is None and draft.latitude is not None and draft.longitude is not None:
        found = zone_at(draft.latitude, draft.longitude)
    if found is None and draft.locality:
        found = zone_named(draft.locality, draft.country)
    return ZoneInfo(found or default)


def settle_times(draft: Draft, default: str) -> Times:
    """Return when a draft takes place; raises ``Unreadable`` where its end contradicts its start."""
    zone = zone_of(draft, default)
    starts_local = draft.starts.local(zone)
    if not draft.starts.all_day and _from_midnight_to_midnight(draft, zone):
        return Times(
            zone=zone,
            starts_local=starts_local,
            duration=_DAY,
            given=False,
            all_day=True,
            repairs=(_WHOLE_DAY,),
        )
    duration, repairs = _duration(draft, zone)
    return Times(
        zone=zone,
        starts_local=starts_local,
        duration=duration,
        given=repairs in {(), (_PAST_MIDNIGHT,)} and duration <= _LONGEST_NIGHT,
        all_day=draft.starts.all_day,
        repairs=repairs,
    )


def _from_midnight_to_midnight(draft: Draft, zone: ZoneInfo) -> bool:
    """Tell whether times were filled in where only dates were meant; a midnight show ends later."""
    ends = draft.ends or draft.starts
    if draft.duration is not None or ends.instant(zone) < draft.starts.instant(zone):
        return False
    return draft.starts.local(zone).time() == time() == ends.local(zone).time()


def _duration(draft: Draft, zone: ZoneInfo) -> tuple[timedelta, tuple[str, ...]]:
    if draft.ends is None and draft.duration is None:
        return (_DAY, ()) if draft.starts.all_day else (USUAL, (_NO_END,))
    lasts = draft.duration if draft.ends is None else _between(draft, zone)
    assert lasts is not None  # noqa: S101 (one of the two is there)
    if lasts < timedelta(0):
        return _mended(draft, zone)
    if lasts < timedelta(minutes=1):
        return USUAL, (_NO_END,)
    return (lasts, ()) if lasts <= _DAY else (_first_day(draft, lasts, zone), (_SEVERAL_DAYS,))


def _between(draft: Draft, zone: ZoneInfo) -> timedelta:
    assert draft.ends is not None  # noqa: S101 (the caller looked)
    ends_at = draft.ends.instant(zone)
    if draft.ends.all_day:  # the day named as the last one is part of the event
        ends_at = _utc(draft.ends.local(zone) + _DAY, zone)
    return ends_at - draft.starts.instant(zone)


def _clock_gap(draft: Draft, lasts: timedelta, zone: ZoneInfo) -> timedelta:
    """Return how long after the start the clock first shows the time of the end."""
    starts = draft.starts.local(zone)
    ends = draft.ends.local(zone) if draft.ends else starts + lasts
    return (ends - starts) % _DAY


def _mended(draft: Draft, zone: ZoneInfo) -> tuple[timedelta, tuple[str, ...]]:
    """Mend an end that was meant for after midnight; on any other day it is unknown which date is wrong."""
    assert draft.ends is not None or draft.duration is not None  # noqa: S101 (the caller looked)
    if draft.ends is None:
        raise Unreadable("its duration is less than nothing")
    same_day = draft.ends.local(zone).date() == draft.starts.local(zone).date()
    later = _clock_gap(draft, timedelta(0), zone)
    if same_day and later <= _LONGEST_NIGHT:
        return later, (_PAST_MIDNIGHT,)
    raise Unreadable("it ends before it begins, and it cannot be told which of the two times is wrong")


def _first_day(draft: Draft, lasts: timedelta, zone: ZoneInfo) -> timedelta:
    if draft.starts.all_day:
        return _DAY
    return _clock_gap(draft, lasts, zone) or USUAL


def settle(draft: Draft, times: Times, *, weeks: int = 0) -> Listing:
    """Return the listing of a draft, moved by whole weeks at the same time on the clock."""
    starts_local = times.starts_local + timedelta(weeks=weeks)
    starts_at = _utc(starts_local, times.zone)
    rrule, rule_repairs = _rule(draft.rrule, times.zone, weeks)
    repairs = draft.repairs + times.repairs + rule_repairs
    is_free, price_repairs = _free(draft)
    return Listing(
        position=draft.position,
        uid=identity(draft, times),
        title=draft.title,
        text=draft.text,
        starts_at=starts_at,
        ends_at=starts_at + times.duration,
        all_day=times.all_day,
        tz=times.zone.key,
        rrule=rrule,
        exdates=_exdates(draft, times.zone, weeks) if rrule else None,
        venue=draft.venue,
        locality=draft.locality,
        latitude=None if draft.online else draft.latitude,
        longitude=None if draft.online else draft.longitude,
        online=bool(draft.online),
        organizer=draft.organizer,
        url=draft.url,
        keywords=draft.keywords,
        is_free=is_free,
        price=draft.price,
        currency=draft.currency if draft.price else None,
        capacity=draft.capacity,
        cancelled=draft.cancelled,
        facts=facts_of(
            draft,
            starts_local=starts_local,
            duration=times.duration if times.given else None,
            all_day=times.all_day,
            recurs=rrule is not None,
        ),
        interests=interests_of(draft.title, draft.text, draft.keywords),
        repairs=tuple(dict.fromkeys(repairs + price_repairs)),
    )


def identity(draft: Draft, times: Times) -> str:
    """Return what makes this event the same one next time: the file's own id, else title, place and start.

    A web address is no identity: cities announce a whole season under one. The start is the one before any
    move, so a listing moved to another week stays the same listing.
    """
    if draft.uid:
        return draft.uid if len(draft.uid) <= 300 else f"id:{_digest(draft.uid)}"
    first = (draft.first or draft.starts).instant(times.zone)
    place = draft.venue or draft.locality
    return f"listing:{_digest(draft.title.casefold(), place.casefold(), first.isoformat())}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8")).hexdigest()[:32]


def _utc(local: datetime, zone: ZoneInfo) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)


def _free(draft: Draft) -> tuple[bool | None, tuple[str, ...]]:
    """A price that surprises at the door is the worse mistake: it wins over "free"."""
    if draft.price:
        repairs = ("called free, yet has a price: the price is kept",) if draft.is_free else ()
        return False, repairs
    return (True if draft.price == 0 else draft.is_free), ()


def _rule(rrule: str | None, zone: ZoneInfo, weeks: int) -> tuple[str | None, tuple[str, ...]]:
    if not rrule:
        return None, ()
    try:
        tidy = check_rule(rrule)
        parts = dict(piece.split("=", 1) for piece in tidy.split(";"))
        if "UNTIL" in parts:
            # Kept as wall time, so that the last date stays in across a change of the clocks.
            until = until_of(parts["UNTIL"], zone).astimezone(zone) + timedelta(weeks=weeks)
            parts["UNTIL"] = f"{until.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        return ";".join(f"{name}={value}" for name, value in parts.items()), ()
    except UnsupportedRule as problem:
        return None, (f"repetition left out: {problem}",)


def _exdates(draft: Draft, zone: ZoneInfo, weeks: int) -> str | None:
    walls = sorted({_skipped(draft, skipped.local(zone), skipped.all_day, zone) for skipped in draft.skipped})
    return "\n".join(f"{wall + timedelta(weeks=weeks):%Y-%m-%dT%H:%M}" for wall in walls) or None


def _skipped(draft: Draft, wall: datetime, all_day: bool, zone: ZoneInfo) -> datetime:
    """A date alone leaves out that day's occurrence, whenever it starts."""
    return datetime.combine(wall.date(), draft.starts.local(zone).time()) if all_day else wall
