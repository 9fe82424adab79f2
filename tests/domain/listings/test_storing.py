"""Listings become events: each once, whole, and only changed where the listing changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain.listings.record import Basis, Fact, Listing
from domain.listings.storing import Outcome, store
from domain.models import Event, Group, Occurrence, OutboxMessage
from matching.inputs import SituationFeature
from tests.conftest import NOW

STARTS = datetime(2026, 6, 5, 22, 0, tzinfo=UTC)
JAZZ = Listing(
    position=1,
    uid="https://example.org/jazz",
    title="Jazz in the park",
    starts_at=STARTS,
    ends_at=STARTS + timedelta(hours=2),
    tz="America/Toronto",
    venue="Trinity Bellwoods",
    organizer="Park Friends",
    is_free=True,
    facts={
        SituationFeature.TALKING: Fact(value=0.2, basis=Basis.ASSUMED),
        SituationFeature.IN_PERSON: Fact(value=1.0, basis=Basis.STATED),
    },
    interests=("jazz",),
)


def one_event(session: Session) -> Event:
    return session.scalars(select(Event)).one()


def test_a_listing_is_created_once_and_then_unchanged(session: Session) -> None:
    outcomes = [store(session, JAZZ, now=NOW) for _ in range(3)]
    assert outcomes == [Outcome.CREATED, Outcome.UNCHANGED, Outcome.UNCHANGED]
    event = one_event(session)
    assert (event.starts_local, event.time_zone, event.price) == ("2026-06-05T18:00", "America/Toronto", 0)
    assert {fact.feature: fact.assumed for fact in event.facts} == {"talking": True, "in_person": False}
    assert session.scalars(select(Occurrence.starts_at)).all() == [STARTS]


def test_a_changed_listing_moves_its_event(session: Session) -> None:
    store(session, JAZZ, now=NOW)
    later = replace(JAZZ, starts_at=STARTS + timedelta(days=1), ends_at=JAZZ.ends_at + timedelta(days=1))
    assert store(session, later, now=NOW) is Outcome.UPDATED
    assert session.scalars(select(Occurrence.starts_at)).all() == [STARTS + timedelta(days=1)]


def test_a_mended_listing_counts_as_repaired_whenever_it_is_stored(session: Session) -> None:
    mended = replace(JAZZ, repairs=("ends after midnight",))
    assert [store(session, mended, now=NOW) for _ in range(2)] == [Outcome.REPAIRED, Outcome.UNCHANGED]


def test_a_cancelled_listing_cancels_and_a_revived_one_comes_back(session: Session) -> None:
    store(session, JAZZ, now=NOW)
    assert store(session, replace(JAZZ, cancelled=True), now=NOW) is Outcome.UPDATED
    assert one_event(session).cancelled_at == NOW
    assert store(session, JAZZ, now=NOW) is Outcome.UPDATED
    assert one_event(session).cancelled_at is None
    assert session.scalars(select(Occurrence.cancelled_at)).all() == [None]


def test_one_organizer_is_one_group_that_nobody_of_ours_runs(session: Session) -> None:
    store(session, JAZZ, now=NOW)
    store(session, replace(JAZZ, uid="other", title="Blues"), now=NOW)
    group = session.scalars(select(Group)).one()
    assert (group.name, group.organizer) == ("Park Friends", None)


@pytest.mark.parametrize("field", ["title", "venue", "organizer", "locality", "text"])
def test_very_long_words_still_fit(session: Session, field: str) -> None:
    assert store(session, replace(JAZZ, **{field: "x" * 5000}), now=NOW) is Outcome.CREATED  # type: ignore[arg-type]


def test_an_import_is_announced_by_its_command_not_event_by_event(session: Session) -> None:
    store(session, JAZZ, now=NOW)
    assert session.scalar(select(func.count()).select_from(OutboxMessage)) == 0
