"""A stored run is replayed: the same where it is told the same, and it says so where it is not."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from domain import blocks, erasure, members, rsvps, runs, settings
from domain.database import reading, writing
from domain.events import Lane
from domain.models import Event, MatchingRun, Member, OutboxMessage, RsvpStatus
from matching.candidates import Exclusion
from matching.settings import MatchingSettings
from tests.conftest import NOW
from tests.workers.people import LOUD, add_event, add_group, add_member, first_occurrence
from workers.inputs import Told, is_same, marks_of
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
