"""Small wins, goals, check-ins, the notebook, the trail of the comfort state. What members say is sealed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.base import Base, Id, Identified, reference

SEALED = {"privacy": "P4"}


class ComfortTrail(Base):
    """How hard six kinds of situation were anticipated to be, after each outing learnt from; by a worker."""

    __tablename__ = "comfort_trails"

    member: Mapped[str] = reference("members.id", primary_key=True)
    updated_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=SEALED)


class Win(Identified, Base):
    """A small win noted outside a reflection. The sealed body holds kind and own words."""

    __tablename__ = "wins"

    id: Mapped[Id]
    member: Mapped[str] = reference("members.id", index=True)
    created_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=SEALED)


class Goal(Identified, Base):
    """A small goal from a template. The sealed body holds template, how often, and the value it serves."""

    __tablename__ = "goals"

    id: Mapped[Id]
    member: Mapped[str] = reference("members.id", index=True)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=SEALED)


class CheckInKind(StrEnum):
    """What is asked from time to time (stored as these words)."""

    LONELINESS = "loneliness"
    WEEK = "week"
    SELF = "self"


class CheckIn(Identified, Base):
    """One set of answers."""

    __tablename__ = "check_ins"
    __table_args__ = (Index("ix_check_ins_member_kind", "member", "kind"),)

    id: Mapped[Id]
    member: Mapped[str] = reference("members.id")
    kind: Mapped[str] = mapped_column(String(20))  #: `CheckInKind`
    created_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=SEALED)


class Prompt(Identified, Base):
    """When a check-in is offered next, once a member has answered, put off or stopped it."""

    __tablename__ = "prompts"
    __table_args__ = (UniqueConstraint("member", "kind"),)

    id: Mapped[Id]
    member: Mapped[str] = reference("members.id")
    kind: Mapped[str] = mapped_column(String(20))  #: `CheckInKind`
    started_at: Mapped[datetime]  #: weeks are counted from here
    due_at: Mapped[datetime]
    by_mail: Mapped[bool] = mapped_column(default=False)  #: a mail was asked for
    stopped_at: Mapped[datetime | None]


class EntryKind(StrEnum):
    """What a page of the notebook is (stored as these words)."""

    TOPIC = "topic"  #: something neutral to talk about
    THOUGHT = "thought"  #: a thought looked at another way
    PLEASANT = "pleasant"  #: one pleasant thing planned
    TICK = "tick"  #: a practice of a companion track, done
    ACTIVITY = "activity"  #: something the member does among people, in their portfolio
    PERSON = "person"  #: somebody they see, in their portfolio


class NotebookEntry(Identified, Base):
    """One entry of a member's notebook, for themselves alone."""

    __tablename__ = "notebook_entries"
    __table_args__ = (
        Index("ix_notebook_entries_member_kind", "member", "kind"),
        CheckConstraint("done_at IS NULL OR done_at >= created_at", name="done_after_created"),
    )

    id: Mapped[Id]
    member: Mapped[str] = reference("members.id")
    kind: Mapped[str] = mapped_column(String(20))  #: `EntryKind`
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=SEALED)
