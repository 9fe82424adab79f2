"""The social portfolio: what a member does among people and whom they see, and what of it fits today (R48).

It lives in the notebook: sealed, for the member alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum, StrEnum

from sqlalchemy.orm import Session

from domain import notebook
from domain.errors import NotFound
from domain.models import EntryKind
from domain.notebook import Entry

KINDS = (EntryKind.ACTIVITY, EntryKind.PERSON)
FITTING = 3  #: few enough to choose from


class Energy(IntEnum):
    """How much energy something asks, or there is today (sealed as these numbers)."""

    LITTLE = 1
    SOME = 2
    PLENTY = 3


class Mood(StrEnum):
    """What would feel right today."""

    EITHER = "either"
    DOING = "doing"  #: something to do, people around
    COMPANY = "company"  #: one person


_OF_MOOD = {Mood.DOING: EntryKind.ACTIVITY, Mood.COMPANY: EntryKind.PERSON}


def of(session: Session, *, member: str) -> list[Entry]:
    """Return the whole portfolio, activities first, newest first within each."""
    return [each for kind in KINDS for each in notebook.entries(session, member=member, kind=kind)]


def person(session: Session, *, member: str, person: str) -> Entry:
    """Return somebody of the member's own portfolio. Raises `NotFound` for anything else."""
    found = notebook.opened(session, member=member, entry=person)
    if found.kind is not EntryKind.PERSON:
        raise NotFound
    return found


def energy_of(entry: Entry) -> Energy:
    """Return what an entry asks; where nothing was said, some."""
    said = entry.said.get("energy", "")
    return Energy(int(said)) if said in {str(each.value) for each in Energy} else Energy.SOME


def fitting(portfolio: Sequence[Entry], *, energy: Energy, mood: Mood) -> list[Entry]:
    """Return up to three that fit today, in turn of kind, those done longest ago first (R49)."""
    possible = [each for each in portfolio if energy_of(each) <= energy]
    waiting = sorted(possible, key=lambda each: (each.done_at is not None, each.done_at or each.at, each.id))
    by_kind = {kind: [each for each in waiting if each.kind is kind] for kind in KINDS}
    if mood is not Mood.EITHER:
        return by_kind[_OF_MOOD[mood]][:FITTING]
    found: list[Entry] = []
    while len(found) < FITTING and any(by_kind.values()):
        found += [rest.pop(0) for rest in by_kind.values() if rest]
    return found[:FITTING]


def did(session: Session, *, member: str, entry: str, now: datetime) -> None:
    """Note that something of the portfolio was done just now. Safe to repeat."""
    notebook.own(session, member=member, entry=entry).done_at = now
    session.flush()
