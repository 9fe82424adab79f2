"""Waking: a commit of somebody else ends the wait at once; whatever is wrong, the wait ends in time."""

from __future__ import annotations

import threading
import time

import pytest

from domain import events, outbox
from domain.database import Sessions, writing
from workers.waking import Waker

LONG = 20.0  #: seconds; no test waits them out


def record(sessions: Sessions) -> None:
    with writing(sessions) as session:
        outbox.record(session, events.MatchingRunRequested(member="m", run="r"))


def waited(waker: Waker, most: float) -> float:
    began = time.monotonic()
    assert not waker.wait(threading.Event(), least=0.0, most=most)
    return time.monotonic() - began


def test_a_commit_while_waiting_ends_the_wait(sessions: Sessions) -> None:
    with Waker(sessions.kw["bind"]) as waker:
        waited(waker, 0.05)  # connected from here on
        timer = threading.Timer(0.05, record, [sessions])
        timer.start()
        assert waited(waker, LONG) < LONG / 2
        timer.join()


def test_a_commit_before_waiting_is_not_overlooked(sessions: Sessions) -> None:
    with Waker(sessions.kw["bind"]) as waker:
        waited(waker, 0.05)
        record(sessions)
        assert waited(waker, LONG) < LONG / 2


def test_nothing_happens_and_the_wait_ends(sessions: Sessions) -> None:
    with Waker(sessions.kw["bind"]) as waker:
        assert waited(waker, 0.1) >= 0.1


def test_asked_to_end_it_ends(sessions: Sessions) -> None:
    asked = threading.Event()
    with Waker(sessions.kw["bind"]) as waker:
        threading.Timer(0.05, asked.set).start()
        assert waker.wait(asked, least=0.0, most=LONG)


def test_with_its_connection_gone_it_waits_all_the_same_and_connects_again(
    sessions: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Waker(sessions.kw["bind"]) as waker:
        waited(waker, 0.02)
        waker._driver.close()
        assert waited(waker, 0.1) >= 0.1
        record(sessions)
        timer = threading.Timer(0.1, record, [sessions])
        timer.start()
        assert waited(waker, LONG) < LONG / 2
        timer.join()
