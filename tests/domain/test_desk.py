"""The desk: figures of every lane, and a person's decision about what was given up."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain import desk, events, outbox
from domain.clock import seconds_now
from domain.errors import Conflict, Invalid, NotFound
from domain.models import MessageState, OutboxAudit, OutboxMessage
from tests.conftest import NOW


def record(session: Session, member: str = "ann", not_before: float = 0.0) -> str:
    return outbox.record(session, events.MatchingRunRequested(member=member, run="r"), not_before=not_before)


def bury(session: Session, message: str) -> None:
    session.execute(update(OutboxMessage).where(OutboxMessage.id == message).values(state=MessageState.DEAD))


def test_figures_tell_ready_later_leased_and_dead_apart(session: Session) -> None:
    soon = (session.scalar(select(seconds_now())) or 0.0) + 600
    record(session, "leased")
    assert len(outbox.take(session, events.Lane.MATCHING)) == 1
    bury(session, record(session, "dead"))
    record(session, "later", not_before=soon)
    old = record(session, "ready")
    session.execute(
        update(OutboxMessage).where(OutboxMessage.id == old).values(created_at=seconds_now() - 100)
    )
    by_lane = {each.lane: each for each in desk.figures(session)}
    found = by_lane["matching"]
    assert (found.ready, found.later, found.leased, found.dead) == (1, 1, 1, 1)
    assert 100 <= found.oldest < 160
    assert list(by_lane) == ["matching", "default", "mail", "bulk"]
    assert (by_lane["mail"].ready, by_lane["mail"].oldest) == (0, 0.0)


def test_what_was_planned_for_a_time_gone_by_waits_since_it_was_recorded(session: Session) -> None:
    long_ago = (session.scalar(select(seconds_now())) or 0.0) - 86_400
    record(session, "late", not_before=long_ago)
    (found,) = [each for each in desk.figures(session) if each.ready]
    assert found.oldest < 60


def test_a_message_replayed_has_all_its_attempts_again(session: Session) -> None:
    message = record(session)
    bury(session, message)
    assert [each.id for each in desk.dead(session)] == [message]
    desk.replay(session, message=message, author=None, reason="the server is back", now=NOW)
    (taken,) = outbox.take(session, events.Lane.MATCHING)
    assert (taken.id, taken.attempts) == (message, 1)
    audit = session.scalars(select(OutboxAudit)).one()
    assert (audit.action, audit.message, audit.reason) == ("replay", message, "the server is back")


def test_alike_are_those_of_one_kind_with_one_problem(session: Session) -> None:
    first, second, other, alive = (record(session, who) for who in ("ann", "ben", "cat", "dan"))
    for message, problem in ((first, None), (second, None), (other, "TimeoutError"), (alive, None)):
        bury(session, message)
        session.execute(update(OutboxMessage).where(OutboxMessage.id == message).values(last_error=problem))
    desk.replay(session, message=alive, author=None, reason="the server is back", now=NOW)
    assert desk.alike(session, message=first, held=True) == [second]
    assert desk.alike(session, message=other) == []
    with pytest.raises(NotFound):
        desk.alike(session, message="0" * 32)


def test_a_message_discarded_lets_those_behind_it_pass(session: Session) -> None:
    message, following = record(session), record(session)
    bury(session, message)
    assert outbox.take(session, events.Lane.MATCHING) == []
    desk.discard(session, message=message, author=None, reason="nobody needs it", now=NOW)
    assert [each.id for each in outbox.take(session, events.Lane.MATCHING)] == [following]


def test_a_decision_needs_a_reason_and_a_dead_message(session: Session) -> None:
    message = record(session)
    with pytest.raises(Conflict):
        desk.replay(session, message=message, author=None, reason="why not", now=NOW)
    with pytest.raises(NotFound):
        desk.discard(session, message="none", author=None, reason="why not", now=NOW)
    bury(session, message)
    with pytest.raises(Invalid):
        desk.discard(session, message=message, author=None, reason="  ", now=NOW)
    assert session.scalars(select(OutboxAudit)).all() == []
