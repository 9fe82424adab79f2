"""Regions: nobody within reach is missed, wherever on Earth; the mark names no place and is kept in step."""

from __future__ import annotations

import h3
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import members, places, regions
from domain.models import Event, Member
from domain.sealed import Keyring
from matching.features import chord_within, unit_vector
from tests.conftest import NOW
from tests.workers.people import TOWN, add_event, add_group, add_member

latitudes = st.floats(-89.9, 89.9)
longitudes = st.floats(-180, 180)


@given(latitude=latitudes, longitude=longitudes, bearing=st.floats(0, 360), radius=st.floats(1, 200))
def test_nobody_within_reach_is_missed(
    latitude: float, longitude: float, bearing: float, radius: float
) -> None:
    """A member lives anywhere; an event just inside their radius, by the matcher's own measure."""
    cell = places.cell_of(latitude, longitude)
    home = places.centre(cell)
    event = _away(home, bearing, radius * 0.9999)
    chord = sum(
        (one - other) ** 2 for one, other in zip(unit_vector(*home), unit_vector(*event), strict=True)
    )
    assert chord <= chord_within(radius)
    around = regions.around(*event)
    region = h3.latlng_to_cell(*home, regions.RESOLUTION)
    assert region in around
    assert around[region] <= radius


def _away(home: tuple[float, float], bearing: float, km: float) -> tuple[float, float]:
    """The point so far from home in a direction, on the sphere."""
    from math import asin, atan2, cos, degrees, radians, sin  # noqa: PLC0415

    phi, lam, theta, arc = radians(home[0]), radians(home[1]), radians(bearing), km / 6371.0088
    north = asin(sin(phi) * cos(arc) + cos(phi) * sin(arc) * cos(theta))
    east = lam + atan2(sin(theta) * sin(arc) * cos(phi), cos(arc) - sin(phi) * sin(north))
    return degrees(north), (degrees(east) + 540) % 360 - 180


def reached(session: Session, *events: Event) -> set[str]:
    return set(session.scalars(select(Member.id).where(regions.reached_by(session, events))))


def test_the_mark_follows_the_place_and_names_it_nowhere(session: Session) -> None:
    ann, bob = add_member(session, "ann"), add_member(session, "bob")
    assert ann.region == bob.region
    assert len(ann.region) == regions.LENGTH
    assert ann.region not in (places.cell_of(*TOWN), h3.latlng_to_cell(*TOWN, regions.RESOLUTION))
    members.save_private(session, member=ann, cell=places.cell_of(40.4, -3.7), now=NOW)
    assert ann.region != bob.region
    members.save_private(session, member=ann, cell=None, now=NOW)
    assert ann.region == regions.NOWHERE


def test_without_the_key_the_mark_is_another(session: Session) -> None:
    before = regions.mark(session, places.cell_of(*TOWN))
    session.info["keyring"] = Keyring((b"x" * 32,))
    assert regions.mark(session, places.cell_of(*TOWN)) != before


def test_marks_of_an_older_key_are_found_until_they_are_renewed(session: Session) -> None:
    ann = add_member(session, "ann")
    event = add_event(session, add_group(session))
    old, mark = session.info["keyring"], ann.region
    session.info["keyring"] = Keyring((b"n" * 32, *old.masters))
    assert ann.id in reached(session, event)
    regions.mark_anew(session, [ann.id])
    assert ann.region != mark
    assert ann.id in reached(session, event)


def test_members_from_before_are_marked_in_steps(session: Session) -> None:
    people = [add_member(session, name) for name in ("ann", "bob", "cleo")]
    members.save_private(session, member=people[2], cell=None, now=NOW)
    marks = [each.region for each in people]
    for each in people:
        each.region = regions.UNKNOWN
    session.flush()
    assert [regions.fill(session, limit=2) for _ in range(3)] == [2, 1, 0]
    assert [each.region for each in people] == marks


@pytest.mark.parametrize("online", [True, False])
def test_who_stays_online_is_reached_online_alone(session: Session, online: bool) -> None:
    ann, bob = add_member(session, "ann"), add_member(session, "bob")
    bob.online_only = True
    event = add_event(session, add_group(session))
    event.online = online
    session.flush()
    assert reached(session, event) == ({ann.id, bob.id} if online else {ann.id})


def test_nothing_is_reached_by_an_event_without_a_place(session: Session) -> None:
    add_member(session)
    event = add_event(session, add_group(session))
    event.latitude = event.longitude = None
    session.flush()
    assert reached(session, event) == reached(session) == set()
