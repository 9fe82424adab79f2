"""How far a member goes, as they said it, and what lies within; read on pages of their own alone.

The matcher holds an outing to the same: nothing where no place was given, only what is online where a member
asked for that, and what has no position is left in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import h3
from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Session

from domain import members, places
from domain.models import Event, Member

KM_A_DEGREE = 111.1  #: of latitude, at the least


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """Where a member looks; without a centre, anywhere."""

    centre: tuple[float, float] | None = field(default=None, repr=False)  #: latitude, longitude
    radius_km: float = 10.0
    online_only: bool = False

    @property
    def limited(self) -> bool:
        """Whether anything can be out of reach."""
        return self.online_only or self.centre is not None

    def holds(self, *, online: bool, position: tuple[float, float] | None) -> bool:
        """Return whether something there is in reach."""
        if online or not self.limited:
            return True
        if self.online_only:
            return False
        if self.centre is None or position is None:
            return True
        distance: float = h3.great_circle_distance(self.centre, position, unit="km")
        return distance <= self.radius_km


def of_member(session: Session, member: Member) -> Reach:
    """Return how far a member goes, around the middle of the coarse cell they live in."""
    cell = members.read_private(session, member).cell
    return Reach(
        centre=places.centre(cell) if cell else None,
        radius_km=member.radius_km,
        online_only=member.online_only,
    )


def roughly(reach: Reach) -> list[ColumnElement[bool]]:
    """Return conditions on events that leave out most of what `Reach.holds` would, and nothing it holds."""
    if reach.online_only:
        return [Event.online.is_(True)]
    if reach.centre is None:
        return []
    latitude, _longitude = reach.centre
    north = reach.radius_km / KM_A_DEGREE
    inside = [Event.latitude.between(latitude - north, latitude + north), *_beside(reach.centre, north)]
    return [or_(Event.online.is_(True), Event.latitude.is_(None), and_(*inside))]


def _beside(centre: tuple[float, float], north: float) -> list[ColumnElement[bool]]:
    """Bound the longitude, where neither a pole nor the date line is near."""
    latitude, longitude = centre
    furthest = abs(latitude) + north
    if furthest >= 85:
        return []
    # A little more than the widest circle of latitude needs: circles bulge towards the pole.
    east = 1.02 * north / math.cos(math.radians(furthest))
    if abs(longitude) + east >= 180:
        return []
    return [Event.longitude.between(longitude - east, longitude + east)]
