"""Small wins: noted at any time, taken back at any time, shown again before a later step (R33, R63)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import sealed
from domain.errors import Invalid, NotFound
from domain.models import Win

LONGEST = 300


class WinKind(StrEnum):
    """What went well (stored as these words); the first three are those of a reflection."""

    LONGER_TALK = "longer_talk"  #: a greeting became a longer talk
    PLANNED_AGAIN = "planned_again"  #: a future meeting was planned
    KIND_WORD = "kind_word"  #: somebody said something kind
    NEW_TALK = "new_talk"  #: spoke with somebody new, however briefly
    OWN = "own"


@dataclass(frozen=True, kw_only=True, slots=True)
class WinView:
    """A small win as its owner sees it."""

    id: str | None  #: none: noted with a reflection
    kind: WinKind
    words: str = field(default="", repr=False)
    at: datetime
    title: str = ""  #: of the outing it came from


def log(session: Session, *, member: str, kind: WinKind, words: str = "", now: datetime) -> Win:
    """Note a small win; one of one's own needs a few words."""
    said = words.strip()[:LONGEST]
    if kind is WinKind.OWN and not said:
        raise Invalid({"words": "Say in a few words what it was."})
    row = Win(member=member, created_at=now)
    sealed.seal(session, row, {"kind": kind, "words": said})
    session.add(row)
    session.flush()
    return row


def logged(session: Session, *, member: str) -> list[WinView]:
    """Return what was noted outside reflections, newest first."""
    rows = session.scalars(
        select(Win).where(Win.member == member).order_by(Win.created_at.desc(), Win.id.desc())
    )
    return [_view(session, row) for row in rows]


def _view(session: Session, row: Win) -> WinView:
    body = sealed.unseal(session, row)
    return WinView(id=row.id, kind=WinKind(body["kind"]), words=body["words"], at=row.created_at)


def remove(session: Session, *, member: str, win: str) -> None:
    """Take a win back. Raises `NotFound`, also for another member's."""
    row = session.get(Win, win)
    if row is None or row.member != member:
        raise NotFound
    session.delete(row)
    session.flush()
