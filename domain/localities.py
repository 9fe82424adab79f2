"""Places where something is on: the localities of published events, beside the towns of the atlas."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import places
from domain.models import Event, Group
from domain.places import MOST, Place

PREFIX = "here:"  #: marks the id of a locality; a town's id is a number


def with_events(session: Session, *, limit: int = MOST) -> list[Place]:
    """Return localities with published events, the busiest first; their middle is that of their events."""
    middle = func.avg(Event.latitude), func.avg(Event.longitude)
    rows = session.execute(
        select(Event.locality, *middle, func.count())
        .join(Group, Group.id == Event.group)
        .where(
            Event.locality.is_not(None),
            Event.latitude.is_not(None),
            Event.published_at.is_not(None),
            Event.cancelled_at.is_(None),
            Group.closed_at.is_(None),
        )
        .group_by(Event.locality)
        .order_by(func.count().desc(), Event.locality)
        .limit(limit)
    )
    return [
        Place(id=f"{PREFIX}{name}", name=name, country="", cell=places.cell_of(latitude, longitude), people=0)
        for name, latitude, longitude, _ in rows
    ]


def search(session: Session, text: str) -> list[Place]:
    """Return localities with events, then towns, of that name or beginning with it."""
    wanted = places.plain(text.partition(",")[0])
    here = [place for place in with_events(session, limit=500) if places.plain(place.name).startswith(wanted)]
    near = {(place.name, place.cell) for place in here}
    towns = [town for town in places.search(text) if (town.name, town.cell) not in near]
    return [*here, *towns][:MOST] if len(wanted) > 1 else []


def find(session: Session, identity: str) -> Place | None:
    """Return the locality or town with this id."""
    if not identity.startswith(PREFIX):
        return places.find(identity)
    return next((place for place in with_events(session, limit=500) if place.id == identity), None)
