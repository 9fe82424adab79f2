"""Comfort states, sealed: written by a worker only, read to match and to show members their own."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import sealed
from domain.models import ComfortAnswers, ComfortState
from matching.pace import State


def load(session: Session, member: str) -> State | None:
    """Return the comfort and pace of the member with this id; None where nothing has been learnt yet."""
    row = session.get(ComfortState, member)
    return None if row is None else State.from_json(sealed.unseal(session, row))


def load_many(session: Session, members: Collection[str]) -> dict[str, State]:
    """Return the states of many members with few queries; who has none is absent."""
    sealed.open_keys(session, members)
    rows = session.scalars(select(ComfortState).where(ComfortState.member.in_(members)))
    return {row.member: State.from_json(sealed.unseal(session, row)) for row in rows}


def store(session: Session, member: str, state: State, now: datetime) -> None:
    """Seal the state of the member with this id."""
    row = session.get(ComfortState, member)
    if row is None:
        row = ComfortState(member=member)
    row.attempts, row.updated_at = state.comfort.attempts, now
    sealed.seal(session, row, state.to_json())
    session.add(row)
    session.flush()


def answers(session: Session, member: str) -> dict[str, int | None]:
    """Return a member's answers to the comfort questions, 0-100 by question id; a skipped one is absent."""
    row = session.get(ComfortAnswers, member)
    body = {} if row is None else sealed.unseal(session, row)
    found: dict[str, int | None] = body.get("answers", {})
    return found
