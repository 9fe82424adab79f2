"""How far the members of a run can go: what lies beyond need not be loaded."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_, select, true
from sqlalchemy.orm import Session

from domain import members, places, sealed
from domain.models import Event, Member

KM_PER_DEGREE = 111.2
#: A coarse cell's middle may lie this far from where a member lives.
SLACK_KM = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A range of latitudes and longitudes, in degrees."""

    south: float
    north: float
    west: float
    east: float

    @classmethod
    def around(cls, latitude: float, longitude: float, radius_km: float) -> Box:
        """Return a box that holds the circle."""
        high = (radius_km + SLACK_KM) / KM_PER_DEGREE
        wide = high / max(0.05, math.cos(math.radians(latitude)))
        return cls(south=latitude - high, north=latitude + high, west=longitude - wide, east=longitude + wide)

    def holds(self, latitude: float, longitude: float) -> bool:
        """Return whether a position lies in the box."""
        return self.south <= latitude <= self.north and self.west <= longitude <= self.east


def boxes_of(session: Session, ids: Collection[str]) -> list[Box] | None:
    """Return where these members can go; None where one of them has not said, or lives by the date line."""
    sealed.open_keys(session, ids)
    found = []
    for row in session.scalars(select(Member).where(Member.id.in_(ids))):
        cell = members.read_private(session, row).cell
        if cell is None:
            return None
        box = Box.around(*places.centre(cell), row.radius_km)
        if abs(box.west) > 180 or abs(box.east) > 180:
            return None
        found.append(box)
    return found


def within(boxes: Sequence[Box] | None) -> ColumnElement[bool]:
    """Return the condition that an event can be reached from some of the boxes, or has no place."""
    if boxes is None or not boxes:
        return true()
    around = Box(
        south=min(box.south for box in boxes),
        north=max(box.north for box in boxes),
        west=min(box.west for box in boxes),
        east=max(box.east for box in boxes),
    )
    return or_(
        Event.latitude.is_(None),
        Event.online.is_(True),
        and_(
            Event.latitude.between(around.south, around.north),
            Event.longitude.between(around.west, around.east),
        ),
    )
