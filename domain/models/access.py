"""Who is signed in where, what was tried without success, and which forms were sent."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.base import Base, Id, Identified, reference


class Visit(Identified, Base):
    """One browser that is signed in; its cookie names this row and is worth nothing without it."""

    __tablename__ = "visits"

    id: Mapped[Id]
    account: Mapped[str] = reference("accounts.id", index=True)
    begun_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    kept: Mapped[bool] = mapped_column(default=False)  #: stays signed in on this device


class FailedTry(Identified, Base):
    """One failed sign-in, counted against whom it named and where it came from; neither can be read."""

    __tablename__ = "failed_tries"
    __table_args__ = (Index("ix_failed_tries_mark_at", "mark", "at"),)

    id: Mapped[Id]
    mark: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Press(Base):
    """One press of a form's button that had its effect; the random name in the form, and nobody's name."""

    __tablename__ = "presses"

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(index=True)
