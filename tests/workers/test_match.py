"""Matching runs, from a saved profile to stored suggestions."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.orm import Session

from domain import comforts, members, outbox, places, runs, settings, suggestions
from domain.database import Sessions, reading, writing
from domain.events import Lane
from domain.models import (
    Account,
    Block,
    Group,
    MatchingRun,
    Member,
    Occurrence,
    OutboxMessage,
    Rsvp,
    RsvpStatus,
    RunStatus,
    SettingsVersion,
    Suggestion,
)
from matching.comfort import anticipate, learn, start
from matching.practice import ON_PAPER, STEPS
from tests.conftest import NOW
from tests.workers.people import LOUD, add_event, add_group, add_member
from workers.drain import drain_lanes
from workers.jobs import match
from workers.jobs.work import work_lane
from workers.loading import load_members
from workers.loading_events import load_events
from workers.passes import Asked, Found
from workers.reach import boxes_of
from workers.rehearsal import rehearse
from workers.runtime import Runtime


def town(sessions: Sessions) -> str:
    """One member, three quiet events and a loud one; returns the member's id."""
    with writing(sessions) as session:
        group = add_group(session)
        for day in (3, 5, 9):
            add_event(session, group, title=f"Board games {day}", day=day)
        add_event(session, group, title="A party", day=4, facts=LOUD)
        return add_member(session).id


@pytest.mark.requirement("R02", "R62")
def test_a_saved_profile_becomes_suggestions_with_reasons(runtime: Runtime) -> None:
    member = town(runtime.sessions)
    assert drain_lanes(runtime) > 0
    with reading(runtime.sessions) as session:
        found = suggestions.current(session, member=member)
        assert 1 <= len(found) <= 3
        assert all(each.body["reasons"] for each in found)
        assert [each.row.position for each in found] == list(range(1, len(found) + 1))
        outing = found[0]
        assert outing.event is not None
        assert outing.event.title.startswith("Board games")
        assert 0 <= outing.body["low"] <= outing.body["anticipated"] <= outing.body["high"] <= 100
        run = runs.latest(session, member=member)
        assert run is not None
        assert run.status == RunStatus.FINISHED
        assert not run.stage
        assert run.settings_version == settings.in_force(session)[0].id
        assert run.outcome is not None
        assert run.outcome["proposals"] == len([each for each in found if each.occurrence])


def request_all(sessions: Sessions, names: str) -> list[str]:
    with writing(sessions) as session:
        group = add_group(session)
        for day in range(3, 9):
            add_event(session, group, title=f"Board games {day}", day=day)
        return [add_member(session, name).id for name in names.split()]


def finished(sessions: Sessions) -> int:
    with reading(sessions) as session:
        rows = select(func.count()).select_from(MatchingRun).where(MatchingRun.status == RunStatus.FINISHED)
        return session.scalar(rows) or 0


def statements(runtime: Runtime, count: int) -> int:
    """How many statements a run over ``count`` more members takes to read them and the events."""
    names = " ".join(f"p{count}n{number}" for number in range(count))
    with writing(runtime.sessions) as session:
        ids = [add_member(session, name).id for name in names.split()]
    seen: list[str] = []

    def note(*arguments: object) -> None:
        seen.append(str(arguments[2]))

    engine = runtime.sessions.kw["bind"]
    event.listen(engine, "before_cursor_execute", note)
    with reading(runtime.sessions) as session:
        boxes = boxes_of(session, ids)
        load_events(session, now=NOW, days=28, boxes=boxes)
        load_members(session, ids, situations={}, now=NOW)
    event.remove(engine, "before_cursor_execute", note)
    return len(seen)


