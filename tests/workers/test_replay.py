"""A stored run is replayed: the same where it is told the same, and it says so where it is not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from domain import blocks, bulk_runs, erasure, members, rsvps, runs, settings
from domain.database import reading, writing
from domain.events import Lane
from domain.models import (
    BulkStep,
    Event,
    EventInterest,
    MatchingRun,
    Member,
    OutboxMessage,
    RsvpStatus,
    Suggestion,
)
from matching.candidates import Exclusion
from matching.settings import MatchingSettings
from tests.conftest import NOW
from tests.workers.people import LOUD, TOWN, add_event, add_group, add_member, first_occurrence
from workers.drain import drain_lanes
from workers.inputs import Told, is_same, marks_of
from workers.jobs import rematch
from workers.jobs.work import work_lane
from workers.replay import NotReplayable, replay
from workers.runtime import Runtime


def ask(session: Session, *people: str) -> list[str]:
    return [runs.request(session, member=member, reason="asked", now=NOW).id for member in people]


@pytest.fixture
def town(runtime: Runtime) -> dict[str, str]:
    """Four people matched in one pass over scarce places, one of them with something out of reach."""
    with writing(runtime.sessions) as session:
        group = add_group(session)
        events = [
            add_event(session, group, title=f"Board games {day}", day=day, capacity=1) for day in range(3, 9)
        ]
        loud = add_event(session, group, title="Karaoke", day=9, facts=LOUD)
        people = {name: add_member(session, name).id for name in ("ann", "ben", "cat", "dan")}
        asked = ask(session, *people.values())
        settings.in_force(session)
        found = {"loud": first_occurrence(session, loud).id, "group": group.id, "event": events[0].id}
    work_lane(runtime, Lane.MATCHING)
    return people | found | dict(zip(("run", "run_ben"), asked, strict=False))


def test_what_is_told_the_same_finds_what_was_stored(runtime: Runtime, town: dict[str, str]) -> None:
    for run in (town["run"], town["run_ben"]):
        found = replay(runtime, run)
        assert found.same.all
        assert found.agrees
        assert found.company == 4
        assert found.stored
        assert found.model == "content"


def test_every_event_is_accounted_for(runtime: Runtime, town: dict[str, str]) -> None:
    found = replay(runtime, town["run"]).found
    with reading(runtime.sessions) as session:
        run = session.get_one(MatchingRun, town["run"])
        outcome = run.outcome or {}
    assert found.excluded[town["loud"]] in (Exclusion.CEILING, Exclusion.WEEKLY_DISTRESS)
    assert len(found.left) + len(found.result.proposals) == outcome["possible"]
    assert len(found.excluded) == sum(outcome["excluded"].values())
    assert list(found.left.values()) == sorted(found.left.values(), reverse=True)


def test_other_settings_and_another_model_in_force_change_no_replay(
    runtime: Runtime, town: dict[str, str]
) -> None:
    with writing(runtime.sessions) as session:
        body = MatchingSettings(list_length=1, interest_weight=0.0).to_json()
        settings.activate(session, author=None, body=body, note="Another.", expected=1, now=NOW)
    found = replay(runtime, town["run"])
    assert found.settings == 1
    assert found.same.all
    assert found.agrees


def test_others_who_changed_are_told_apart_from_the_member(runtime: Runtime, town: dict[str, str]) -> None:
    with writing(runtime.sessions) as session:
        ben = session.get_one(Member, town["ben"])
        members.save_profile(session, member=ben, profile=members.Profile(interests={"choirs": 1.0}), now=NOW)
    found = replay(runtime, town["run"]).same
    assert (found.member, found.events, found.together) == (True, True, False)


def test_one_matched_alone_is_replayed_whatever_others_do(runtime: Runtime, town: dict[str, str]) -> None:
    """Somebody else changes, asks, and is matched; the run of one member comes out as it was."""
    with writing(runtime.sessions) as session:
        alone = ask(session, town["ann"])[0]
    work_lane(runtime, Lane.MATCHING)
    with writing(runtime.sessions) as session:
        ben = session.get_one(Member, town["ben"])
        members.save_profile(session, member=ben, profile=members.Profile(interests={}), now=NOW)
        ask(session, town["ben"], town["cat"])
        session.execute(update(OutboxMessage).values(not_before=0.0))
    work_lane(runtime, Lane.MATCHING)
    found = replay(runtime, alone)
    assert found.company == 1
    assert found.same.all
    assert found.agrees


@pytest.mark.parametrize("change", ["answer", "event", "block", "erased"])
def test_what_changed_since_is_said(runtime: Runtime, town: dict[str, str], change: str) -> None:
    ann, ben = town["ann"], town["ben"]
    with writing(runtime.sessions) as session:
        match change:
            case "answer":
                occurrence = first_occurrence(session, session.get_one(Event, town["event"]))
                rsvps.respond(session, member=ann, occurrence=occurrence.id, status=RsvpStatus.NO, now=NOW)
            case "event":
                session.execute(update(Event).where(Event.id == town["event"]).values(title="Cards"))
            case "block":
                blocks.block(session, member=ann, other=ben, label="", now=NOW)
            case _:
                erasure.erase(session, account=ben, now=NOW)
    same = replay(runtime, town["run"]).same
    expected = {
        "answer": (False, True, False),
        "event": (True, False, True),
        "block": (False, True, False),
        "erased": (True, True, False),
    }
    assert (same.member, same.events, same.together) == expected[change]


def test_a_run_without_marks_or_an_end_is_refused(runtime: Runtime, town: dict[str, str]) -> None:
    with writing(runtime.sessions) as session:
        waiting = ask(session, town["dan"])[0]
    for run in (waiting, "0" * 32):
        with pytest.raises(NotReplayable):
            replay(runtime, run)
    with writing(runtime.sessions) as session:
        session.execute(update(MatchingRun).values(model_version="gone"))
    with pytest.raises(NotReplayable, match="not kept any more"):
        replay(runtime, town["run"])


def test_a_replay_writes_nothing(runtime: Runtime, town: dict[str, str]) -> None:
    def everything(session: Session) -> list[str]:
        rows = session.scalars(select(MatchingRun).order_by(MatchingRun.id))
        return [f"{run.id} {run.status} {run.finished_at} {run.inputs}" for run in rows]

    with reading(runtime.sessions) as session:
        before = everything(session)
    replay(runtime, town["run"])
    with reading(runtime.sessions) as session:
        assert everything(session) == before


def test_a_mark_is_no_plain_digest(runtime: Runtime) -> None:
    """Who reads the table cannot guess what somebody said and see whether it fits."""
    given = Told(members={"m": "a" * 64}, events="e" * 64)
    with reading(runtime.sessions) as session:
        kept = marks_of(session, given, lot=7, at=NOW)["m"]
        assert is_same(session, given.events, kept["events"])
        assert not is_same(session, given.events, kept["member"])
    written = str(kept)
    assert not any(digest in written for digest in (*given.members.values(), given.events, given.together))


def settle(runtime: Runtime) -> None:
    """Work everything off, bulk steps that wait for more as well."""
    for _ in range(3):
        drain_lanes(runtime)
        with writing(runtime.sessions) as session:
            waiting = OutboxMessage.kind == "bulk_step_due"
            session.execute(update(OutboxMessage).where(waiting).values(not_before=0.0))


def bulk_runs_of(runtime: Runtime) -> dict[str, str]:
    """The run a bulk step has last written, by member."""
    with reading(runtime.sessions) as session:
        found = select(MatchingRun).where(MatchingRun.bulk.is_not(None)).order_by(MatchingRun.id)
        return {run.member: run.id for run in session.scalars(found)}


def rewrite(runtime: Runtime) -> dict[str, str]:
    """Match everybody by other settings and return the runs, by member: each list has changed."""
    settle(runtime)
    with writing(runtime.sessions) as session:
        body = MatchingSettings(list_length=1).to_json()
        settings.activate(session, author=None, body=body, note="One.", expected=1, now=NOW)
    settle(runtime)
    return bulk_runs_of(runtime)


def test_lists_written_by_a_bulk_step_are_replayed(
    runtime: Runtime, town: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Steps of one moment, as under a clock that stands still, are told apart."""
    monkeypatch.setattr(rematch, "STEP", 3)
    written = rewrite(runtime)
    assert sorted(written) == sorted(town[name] for name in ("ann", "ben", "cat", "dan"))
    found = {member: replay(runtime, run) for member, run in written.items()}
    assert all(each.same.all and each.agrees for each in found.values())
    assert sorted(each.company for each in found.values()) == [1, 3, 3, 3]


