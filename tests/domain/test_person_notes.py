"""Notes about people: the owner's alone, sealed, in their copy, gone in one step."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import erasure, export, notebook, person_notes
from domain.errors import Conflict, Invalid, NotFound
from domain.models import EntryKind, PersonNote
from tests import factories
from tests.conftest import NOW


@pytest.fixture
def ann(session: Session) -> str:
    return str(factories.member(session).id)


@pytest.fixture
def kim(session: Session, ann: str) -> str:
    row = notebook.write(session, member=ann, kind=EntryKind.PERSON, said={"what": "Kim"}, now=NOW)
    return str(row.id)


def words(session: Session, member: str, person: str) -> list[str]:
    return [each.words for each in person_notes.of(session, member=member, person=person)]


@pytest.mark.requirement("R69")
def test_a_note_is_its_owners_alone_and_sealed(session: Session, ann: str, kim: str) -> None:
    note = person_notes.write(session, member=ann, person=kim, words=" Takes oat milk ", now=NOW)
    assert words(session, ann, kim) == ["Takes oat milk"]
    assert b"oat" not in session.scalars(select(PersonNote.sealed)).one()
    bob = factories.member(session).id
    assert words(session, bob, kim) == []
    with pytest.raises(NotFound):
        person_notes.write(session, member=bob, person=kim, words="Mine", now=NOW)
    with pytest.raises(NotFound):
        person_notes.remove(session, member=bob, note=note.id)
    assert person_notes.remove(session, member=ann, note=note.id) == kim
    assert words(session, ann, kim) == []


@pytest.mark.requirement("R69")
def test_notes_are_in_the_copy_and_go_with_the_person_or_the_account(
    session: Session, ann: str, kim: str
) -> None:
    person_notes.write(session, member=ann, person=kim, words="Has a new dog", now=NOW)
    found = {each.name: each.rows for each in export.read(session, ann)}
    assert [row["private"] for row in found["person_notes"]] == [{"words": "Has a new dog"}]
    notebook.remove(session, member=ann, entry=kim)
    assert session.scalars(select(PersonNote)).all() == []
    lee = notebook.write(session, member=ann, kind=EntryKind.PERSON, said={"what": "Lee"}, now=NOW)
    person_notes.write(session, member=ann, person=lee.id, words="Plays chess", now=NOW)
    erasure.erase(session, account=ann, now=NOW)
    assert session.scalars(select(PersonNote)).all() == []


def test_a_note_says_something_is_about_a_person_and_there_are_not_endless_ones(
    session: Session, ann: str, kim: str
) -> None:
    with pytest.raises(Invalid):
        person_notes.write(session, member=ann, person=kim, words="  ", now=NOW)
    tea = notebook.write(session, member=ann, kind=EntryKind.TOPIC, said={"words": "Tea"}, now=NOW)
    with pytest.raises(NotFound):
        person_notes.write(session, member=ann, person=tea.id, words="No person", now=NOW)
    for number in range(person_notes.MOST):
        person_notes.write(session, member=ann, person=kim, words=f"Note {number}", now=NOW)
    with pytest.raises(Conflict):
        person_notes.write(session, member=ann, person=kim, words="One more", now=NOW)
