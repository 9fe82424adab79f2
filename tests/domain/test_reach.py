"""How far a member goes: as the matcher has it, and the rough bounds leave nothing out."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import members, reach
from domain.models import Event
from domain.reach import KM_A_DEGREE, Reach
from tests import factories
from tests.conftest import NOW

LARKFORD = (51.2, -1.95)


def test_a_member_s_own_words_decide(session: Session) -> None:
    member = factories.member(session, radius_km=7.0)
    assert not reach.of_member(session, member).limited
    members.save_private(session, member=member, now=NOW, cell="86194ad27ffffff", place_name="Larkford")
    found = reach.of_member(session, member)
    assert found.limited
    assert found.radius_km == 7.0
    assert "51" not in repr(found), "where somebody lives is not printed"


def test_what_is_online_or_nowhere_stated_is_always_in_reach() -> None:
    near = Reach(centre=LARKFORD, radius_km=5)
    assert near.holds(online=True, position=(0, 0))
    assert near.holds(online=False, position=None)
    assert near.holds(online=False, position=(51.24, -1.95))
    assert not near.holds(online=False, position=(51.26, -1.95))


def test_who_asked_for_online_only_is_shown_nothing_else() -> None:
    online = Reach(centre=LARKFORD, online_only=True)
    assert online.holds(online=True, position=None)
    assert not online.holds(online=False, position=LARKFORD)
    assert not online.holds(online=False, position=None)


def bounds(centre: tuple[float, float], radius_km: float) -> tuple[float, float]:
    """The furthest degrees north and east the rough conditions let through, read from their own numbers."""
    conditions = reach.roughly(Reach(centre=centre, radius_km=radius_km))
    numbers = conditions[0].compile().params
    latitudes = [value for name, value in numbers.items() if name.startswith("latitude")]
    longitudes = [value for name, value in numbers.items() if name.startswith("longitude")]
    return max(latitudes) - centre[0], (max(longitudes) - centre[1]) if longitudes else math.inf


@given(
    centre=st.tuples(st.floats(-89, 89), st.floats(-180, 180)),
    radius_km=st.floats(1, 200),
    bearing=st.floats(0, 2 * math.pi),
)
def test_the_rough_bounds_leave_out_nothing_in_reach(
    centre: tuple[float, float], radius_km: float, bearing: float
) -> None:
    north, east = bounds(centre, radius_km)
    phi, arc = math.radians(centre[0]), radius_km / 6371.0088
    there = math.asin(math.sin(phi) * math.cos(arc) + math.cos(phi) * math.sin(arc) * math.cos(bearing))
    turned = math.atan2(
        math.sin(bearing) * math.sin(arc) * math.cos(phi), math.cos(arc) - math.sin(phi) * math.sin(there)
    )
    assert abs(math.degrees(there) - centre[0]) <= north + 1e-9
    assert abs(math.degrees(turned)) <= east + 1e-9
    assert north <= 1.01 * radius_km / KM_A_DEGREE


@pytest.mark.parametrize("limits", [{"centre": LARKFORD, "radius_km": 5.0}, {"online_only": True}, {}])
def test_the_bounds_hold_in_the_database_too(session: Session, limits: dict[str, Any]) -> None:
    group = factories.group(session)
    spots: dict[str, dict[str, Any]] = {
        "here": {"latitude": 51.21, "longitude": -1.96},
        "far": {"latitude": 52.2, "longitude": -1.95},
        "east": {"latitude": 51.2, "longitude": -1.0},
        "online": {"online": True},
        "unstated": {},
    }
    for title, columns in spots.items():
        factories.event(session, group=group, title=title, **columns)
    limit = Reach(**limits)
    found = set(session.scalars(select(Event.title).where(*reach.roughly(limit))))
    if limit.online_only:
        assert found == {"online"}
    elif limit.limited:
        assert found == {"here", "online", "unstated"}
    else:
        assert found == set(spots)
