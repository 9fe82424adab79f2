"""Heartbeats: fresh for ninety seconds."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from domain import heartbeats
from tests.conftest import NOW


def test_a_process_is_alive_for_ninety_seconds(session: Session) -> None:
    assert not heartbeats.alive(session, kind="relay", now=NOW)
    heartbeats.beat(session, kind="relay", name="relay/a/1", now=NOW)
    assert heartbeats.alive(session, kind="relay", now=NOW + timedelta(seconds=90))
    assert not heartbeats.alive(session, kind="relay", now=NOW + timedelta(seconds=91))
    assert not heartbeats.alive(session, kind="worker", now=NOW)
    heartbeats.beat(session, kind="relay", name="relay/a/1", now=NOW + timedelta(seconds=91))
    assert heartbeats.alive(session, kind="relay", now=NOW + timedelta(seconds=91))


def test_processes_are_counted_by_the_beginning_of_their_name(session: Session) -> None:
    for name in ("worker/mail/a/1", "worker/mail/a/2", "worker/mailbag/a/3", "worker/bulk/a/4"):
        heartbeats.beat(session, kind="worker", name=name, now=NOW)
    assert heartbeats.count(session, kind="worker", now=NOW, lane="mail") == 2
    assert len(heartbeats.names(session, kind="worker", now=NOW)) == 4
    heartbeats.end(session, name="worker/mail/a/1")
    assert heartbeats.count(session, kind="worker", now=NOW, lane="mail") == 1


def test_who_was_not_heard_of_for_a_day_is_forgotten(session: Session) -> None:
    heartbeats.beat(session, kind="relay", name="relay/a/1", now=NOW - timedelta(days=2))
    heartbeats.beat(session, kind="relay", name="relay/a/2", now=NOW)
    heartbeats.prune(session, now=NOW)
    assert heartbeats.names(session, kind="relay", now=NOW) == ["relay/a/2"]
    assert heartbeats.names(session, kind="relay", now=NOW - timedelta(days=2)) == ["relay/a/2"]
