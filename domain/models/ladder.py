"""Ladders, rungs, reflections and what moved because of them. What members write is sealed."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.base import Base, Id, Identified, reference

SEALED = {"privacy": "P4"}


class Ladder(Identified, Base):
    """A member's exposure hierarchy; one is in use, earlier ones are kept."""

    __tablename__ = "ladders"
    __table_args__ = (
        Index(
            "uq_ladders_in_use",
            "member",
            unique=True,
            sqlite_where=text("archived_at IS NULL"),
            postgresql_where=text("archived_at IS NULL"),
        ),
    )

    id: Mapped[Id]
    member: Mapped[str] = reference("members.id")
    created_at: Mapped[datetime]
    archived_at: Mapped[datetime | None]


class Rung(Identified, Base):
    """One step: a kind of situation. The sealed body holds label, situation, reward and state."""

    __tablename__ = "rungs"
    __table_args__ = (
        UniqueConstraint("ladder", "position"),
        CheckConstraint("position >= 0", name="position"),
    )

    id: Mapped[Id]
    ladder: Mapped[str] = reference("ladders.id")
    member: Mapped[str] = reference("members.id", index=True)
    position: Mapped[int]  #: 0 is the gentlest; archived rungs keep their place at the end
    archived_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=SEALED)


class Reflection(Identified, Base):
    """What a member wrote after an outing, or after one they did not go to."""

    __tablename__ = "reflections"
    __table_args__ = (UniqueConstraint("member", "occurrence"),)

    id: Mapped[Id]
    member: Mapped[str] = reference("members.id", index=True)
    occurrence: Mapped[str | None] = reference("occurrences.id", ondelete="SET NULL")
    created_at: Mapped[datetime]
    learnt_at: Mapped[datetime | None]  #: when the comfort model took it in
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=SEALED)


class ProposalStatus(StrEnum):
    """What became of a proposed change to the ladder (stored as these words)."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    REPLACED = "replaced"


class LadderChange(Identified, Base):
    """What moved, and why, after a reflection; a proposal waits for the member (R01)."""

    __tablename__ = "ladder_changes"

    id: Mapped[Id]
    member: Mapped[str] = reference("members.id", index=True)
    reflection: Mapped[str | None] = reference("reflections.id", ondelete="SET NULL")
    created_at: Mapped[datetime]
    proposal: Mapped[str | None] = mapped_column(String(10))  #: `ProposalStatus`; none: nothing to decide
    decided_at: Mapped[datetime | None]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=SEALED)
