"""The trail of comfort: sealed, short, its first point kept."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import trails
from domain.models import ComfortTrail
from domain.trails import KEPT, Point, Span
from tests.conftest import NOW
from tests.domain.outing_rows import a_member


def point(day: int) -> Point:
    return Point(
        at=NOW + timedelta(days=day),
        index=50.0,
        index_sd=4.5,
        kinds={"coffee": Span(suds=55.5, low=40.0, high=70.0)},
    )


def test_points_are_read_back_in_order_and_sealed(session: Session) -> None:
    ann = a_member(session).id
    assert trails.read(session, member=ann) == ()
    for day in range(3):
        trails.append(session, member=ann, point=point(day), now=NOW)
    assert trails.read(session, member=ann) == (point(0), point(1), point(2))
    assert b"coffee" not in session.scalars(select(ComfortTrail.sealed)).one()


def test_a_long_trail_keeps_where_it_began_and_its_newest(session: Session) -> None:
    ann = a_member(session).id
    for day in range(KEPT + 5):
        trails.append(session, member=ann, point=point(day), now=NOW)
    found = trails.read(session, member=ann)
    assert len(found) == KEPT
    assert (found[0], found[1], found[-1]) == (point(0), point(6), point(KEPT + 4))


def test_a_trail_is_forgotten_for_one_member_alone(session: Session) -> None:
    ann, bob = a_member(session).id, a_member(session, "bob").id
    for each in (ann, bob):
        trails.append(session, member=each, point=point(0), now=NOW)
    trails.forget(session, member=ann)
    assert trails.read(session, member=ann) == ()
    assert trails.read(session, member=bob) == (point(0),)
