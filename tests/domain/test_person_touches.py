"""When a word to get in touch waits: after any contact, near a day of theirs, during a rest, by night."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import export, notebook, person_dates, person_notes, person_touches
from domain.errors import NotFound
from domain.models import EntryKind, Member, PersonTouch
from domain.person_dates import DateBody
from domain.person_touches import Every
from tests import factories

BEGINS = datetime(2026, 12, 1, 12, tzinfo=UTC)
LATER = BEGINS + timedelta(days=4)
DUE = datetime(2026, 12, 8, 18, tzinfo=UTC)


def evening(day: int) -> datetime:
    return datetime(2026, 12, day, 18, tzinfo=UTC)


def kim_of(session: Session, member: Member) -> str:
    said = {"what": "Kim next door"}
    return notebook.write(session, member=member.id, kind=EntryKind.PERSON, said=said, now=BEGINS).id


def _happens(session: Session, member: Member, kim: str, why: str) -> None:
    match why:
        case "in touch":
            person_touches.in_touch(session, member=member, person=kim, now=LATER)
        case "seen":
            notebook.own(session, member=member.id, entry=kim).done_at = LATER
        case "note":
            person_notes.write(session, member=member.id, person=kim, words="A new dog", now=LATER)
        case "day":
            day = DateBody(what="Birthday", month=12, day=10)
            person_dates.add(session, member=member, person=kim, body=day, now=LATER)
        case "rest":
            member.paused_until = datetime(2026, 12, 20, 9, tzinfo=UTC)


@pytest.mark.requirement("R68")
@pytest.mark.parametrize(
    ("why", "at", "until"),
    [
        ("nothing", DUE, None),
        ("in touch", DUE, evening(12)),
        ("seen", DUE, evening(12)),
        ("note", DUE, evening(12)),
        ("day", DUE, evening(17)),
        ("rest", DUE, evening(20)),
        ("night", DUE + timedelta(hours=5), evening(9)),
    ],
)
def test_it_waits_after_any_contact_near_a_day_of_theirs_and_during_a_rest(
    session: Session, why: str, at: datetime, until: datetime | None
) -> None:
    ann = factories.member(session, time_zone="Europe/London")
    kim = kim_of(session, ann)
    row = person_touches.choose(session, member=ann, person=kim, every=Every.WEEK, now=BEGINS)
    assert row.due_at == DUE
    _happens(session, ann, kim, why)
    assert person_touches.waits_until(session, row, member=ann, now=at) == until


def test_it_is_sealed_ones_own_and_gone_with_the_person(session: Session) -> None:
    ann, bob = factories.member(session), factories.member(session)
    kim = kim_of(session, ann)
    row = person_touches.choose(session, member=ann, person=kim, every=Every.WEEK, now=BEGINS)
    again = person_touches.choose(session, member=ann, person=kim, every=Every.MONTH, now=BEGINS)
    assert again is row
    assert b"month" not in row.sealed
    with pytest.raises(NotFound):
        person_touches.end(session, member=bob.id, person=kim)
    with pytest.raises(NotFound):
        person_touches.choose(session, member=bob, person=kim, every=Every.WEEK, now=BEGINS)
    found = {each.name: each.rows for each in export.read(session, ann.id)}
    (kept,) = found["person_touches"]
    assert kept["private"]["every"] == "month"
    notebook.remove(session, member=ann.id, entry=kim)
    assert session.scalars(select(PersonTouch.id)).all() == []
