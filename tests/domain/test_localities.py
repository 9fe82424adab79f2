"""A place to live in may be a town of the atlas, or wherever something is on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from domain import localities
from domain.models import Event, Group
from tests.conftest import NOW


def place_events(session: Session, locality: str, *, count: int = 1, **changes: Any) -> None:
    group = Group(name=locality, time_zone="Europe/London", created_at=NOW)
    session.add(group)
    session.flush()
    for _ in range(count):
        facts: dict[str, Any] = {
            "group": group.id,
            "title": "Walk",
            "starts_local": "2026-06-02T18:30",
            "duration_minutes": 60,
            "time_zone": "Europe/London",
            "locality": locality,
            "latitude": 51.2,
            "longitude": -1.95,
            "published_at": NOW - timedelta(days=1),
            "created_at": NOW,
            "changed_at": NOW,
        }
        session.add(Event(**facts | changes))
    session.flush()


def test_the_busiest_locality_comes_first(session: Session) -> None:
    place_events(session, "Larkford")
    place_events(session, "Wexcombe", count=2)
    assert [place.name for place in localities.with_events(session)] == ["Wexcombe", "Larkford"]


@pytest.mark.parametrize(
    "hidden", [{"published_at": None}, {"cancelled_at": NOW}, {"latitude": None, "longitude": None}]
)
def test_what_is_not_on_makes_no_place(session: Session, hidden: dict[str, Any]) -> None:
    place_events(session, "Larkford", **hidden)
    assert localities.with_events(session) == []


def test_a_locality_is_found_by_its_beginning_and_again_by_its_id(session: Session) -> None:
    place_events(session, "Larkford")
    found = localities.search(session, "lark")[0]
    assert found.name == "Larkford"
    assert localities.find(session, found.id) == found


def test_towns_of_the_atlas_follow(session: Session) -> None:
    place_events(session, "Bristol Docks")
    names = [place.name for place in localities.search(session, "Bristol")]
    assert names[:2] == ["Bristol Docks", "Bristol"]
    (_, town, *_) = localities.search(session, "Bristol")
    assert localities.find(session, town.id) == town


def test_nothing_is_found_for_a_letter_or_a_stranger(session: Session) -> None:
    place_events(session, "Larkford")
    assert localities.search(session, "l") == []
    assert localities.find(session, "here:Nowhere") is None
