"""Comfort states: sealed for their member, opened many at once with few queries."""

from __future__ import annotations

from sqlalchemy import event
from sqlalchemy.orm import Session

from domain import comforts
from domain.models import ComfortState
from matching.inputs import FEATURE_COUNT, TRIANGLE, Comfort
from matching.pace import State
from tests import factories
from tests.conftest import NOW


def state(attempts: int = 0) -> State:
    return State(
        comfort=Comfort(mean=(1.5,) * FEATURE_COUNT, covariance=(0.25,) * TRIANGLE, attempts=attempts)
    )


def test_a_state_comes_back_as_it_was_stored(session: Session) -> None:
    member = factories.member(session).id
    assert comforts.load(session, member) is None
    comforts.store(session, member, state(), NOW)
    comforts.store(session, member, state(3), NOW)
    assert comforts.load(session, member) == state(3)
    row = session.get_one(ComfortState, member)
    assert (row.attempts, row.updated_at) == (3, NOW)
    assert b"mean" not in row.sealed


def test_many_are_opened_with_two_queries(session: Session) -> None:
    members = [factories.member(session).id for _ in range(5)]
    for member in members[:4]:
        comforts.store(session, member, state(), NOW)
    session.flush()
    session.expire_all()
    session.info["opened_keys"].clear()
    statements: list[str] = []

    def count(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(session.get_bind(), "before_cursor_execute", count)
    found = comforts.load_many(session, members)
    event.remove(session.get_bind(), "before_cursor_execute", count)
    assert set(found) == set(members[:4])
    assert len(statements) == 2


def test_who_answered_nothing_has_no_answers(session: Session) -> None:
    assert comforts.answers(session, factories.member(session).id) == {}
