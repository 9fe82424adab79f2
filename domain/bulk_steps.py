"""Who was matched together in a step of a bulk run, without their names.

A step writes only the lists that change, so its runs do not tell who else was in it. Kept are short marks,
made with the master key of the step and a member together: the marks of one step say nothing about another,
and once a member is gone nothing leads from a mark to them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain.models import BulkStep, Member
from domain.sealed import Keyring

#: Bytes of a mark: of a million members one is taken for another in one of 700,000 steps of 400.
_LENGTH = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Together:
    """The members of a step, by id."""

    matched: frozenset[str]  #: those matched
    beside: frozenset[str] = frozenset()  #: others whose surroundings were looked at


def keep(session: Session, together: Together, *, step: str, bulk: str) -> None:
    """Keep marks of a step's members under the id ``step``."""
    keyring: Keyring = session.info["keyring"]

    def marked(members: Iterable[str]) -> bytes:
        return b"".join(sorted(_marks(keyring, step, member)[0] for member in members))

    session.add(
        BulkStep(id=step, bulk=bulk, matched=marked(together.matched), beside=marked(together.beside))
    )
    session.flush()


def read(session: Session, step: str) -> Together | None:
    """Return those members of a step who are still here; None where its marks are not kept any more."""
    row = session.get(BulkStep, step)
    if row is None:
        return None
    keyring: Keyring = session.info["keyring"]
    matched, beside = _each(row.matched), _each(row.beside)
    marks = {member: _marks(keyring, step, member) for member in session.scalars(select(Member.id))}
    return Together(
        matched=frozenset(member for member, own in marks.items() if not matched.isdisjoint(own)),
        beside=frozenset(member for member, own in marks.items() if not beside.isdisjoint(own)),
    )


def _marks(keyring: Keyring, step: str, member: str) -> list[bytes]:
    """Return a member's mark in a step by every master key, newest first."""
    found = keyring.marks(f"{step} {member}", use="steps")
    return [bytes.fromhex(mark)[:_LENGTH] for mark in found.values()]


def _each(marks: bytes) -> set[bytes]:
    return {marks[start : start + _LENGTH] for start in range(0, len(marks), _LENGTH)}
