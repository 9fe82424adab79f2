"""The outbox, its desk, mails and heartbeats."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Float, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from domain.models.base import Base, Id, Identified, reference


class MessageState(StrEnum):
    """Where a message is (stored as these words)."""

    READY = "ready"
    DONE = "done"
    DEAD = "dead"
    DISCARDED = "discarded"


class OutboxMessage(Identified, Base):
    """A domain event waiting for its job. Times are seconds since 1970 by the database's own clock."""

    __tablename__ = "outbox_messages"
    __table_args__ = (
        UniqueConstraint("aggregate", "seq"),
        CheckConstraint("(state IN ('done', 'discarded')) = (closed_at IS NOT NULL)", name="closed_has_time"),
        Index(  # take: what is due in a lane
            "ix_outbox_messages_due",
            "lane",
            "not_before",
            "id",
            sqlite_where=text("state = 'ready'"),
            postgresql_where=text("state = 'ready'"),
        ),
        Index(  # take: is an earlier one of the aggregate open
            "ix_outbox_messages_open",
            "aggregate",
            "seq",
            sqlite_where=text("state IN ('ready', 'dead')"),
            postgresql_where=text("state IN ('ready', 'dead')"),
        ),
    )

    id: Mapped[Id]
    dedupe_key: Mapped[str | None] = mapped_column(String(120), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    body: Mapped[dict[str, Any]] = mapped_column(JSON)  #: ids only
    lane: Mapped[str] = mapped_column(String(20))
    aggregate: Mapped[str] = mapped_column(String(80))
    seq: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default=MessageState.READY)
    attempts: Mapped[int] = mapped_column(default=0)
    fence: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[float] = mapped_column(Float(53), default=0.0)
    lease_until: Mapped[float | None] = mapped_column(Float(53))
    last_error: Mapped[str | None] = mapped_column(String(120))  #: class name only
    created_at: Mapped[float] = mapped_column(Float(53))
    closed_at: Mapped[float | None] = mapped_column(Float(53))


class OutboxAudit(Identified, Base):
    """Who replayed or discarded a dead message, and why."""

    __tablename__ = "outbox_audit"

    id: Mapped[Id]
    message: Mapped[str] = mapped_column(String(32), index=True)
    action: Mapped[str] = mapped_column(String(10))  #: replay, discard
    author: Mapped[str | None] = reference("accounts.id", ondelete="SET NULL")
    reason: Mapped[str] = mapped_column(String(400))
    created_at: Mapped[datetime]


class Mail(Identified, Base):
    """One mail to one account. The sealed body holds subject and text until it is sent."""

    __tablename__ = "mails"

    id: Mapped[Id]  #: also the left half of its Message-ID
    account: Mapped[str] = reference("accounts.id", index=True)
    kind: Mapped[str] = mapped_column(String(40))
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary, info={"privacy": "P1"})


class Tally(Identified, Base):
    """How often something has happened in a lane; see `domain.tallies`."""

    __tablename__ = "tallies"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(20))
    lane: Mapped[str] = mapped_column(String(20))
    number: Mapped[int]


class Heartbeat(Base):
    """When a process of a kind last said that it is alive."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(String(80), primary_key=True)  #: kind, host and process id
    kind: Mapped[str] = mapped_column(String(10))  #: web, relay, worker
    seen_at: Mapped[datetime]
