"""Blocks, reports and what follows from them, supporters, exports, erasures, and the audit log."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.base import Base, Id, Identified, reference

PRIVATE = {"privacy": "P5"}


class Block(Identified, Base):
    """Two people who are never brought together, whoever asked for it.

    The sealed body, readable by who asked, holds the words they know the other by.
    """

    __tablename__ = "blocks"
    __table_args__ = (
        UniqueConstraint("member", "other"),
        CheckConstraint("member <> other", name="two_people"),
    )

    id: Mapped[Id]
    member: Mapped[str] = reference("accounts.id")
    other: Mapped[str] = reference("accounts.id", index=True)
    created_at: Mapped[datetime]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=PRIVATE)


class ReportCategory(StrEnum):
    """What a report is about (stored as these words)."""

    DANGER = "danger"
    HARASSMENT = "harassment"
    UNDER_AGE = "under_age"
    OTHER = "other"


class ReportState(StrEnum):
    """Where a report is (stored as these words)."""

    OPEN = "open"
    SECOND = "second"  #: one moderator would suspend; another has to agree
    DECIDED = "decided"


class Outcome(StrEnum):
    """What was decided (stored as these words)."""

    NOTHING_FOUND = "nothing_found"
    WARNED = "warned"
    REMOVED = "removed"  #: from the group it is about; a group reported as such is closed
    SUSPENDED = "suspended"


class Report(Identified, Base):
    """A member's word about a person, a group or an event, for moderators alone.

    The sealed body, under the reporter's key, holds their words and what was reported as it stood then.
    """

    __tablename__ = "reports"
    __table_args__ = (
        CheckConstraint("(state = 'decided') = (decided_at IS NOT NULL)", name="decided_has_time"),
        Index("ix_reports_state_due_at", "state", "due_at"),  # the desk
    )

    id: Mapped[Id]
    account: Mapped[str | None] = reference("accounts.id", ondelete="SET NULL", index=True)
    reported: Mapped[str | None] = reference("accounts.id", ondelete="SET NULL", index=True)
    group: Mapped[str | None] = reference("groups.id", ondelete="SET NULL")
    occurrence: Mapped[str | None] = reference("occurrences.id", ondelete="SET NULL")
    kind: Mapped[str] = mapped_column(String(20))  #: group, event, person, fellow
    category: Mapped[str] = mapped_column(String(20))  #: `ReportCategory`
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    escalated_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(String(10), default=ReportState.OPEN)
    outcome: Mapped[str | None] = mapped_column(String(20))  #: `Outcome`, proposed or decided
    proposed_by: Mapped[str | None] = reference("accounts.id", ondelete="SET NULL")
    decided_by: Mapped[str | None] = reference("accounts.id", ondelete="SET NULL")
    decided_at: Mapped[datetime | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info=PRIVATE)


class Limit(StrEnum):
    """How an account is held back (stored as these words)."""

    PAUSED = "paused"  #: no new places until a report is decided
    REMOVED = "removed"  #: from one group
    SUSPENDED = "suspended"  #: cannot sign in


class Restriction(Identified, Base):
    """What holds an account back because of a report, until it is lifted."""

    __tablename__ = "restrictions"

    id: Mapped[Id]
    account: Mapped[str] = reference("accounts.id", index=True)
    limit: Mapped[str] = mapped_column(String(10))  #: `Limit`
    group: Mapped[str | None] = reference("groups.id")
    report: Mapped[str | None] = reference("reports.id", ondelete="SET NULL")
    since: Mapped[datetime]
    lifted_at: Mapped[datetime | None]


class Support(Identified, Base):
    """A member lets a friend or therapist see chosen parts until a chosen date.

    The sealed body, under the member's key, holds what the member calls them.
    """

    __tablename__ = "supports"

    id: Mapped[Id]
    member: Mapped[str] = reference("members.id", index=True)
    supporter: Mapped[str | None] = reference("accounts.id", index=True)  #: none: not accepted yet
    items: Mapped[list[str]] = mapped_column(JSON)  #: `domain.supporters.Item`
    may_propose: Mapped[bool] = mapped_column(default=False)
    token: Mapped[str | None] = mapped_column(String(64), unique=True)  #: hash of the invitation, once
    created_at: Mapped[datetime]
    until: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info={"privacy": "P2"})


class SupportReading(Identified, Base):
    """One time a supporter looked; listed to the member."""

    __tablename__ = "support_readings"

    id: Mapped[Id]
    support: Mapped[str] = reference("supports.id", index=True)
    member: Mapped[str] = reference("members.id", index=True)
    read_at: Mapped[datetime]


class Topic(StrEnum):
    """What a supporter may write about (stored as these words)."""

    COMMUNICATION = "communication"
    BOUNDARIES = "boundaries"
    STEP = "step"  #: proposes a step of the ladder; waits for the member


class SupportNote(Identified, Base):
    """A supporter's words to the member, sealed under the member's key."""

    __tablename__ = "support_notes"
    __table_args__ = (
        CheckConstraint("topic IN ('communication', 'boundaries', 'step')", name="topic"),
        CheckConstraint("(topic = 'step') = (proposal IS NOT NULL)", name="only_steps_wait"),
    )

    id: Mapped[Id]
    support: Mapped[str] = reference("supports.id", index=True)
    member: Mapped[str] = reference("members.id", index=True)
    topic: Mapped[str] = mapped_column(String(20))
    proposal: Mapped[str | None] = mapped_column(String(10))  #: `ProposalStatus`
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    sealed: Mapped[bytes] = mapped_column(LargeBinary, info={"privacy": "P4"})


class Export(Identified, Base):
    """A copy of everything an account told us, asked for, built by a job, kept a day."""

    __tablename__ = "exports"

    id: Mapped[Id]
    account: Mapped[str] = reference("accounts.id", index=True)
    requested_at: Mapped[datetime]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]
    file: Mapped[str | None] = mapped_column(String(64))  #: random name below the home's ``exports``


class Erasure(Identified, Base):
    """An account that is leaving: invisible at once, erased when due unless its owner comes back."""

    __tablename__ = "erasures"

    id: Mapped[Id]
    account: Mapped[str] = reference("accounts.id", unique=True)
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]


class ErasureMark(Base):
    """That an account was erased, told only to who holds its id: applied again after a restore."""

    __tablename__ = "erasure_marks"

    mark: Mapped[str] = mapped_column(String(64), primary_key=True)  #: HMAC of the account id
    master: Mapped[str] = mapped_column(String(16))  #: which master key made it
    erased_at: Mapped[datetime]


class FormerGuests(Base):
    """How many of those who came to an occurrence have been erased since."""

    __tablename__ = "former_guests"

    occurrence: Mapped[str] = reference("occurrences.id", primary_key=True)
    number: Mapped[int]


class AuditEntry(Identified, Base):
    """Who did what about whom, when and why. A trigger refuses to change an entry or to remove a young one.

    Names no content. Ids stay after their accounts are erased, and then lead nowhere.
    """

    __tablename__ = "audit_entries"
    id: Mapped[Id]
    number: Mapped[int] = mapped_column(unique=True)
    at: Mapped[datetime]
    actor: Mapped[str | None] = mapped_column(String(32))
    action: Mapped[str] = mapped_column(String(40))
    about: Mapped[str] = mapped_column(String(80), index=True)  #: kind and id, such as ``report:…``
    reason: Mapped[str] = mapped_column(String(400))
    previous: Mapped[str] = mapped_column(String(64))  #: digest of the entry before
    digest: Mapped[str] = mapped_column(String(64))
