"""The portfolio: private, curated, and rotated by energy and mood."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from domain import notebook, portfolio
from domain.errors import Invalid, NotFound
from domain.models import EntryKind
from domain.portfolio import Energy, Mood
from tests import factories
from tests.conftest import NOW


def add(session: Session, member: str, kind: EntryKind, what: str, energy: Energy) -> str:
    said = {"what": what, "energy": str(energy.value)}
    return notebook.write(session, member=member, kind=kind, said=said, now=NOW).id


@pytest.fixture
def member(session: Session) -> str:
    found = factories.member(session).id
    for what, energy in (("Library", Energy.LITTLE), ("Choir", Energy.PLENTY), ("Allotment", Energy.SOME)):
        add(session, found, EntryKind.ACTIVITY, what, energy)
    for what, energy in (("Kim", Energy.LITTLE), ("Lee", Energy.SOME)):
        add(session, found, EntryKind.PERSON, what, energy)
    return found


def names(session: Session, member: str, energy: Energy, mood: Mood) -> list[str]:
    found = portfolio.fitting(portfolio.of(session, member=member), energy=energy, mood=mood)
    return [each.said["what"] for each in found]


@pytest.mark.requirement("R48")
def test_it_holds_activities_and_people_of_one_member_alone(session: Session, member: str) -> None:
    found = portfolio.of(session, member=member)
    assert [each.kind for each in found] == [EntryKind.ACTIVITY] * 3 + [EntryKind.PERSON] * 2
    assert portfolio.of(session, member=factories.member(session).id) == []


@pytest.mark.requirement("R48")
def test_an_entry_is_put_into_other_words_by_its_owner_alone(session: Session, member: str) -> None:
    entry = portfolio.of(session, member=member)[0].id
    notebook.rewrite(session, member=member, entry=entry, said={"what": "Swimming", "energy": "2"})
    assert notebook.opened(session, member=member, entry=entry).said["what"] == "Swimming"
    with pytest.raises(Invalid):
        notebook.rewrite(session, member=member, entry=entry, said={"what": " "})
    with pytest.raises(NotFound):
        notebook.rewrite(session, member=factories.member(session).id, entry=entry, said={"what": "Mine"})


@pytest.mark.requirement("R49")
def test_what_fits_asks_no_more_than_there_is(session: Session, member: str) -> None:
    assert sorted(names(session, member, Energy.LITTLE, Mood.EITHER)) == ["Kim", "Library"]
    assert "Choir" not in names(session, member, Energy.SOME, Mood.DOING)
    assert set(names(session, member, Energy.PLENTY, Mood.DOING)) == {"Library", "Choir", "Allotment"}
    assert set(names(session, member, Energy.PLENTY, Mood.COMPANY)) == {"Kim", "Lee"}


@pytest.mark.requirement("R49")
def test_what_fits_is_a_mix_and_comes_round(session: Session, member: str) -> None:
    portfolio_of = portfolio.of(session, member=member)
    first = portfolio.fitting(portfolio_of, energy=Energy.PLENTY, mood=Mood.EITHER)
    assert len(first) == 3
    assert {each.kind for each in first} == {EntryKind.ACTIVITY, EntryKind.PERSON}
    for hours, each in enumerate(first):
        portfolio.did(session, member=member, entry=each.id, now=NOW + timedelta(hours=hours))
    second = portfolio.fitting(portfolio.of(session, member=member), energy=Energy.PLENTY, mood=Mood.EITHER)
    assert not {each.id for each in second[:2]} & {each.id for each in first}


def test_where_nothing_was_said_of_energy_it_asks_some(session: Session) -> None:
    member = factories.member(session).id
    notebook.write(session, member=member, kind=EntryKind.ACTIVITY, said={"what": "Chess"}, now=NOW)
    assert names(session, member, Energy.LITTLE, Mood.EITHER) == []
    assert names(session, member, Energy.SOME, Mood.EITHER) == ["Chess"]
