"""The notebook: own topics, a thought looked at again, one pleasant thing, practices ticked. Private."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import sealed
from domain.errors import Conflict, Invalid, NotFound
from domain.models import EntryKind, NotebookEntry

LONGEST = 400
MOST_TOPICS = 12
#: What an entry of a kind says, the part that may not be empty first.
PARTS: Mapping[EntryKind, tuple[str, ...]] = {
    EntryKind.TOPIC: ("words",),
    EntryKind.THOUGHT: ("thought", "supports", "against", "kinder"),
    EntryKind.PLEASANT: ("what", "when"),
    EntryKind.TICK: ("item",),
    EntryKind.ACTIVITY: ("what", "repeats", "energy", "notes"),
    EntryKind.PERSON: ("what", "together", "repeats", "energy", "notes"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One entry, opened."""

    id: str
    kind: EntryKind
    at: datetime
    done_at: datetime | None
    said: Mapping[str, str] = field(repr=False)


def write(
    session: Session, *, member: str, kind: EntryKind, said: Mapping[str, str], now: datetime
) -> NotebookEntry:
    """Add an entry. Raises `Invalid` where its first part is empty."""
    kept = _kept(kind, said)
    if kind is EntryKind.TOPIC and len(entries(session, member=member, kind=kind)) >= MOST_TOPICS:
        raise Conflict(f"{MOST_TOPICS} topics are plenty. Take one out first.")
    row = NotebookEntry(member=member, kind=kind, created_at=now)
    sealed.seal(session, row, kept)
    session.add(row)
    session.flush()
    return row


def rewrite(session: Session, *, member: str, entry: str, said: Mapping[str, str]) -> None:
    """Put other words into an entry. Raises `Invalid` where its first part is empty."""
    row = own(session, member=member, entry=entry)
    sealed.seal(session, row, _kept(EntryKind(row.kind), said))
    session.flush()


def _kept(kind: EntryKind, said: Mapping[str, str]) -> dict[str, str]:
    kept = {name: said.get(name, "").strip()[:LONGEST] for name in PARTS[kind]}
    first = PARTS[kind][0]
    if not kept[first]:
        raise Invalid({first: "Write a word or two, or leave it for another time."})
    return kept


def entries(session: Session, *, member: str, kind: EntryKind, limit: int = 100) -> list[Entry]:
    """Return a member's entries of a kind, newest first."""
    rows = session.scalars(
        select(NotebookEntry)
        .where(NotebookEntry.member == member, NotebookEntry.kind == kind)
        .order_by(NotebookEntry.created_at.desc(), NotebookEntry.id.desc())
        .limit(limit)
    )
    return [_opened(session, row) for row in rows]


def _opened(session: Session, row: NotebookEntry) -> Entry:
    said: dict[str, Any] = sealed.unseal(session, row)
    return Entry(id=row.id, kind=EntryKind(row.kind), at=row.created_at, done_at=row.done_at, said=said)


def finish(session: Session, *, member: str, entry: str, now: datetime) -> None:
    """Mark an entry as done. Safe to repeat."""
    row = own(session, member=member, entry=entry)
    row.done_at = row.done_at or now
    session.flush()


def remove(session: Session, *, member: str, entry: str) -> None:
    """Take an entry out."""
    session.delete(own(session, member=member, entry=entry))
    session.flush()


def opened(session: Session, *, member: str, entry: str) -> Entry:
    """Return one's own entry, opened. Raises `NotFound`."""
    return _opened(session, own(session, member=member, entry=entry))


def own(session: Session, *, member: str, entry: str) -> NotebookEntry:
    """Return one's own entry; anybody else's is not there. Raises `NotFound`."""
    row = session.get(NotebookEntry, entry)
    if row is None or row.member != member:
        raise NotFound
    return row


def ticked(session: Session, *, member: str) -> dict[str, int]:
    """Return how often each practice was ticked, by its id."""
    found: dict[str, int] = {}
    for each in entries(session, member=member, kind=EntryKind.TICK, limit=1000):
        found[each.said["item"]] = found.get(each.said["item"], 0) + 1
    return found


def tick(session: Session, *, member: str, item: str, now: datetime) -> None:
    """Note that a practice was done, once more."""
    write(session, member=member, kind=EntryKind.TICK, said={"item": item}, now=now)


def topics(session: Session, *, member: str) -> list[str]:
    """Return the member's own neutral topics, newest first (R51)."""
    return [each.said["words"] for each in entries(session, member=member, kind=EntryKind.TOPIC)]
