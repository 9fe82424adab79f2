"""Bulk runs: region by region, in parts that do not wait for each other; about everybody, or about events."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import bulk_runs, members, outbox, places, schedule
from domain.models import BulkPart, BulkRun, Member, OutboxMessage
from domain.regions import NOWHERE
from tests.conftest import NOW
from tests.workers.people import TOWN, add_event, add_group, add_member

FAR = (55.95, -3.19)  # Edinburgh


def live(session: Session, member: Member, place: tuple[float, float] | None) -> None:
    cell = places.cell_of(*place) if place else None
    members.save_private(session, member=member, cell=cell, now=NOW)


@pytest.fixture
def people(session: Session) -> dict[str, str]:
    """Two near the town's events, one far off, one who gave no place."""
    found = {name: add_member(session, name) for name in ("ann", "bob", "cleo", "dan")}
    live(session, found["cleo"], FAR)
    live(session, found["dan"], None)
    return {name: member.id for name, member in found.items()}


def work_off(session: Session, bulk: BulkRun, *, limit: int = 9) -> list[list[str]]:
    """Take the steps of every part; return their members."""
    bulk_runs.divide(session, bulk.id, now=NOW)
    steps = []
    for part in session.scalars(select(BulkPart).where(BulkPart.bulk == bulk.id).order_by(BulkPart.region)):
        while part.finished_at is None:
            step = bulk_runs.next_members(session, bulk, part, limit=limit)
            bulk_runs.step(session, bulk, part, step, now=NOW)
            steps.append(step)
    return [step for step in steps if step]


def test_everybody_is_reached_once_region_by_region(session: Session, people: dict[str, str]) -> None:
    bulk = bulk_runs.begin(session, reason="settings", now=NOW)
    steps = work_off(session, bulk)
    assert sorted(member for step in steps for member in step) == sorted(people.values())
    assert sorted(len(step) for step in steps) == [1, 1, 2], "nobody shares a step with another region"
    assert (bulk.done, bulk.total, bulk.finished_at) == (4, 4, NOW)
    assert bulk_runs.latest(session) is bulk


def test_parts_are_messages_that_do_not_wait_for_each_other(session: Session, people: dict[str, str]) -> None:
    session.execute(OutboxMessage.__table__.delete())  # type: ignore[attr-defined]
    bulk = bulk_runs.match_everybody(session, reason="settings", now=NOW)
    bulk_runs.divide(session, bulk.id, now=NOW)
    bulk_runs.divide(session, bulk.id, now=NOW)  # told twice
    session.flush()
    assert outbox.due(session) == {"bulk": 1 + 3}
    assert len(people) == bulk.total


def test_it_ends_only_when_the_last_part_does(session: Session, people: dict[str, str]) -> None:
    bulk = bulk_runs.begin(session, reason="settings", now=NOW)
    bulk_runs.divide(session, bulk.id, now=NOW)
    first, *others = session.scalars(select(BulkPart).where(BulkPart.bulk == bulk.id)).all()
    bulk_runs.step(session, bulk, first, [], now=NOW)
    assert bulk.finished_at is None
    for part in others:
        bulk_runs.step(session, bulk, part, [], now=NOW)
    assert bulk.finished_at == NOW
    assert people


def test_an_event_concerns_whom_it_can_reach(session: Session, people: dict[str, str]) -> None:
    event = add_event(session, add_group(session))
    bulk = bulk_runs.match_around(session, event=event.id, now=NOW)
    reached = {member for step in work_off(session, bulk) for member in step}
    assert reached == {people["ann"], people["bob"], people["dan"]}
    assert bulk.total == 3
    assert bulk_runs.latest(session) is not bulk, "the page shows what is about everybody"


def test_a_cancelled_event_concerns_those_in_whose_list_it_is(
    session: Session, people: dict[str, str]
) -> None:
    event = add_event(session, add_group(session))
    schedule.cancel(session, event=event, reason="No room.", now=NOW)
    bulk = bulk_runs.match_around(session, event=event.id, now=NOW)
    assert work_off(session, bulk) == []
    assert bulk.finished_at == NOW
    assert people


def test_events_are_gathered_until_it_begins(session: Session, people: dict[str, str]) -> None:
    group = add_group(session)
    one, other, late = (add_event(session, group, title=f"Walk {number}") for number in range(3))
    bulk = bulk_runs.match_around(session, event=one.id, now=NOW)
    for event in (one, other, other):
        assert bulk_runs.match_around(session, event=event.id, now=NOW) is bulk
    assert bulk.events == [one.id, other.id]
    everybody = bulk_runs.match_everybody(session, reason="event", now=NOW)
    assert everybody is not bulk
    assert bulk_runs.match_everybody(session, reason="event", now=NOW) is everybody
    bulk_runs.divide(session, bulk.id, now=NOW)
    assert bulk_runs.match_around(session, event=late.id, now=NOW) is not bulk
    assert people


def test_who_has_no_mark_yet_is_reached_by_everything(session: Session, people: dict[str, str]) -> None:
    cleo = session.get_one(Member, people["cleo"])
    assert cleo.region not in ("", NOWHERE)
    cleo.region = ""
    session.flush()
    event = add_event(session, add_group(session))
    bulk = bulk_runs.match_around(session, event=event.id, now=NOW)
    assert people["cleo"] in {member for step in work_off(session, bulk) for member in step}
    assert TOWN != FAR
