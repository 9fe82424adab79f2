"""Members and events as arrays with one column order: events by start, then by id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.inputs import FEATURES, EventInput, SituationFeature

Floats = NDArray[np.float64]
Columns = NDArray[np.intp]
Index = Mapping[str, Columns]

#: Kilometres; the mean radius of the Earth (IUGG).
EARTH_RADIUS_KM = 6371.0088
UNFAMILIAR = FEATURES.index(SituationFeature.UNFAMILIAR)
NO_HOST = FEATURES.index(SituationFeature.NO_HOST)
_NOWHERE: Columns = np.empty(0, dtype=np.intp)


@dataclass(frozen=True, kw_only=True, slots=True)
class EventTable:
    """All events of a run, one column each; every array has n columns in the same order."""

    events: tuple[EventInput, ...]
    starts: Floats  #: (n,) seconds since 1970, UTC
    ends: Floats  #: (n,)
    slots: NDArray[np.intp]  #: (n,) 0-20
    points: Floats  #: (n, 3) unit vectors; zeros where the event is online
    online: NDArray[np.bool_]  #: (n,)
    places: Floats  #: (n,) infinite where there is no limit
    newcomers: Floats  #: (n,) infinite where the organizer sets no limit
    situations: Floats  #: (n, 16)
    hosted: NDArray[np.bool_]  #: (n,) somebody is there to welcome
    assumed: Floats  #: (n, 16) 1 where the fact was not stated
    about: NDArray[np.bool_]  #: (n, interests) in the order of ``weight``
    group: Columns  #: (n,) number of the group
    event: Columns  #: (n,) number of the event whose occurrence it is
    by_id: Index
    by_group: Index
    by_interest: Index
    by_value: Index
    by_access: Index
    by_need: Index
    by_going: Index
    by_person: Index  #: going, organizing or belonging to the group
    weight: Mapping[str, float]  #: interest to its inverse document frequency, 0-1
    regularity: Floats  #: (n,) 0-1
    belonging: Floats  #: (n,) 0-1, 0.5 where unknown
    lift: Floats  #: (n,) 0-1, how far a group is below its fair share of showings


def tabulate(events: Iterable[EventInput], *, fair_showings: int) -> EventTable:
    """Return the events as columns, ordered by start and id whatever the order given; ids must be unique."""
    ordered = tuple(sorted(events, key=lambda event: (event.starts_at, event.id)))
    if len({event.id for event in ordered}) < len(ordered):
        raise ValueError("two events have the same id")
    by_interest = _index(event.interests for event in ordered)
    return EventTable(
        events=ordered,
        starts=np.array([event.starts_at.timestamp() for event in ordered], dtype=np.float64),
        ends=np.array([event.ends_at.timestamp() for event in ordered], dtype=np.float64),
        slots=np.array([event.slot for event in ordered], dtype=np.intp),
        points=np.array([unit_vector(event.latitude, event.longitude) for event in ordered]).reshape(-1, 3),
        online=np.array([event.latitude is None or event.longitude is None for event in ordered], dtype=bool),
        places=_limits(event.places_left for event in ordered),
        newcomers=_limits(event.newcomers_left for event in ordered),
        situations=np.array([event.situation.values for event in ordered], dtype=np.float64).reshape(
            -1, len(FEATURES)
        ),
        hosted=np.array([event.situation.values[NO_HOST] < 0.5 for event in ordered], dtype=bool),
        assumed=_assumed(ordered),
        about=_incidence(by_interest, len(ordered)),
        group=_numbers([event.group for event in ordered]),
        event=_numbers([event.event for event in ordered]),
        by_id=_index((event.id,) for event in ordered),
        by_group=_index((event.group,) for event in ordered),
        by_interest=by_interest,
        by_value=_index(event.values for event in ordered),
        by_access=_index(event.access for event in ordered),
        by_need=_index(event.offers for event in ordered),
        by_going=_index(event.going for event in ordered),
        by_person=_index(event.people | event.going for event in ordered),
        weight=_rarity(by_interest, ordered),
        regularity=np.array([regularity(event.gatherings_per_month) for event in ordered], dtype=np.float64),
        belonging=np.array([0.5 if event.belonging is None else event.belonging for event in ordered]),
        lift=np.array([max(0.0, 1 - event.showings / max(fair_showings, 1)) for event in ordered]),
    )


def columns_of(index: Index, keys: Iterable[str]) -> Columns:
    """Return the columns of any of these keys, ascending, each once."""
    found = [index[key] for key in keys if key in index]
    return np.unique(np.concatenate(found)) if found else _NOWHERE


def unit_vector(latitude: float | None, longitude: float | None) -> tuple[float, float, float]:
    """Return the point on the unit sphere, or zeros where there is none."""
    if latitude is None or longitude is None:
        return (0.0, 0.0, 0.0)
    phi, lam = np.radians(latitude), np.radians(longitude)
    return (float(np.cos(phi) * np.cos(lam)), float(np.cos(phi) * np.sin(lam)), float(np.sin(phi)))


def chord_within(radius_km: float) -> float:
    """Return the squared chord on the unit sphere that spans this great-circle distance.

    Squared chord = 4 * haversine, so comparing chords compares haversine distances without a root.
    """
    return float(4 * np.sin(min(radius_km / (2 * EARTH_RADIUS_KM), np.pi / 2)) ** 2)


def distance_km(points: Floats, point: tuple[float, float, float]) -> Floats:
    """Return great-circle distances (n,) from unit vectors (n, 3) to one point."""
    chord = ((points - np.array(point)) ** 2).sum(axis=1)
    distances: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(chord / 4, 1)))
    return distances


def regularity(gatherings_per_month: float) -> float:
    """Return 0 for a one-off, 1 for weekly or more often (R53)."""
    return min(1.0, max(0.0, gatherings_per_month / 4))


def _index(rows: Iterable[Iterable[str]]) -> dict[str, Columns]:
    found: dict[str, list[int]] = {}
    for column, keys in enumerate(rows):
        for key in keys:
            found.setdefault(key, []).append(column)
    return {key: np.array(columns, dtype=np.intp) for key, columns in found.items()}


def _incidence(index: Index, count: int) -> NDArray[np.bool_]:
    about = np.zeros((count, len(index)), dtype=bool)
    for number, columns in enumerate(index.values()):
        about[columns, number] = True
    return about


def _numbers(names: Sequence[str]) -> Columns:
    return np.unique(np.array(names, dtype=object), return_inverse=True)[1].reshape(-1).astype(np.intp)


def _limits(values: Iterable[int | None]) -> Floats:
    return np.array([np.inf if value is None else value for value in values], dtype=np.float64)


def _assumed(events: Sequence[EventInput]) -> Floats:
    rows = [[feature in event.situation.assumed for feature in FEATURES] for event in events]
    return np.array(rows, dtype=np.float64).reshape(-1, len(FEATURES))


def _rarity(by_interest: Index, events: Sequence[EventInput]) -> dict[str, float]:
    """Weigh an interest by how few groups share it; counted per group, so a busy group says it once."""
    groups = len({event.group for event in events})
    most = np.log1p(groups) or 1.0
    shared = {slug: len({events[column].group for column in found}) for slug, found in by_interest.items()}
    return {slug: float(0.25 + 0.75 * np.log((1 + groups) / count) / most) for slug, count in shared.items()}
