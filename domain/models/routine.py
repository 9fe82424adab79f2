"""Routines: small things that come round each week, and the days they were done or rested from."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.base import Base, Id, Identified, reference

SEALED = {"privacy": "P4"}


class Routine(Identified, Base):
    """Something a member does each week. The sealed body holds what, when, with whom, and which reminder."""

    __tablename__ = "routines"

    id: Mapped[Id]
    member: Mapped[str] = reference("members.id", index=True)
    created_at: Mapped[datetime]
    paused_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]  #: the one moment planned for a reminder
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=SEALED)


class RoutineDay(Identified, Base):
    """A day on which a routine was done, or rested from; it outlives the routine. Both are sealed."""

    __tablename__ = "routine_days"

    id: Mapped[Id]
    member: Mapped[str] = reference("members.id", index=True)
    routine: Mapped[str | None] = reference("routines.id", ondelete="SET NULL", index=True)
    created_at: Mapped[datetime]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info=SEALED)
