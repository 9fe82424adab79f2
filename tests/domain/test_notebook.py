"""The notebook: private, sealed, each tool usable alone."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import notebook
from domain.errors import Conflict, Invalid, NotFound
from domain.models import EntryKind, NotebookEntry
from tests.conftest import NOW
from tests.domain.outing_rows import a_member


@pytest.fixture
def ann(session: Session) -> str:
    return str(a_member(session).id)


@pytest.mark.requirement("R91")
@pytest.mark.parametrize("kind", list(EntryKind))
def test_each_kind_is_written_alone_sealed_read_back_and_one_s_own(
    session: Session, ann: str, kind: EntryKind
) -> None:
    first, *others = notebook.PARTS[kind]
    row = notebook.write(session, member=ann, kind=kind, said={first: " A quiet tea ", "else": "x"}, now=NOW)
    (found,) = notebook.entries(session, member=ann, kind=kind)
    assert found.said == {first: "A quiet tea", **dict.fromkeys(others, "")}
    assert b"quiet" not in session.scalars(select(NotebookEntry.sealed)).one()
    bob = a_member(session, "bob").id
    assert notebook.entries(session, member=bob, kind=kind) == []
    for act in (notebook.remove, notebook.own):
        with pytest.raises(NotFound):
            act(session, member=bob, entry=row.id)
    notebook.remove(session, member=ann, entry=row.id)
    assert notebook.entries(session, member=ann, kind=kind) == []


@pytest.mark.parametrize("kind", list(EntryKind))
def test_an_empty_entry_is_left_for_another_time(session: Session, ann: str, kind: EntryKind) -> None:
    with pytest.raises(Invalid) as refusal:
        notebook.write(session, member=ann, kind=kind, said={notebook.PARTS[kind][0]: "  "}, now=NOW)
    assert set(refusal.value.problems) == {notebook.PARTS[kind][0]}


@pytest.mark.requirement("R91")
def test_a_pleasant_thing_is_done_once(session: Session, ann: str) -> None:
    row = notebook.write(session, member=ann, kind=EntryKind.PLEASANT, said={"what": "Bake"}, now=NOW)
    notebook.finish(session, member=ann, entry=row.id, now=NOW)
    notebook.finish(session, member=ann, entry=row.id, now=NOW.replace(year=2027))
    assert notebook.entries(session, member=ann, kind=EntryKind.PLEASANT)[0].done_at == NOW


@pytest.mark.requirement("R51")
def test_topics_of_one_s_own_are_kept_newest_first_and_not_without_end(session: Session, ann: str) -> None:
    for number in range(notebook.MOST_TOPICS):
        notebook.write(session, member=ann, kind=EntryKind.TOPIC, said={"words": f"Topic {number}"}, now=NOW)
    assert notebook.topics(session, member=ann)[0] == f"Topic {notebook.MOST_TOPICS - 1}"
    with pytest.raises(Conflict):
        notebook.write(session, member=ann, kind=EntryKind.TOPIC, said={"words": "More"}, now=NOW)


@pytest.mark.requirement("R09")
def test_a_practice_is_ticked_as_often_as_it_was_done(session: Session, ann: str) -> None:
    for item in ("breath", "breath", "tea"):
        notebook.tick(session, member=ann, item=item, now=NOW)
    assert notebook.ticked(session, member=ann) == {"breath": 2, "tea": 1}
