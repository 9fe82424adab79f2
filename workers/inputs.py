"""Marks of what a run was told, by which a replay knows whether it is told the same.

What it was told is not kept: it holds what a member sealed. A mark is made with the master key, so that
nobody without it can find out by guessing.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy.orm import Session

from domain.sealed import Keyring
from matching.inputs import EventInput, MemberInput


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What one pass was told, as digests: its own, everybody's, and that of the events."""

    members: dict[str, str]  #: by member id
    events: str

    @property
    def together(self) -> str:
        """Return the digest of everybody matched in the pass."""
        return _digest(self.members)


def told(members: Collection[MemberInput], events: Sequence[EventInput]) -> Told:
    """Return the digests of these inputs; the order they come in does not matter."""
    return Told(
        members={member.id: _digest(member) for member in members},
        events=_digest(sorted(events, key=lambda event: event.id)),
    )


def marks_of(session: Session, given: Told, *, lot: int, at: datetime) -> dict[str, dict[str, Any]]:
    """Return by member what its run keeps: lot, moment, how many were matched together, and three marks."""
    keyring: Keyring = session.info["keyring"]

    def mark(digest: str) -> str:
        return next(iter(keyring.marks(digest).values()))

    shared = {
        "lot": lot,
        "at": at.isoformat(),
        "members": len(given.members),
        "events": mark(given.events),
        "together": mark(given.together),
    }
    return {member: shared | {"member": mark(digest)} for member, digest in given.members.items()}


def is_same(session: Session, digest: str, kept: str) -> bool:
    """Return whether a mark kept with a run was made of this digest, by any master key we hold."""
    keyring: Keyring = session.info["keyring"]
    return kept in keyring.marks(digest).values()


def _digest(value: Any) -> str:
    return sha256(json.dumps(value, default=_plain, sort_keys=True).encode()).hexdigest()


def _plain(value: Any) -> Any:
    """Return what JSON can write of a record, a set or a moment."""
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, datetime):
        return value.timestamp()
    if is_dataclass(value):
        return {each.name: getattr(value, each.name) for each in fields(value)}
    raise TypeError(type(value).__name__)
