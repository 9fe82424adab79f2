"""Candidate generation: which events are possible at all for a member, and why the others are not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from matching.anticipation import Anticipation
from matching.features import EventTable, chord_within, columns_of, unit_vector
from matching.inputs import MemberInput
from matching.settings import MatchingSettings

Flags = NDArray[np.bool_]
#: Width of a week and of an hour, in seconds.
WEEK, HOUR = 7 * 86_400.0, 3_600.0
#: 1970-01-01 was a Thursday: three days after a Monday.
_MONDAY = 3 * 86_400.0


class Exclusion(StrEnum):
    """Why an event is not possible (stored as these words); an event counts once, in this order."""

    PAUSED = "paused"
    HORIZON = "horizon"
    PLACES = "places"
    ALREADY_GOING = "already_going"
    DECLINED = "declined"
    NOT_A_FIT = "not_a_fit"
    AVOIDED = "avoided"
    ACCESS = "access"
    APART = "apart"
    NEWCOMERS = "newcomers"
    WEEKLY_CAP = "weekly_cap"
    REST_GAP = "rest_gap"
    TIME = "time"
    DISTANCE = "distance"
    WEEKLY_DISTRESS = "weekly_distress"
    CEILING = "ceiling"


#: The number each reason has in the fused pass; 0 means possible.
CODES: dict[Exclusion, int] = {reason: code for code, reason in enumerate(Exclusion, start=1)}

Limit = Callable[[MemberInput, EventTable, MatchingSettings, float, Anticipation], Flags]


def exclusions(
    member: MemberInput,
    table: EventTable,
    *,
    settings: MatchingSettings,
    now: float,
    anticipation: Anticipation,
) -> NDArray[np.int8]:
    """Return per event the code of the first limit that excludes it, 0 where it is possible.

    ``now`` is in seconds since 1970. ``anticipation`` covers every event of the table.
    """
    codes = np.zeros(len(table.events), dtype=np.int8)
    for reason, limit in LIMITS.items():
        hit = limit(member, table, settings, now, anticipation)
        codes[hit & (codes == 0)] = CODES[reason]
    return codes


def count(codes: NDArray[np.int8]) -> dict[Exclusion, int]:
    """Return how many events each reason excluded; reasons that excluded none are left out."""
    seen = np.bincount(codes, minlength=len(CODES) + 1)
    return {reason: int(seen[code]) for reason, code in CODES.items() if seen[code]}


def shown(counts: dict[Exclusion, int]) -> dict[str, int]:
    """Return the counts a member may see: who is kept apart from whom is never told to either."""
    merged: Counter[str] = Counter()
    for reason, number in counts.items():
        hidden = reason in {Exclusion.APART, Exclusion.PLACES, Exclusion.NEWCOMERS}
        merged["not_open" if hidden else str(reason)] += number
    return dict(merged)


def _none(table: EventTable) -> Flags:
    return np.zeros(len(table.events), dtype=bool)


def _at(table: EventTable, columns: NDArray[np.intp]) -> Flags:
    flags = _none(table)
    flags[columns] = True
    return flags


def _paused(member: MemberInput, table: EventTable, *_: object) -> Flags:
    return np.full(len(table.events), member.paused)


def _horizon(
    _member: MemberInput, table: EventTable, settings: MatchingSettings, now: float, *_: object
) -> Flags:
    last = now + timedelta(days=settings.horizon).total_seconds()
    flags: Flags = (table.starts < now + settings.lead * HOUR) | (table.starts > last)
    return flags


def _already_going(member: MemberInput, table: EventTable, *_: object) -> Flags:
    planned = columns_of(table.by_id, (outing.occurrence for outing in member.planned))
    return _at(table, planned) | _at(table, columns_of(table.by_going, (member.id,)))


def _declined(member: MemberInput, table: EventTable, *_: object) -> Flags:
    return _at(table, columns_of(table.by_id, member.declined))


def _not_a_fit(member: MemberInput, table: EventTable, *_: object) -> Flags:
    groups = (history.group for history in member.history if history.not_a_fit)
    return _at(table, columns_of(table.by_group, groups))


def _avoided(member: MemberInput, table: EventTable, *_: object) -> Flags:
    avoid = member.preferences.avoid
    return _at(table, columns_of(table.by_interest, avoid)) | _at(table, columns_of(table.by_value, avoid))


def _access(member: MemberInput, table: EventTable, *_: object) -> Flags:
    unmet = _none(table)
    for need in member.preferences.access_needs:
        unmet |= ~_at(table, columns_of(table.by_access, (need,)))
    return unmet


def _time(member: MemberInput, table: EventTable, settings: MatchingSettings, *_: object) -> Flags:
    energy = np.array(member.preferences.energy)
    flags: Flags = energy[table.slots] < settings.least_energy
    return flags


def _distance(member: MemberInput, table: EventTable, *_: object) -> Flags:
    """A member without a place is not held to a radius; one who asked for online only is."""
    preferences = member.preferences
    if preferences.online_only:
        return ~table.online
    if preferences.latitude is None or preferences.longitude is None:
        return _none(table)
    point = np.array(unit_vector(preferences.latitude, preferences.longitude))
    chord = ((table.points - point) ** 2).sum(axis=1)
    flags: Flags = ~table.online & (chord > chord_within(preferences.radius_km))
    return flags


def _apart(member: MemberInput, table: EventTable, *_: object) -> Flags:
    return _at(table, columns_of(table.by_person, member.apart))


def _places(_member: MemberInput, table: EventTable, *_: object) -> Flags:
    flags: Flags = table.places <= 0
    return flags


def _newcomers(member: MemberInput, table: EventTable, *_: object) -> Flags:
    known = _at(
        table, columns_of(table.by_group, (group for group, visits in member.visits.items() if visits))
    )
    flags: Flags = (table.newcomers <= 0) & ~known
    return flags


def week_of(starts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the number of the week, Monday to Sunday in UTC, of instants in seconds."""
    weeks: NDArray[np.float64] = np.floor((starts + _MONDAY) / WEEK)
    return weeks


