"""Regions: which members something that takes place somewhere could concern, without saying where they live.

A member's place is sealed. Beside it stands the mark of a far larger cell (about 12,000 square kilometres,
some 340 of the sealed ones): a keyed hash, so that the column names no place to whom lacks the key. It only
narrows down whom to look at; how far somebody really is, is worked out from what is sealed.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import h3
from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session

from domain import places, sealed
from domain.models import Event, Member
from domain.sealed import Keyring

RESOLUTION = 3
#: Cells to look at around one; the fifth ring begins beyond the longest radius wherever on Earth.
RINGS = 5
LONGEST_KM = 200.0  #: how far a member can say that they go
SLACK_KM = 2.0  #: for the two radii of the Earth in use, and rounding
BAND_KM = 10.0
#: Marks of members who may be anywhere: not looked at yet, and no place given.
UNKNOWN, NOWHERE = "", "-"
LENGTH = 32


def mark(session: Session, cell: str | None) -> str:
    """Return what stands beside a member's sealed cell; `NOWHERE` where they gave none."""
    return NOWHERE if cell is None else _marks(session, _region(*places.centre(cell)))[0]


def reached_by(session: Session, events: Iterable[Event]) -> ColumnElement[bool]:
    """Return the condition that a member could be in reach of one of the events; it leaves nobody out who is.

    Members who gave no place are in reach of everything, as the matcher has it.
    """
    known = list(events)
    if any(event.online for event in known):
        return true()
    points = {(event.latitude, event.longitude) for event in known if event.latitude is not None}
    if not points:
        return false()
    bands: dict[float, list[str]] = {}
    for region, distance in _nearest(points).items():
        bands.setdefault(distance // BAND_KM * BAND_KM, []).extend(_marks(session, region))
    near = [
        and_(Member.region.in_(marks), Member.radius_km >= distance)
        for distance, marks in sorted(bands.items())
    ]
    return and_(Member.online_only.is_(False), or_(Member.region.in_((UNKNOWN, NOWHERE)), *near))


def _nearest(points: Iterable[tuple[float | None, float | None]]) -> dict[str, float]:
    nearest: dict[str, float] = {}
    for latitude, longitude in points:
        for region, distance in around(latitude or 0.0, longitude or 0.0).items():
            nearest[region] = min(distance, nearest.get(region, distance))
    return nearest


@lru_cache(maxsize=4096)
def around(latitude: float, longitude: float) -> dict[str, float]:
    """Return the regions within the longest radius of a point, each with how far off its nearest spot is.

    In kilometres, never more than it really is.
    """
    here = (latitude, longitude)
    found = {}
    for region in h3.grid_disk(_region(latitude, longitude), RINGS):
        middle, wide = _extent(region)
        distance = max(0.0, h3.great_circle_distance(here, middle, unit="km") - wide - SLACK_KM)
        if distance <= LONGEST_KM:
            found[region] = distance
    return found


@lru_cache(maxsize=16_384)
def _extent(region: str) -> tuple[tuple[float, float], float]:
    """Return the middle of a region, and kilometres to its furthest corner."""
    middle = h3.cell_to_latlng(region)
    corners = h3.cell_to_boundary(region)
    return middle, max(h3.great_circle_distance(middle, corner, unit="km") for corner in corners)


def _region(latitude: float, longitude: float) -> str:
    region: str = h3.latlng_to_cell(latitude, longitude, RESOLUTION)
    return region


def _marks(session: Session, region: str) -> list[str]:
    """Return the marks of a region under every master key, the newest first: a rotation misses nobody."""
    keyring: Keyring = session.info["keyring"]
    return [each[:LENGTH] for each in keyring.marks(f"region|{region}").values()]


def fill(session: Session, *, limit: int) -> int:
    """Mark up to ``limit`` members who have no mark yet; return how many, 0 when all are marked."""
    rows = session.scalars(
        select(Member).where(Member.region == UNKNOWN).order_by(Member.id).limit(limit)
    ).all()
    _mark_again(session, rows)
    return len(rows)


def mark_anew(session: Session, members: Iterable[str]) -> None:
    """Mark these members under the newest master key."""
    _mark_again(session, session.scalars(select(Member).where(Member.id.in_(list(members)))).all())


def _mark_again(session: Session, rows: Iterable[Member]) -> None:
    rows = list(rows)
    sealed.open_keys(session, [row.id for row in rows])
    for row in rows:
        row.region = mark(session, sealed.unseal(session, row).get("cell"))
    session.flush()
