"""The database's clock stepped an hour ahead and back: no double effect, nothing stands still.

The step is an offset in the outbox's SQL clock, the only one it trusts, not a step of the machine's.
"""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from domain import events, outbox
from domain.clock import seconds_now
from domain.database import Sessions, writing
from domain.models import OutboxMessage
from tests.faults.stepped import stepped

HOUR = 3600.0


def plan(sessions: Sessions, member: str) -> None:
    with writing(sessions) as session:
        outbox.record(session, events.MatchingRunRequested(member=member, run="r"))


def take(sessions: Sessions) -> list[outbox.Taken]:
    with writing(sessions) as session:
        return outbox.take(session, events.Lane.MATCHING, limit=9)


def close(sessions: Sessions, message: outbox.Taken) -> None:
    """Close a message; its effect is another message, to be counted."""
    with writing(sessions) as session:
        outbox.close(session, message)
        outbox.record(session, events.MailRequested(mail=message.id))


def effects(sessions: Sessions) -> int:
    with writing(sessions) as session:
        mails = select(func.count()).select_from(OutboxMessage).where(OutboxMessage.kind == "mail_requested")
        return session.scalar(mails) or 0


def test_the_step_is_seen_by_the_database(database_url: str) -> None:
    with stepped(database_url, 0) as now, now() as session:
        before = session.scalar(select(seconds_now())) or 0.0
    with stepped(database_url, HOUR) as ahead, ahead() as session:
        assert (session.scalar(select(seconds_now())) or 0.0) - before == pytest.approx(HOUR, abs=60)


def test_an_hour_ahead_ends_a_lease_early_and_the_fence_keeps_it_harmless(database_url: str) -> None:
    with stepped(database_url, 0) as now:
        plan(now, "ann")
        (slow,) = take(now)
    with stepped(database_url, HOUR) as ahead:
        (quick,) = take(ahead)
        with pytest.raises(outbox.Fenced):
            close(ahead, slow)
        close(ahead, quick)
        assert effects(ahead) == 1


def test_back_again_a_lease_from_the_future_holds_nothing_up(database_url: str) -> None:
    with stepped(database_url, HOUR) as ahead:
        plan(ahead, "ann")
        (lost,) = take(ahead)
    with stepped(database_url, 0) as now:
        (taken,) = take(now)
        close(now, taken)
        with pytest.raises(outbox.Fenced):
            close(now, lost)
        assert effects(now) == 1


def test_what_is_recorded_ahead_is_due_at_once_when_the_clock_is_back(database_url: str) -> None:
    with stepped(database_url, HOUR) as ahead:
        plan(ahead, "ann")
        plan(ahead, "bob")
    with stepped(database_url, 0) as now:
        assert len(take(now)) == 2


def test_a_pause_planned_ahead_is_at_most_an_hour_longer(database_url: str) -> None:
    with stepped(database_url, HOUR) as ahead:
        plan(ahead, "ann")
        (failed,) = take(ahead)
        with writing(ahead) as session:
            outbox.fail(session, failed, RuntimeError())
    with stepped(database_url, 0) as now:
        assert take(now) == []
    with stepped(database_url, HOUR + 60) as later:
        assert len(take(later)) == 1


def test_messages_closed_on_both_sides_of_a_step_are_all_done_once(database_url: str) -> None:
    with stepped(database_url, 0) as now:
        for member in ("ann", "bob", "cat"):
            plan(now, member)
    for step in (0, HOUR, 0):
        with stepped(database_url, step) as sessions:
            with writing(sessions) as session:
                (message,) = outbox.take(session, events.Lane.MATCHING)
            close(sessions, message)
    with stepped(database_url, 0) as now:
        assert take(now) == []
        assert effects(now) == 3
