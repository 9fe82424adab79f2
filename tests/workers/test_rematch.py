"""Bulk runs: everybody once, step by step, and daily housekeeping."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from domain import events, outbox, retention, runs, settings
from domain.clock import seconds_now
from domain.database import reading, writing
from domain.events import Lane
from domain.models import BulkRun, MatchingRun, Occurrence, OutboxMessage, RunStatus, Suggestion
from matching.settings import MatchingSettings
from tests.conftest import NOW
from tests.workers.people import add_event, add_group, add_member
from workers.drain import drain_lanes
from workers.jobs import rematch
from workers.jobs.housekeeping import plan
from workers.jobs.work import work_lane
from workers.runtime import Runtime


@pytest.fixture
def members(runtime: Runtime) -> list[str]:
    with writing(runtime.sessions) as session:
        group = add_group(session)
        for day in range(3, 9):
            add_event(session, group, title=f"Board games {day}", day=day)
        ids = [add_member(session, f"m{number}").id for number in range(5)]
        settings.in_force(session)
    drain_lanes(runtime)
    return ids


def activate(session: Session) -> BulkRun:
    body = MatchingSettings(list_length=1).to_json()
    return settings.activate(session, author=None, body=body, note="one at a time", expected=1, now=NOW)


def test_a_change_of_settings_reaches_everybody_in_steps(
    runtime: Runtime, members: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rematch, "STEP", 2)
    with writing(runtime.sessions) as session:
        bulk = activate(session).id
        assert session.get_one(BulkRun, bulk).total == 5
    progress = []
    for _ in range(4):
        with writing(runtime.sessions) as session:
            (message,) = outbox.take(session, Lane.BULK)
        from workers.jobs.work import deal  # noqa: PLC0415

        deal(runtime, [message])
        with reading(runtime.sessions) as session:
            row = session.get_one(BulkRun, bulk)
            progress.append((row.done, row.finished_at is not None))
    assert progress == [(2, False), (4, False), (5, False), (5, True)]
    with reading(runtime.sessions) as session:
        made = session.scalars(select(MatchingRun).where(MatchingRun.bulk == bulk)).all()
        version, _ = settings.in_force(session)
        assert sorted(run.member for run in made) == sorted(members)
        assert {(run.status, run.settings_version) for run in made} == {("finished", version.id)}
        current = select(Suggestion.member, func.count()).where(
            Suggestion.retired_at.is_(None), Suggestion.occurrence.is_not(None)
        )
        counts = dict(session.execute(current.group_by(Suggestion.member)).all())
        assert set(counts.values()) == {1}


def test_a_step_that_failed_is_redone_without_further_runs(
    runtime: Runtime, members: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing(runtime.sessions) as session:
        bulk = activate(session).id
    before = runs.step

    def once(*_: object, **__: object) -> None:
        monkeypatch.setattr(runs, "step", before)
        raise ZeroDivisionError

    monkeypatch.setattr(runs, "step", once)
    work_lane(runtime, Lane.BULK)
    with writing(runtime.sessions) as session:
        assert session.get_one(BulkRun, bulk).done == 0
        session.execute(update(OutboxMessage).values(not_before=0.0))
    work_lane(runtime, Lane.BULK)
    with reading(runtime.sessions) as session:
        states = session.scalars(select(MatchingRun.status).where(MatchingRun.bulk == bulk)).all()
        assert states == [RunStatus.FINISHED] * 5
        assert session.get_one(BulkRun, bulk).finished_at == NOW


def test_events_published_together_are_matched_together(runtime: Runtime, members: list[str]) -> None:
    with writing(runtime.sessions) as session:
        session.execute(update(OutboxMessage).values(not_before=0.0))
    drain_lanes(runtime)
    with writing(runtime.sessions) as session:
        before = session.scalar(select(func.count()).select_from(BulkRun)) or 0
        group = add_group(session, "Walks")
        for day in (4, 5, 6):
            add_event(session, group, title=f"Walk {day}", day=day)
    work_lane(runtime, Lane.BULK)
    with reading(runtime.sessions) as session:
        assert session.scalar(select(func.count()).select_from(BulkRun)) == before + 1
        assert outbox.due(session) == {}  # it waits a moment for more


def test_housekeeping_looks_ahead_prunes_and_plans_tomorrow(runtime: Runtime) -> None:
    with writing(runtime.sessions) as session:
        event = add_event(session, add_group(session), rrule="FREQ=WEEKLY", day=1)
        last = session.scalar(select(func.max(Occurrence.starts_at)).where(Occurrence.event == event.id))
        old = outbox.record(session, events.MailRequested(mail="m"))
    drain_lanes(runtime)
    far = datetime(2040, 6, 11, 4, tzinfo=UTC)
    with writing(runtime.sessions) as session:
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == old)
            .values(closed_at=seconds_now() - retention.KEPT - 1)
        )
        plan(session, day=far - timedelta(days=3))
    later = Runtime(
        sessions=runtime.sessions,
        mailer=runtime.mailer,
        base_url="",
        mail_from="",
        clock=lambda: far,
    )
    drain_lanes(later, [Lane.BULK])
    with reading(runtime.sessions) as session:
        furthest = session.scalar(select(func.max(Occurrence.starts_at)))
        assert last is not None
        assert furthest is not None
        assert furthest > last
        assert session.get(OutboxMessage, old) is None
        planned = session.execute(
            select(OutboxMessage.body, OutboxMessage.not_before, OutboxMessage.state)
            .where(OutboxMessage.kind == "housekeeping_due")
            .order_by(OutboxMessage.id)
        ).all()
        assert [(row.body["day"], row.state) for row in planned] == [
            ("2040-06-08", "done"),
            ("2040-06-12", "ready"),
        ]
        assert datetime.fromtimestamp(planned[1].not_before, UTC) == datetime(2040, 6, 12, 3, 10, tzinfo=UTC)
