"""Settings versions, matching runs and suggestions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.base import Base, Id, Identified, reference


class SettingsVersion(Identified, Base):
    """One set of matching settings; never changed, only retired. At most one is in force."""

    __tablename__ = "settings_versions"
    __table_args__ = (
        CheckConstraint(
            "(in_force IS NOT NULL) = (activated_at IS NOT NULL AND retired_at IS NULL)", name="in_force"
        ),
        CheckConstraint("retired_at IS NULL OR activated_at IS NOT NULL", name="retired_after_activated"),
    )

    id: Mapped[Id]
    number: Mapped[int] = mapped_column(unique=True)
    body: Mapped[dict[str, Any]] = mapped_column(JSON)  #: see `matching.settings`
    note: Mapped[str] = mapped_column(String(400))  #: why
    author: Mapped[str | None] = reference("accounts.id", ondelete="SET NULL")
    created_at: Mapped[datetime]
    activated_at: Mapped[datetime | None]
    retired_at: Mapped[datetime | None]
    in_force: Mapped[bool | None] = mapped_column(unique=True)  #: true for at most one, none for the others


class RunStatus(StrEnum):
    """The life of a matching run (stored as these words)."""

    REQUESTED = "requested"
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class BulkRun(Identified, Base):
    """Many members matched again because something for all of them changed; carries the progress."""

    __tablename__ = "bulk_runs"
    __table_args__ = (CheckConstraint("done >= 0 AND total >= 0", name="counts"),)

    id: Mapped[Id]
    reason: Mapped[str] = mapped_column(String(40))
    settings_version: Mapped[str | None] = reference("settings_versions.id", ondelete="SET NULL")
    requested_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    #: Ids of the events it is about; none: about everything.
    events: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))


class BulkPart(Identified, Base):
    """One region's members of a bulk run, worked through in steps; parts do not wait for each other."""

    __tablename__ = "bulk_parts"
    __table_args__ = (UniqueConstraint("bulk", "region"),)

    id: Mapped[Id]
    bulk: Mapped[str] = reference("bulk_runs.id")
    region: Mapped[str] = mapped_column(String(32))  #: `Member.region`
    after: Mapped[str] = mapped_column(String(32), default="")  #: last member id of the steps so far
    finished_at: Mapped[datetime | None]


class BulkStep(Identified, Base):
    """Who was matched together in one step of a bulk run, as marks (see `domain.bulk_steps`); no ids."""

    __tablename__ = "bulk_steps"

    id: Mapped[Id]
    bulk: Mapped[str] = reference("bulk_runs.id", index=True)
    matched: Mapped[bytes] = mapped_column(LargeBinary)  #: marks of those matched
    beside: Mapped[bytes] = mapped_column(LargeBinary)  #: of those whose events were loaded as well


class MatchingRun(Identified, Base):
    """One computation for one member."""

    __tablename__ = "matching_runs"
    __table_args__ = (
        Index(
            "uq_matching_runs_requested",
            "member",
            unique=True,
            sqlite_where=text("status = 'requested'"),
            postgresql_where=text("status = 'requested'"),
        ),
        CheckConstraint(
            "(status IN ('finished', 'failed')) = (finished_at IS NOT NULL)", name="finished_has_time"
        ),
    )

    id: Mapped[Id]
    member: Mapped[str] = reference("members.id", index=True)
    bulk: Mapped[str | None] = reference("bulk_runs.id", ondelete="SET NULL")
    reason: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(10))
    stage: Mapped[str | None] = mapped_column(String(20))
    settings_version: Mapped[str | None] = reference("settings_versions.id", ondelete="SET NULL")
    model_version: Mapped[str | None] = mapped_column(String(32))  #: see `domain.affinity_models`
    inputs: Mapped[dict[str, Any] | None] = mapped_column(JSON)  #: lot and marks of what it was told
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    failure: Mapped[str | None] = mapped_column(String(200))  #: class name only
    outcome: Mapped[dict[str, Any] | None] = mapped_column(JSON)  #: counts of exclusions, no content


class Answer(StrEnum):
    """What a member said to a suggestion (stored as these words)."""

    YES = "yes"
    NOT_NOW = "not_now"
    NOT_A_FIT = "not_a_fit"


class Suggestion(Identified, Base):
    """A ranked occurrence shown to a member; the sealed body holds score, anticipated SUDS and reasons."""

    __tablename__ = "suggestions"
    __table_args__ = (
        UniqueConstraint("run", "position"),
        Index("ix_suggestions_member_retired", "member", "retired_at"),  # the day page
    )

    id: Mapped[Id]
    run: Mapped[str] = reference("matching_runs.id")
    member: Mapped[str] = reference("members.id")
    occurrence: Mapped[str | None] = reference("occurrences.id", index=True)  #: none: a preparation step
    position: Mapped[int]
    kind: Mapped[str] = mapped_column(String(20))  #: right_sized, gentler, preparation
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]  #: a later run replaced it
    answer: Mapped[str | None] = mapped_column(String(20))
    answered_at: Mapped[datetime | None]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info={"privacy": "P6"})
