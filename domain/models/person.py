"""What a member wants to remember about the people they see: small notes, and days to keep in mind."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.base import Base, Id, Identified, reference

SEALED = {"privacy": "P4"}


class PersonNote(Identified, Base):
    """A small thing about somebody of the member's portfolio. The sealed body holds the words."""

    __tablename__ = "person_notes"

    id: Mapped[Id]
    member: Mapped[str] = reference("members.id", index=True)
    person: Mapped[str] = reference("notebook_entries.id", index=True)
    created_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=SEALED)


class PersonDate(Identified, Base):
    """A day to keep in mind. The sealed body holds which day, what it is, and which reminder is wanted."""

    __tablename__ = "person_dates"

    id: Mapped[Id]
    member: Mapped[str] = reference("members.id", index=True)
    person: Mapped[str] = reference("notebook_entries.id", index=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime | None]  #: the one moment planned for a reminder
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=SEALED)


class PersonTouch(Identified, Base):
    """A wish for a word about somebody now and then. The sealed body holds how often, and how many came."""

    __tablename__ = "person_touches"
    __table_args__ = (UniqueConstraint("person"),)

    id: Mapped[Id]
    member: Mapped[str] = reference("members.id", index=True)
    person: Mapped[str] = reference("notebook_entries.id")
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]  #: the one moment planned
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=SEALED)
