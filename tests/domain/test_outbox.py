"""The outbox: order, lease, fence, attempts; on both databases."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, update

from domain import database, events, outbox
from domain.clock import seconds_now
from domain.database import Sessions, writing
from domain.models import MessageState, OutboxMessage


def run_requested(member: str = "ann", run: str = "r1") -> events.MatchingRunRequested:
    return events.MatchingRunRequested(member=member, run=run)


def take(sessions: Sessions, limit: int = 1) -> list[outbox.Taken]:
    with writing(sessions) as session:
        return outbox.take(session, events.Lane.MATCHING, limit=limit)


def test_a_recorded_message_is_due_and_carries_its_fact(sessions: Sessions) -> None:
    with writing(sessions) as session:
        outbox.record(session, run_requested())
        assert outbox.due(session) == {"matching": 1}
    (taken,) = take(sessions)
    assert taken.fact() == run_requested()
    assert (taken.attempts, taken.fence) == (1, 1)


def test_nothing_is_recorded_when_the_transaction_rolls_back(sessions: Sessions) -> None:
    with pytest.raises(ZeroDivisionError), writing(sessions) as session:
        outbox.record(session, run_requested())
        raise ZeroDivisionError
    assert take(sessions) == []


def test_a_dedupe_key_seen_before_gives_the_earlier_message(sessions: Sessions) -> None:
    with writing(sessions) as session:
        first = outbox.record(session, run_requested(), dedupe_key="form-1")
        assert outbox.record(session, run_requested(run="r2"), dedupe_key="form-1") == first
    assert len(take(sessions, limit=9)) == 1


def test_one_aggregate_is_worked_off_in_order_and_others_are_not_held_back(sessions: Sessions) -> None:
    with writing(sessions) as session:
        for run in ("r1", "r2"):
            outbox.record(session, run_requested(run=run))
        outbox.record(session, run_requested(member="bob"))
    first = take(sessions, limit=9)
    assert [each.body["member"] for each in first] == ["ann", "bob"]
    assert take(sessions) == []
    with writing(sessions) as session:
        outbox.close(session, first[0])
    assert [each.body["run"] for each in take(sessions)] == ["r2"]


def test_a_timer_waits_for_its_hour(sessions: Sessions) -> None:
    with writing(sessions) as session:
        soon = session.scalar(select(seconds_now())) or 0.0
        outbox.record(session, run_requested(), not_before=soon + 600)
    assert take(sessions) == []


def expire(sessions: Sessions, lease_until: float = 1.0) -> None:
    with writing(sessions) as session:
        session.execute(update(OutboxMessage).values(lease_until=lease_until))


@pytest.mark.parametrize("lease_until", [1.0, 9e12], ids=["expired", "void: a clock was stepped back"])
def test_who_outlives_the_lease_is_fenced(sessions: Sessions, lease_until: float) -> None:
    with writing(sessions) as session:
        outbox.record(session, run_requested())
    (slow,) = take(sessions)
    expire(sessions, lease_until)
    (quick,) = take(sessions)
    with pytest.raises(outbox.Fenced), writing(sessions) as session:
        outbox.close(session, slow)
    with writing(sessions) as session:
        outbox.close(session, quick)
    assert take(sessions) == []


def test_effects_and_closing_are_one(sessions: Sessions) -> None:
    with writing(sessions) as session:
        outbox.record(session, run_requested())
    (taken,) = take(sessions)
    with pytest.raises(ZeroDivisionError), writing(sessions) as session:
        outbox.close(session, taken)
        outbox.record(session, run_requested(member="bob"))
        raise ZeroDivisionError
    expire(sessions)
    assert [each.body["member"] for each in take(sessions, limit=9)] == ["ann"]


def test_a_failed_message_waits_and_is_given_up_after_eight_attempts(sessions: Sessions) -> None:
    with writing(sessions) as session:
        outbox.record(session, run_requested())
        outbox.record(session, run_requested(run="r2"))
    for attempt in range(1, outbox.MAX_ATTEMPTS + 1):
        (taken,) = take(sessions)
        assert taken.attempts == attempt
        with writing(sessions) as session:
            outbox.fail(session, taken, RuntimeError("words that must not be kept"))
        assert take(sessions) == []
        with writing(sessions) as session:
            session.execute(update(OutboxMessage).values(not_before=0.0))
    with writing(sessions) as session:
        message = session.scalars(select(OutboxMessage).order_by(OutboxMessage.seq)).first()
        assert message is not None
        assert (message.state, message.last_error) == (MessageState.DEAD, "RuntimeError")
    assert take(sessions) == [], "those behind a dead message wait"


def test_a_message_that_kills_its_process_is_given_up_too(sessions: Sessions) -> None:
    with writing(sessions) as session:
        outbox.record(session, run_requested())
    for _ in range(outbox.MAX_ATTEMPTS):
        assert len(take(sessions)) == 1
        expire(sessions)
    assert take(sessions) == []
    with writing(sessions) as session:
        assert [each.fact() for each in outbox.bury(session, "matching")] == [run_requested()]
        assert outbox.bury(session, "matching") == []
        assert session.scalar(select(OutboxMessage.state)) == MessageState.DEAD


def test_what_is_away_is_waited_for_days_and_not_for_ever(sessions: Sessions) -> None:
    with writing(sessions) as session:
        outbox.record(session, run_requested())
    for fence in (*range(1, 12), outbox.PATIENT_TAKES - 1):
        with writing(sessions) as session:
            session.execute(update(OutboxMessage).values(fence=fence - 1, not_before=0.0))
        (taken,) = take(sessions)
        assert (taken.attempts, taken.fence) == (1, fence)
        with writing(sessions) as session:
            assert outbox.fail(session, taken, ConnectionError(), counts=False) is None
            pause = session.scalar(select(OutboxMessage.not_before - seconds_now())) or 0.0
        assert 0 < pause <= outbox.PATIENT_PAUSE
    for attempt in range(1, outbox.MAX_ATTEMPTS + 1):
        with writing(sessions) as session:
            session.execute(update(OutboxMessage).values(not_before=0.0))
        (taken,) = take(sessions)
        assert taken.attempts == attempt
        with writing(sessions) as session:
            given_up = outbox.fail(session, taken, ConnectionError(), counts=False)
    assert given_up is not None
    assert given_up.fact() == run_requested()


def test_many_takers_have_one_winner(database_url: str, sessions: Sessions) -> None:
    with writing(sessions) as session:
        outbox.record(session, run_requested())
    won: list[outbox.Taken] = []
    gate = threading.Barrier(8)

    def compete() -> None:
        engine = database.open_engine(database_url)
        gate.wait()
        won.extend(take(database.open_sessions(engine, sessions.kw["info"]["keyring"])))
        engine.dispose()

    threads = [threading.Thread(target=compete) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1


def test_backoff_doubles_and_is_capped() -> None:
    assert 1.5 <= outbox.backoff(1) <= 2.5
    assert 6 <= outbox.backoff(3) <= 10
    assert outbox.backoff(30) <= outbox.BACKOFF_CAP


def test_every_kind_is_registered_and_says_its_lane_and_aggregate() -> None:
    assert set(events.KINDS.values()) == set(events.ALL)
    assert all(kind.kind() == name for name, kind in events.KINDS.items())
