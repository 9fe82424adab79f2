"""Counts for operators: added without waiting for each other, folded without losing any."""

from __future__ import annotations

import threading

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from domain import events, outbox, tallies
from domain.database import Sessions, reading, writing
from domain.models import Tally
from domain.tallies import Kind


def rows(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Tally)) or 0


def test_many_become_one_of_each_kind_and_lane(session: Session) -> None:
    for number in (1, 2, 3):
        tallies.add(session, Kind.FENCED, lane="mail", number=number)
    tallies.add(session, Kind.BELLS, lane="mail")
    tallies.add(session, Kind.BELLS, lane="bulk", number=0)
    before = tallies.totals(session)
    assert before[Kind.FENCED] == {"mail": 6}
    assert before[Kind.BELLS] == {"mail": 1}
    tallies.fold(session)
    assert rows(session) == 2
    assert tallies.totals(session) == before


def test_what_is_counted_while_another_folds_is_not_lost(sessions: Sessions) -> None:
    def count() -> None:
        for _each in range(20):
            with writing(sessions) as session:
                tallies.add(session, Kind.BELLS, lane="mail")

    counting = [threading.Thread(target=count) for _ in range(2)]
    for thread in counting:
        thread.start()
    for _each in range(5):
        with writing(sessions) as session:
            tallies.fold(session)
    for thread in counting:
        thread.join()
    with reading(sessions) as session:
        assert tallies.totals(session)[Kind.BELLS] == {"mail": 40}


def test_asking_for_the_same_message_twice_is_counted(session: Session) -> None:
    for _again in range(3):
        outbox.record(session, events.HousekeepingDue(day="2026-06-01"), dedupe_key="housekeeping:2026-06-01")
    assert tallies.totals(session)[Kind.DEDUPE_HITS] == {"bulk": 2}
