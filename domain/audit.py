"""The audit log: who did what about what, when and why; never content, never changed.

Each entry carries the digest of the one before it, so that a change made past the triggers shows. The head
(`head`) is written to the operators' log every night: an end cut off shows against it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import delete, func, select, text
from sqlalchemy.orm import Session

from domain.errors import Invalid
from domain.models import AuditEntry

REASON_LENGTH = 400
START = "0" * 64
KEPT = timedelta(days=730)  #: the triggers refuse to remove anything younger


class Action(StrEnum):
    """What is worth an entry (stored as these words)."""

    REPORT_OPENED = "report_opened"
    REPORT_DECIDED = "report_decided"
    SUSPENSION_PROPOSED = "suspension_proposed"
    SUSPENSION_REFUSED = "suspension_refused"
    REPORT_ESCALATED = "report_escalated"
    EXPORT_ASKED = "export_asked"
    EXPORT_TAKEN = "export_taken"
    ERASURE_ASKED = "erasure_asked"
    ERASURE_UNDONE = "erasure_undone"
    ERASED = "erased"
    SUPPORT_GIVEN = "support_given"
    SUPPORT_REVOKED = "support_revoked"
    KEYS_ROTATED = "keys_rotated"
    ROLE_GIVEN = "role_given"
    RUN_EXPLAINED = "run_explained"
    FACILITATOR_CHECKED = "facilitator_checked"
    DIRECTORY_CHANGED = "directory_changed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Head:
    """The newest entry: how many there have been, and its digest."""

    number: int
    digest: str


def record(
    session: Session, *, actor: str | None, action: Action, about: str, reason: str, now: datetime
) -> AuditEntry:
    """Add an entry to the running transaction; ``actor`` None: the program itself. Raises `Invalid`."""
    why = " ".join(reason.split())
    if not why or len(why) > REASON_LENGTH:
        raise Invalid({"reason": f"Say in up to {REASON_LENGTH} characters why."})
    _lock(session)
    last = head(session)
    entry = AuditEntry(
        number=last.number + 1,
        at=now,
        actor=actor,
        action=action,
        about=about,
        reason=why,
        previous=last.digest,
    )
    entry.digest = _digest(entry)
    session.add(entry)
    session.flush()
    return entry


def _lock(session: Session) -> None:
    """Let entries be added one after the other; SQLite's writer is alone anyway."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('audit', 0))"))


def head(session: Session) -> Head:
    """Return the newest entry; number 0 where there is none."""
    row = session.scalar(select(AuditEntry).order_by(AuditEntry.number.desc()).limit(1))
    return Head(number=row.number, digest=row.digest) if row else Head(number=0, digest=START)


def _digest(entry: AuditEntry) -> str:
    facts: list[Any] = [entry.id, entry.number, entry.at.astimezone(UTC).isoformat(), entry.actor]
    facts += [str(entry.action), entry.about, entry.reason, entry.previous]
    return sha256(json.dumps(facts).encode()).hexdigest()


def verify(session: Session) -> int | None:
    """Return the number of the first entry that was changed or does not follow; None where all is well.

    The oldest entry is taken at its word for what came before it, as entries older than two years may go.
    """
    earlier: AuditEntry | None = None
    while entries := _after(session, earlier):
        for entry in entries:
            if entry.digest != _digest(entry) or (earlier is not None and not _follows(entry, earlier)):
                return int(entry.number)
            earlier = entry
    return None


def _after(session: Session, entry: AuditEntry | None) -> Sequence[AuditEntry]:
    number = entry.number if entry else 0
    later = select(AuditEntry).where(AuditEntry.number > number).order_by(AuditEntry.number)
    return session.scalars(later.limit(500)).all()


def _follows(entry: AuditEntry, earlier: AuditEntry) -> bool:
    return entry.number == earlier.number + 1 and entry.previous == earlier.digest


def about(session: Session, subject: str) -> list[AuditEntry]:
    """Return the entries about one thing, oldest first."""
    found = select(AuditEntry).where(AuditEntry.about == subject).order_by(AuditEntry.number)
    return list(session.scalars(found))


def last(session: Session, *, actor: str, action: Action, about: str) -> datetime | None:
    """Return when this person last did this."""
    return session.scalar(
        select(func.max(AuditEntry.at)).where(
            AuditEntry.actor == actor, AuditEntry.action == action, AuditEntry.about == about
        )
    )


def prune(session: Session, *, now: datetime) -> int:
    """Remove entries older than two years; return how many."""
    result: Any = session.execute(delete(AuditEntry).where(AuditEntry.at < now - KEPT))
    return int(result.rowcount)
