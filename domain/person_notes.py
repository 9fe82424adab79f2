"""Small things worth remembering about somebody one sees: private, each taken out in one tap (R69)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import portfolio, sealed
from domain.errors import Conflict, Invalid, NotFound
from domain.models import PersonNote

LONGEST = 300
MOST = 40  #: of one person


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteView:
    """A note, opened."""

    id: str
    at: datetime
    words: str = field(repr=False)


def write(session: Session, *, member: str, person: str, words: str, now: datetime) -> PersonNote:
    """Add a note about somebody of the member's own portfolio.

    Raises `NotFound` for anybody else's, `Invalid` for an empty one, `Conflict` beyond `MOST`.
    """
    portfolio.person(session, member=member, person=person)
    said = words.strip()[:LONGEST]
    if not said:
        raise Invalid({"words": "Write a word or two, or leave it for another time."})
    if (session.scalar(select(func.count()).where(PersonNote.person == person)) or 0) >= MOST:
        raise Conflict(f"{MOST} notes are plenty. Take one out first.")
    row = PersonNote(member=member, person=person, created_at=now)
    sealed.seal(session, row, {"words": said})
    session.add(row)
    session.flush()
    return row


def of(session: Session, *, member: str, person: str) -> list[NoteView]:
    """Return what a member noted about somebody, newest first."""
    rows = session.scalars(
        select(PersonNote)
        .where(PersonNote.member == member, PersonNote.person == person)
        .order_by(PersonNote.created_at.desc(), PersonNote.id.desc())
    )
    return [
        NoteView(id=row.id, at=row.created_at, words=sealed.unseal(session, row)["words"]) for row in rows
    ]


def newest(session: Session, *, person: str) -> datetime | None:
    """Return when something was last noted about somebody."""
    return session.scalar(select(func.max(PersonNote.created_at)).where(PersonNote.person == person))


def remove(session: Session, *, member: str, note: str) -> str:
    """Take one's own note out and return whom it was about. Raises `NotFound`."""
    row = session.get(PersonNote, note)
    if row is None or row.member != member:
        raise NotFound
    session.delete(row)
    session.flush()
    return row.person
