"""Small tasks: named by the organizer, taken and given back in one tap, and a room is easier for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import rsvps, tasks
from domain.courtesies import Said
from domain.errors import Conflict, Invalid
from domain.events import EventPublished
from domain.models import Event, EventFact, EventTask, Member, OutboxMessage
from domain.tasks import TaskDraft
from matching.inputs import FEATURES, SituationFeature
from tests import factories
from tests.conftest import NOW
from tests.domain.test_blocks import Town, go
from tests.domain.test_courtesies import outing_of
from workers.loading_events import load_events, situation_at

CHAIRS, DOOR = TaskDraft(label="Put out the chairs", people=2), TaskDraft(label="Say hello at the door")


@pytest.fixture
def town(session: Session) -> Town:
    return Town(session)


def named(session: Session, town: Town, *drafts: TaskDraft) -> list[EventTask]:
    event = session.get_one(Event, town.walk.event)
    tasks.name(session, event=event, drafts=drafts)
    return list(tasks.of_event(session, event=event.id))


def read(session: Session, town: Town) -> dict[str, Said]:
    found = tasks.taken(session, viewer=town.olga.id, group=town.group, occurrences=[town.walk])
    return found.get(town.walk.id, {})


def take(session: Session, town: Town, member: Member, task: EventTask) -> None:
    tasks.take(session, outing_of(session, member, town.walk), task=task.id, now=NOW)


@pytest.mark.requirement("R78")
def test_a_task_is_taken_by_as_many_as_it_is_for_and_given_back(session: Session, town: Town) -> None:
    chairs, door = named(session, town, CHAIRS, DOOR)
    cas = factories.member(session, display_name="Cas")
    go(session, cas, town.walk)
    take(session, town, town.ann, door)
    with pytest.raises(Conflict):
        take(session, town, town.ben, door)
    for member in (town.ben, cas):
        take(session, town, member, chairs)
    assert read(session, town) == {door.id: Said(names=("Ann",)), chairs.id: Said(names=("Ben",), others=1)}
    assert [each.left for each in tasks.offers(session, outing_of(session, cas, town.walk))] == [0, 0]
    tasks.give_back(session, outing_of(session, town.ann, town.walk))
    take(session, town, town.ben, door)
    assert read(session, town) == {door.id: Said(names=("Ben",)), chairs.id: Said(others=1)}
    ben = outing_of(session, town.ben, town.walk).rsvp
    rsvps.cancel(session, member=town.ben.id, rsvp=ben.id, now=NOW)
    assert read(session, town) == {chairs.id: Said(others=1)}
    late = outing_of(session, town.ann, town.walk)
    with pytest.raises(Conflict):
        tasks.take(session, late, task=door.id, now=town.walk.starts_at + timedelta(minutes=1))


def test_lists_are_looked_at_again_when_there_is_something_to_do_and_when_there_is_nothing(
    session: Session, town: Town
) -> None:
    def published() -> int:
        kind = OutboxMessage.kind == EventPublished.kind()
        return session.scalar(select(func.count()).select_from(OutboxMessage).where(kind)) or 0

    before = published()
    seen = [
        (named(session, town, *drafts), published() - before)[1] for drafts in ((CHAIRS,), (DOOR,), (), ())
    ]
    assert seen == [1, 1, 2, 2]
    session.get_one(Event, town.walk.event).cancelled_at = NOW
    with pytest.raises(Conflict):
        named(session, town, CHAIRS)


def test_a_task_that_keeps_its_name_keeps_who_took_it(session: Session, town: Town) -> None:
    chairs, _door = named(session, town, CHAIRS, DOOR)
    take(session, town, town.ann, chairs)
    kept = named(session, town, TaskDraft(label="Make the tea"), CHAIRS)
    assert [each.label for each in kept] == ["Make the tea", "Put out the chairs"]
    assert read(session, town) == {chairs.id: Said(names=("Ann",))}
    with pytest.raises(Invalid):
        named(session, town, *(TaskDraft(label=f"Task {number}") for number in range(6)))


@pytest.mark.requirement("R78")
def test_where_there_is_a_task_an_outing_is_easier_and_more_so_for_who_took_one(
    session: Session, town: Town
) -> None:
    def no_role(member: str) -> float:
        found = situation_at(session, town.walk, member=member)
        return found.values[FEATURES.index(SituationFeature.NO_ROLE)]

    event = session.get_one(Event, town.walk.event)
    event.online = True
    event.facts = [EventFact(event=event.id, feature=SituationFeature.NO_ROLE, value=1.0)]
    assert no_role(town.ann.id) == 1.0
    chairs, _door = named(session, town, CHAIRS, DOOR)
    take(session, town, town.ann, chairs)
    assert (no_role(town.ann.id), no_role(town.ben.id)) == (0.0, 0.5)
    (told,) = load_events(session, now=NOW, days=28)
    assert told.situation == situation_at(session, town.walk)