def _planned(member: MemberInput) -> Iterator[tuple[float, float, float]]:
    return (
        (each.starts_at.timestamp(), each.ends_at.timestamp(), each.anticipated) for each in member.planned
    )


def _weekly_cap(member: MemberInput, table: EventTable, *_: object) -> Flags:
    weeks = week_of(np.array([start for start, _end, _suds in _planned(member)], dtype=np.float64))
    taken = (week_of(table.starts)[:, None] == weeks[None, :]).sum(axis=1)
    flags: Flags = taken >= member.pace.weekly_cap
    return flags


def _rest_gap(member: MemberInput, table: EventTable, settings: MatchingSettings, *_: object) -> Flags:
    close = _none(table)
    rest = HOUR * max(settings.rest_gap, member.pace.rest_hours)
    for start, end, _suds in _planned(member):
        close |= (table.starts < end + rest) & (table.ends > start - rest)
    return close


def _weekly_distress(
    member: MemberInput,
    table: EventTable,
    settings: MatchingSettings,
    _now: float,
    anticipation: Anticipation,
) -> Flags:
    """Hold a week's outings together to the budget; of a first outing the ceiling decides alone."""
    flags: Flags = anticipation.suds > budget_left(member, table, settings)
    return flags


def budget_left(member: MemberInput, table: EventTable, settings: MatchingSettings) -> NDArray[np.float64]:
    """Return the SUDS (n,) that the week of each event has left; infinite where nothing is planned in it."""
    weeks = week_of(table.starts)
    planned = np.zeros(len(table.events))
    for outing in member.planned:
        start = np.array([outing.starts_at.timestamp()])
        planned[weeks == week_of(start)[0]] += outing.anticipated
    budget = min(settings.weekly_distress, member.pace.weekly_distress)
    return np.where(planned > 0, budget - planned, np.inf)


def _ceiling(
    _member: MemberInput,
    _table: EventTable,
    _settings: MatchingSettings,
    _now: float,
    anticipation: Anticipation,
) -> Flags:
    return anticipation.too_much()


LIMITS: dict[Exclusion, Limit] = {
    Exclusion.PAUSED: _paused,
    Exclusion.HORIZON: _horizon,
    Exclusion.PLACES: _places,
    Exclusion.ALREADY_GOING: _already_going,
    Exclusion.DECLINED: _declined,
    Exclusion.NOT_A_FIT: _not_a_fit,
    Exclusion.AVOIDED: _avoided,
    Exclusion.ACCESS: _access,
    Exclusion.APART: _apart,
    Exclusion.NEWCOMERS: _newcomers,
    Exclusion.WEEKLY_CAP: _weekly_cap,
    Exclusion.REST_GAP: _rest_gap,
    Exclusion.TIME: _time,
    Exclusion.DISTANCE: _distance,
    Exclusion.WEEKLY_DISTRESS: _weekly_distress,
    Exclusion.CEILING: _ceiling,
}
