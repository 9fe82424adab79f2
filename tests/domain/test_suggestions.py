"""Suggestions: stored sealed, answered by their member alone, never bringing blocked people together."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import runs, sealed, suggestions
from domain.errors import NotFound
from domain.models import (
    Answer,
    Block,
    Event,
    Group,
    Member,
    Occurrence,
    Rsvp,
    RsvpStatus,
    RunStatus,
    Suggestion,
)
from domain.suggestions import Drafted
from tests import factories
from tests.conftest import NOW


@pytest.fixture
def ann(session: Session) -> Member:
    return factories.member(session, display_name="Ann")


@pytest.fixture
def walk(session: Session) -> Occurrence:
    group = factories.group(session, organizer=factories.account(session))
    return factories.occurrence(session, event=factories.event(session, group=group))


def draft(session: Session, member: Member, occurrence: Occurrence | None, position: int = 1) -> Drafted:
    run = runs.request(session, member=member.id, reason="profile", now=NOW)
    run.status = RunStatus.RUNNING
    session.flush()
    kind = "right_sized" if occurrence else "preparation"
    return Drafted(
        run=run.id,
        member=member.id,
        occurrence=occurrence.id if occurrence else None,
        position=position,
        kind=kind,
        body={"score": 0.5, "reasons": []},
    )


def store(session: Session, *drafts: Drafted) -> list[Suggestion]:
    members = {each.member for each in drafts}
    ids = suggestions.replace(session, members=members, drafts=drafts, now=NOW)
    return [session.get_one(Suggestion, id_) for id_ in ids]


def titles(session: Session, member: Member) -> list[str]:
    return [
        each.event.title if each.event else each.row.kind
        for each in suggestions.current(session, member=member.id)
    ]


def block(session: Session, one: str, other: str) -> None:
    session.add(Block(member=one, other=other, created_at=NOW))
    session.flush()


def goes(session: Session, member: Member, occurrence: Occurrence, status: str = RsvpStatus.YES) -> None:
    session.add(Rsvp(occurrence=occurrence.id, member=member.id, status=status, responded_at=NOW))
    session.flush()


def test_what_was_found_is_shown_opened(session: Session, ann: Member, walk: Occurrence) -> None:
    store(session, draft(session, ann, walk), draft(session, ann, None, 2))
    first, second = suggestions.current(session, member=ann.id)
    assert first.body["score"] == 0.5
    assert (first.occurrence, second.occurrence) == (walk, None)
    assert b"score" not in first.row.sealed


def test_a_later_run_takes_back_what_was_not_answered(
    session: Session, ann: Member, walk: Occurrence
) -> None:
    (old,) = store(session, draft(session, ann, walk))
    (answered,) = store(session, draft(session, ann, walk))
    suggestions.answer(session, member=ann.id, suggestion=answered.id, answer=Answer.YES, now=NOW)
    (new,) = store(session, draft(session, ann, walk))
    retired = dict(session.execute(select(Suggestion.id, Suggestion.retired_at)).all())
    assert retired == {old.id: NOW, answered.id: None, new.id: None}
    assert [each.row.id for each in suggestions.current(session, member=ann.id)] == [new.id]


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("role", ["going", "waiting", "belongs", "organizes"])
@pytest.mark.requirement("C12")
def test_blocked_people_are_not_brought_together(
    session: Session, ann: Member, walk: Occurrence, role: str, direction: int
) -> None:
    other = factories.member(session)
    event = session.get_one(Event, walk.event)
    group = session.get_one(Group, event.group)
    match role:
        case "belongs":
            factories.membership(session, of=other, group=group)
        case "organizes":
            group.organizer = other.id
        case _:
            goes(session, other, walk, RsvpStatus.YES if role == "going" else RsvpStatus.WAITING)
    store(session, draft(session, ann, walk))
    assert titles(session, ann) == ["Slow walk by the river"]
    block(session, *([ann.id, other.id][::direction]))
    assert titles(session, ann) == []
    assert store(session, draft(session, ann, walk)) == []


def test_who_blocked_somebody_else_still_meets_people(
    session: Session, ann: Member, walk: Occurrence
) -> None:
    block(session, ann.id, factories.member(session).id)
    goes(session, factories.member(session), walk)
    assert len(store(session, draft(session, ann, walk))) == 1


@pytest.mark.parametrize("what", ["occurrence", "event", "group", "unpublished", "answered"])
def test_what_cannot_be_gone_to_is_neither_stored_nor_shown(
    session: Session, ann: Member, walk: Occurrence, what: str
) -> None:
    store(session, draft(session, ann, walk))
    event = session.get_one(Event, walk.event)
    match what:
        case "occurrence":
            walk.cancelled_at = NOW
        case "event":
            event.cancelled_at = NOW
        case "group":
            session.get_one(Group, event.group).closed_at = NOW
        case "unpublished":
            event.published_at = None
        case _:
            goes(session, ann, walk, RsvpStatus.NO)
    session.flush()
    assert titles(session, ann) == []
    assert store(session, draft(session, ann, walk)) == []


@pytest.mark.requirement("R01")
def test_a_no_asks_for_another_and_saying_it_again_changes_nothing(
    session: Session, ann: Member, walk: Occurrence
) -> None:
    (row,) = store(session, draft(session, ann, walk))
    first = runs.latest(session, member=ann.id)
    assert first is not None
    runs.give_up(session, first.id, failure="x", now=NOW)
    for _ in range(2):
        suggestions.answer(session, member=ann.id, suggestion=row.id, answer=Answer.NOT_A_FIT, now=NOW)
    run = runs.latest(session, member=ann.id)
    assert run is not None
    assert (run.reason, row.answer, row.answered_at) == ("answer", "not_a_fit", NOW)
    assert titles(session, ann) == []


def test_nobody_answers_for_another(session: Session, ann: Member, walk: Occurrence) -> None:
    (row,) = store(session, draft(session, ann, walk))
    other = factories.member(session)
    for member, suggestion in ((other.id, row.id), (ann.id, "none")):
        with pytest.raises(NotFound):
            suggestions.answer(session, member=member, suggestion=suggestion, answer=Answer.YES, now=NOW)


def test_a_body_is_sealed_for_its_member(session: Session, ann: Member, walk: Occurrence) -> None:
    (row,) = store(session, draft(session, ann, walk))
    row.member = factories.member(session).id
    with pytest.raises(sealed.SealBroken):
        sealed.unseal(session, row)
