"""Bulk runs: everybody once, step by step, and daily housekeeping."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from domain import bulk_runs, events, outbox, retention, runs, schedule, settings, suggestions
from domain import members as people
from domain.clock import seconds_now
from domain.database import reading, writing
from domain.events import Lane
from domain.models import (
    BulkRun,
    Event,
    EventInterest,
    MatchingRun,
    Member,
    Occurrence,
    OutboxMessage,
    RunStatus,
    Suggestion,
)
from matching.settings import MatchingSettings
from tests.conftest import NOW
from tests.workers.people import add_event, add_group, add_member, first_occurrence
from workers.drain import drain_lanes
from workers.jobs import rematch
from workers.jobs.housekeeping import plan
from workers.jobs.work import work_lane
from workers.passes import Found, match_snapshot
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
    for _ in range(5):
        with writing(runtime.sessions) as session:
            (message,) = outbox.take(session, Lane.BULK)
        from workers.jobs.work import deal  # noqa: PLC0415

        deal(runtime, [message])
        with reading(runtime.sessions) as session:
            row = session.get_one(BulkRun, bulk)
            progress.append((row.done, row.finished_at is not None))
    assert progress == [(0, False), (2, False), (4, False), (5, False), (5, True)]
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
    before = bulk_runs.step

    def once(*_: object, **__: object) -> None:
        monkeypatch.setattr(bulk_runs, "step", before)
        raise ZeroDivisionError

    monkeypatch.setattr(bulk_runs, "step", once)
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


def lists(runtime: Runtime) -> dict[str, list[str]]:
    """The ids of the suggestions that wait for each member."""
    with reading(runtime.sessions) as session:
        rows = session.execute(
            select(Suggestion.member, Suggestion.id)
            .where(Suggestion.retired_at.is_(None))
            .order_by(Suggestion.member, Suggestion.position)
        )
        found: dict[str, list[str]] = {}
        for member, suggestion in rows:
            found.setdefault(member, []).append(suggestion)
        return found


def settle(runtime: Runtime) -> None:
    """Work everything off, timers as well."""
    for _ in range(3):
        drain_lanes(runtime)
        with writing(runtime.sessions) as session:
            waiting = OutboxMessage.kind.in_(("bulk_step_due", "matching_run_requested"))
            session.execute(update(OutboxMessage).where(waiting).values(not_before=0.0))


def run_count(runtime: Runtime) -> int:
    with reading(runtime.sessions) as session:
        return session.scalar(select(func.count()).select_from(MatchingRun)) or 0


def test_a_list_that_stays_the_same_is_not_written(runtime: Runtime, members: list[str]) -> None:
    settle(runtime)
    before, counted = lists(runtime), run_count(runtime)
    assert sorted(before) == sorted(members)
    with writing(runtime.sessions) as session:
        bulk = bulk_runs.match_everybody(session, reason="test", now=NOW).id
    settle(runtime)
    assert lists(runtime) == before
    assert run_count(runtime) == counted
    with reading(runtime.sessions) as session:
        assert session.get_one(BulkRun, bulk).done == len(members)


def test_an_event_disturbs_only_the_lists_it_enters(runtime: Runtime, members: list[str]) -> None:
    fan, *others = members
    with writing(runtime.sessions) as session:
        member = session.get_one(Member, fan)
        people.save_profile(session, member=member, profile=people.Profile(interests={"chess": 1.0}), now=NOW)
    settle(runtime)
    before = lists(runtime)
    with writing(runtime.sessions) as session:
        event = add_event(session, add_group(session, "Chess"), title="Chess", day=4)
        event.interests = [EventInterest(interest="chess")]
        occurrence = first_occurrence(session, event).id
    settle(runtime)
    after = lists(runtime)
    with reading(runtime.sessions) as session:
        shown = session.scalars(
            select(Suggestion.member).where(
                Suggestion.occurrence == occurrence, Suggestion.retired_at.is_(None)
            )
        ).all()
    assert fan in shown
    assert {member for member in members if after[member] != before[member]} == set(shown)
    assert others


def test_what_a_new_event_changes_is_what_a_pass_over_everybody_finds(
    runtime: Runtime, members: list[str]
) -> None:
    settle(runtime)
    with writing(runtime.sessions) as session:
        add_event(session, add_group(session, "Walks"), title="A walk", day=10)
    settle(runtime)
    before = lists(runtime)
    with writing(runtime.sessions) as session:
        bulk_runs.match_everybody(session, reason="test", now=NOW)
    settle(runtime)
    assert lists(runtime) == before
    assert len(members) == len(before)


def test_a_cancelled_event_leaves_the_lists_at_once_and_another_takes_its_place(
    runtime: Runtime, members: list[str]
) -> None:
    settle(runtime)
    with reading(runtime.sessions) as session:
        listed = suggestions.current(session, member=members[0])[0].occurrence
        assert listed is not None
        occurrence, event = listed.id, listed.event
    with writing(runtime.sessions) as session:
        schedule.cancel(session, event=session.get_one(Event, event), reason="Flood.", now=NOW)
    with reading(runtime.sessions) as session:
        for member in members:
            shown = suggestions.current(session, member=member)
            assert occurrence not in [each.row.occurrence for each in shown]
    before = {member: len(found) for member, found in lists(runtime).items()}
    settle(runtime)
    with reading(runtime.sessions) as session:
        open_ones = session.execute(
            select(Suggestion.member, Suggestion.occurrence).where(Suggestion.retired_at.is_(None))
        ).all()
    assert occurrence not in {row.occurrence for row in open_ones}
    assert {member: len(found) for member, found in lists(runtime).items()} == before


def test_what_was_matched_since_is_not_overwritten(
    runtime: Runtime, members: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody saves their profile while a step of the bulk run is being worked out: theirs is newer."""
    settle(runtime)
    later = replace(runtime, clock=lambda: NOW + timedelta(seconds=1))
    before, once = match_snapshot, list[int]()

    def meanwhile(*arguments: Any, **named: Any) -> dict[str, Found]:
        found = before(*arguments, **named)
        if not once:
            once.append(1)
            with writing(runtime.sessions) as session:
                runs.request(session, member=members[0], reason="profile", now=NOW)
            work_lane(later, Lane.MATCHING)
        return found

    with writing(runtime.sessions) as session:
        bulk = activate(session).id
    monkeypatch.setattr(rematch, "match_snapshot", meanwhile)
    settle(runtime)
    with reading(runtime.sessions) as session:
        made = session.scalars(select(MatchingRun.member).where(MatchingRun.bulk == bulk)).all()
        assert sorted(made) == sorted(members[1:])
        assert len(suggestions.current(session, member=members[0])) == 1


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