def test_the_only_list_that_changed_in_a_bulk_step_is_replayed(
    runtime: Runtime, town: dict[str, str]
) -> None:
    with writing(runtime.sessions) as session:  # so that the lot moves nothing
        session.execute(update(Event).values(capacity=40))
        bulk_runs.match_everybody(session, reason="test", now=NOW)
    settle(runtime)
    with writing(runtime.sessions) as session:
        lost = Suggestion.member == town["ben"]
        session.execute(update(Suggestion).where(lost).values(retired_at=NOW))
        bulk_runs.match_everybody(session, reason="test", now=NOW)
    before = bulk_runs_of(runtime)
    settle(runtime)
    written = {member: run for member, run in bulk_runs_of(runtime).items() if run != before.get(member)}
    assert list(written) == [town["ben"]]
    found = replay(runtime, written[town["ben"]])
    assert found.same.all
    assert found.agrees
    assert found.company == 4


def test_lists_that_one_event_enters_are_replayed(runtime: Runtime, town: dict[str, str]) -> None:
    """Only who it concerns was matched; what was in reach of the others of the step was told all the same."""
    settle(runtime)
    with writing(runtime.sessions) as session:
        fan = session.get_one(Member, town["ben"])
        members.save_profile(session, member=fan, profile=members.Profile(interests={"chess": 1.0}), now=NOW)
        far = add_event(session, add_group(session, "Choir"), title="Far away", day=5)
        far.latitude = TOWN[0] + 1.5  # degrees: in reach of dan alone, whose list nothing can enter now
        dan = session.get_one(Member, town["dan"])
        dan.radius_km, dan.paused_until = 200, NOW + timedelta(days=60)
    settle(runtime)
    before = bulk_runs_of(runtime)
    with writing(runtime.sessions) as session:
        event = add_event(session, add_group(session, "Chess"), title="Chess", day=4, capacity=1)
        event.interests = [EventInterest(interest="chess")]
    settle(runtime)
    written = {member: run for member, run in bulk_runs_of(runtime).items() if run != before.get(member)}
    assert town["ben"] in written
    assert town["dan"] not in written
    for run in written.values():
        found = replay(runtime, run)
        assert found.same.all
        assert found.agrees


def test_whoever_is_erased_is_missed_by_a_bulk_run_and_not_named(
    runtime: Runtime, town: dict[str, str]
) -> None:
    written = rewrite(runtime)
    gone = town["ben"]
    with writing(runtime.sessions) as session:
        erasure.erase(session, account=gone, now=NOW)
        kept = [str(run.inputs) for run in session.scalars(select(MatchingRun))]
        marks = [step.matched + step.beside for step in session.scalars(select(BulkStep))]
    same = replay(runtime, written[town["ann"]]).same
    assert (same.member, same.together) == (True, False)
    assert not any(gone in each for each in kept)
    assert not any(gone.encode() in each or bytes.fromhex(gone) in each for each in marks)


def test_a_bulk_run_without_marks_of_its_step_says_that_others_changed(
    runtime: Runtime, town: dict[str, str]
) -> None:
    run = rewrite(runtime)[town["ann"]]
    with writing(runtime.sessions) as session:
        session.execute(delete(BulkStep))
        session.execute(delete(MatchingRun).where(MatchingRun.member == town["ben"]))
    assert not replay(runtime, run).same.together