def test_everybody_who_waits_is_matched_in_one_pass(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    request_all(runtime.sessions, "ann bob cleo dan")
    passes: list[int] = []
    before = match.match_all

    def counted(runtime: Runtime, asked: list[Asked]) -> dict[str, Found]:
        passes.append(len(asked))
        return before(runtime, asked)

    monkeypatch.setattr(match, "match_all", counted)
    work_lane(runtime, Lane.MATCHING)
    assert passes == [4]
    assert finished(runtime.sessions) == 4


def test_one_pass_takes_the_waiting_of_one_region(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = request_all(runtime.sessions, "ann bob cleo dan")
    with writing(runtime.sessions) as session:
        for far in ids[1:3]:
            cell = places.cell_of(55.95, -3.19)
            members.save_private(session, member=session.get_one(Member, far), cell=cell, now=NOW)
    passes: list[set[str]] = []
    before = match.match_all

    def noted(runtime: Runtime, asked: list[Asked]) -> dict[str, Found]:
        passes.append({each.member for each in asked})
        return before(runtime, asked)

    monkeypatch.setattr(match, "match_all", noted)
    work_lane(runtime, Lane.MATCHING)
    assert passes == [{ids[0], ids[3]}, set(ids[1:3])]
    assert finished(runtime.sessions) == 4


def test_twenty_members_take_no_more_queries_than_two(runtime: Runtime) -> None:
    town(runtime.sessions)
    assert statements(runtime, 20) == statements(runtime, 2) <= 30


def test_the_same_run_repeated_gives_the_same_result(runtime: Runtime) -> None:
    ids = request_all(runtime.sessions, "ann bob cleo")
    with reading(runtime.sessions) as session:
        asked = [
            Asked(run=run.id, member=run.member)
            for run in session.scalars(select(MatchingRun).where(MatchingRun.member.in_(ids)))
        ]
    once, again = (match.match_all(runtime, asked) for _ in range(2))
    assert once == again
    assert len(once) == 3


@pytest.mark.parametrize("since", ["blocked", "cancelled", "answered"])
@pytest.mark.requirement("C12")
def test_what_changed_while_it_was_computed_is_seen_before_it_is_stored(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, since: str
) -> None:
    member = town(runtime.sessions)
    before = match.match_all

    def meanwhile(runtime: Runtime, asked: list[Asked]) -> dict[str, Found]:
        found = before(runtime, asked)
        with writing(runtime.sessions) as session:
            organizer = session.scalars(select(Group.organizer)).one()
            for place in session.scalars(select(Occurrence)):
                if since == "cancelled":
                    place.cancelled_at = NOW
                elif since == "answered":
                    session.add(
                        Rsvp(occurrence=place.id, member=member, status=RsvpStatus.NO, responded_at=NOW)
                    )
            if since == "blocked":
                members.create(
                    session,
                    account=session.get_one(Account, organizer),
                    display_name="Olga",
                    time_zone="Europe/London",
                    now=NOW,
                )
                session.add(Block(member=organizer, other=member, created_at=NOW))
        return found

    monkeypatch.setattr(match, "match_all", meanwhile)
    work_lane(runtime, Lane.MATCHING)
    with reading(runtime.sessions) as session:
        assert session.scalars(select(Suggestion).where(Suggestion.occurrence.is_not(None))).all() == []
        assert finished(runtime.sessions) == 1


def test_an_older_picture_never_replaces_a_newer_one(runtime: Runtime) -> None:
    member = town(runtime.sessions)
    with writing(runtime.sessions) as session:
        older = runs.latest(session, member=member)
        assert older is not None
        asked = Asked(run=older.id, member=member)
    found = match.match_all(runtime, [asked])
    with writing(runtime.sessions) as session:
        newer = runs.request(session, member=member, reason="profile", now=NOW)
        version, _ = settings.in_force(session)
        runs.start(session, [newer.id], settings_version=version.id, now=NOW + timedelta(seconds=1))
        match.store(session, found, [asked], NOW)
        assert session.scalars(select(Suggestion)).all() == []
        assert session.get_one(MatchingRun, asked.run).status == RunStatus.FINISHED


def test_where_nothing_fits_a_preparation_step_is_offered(runtime: Runtime) -> None:
    with writing(runtime.sessions) as session:
        member = add_member(session).id
    drain_lanes(runtime)
    with reading(runtime.sessions) as session:
        (only,) = suggestions.current(session, member=member)
        assert (only.row.kind, only.occurrence) == ("preparation", None)
        assert only.body["practice"] in {step.id for step in STEPS}


@pytest.mark.requirement("R06")
def test_even_a_step_from_home_is_under_the_ceiling(runtime: Runtime) -> None:
    """Who finds everything too much is proposed the smallest thing, or what meets nobody at all."""
    hard = harder = start([95, 95, 95, 95, 100, 100])
    for _ in range(6):
        harder = learn(harder, STEPS[0], attended=True, predicted=100, peak=100)
    with writing(runtime.sessions) as session:
        ids = {name: add_member(session, name=name).id for name in ("hard", "harder")}
        for name, state in (("hard", hard), ("harder", harder)):
            comforts.store(session, ids[name], state, NOW)
    drain_lanes(runtime)
    with reading(runtime.sessions) as session:
        found = {name: suggestions.current(session, member=each)[0] for name, each in ids.items()}
    practices = {name: each.body["practice"] for name, each in found.items()}
    step = next(each for each in STEPS if each.id == practices["hard"])
    assert anticipate(hard, step).risk_above(75) <= 0.10
    assert practices["harder"] == ON_PAPER


def test_a_stage_is_shown_while_it_lasts(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    member, stages = town(runtime.sessions), []
    monkeypatch.setattr(match, "TELL_EVERY", 0.0)
    before = runs.reach

    def note(session: Session, ids: list[str], *, stage: str) -> None:
        before(session, ids, stage=stage)
        run = runs.latest(session, member=member)
        assert run is not None
        session.refresh(run)
        stages.append(run.stage)

    monkeypatch.setattr(runs, "reach", note)
    work_lane(runtime, Lane.MATCHING)
    assert stages == ["candidates", "scoring", "ranking", "explaining", "storing"]


def test_a_run_that_fails_for_good_says_so(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> None:
    member = town(runtime.sessions)

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(match, "match_snapshot", broken)
    for _ in range(outbox.MAX_ATTEMPTS):
        work_lane(runtime, Lane.MATCHING)
        with writing(runtime.sessions) as session:
            session.execute(update(OutboxMessage).values(not_before=0.0))
    with reading(runtime.sessions) as session:
        run = runs.latest(session, member=member)
        assert run is not None
        assert (run.status, run.failure) == ("failed", "ZeroDivisionError")


def test_rehearsing_takes_and_writes_nothing(runtime: Runtime) -> None:
    town(runtime.sessions)
    for lane in Lane:
        rehearse(runtime, lane)
    with reading(runtime.sessions) as session:
        assert set(session.execute(select(OutboxMessage.attempts, OutboxMessage.fence)).all()) == {(0, 0)}
        assert session.scalars(select(SettingsVersion)).all() == []
        run = session.scalars(select(MatchingRun)).one()
        assert run.status == RunStatus.REQUESTED
