"""What interest affinity was learnt: fits, the arrays they made, and which of them was in force when."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.base import Base, Id, Identified, reference

#: A model above this is not stored; the fit keeps far below it.
MOST_BYTES = 64 * 1024 * 1024


class FitOutcome(StrEnum):
    """What became of a fit (stored as these words)."""

    IN_FORCE = "in_force"  #: its model came into force
    UNCHANGED = "unchanged"  #: its model is the one that was in force anyway
    TOO_FEW = "too_few"  #: too few people have a history
    WORSE = "worse"  #: its model found less than what is in force
    KEPT = "kept"  #: an admin put another in force, to be kept for a while
    OVERTAKEN = "overtaken"  #: another came into force while it was fitted
    FAILED = "failed"


class ModelFit(Identified, Base):
    """One fit, from being asked for to its model; at most one is open."""

    __tablename__ = "model_fits"
    __table_args__ = (
        CheckConstraint("(open IS NOT NULL) = (finished_at IS NULL)", name="open"),
        CheckConstraint("(outcome IS NOT NULL) = (finished_at IS NOT NULL)", name="outcome"),
    )

    id: Mapped[Id]
    reason: Mapped[str] = mapped_column(String(10))  #: nightly, asked
    author: Mapped[str | None] = reference("accounts.id", ondelete="SET NULL")
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    open: Mapped[bool | None] = mapped_column(unique=True)  #: true for at most one, none for the others
    outcome: Mapped[str | None] = mapped_column(String(10))  #: `FitOutcome`
    version: Mapped[str | None] = mapped_column(String(16), index=True)  #: of the model it made
    sizes: Mapped[dict[str, Any] | None] = mapped_column(JSON)  #: people, groups and joins it learnt from
    measures: Mapped[dict[str, Any] | None] = mapped_column(JSON)  #: see `matching.trials`
    failure: Mapped[str | None] = mapped_column(String(120))  #: class name only


class ModelArrays(Base):
    """A model as bytes, see `matching.archive`; removed after a while, its fit stays."""

    __tablename__ = "model_arrays"
    __table_args__ = (CheckConstraint(f"length(data) <= {MOST_BYTES}", name="bytes"),)

    version: Mapped[str] = mapped_column(String(16), primary_key=True)
    data: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]


class ModelActivation(Identified, Base):
    """A model in force from one moment to another; never changed, only retired. At most one is in force."""

    __tablename__ = "model_activations"
    __table_args__ = (CheckConstraint("(in_force IS NOT NULL) = (retired_at IS NULL)", name="in_force"),)

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(unique=True)
    version: Mapped[str | None] = mapped_column(String(16))  #: none: words and popularity alone
    note: Mapped[str] = mapped_column(String(400))  #: why
    author: Mapped[str | None] = reference("accounts.id", ondelete="SET NULL")  #: none: the nightly fit
    activated_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]
    kept_until: Mapped[datetime | None]  #: until then no fit replaces it
    in_force: Mapped[bool | None] = mapped_column(unique=True)  #: true for at most one, none for the others
