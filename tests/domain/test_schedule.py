"""Events keep their wall time, their occurrences follow, and nobody who said yes is forgotten."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import schedule
from domain.errors import Conflict, Invalid
from domain.models import Event, Group, Occurrence, OutboxMessage, Rsvp
from domain.schedule import EventDraft
from matching.inputs import SituationFeature
from tests import factories
from tests.conftest import NOW

WALK = EventDraft(
    title="Riverside walk",
    starts_local=datetime(2026, 6, 2, 18, 30),  # noqa: DTZ001
    duration_minutes=90,
    time_zone="Europe/London",
    rrule="FREQ=WEEKLY",
    facts={SituationFeature.TALKING: 0.3},
    assumed={SituationFeature.SENSORY_LOAD: 0.2},
    interests=("walking",),
)


@pytest.fixture
def group(session: Session) -> Group:
    row = Group(name="Walkers", time_zone="Europe/London", created_at=NOW)
    session.add(row)
    session.flush()
    return row


def occurrences(session: Session, event: Event) -> list[Occurrence]:
    return list(
        session.scalars(select(Occurrence).where(Occurrence.event == event.id).order_by(Occurrence.starts_at))
    )


def say_yes(session: Session, occurrence: Occurrence) -> None:
    member = factories.member(session, display_name="Ann").id
    session.add(Rsvp(occurrence=occurrence.id, member=member, status="yes", responded_at=NOW))
    session.flush()


def test_a_weekly_event_has_its_occurrences_for_sixty_days(session: Session, group: Group) -> None:
    event = schedule.publish(session, group=group, draft=WALK, now=NOW)
    rows = occurrences(session, event)
    assert [row.starts_at for row in rows[:2]] == [
        datetime(2026, 6, 2, 17, 30, tzinfo=UTC),
        datetime(2026, 6, 9, 17, 30, tzinfo=UTC),
    ]
    assert len(rows) == 9
    assert all(row.ends_at - row.starts_at == timedelta(minutes=90) for row in rows)


def test_expanding_again_adds_nothing(session: Session, group: Group) -> None:
    event = schedule.publish(session, group=group, draft=WALK, now=NOW)
    assert schedule.expand(session, event=event, now=NOW) == 0
    assert schedule.expand(session, event=event, now=NOW + timedelta(days=7)) == 1


def test_the_wall_time_stays_across_the_autumn_change(session: Session, group: Group) -> None:
    before_change = datetime(2026, 10, 20, 9, tzinfo=UTC)
    event = schedule.publish(session, group=group, draft=WALK, now=before_change)
    zone = ZoneInfo("Europe/London")
    rows = occurrences(session, event)
    assert {row.starts_at.hour for row in rows} == {17, 18}
    assert {row.starts_at.astimezone(zone).strftime("%H:%M") for row in rows} == {"18:30"}


def test_a_single_event_far_ahead_has_its_occurrence(session: Session, group: Group) -> None:
    far = replace(WALK, rrule=None, starts_local=datetime(2027, 3, 1, 10, 0))  # noqa: DTZ001
    event = schedule.publish(session, group=group, draft=far, now=NOW)
    assert [row.starts_at for row in occurrences(session, event)] == [datetime(2027, 3, 1, 10, tzinfo=UTC)]


def test_facts_say_whether_they_were_stated(session: Session, group: Group) -> None:
    event = schedule.publish(session, group=group, draft=WALK, now=NOW)
    assert {fact.feature: fact.assumed for fact in event.facts} == {"talking": False, "sensory_load": True}


def test_moving_an_event_cancels_what_people_said_yes_to_and_drops_the_rest(
    session: Session, group: Group
) -> None:
    event = schedule.publish(session, group=group, draft=WALK, now=NOW)
    first = occurrences(session, event)[0]
    say_yes(session, first)
    later = replace(WALK, starts_local=datetime(2026, 6, 3, 18, 30))  # noqa: DTZ001
    schedule.change(session, event=event, draft=later, now=NOW)
    rows = occurrences(session, event)
    assert first.cancelled_at == NOW
    assert {row.starts_at.weekday() for row in rows if row.cancelled_at is None} == {2}
    kinds = session.scalars(select(OutboxMessage.kind)).all()
    assert kinds.count("occurrence_cancelled") == 1
    assert event.sequence == 1


def test_changing_the_facts_keeps_the_occurrences(session: Session, group: Group) -> None:
    event = schedule.publish(session, group=group, draft=WALK, now=NOW)
    before = [row.id for row in occurrences(session, event)]
    schedule.change(session, event=event, draft=replace(WALK, facts={}, duration_minutes=60), now=NOW)
    rows = occurrences(session, event)
    assert [row.id for row in rows] == before
    assert rows[0].ends_at - rows[0].starts_at == timedelta(minutes=60)
    assert [fact.feature for fact in event.facts] == ["sensory_load"]


def test_cancelling_twice_tells_people_once_and_wants_a_reason(session: Session, group: Group) -> None:
    event = schedule.publish(session, group=group, draft=WALK, now=NOW)
    first = occurrences(session, event)[0]
    with pytest.raises(Invalid):
        schedule.cancel_occurrence(session, occurrence=first, reason=" ", now=NOW)
    for _ in range(2):
        schedule.cancel_occurrence(session, occurrence=first, reason="The host is ill.", now=NOW)
    kinds = session.scalars(select(OutboxMessage.kind)).all()
    assert kinds.count("occurrence_cancelled") == 1


def test_a_cancelled_event_gets_no_further_occurrences(session: Session, group: Group) -> None:
    event = schedule.publish(session, group=group, draft=WALK, now=NOW)
    schedule.cancel(session, event=event, reason="We are closing.", now=NOW)
    assert all(row.cancelled_at for row in occurrences(session, event))
    assert schedule.expand(session, event=event, now=NOW + timedelta(days=30)) == 0
    with pytest.raises(Conflict):
        schedule.change(session, event=event, draft=WALK, now=NOW)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", "  "),
        ("duration_minutes", 0),
        ("duration_minutes", 14 * 24 * 60 + 1),
        ("time_zone", "Europe/Atlantis"),
        ("capacity", 0),
        ("latitude", 51.5),
        ("facts", {SituationFeature.TALKING: 1.5}),
        ("rrule", "FREQ=SECONDLY"),
        ("exdates", "tomorrow"),
    ],
)
def test_a_draft_that_cannot_be_used_names_the_field(
    session: Session, group: Group, field: str, value: object
) -> None:
    with pytest.raises(Invalid) as refusal:
        schedule.publish(session, group=group, draft=replace(WALK, **{field: value}), now=NOW)  # type: ignore[arg-type]
    assert set(refusal.value.problems) == {field}
