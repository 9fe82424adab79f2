"""Who can take part: yes, no and not stated, and the same answer from rows and from the database."""

from __future__ import annotations

import random
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import agenda, groups, inclusion
from domain.agenda import Wish
from domain.errors import Invalid
from domain.groups import GroupDraft
from domain.inclusion import ASKED, Item, Said, Statement
from domain.models import Event, EventFact, Group
from tests import factories
from tests.conftest import NOW
from tests.domain.outing_rows import a_member

pytestmark = pytest.mark.requirement("R77")


def known(**facts: Any) -> Statement:
    given: dict[str, Any] = {"there": (), "online": False, "price": None, "greeted": None}
    return Statement(**given | facts)


def test_what_is_open_is_neither_yes_nor_no() -> None:
    found = inclusion.checklist(known(there=["step_free"], missing=["quiet"]))
    assert (found[Item.STEP_FREE], found[Item.QUIET], found[Item.SEATING]) == (Said.YES, Said.NO, Said.UNSAID)


def test_what_means_nothing_there_is_not_on_the_list_and_stands_in_nobodys_way() -> None:
    online, there = known(online=True), known()
    assert inclusion.OF_A_PLACE.isdisjoint(inclusion.checklist(online))
    assert Item.CAPTIONS in inclusion.checklist(online)
    assert Item.CAPTIONS not in inclusion.checklist(there)
    assert {*inclusion.OF_A_PLACE} <= inclusion.met(online)
    assert inclusion.met(there) == {"captions"}
    assert inclusion.not_met(["step_free", "captions"], online) == {Said.UNSAID: [Item.CAPTIONS]}


@pytest.mark.parametrize(
    ("facts", "item", "answer"),
    [
        ({"price": 0.0}, Item.NO_COST, Said.YES),
        ({"price": 0.0, "missing": ["no_cost"]}, Item.NO_COST, Said.YES),
        ({"price": 5.0}, Item.NO_COST, Said.UNSAID),
        ({"price": 5.0, "there": ["no_cost"]}, Item.NO_COST, Said.YES),
        ({"price": 5.0, "missing": ["no_cost"]}, Item.NO_COST, Said.NO),
        ({"greeted": True}, Item.GREETER, Said.YES),
        ({"greeted": False}, Item.GREETER, Said.NO),
        ({}, Item.GREETER, Said.UNSAID),
    ],
)
def test_what_an_event_says_already_is_not_asked_again(
    facts: dict[str, Any], item: Item, answer: Said
) -> None:
    assert inclusion.said(item, known(**facts)) is answer


def test_a_name_or_a_stated_host_greets() -> None:
    assert inclusion.greeted(None, "Noor", no_host=1.0) is True
    assert inclusion.greeted(None, "", no_host=0.0) is True
    assert inclusion.greeted(None, None, no_host=0.9) is False
    assert inclusion.greeted(None, None, no_host=None) is None


def test_only_what_was_asked_for_and_is_not_met_is_told() -> None:
    there = known(there=["seating"], missing=["quiet"])
    found = inclusion.not_met(["seating", "toilets", "quiet", "of-another-day"], there)
    assert found == {Said.NO: [Item.QUIET], Said.UNSAID: [Item.TOILETS]}


def test_something_is_there_or_it_is_not(session: Session) -> None:
    draft = GroupDraft(name="Walkers", time_zone="Europe/London", access=("quiet",), access_unmet=("quiet",))
    with pytest.raises(Invalid) as refusal:
        groups.found(session, organizer=None, draft=draft, now=NOW)
    assert "access" in refusal.value.problems


def _some_event(session: Session, rng: random.Random) -> Event:
    """An event of a group of its own, about which anything may be known."""
    answers = {item.value: rng.choice(list(Said)) for item in ASKED}
    group = factories.group(
        session,
        access=[slug for slug, answer in answers.items() if answer is Said.YES],
        access_unmet=[slug for slug, answer in answers.items() if answer is Said.NO],
        greeter=rng.choice([None, "", "Noor"]),
    )
    event = factories.event(
        session,
        group=group,
        online=rng.random() < 0.5,
        price=rng.choice([None, 0, 3]),
        greeter=rng.choice([None, "", "Dev"]),
    )
    if rng.random() < 0.7:
        assumed = rng.random() < 0.3
        value = rng.choice([0.0, 0.4, 0.5, 1.0])
        event.facts.append(EventFact(event=event.id, feature="no_host", value=value, assumed=assumed))
    session.flush()
    return event


def test_the_database_answers_as_the_rows_do(session: Session) -> None:
    rng = random.Random(77)
    rows = [_some_event(session, rng) for _ in range(60)]
    groups_of = {event.id: session.get_one(Group, event.group) for event in rows}
    for item in Item:
        query = select(Event.id).join(Group, Group.id == Event.group).where(inclusion.holds(item))
        expected = {
            each.id for each in rows if item in inclusion.met(inclusion.statement(each, groups_of[each.id]))
        }
        assert set(session.scalars(query)) == expected, item
        assert 0 < len(expected) < len(rows), item


def test_a_wish_asks_for_all_of_it(session: Session) -> None:
    ann = a_member(session).id
    for title, access in (("Both", ["quiet", "toilets"]), ("One", ["quiet"]), ("None", [])):
        event = factories.event(session, group=factories.group(session, access=access), title=title)
        factories.occurrence(session, event=event)
    wish = Wish(needs=(Item.QUIET, Item.TOILETS))
    found = agenda.look(session, member=ann, wish=wish, now=NOW)
    assert [entry.event.title for entry in found.entries] == ["Both"]
