"""Runs: one waiting at most, settings kept, progress of a bulk run."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from domain import outbox, runs, settings
from domain.models import MatchingRun, RunStatus
from tests import factories
from tests.conftest import NOW


@pytest.fixture
def member(session: Session) -> str:
    return factories.member(session).id


def start(session: Session, run: MatchingRun, *, later: int = 0) -> None:
    version, _ = settings.in_force(session)
    runs.start(session, [run.id], settings_version=version.id, now=NOW + timedelta(seconds=later))
    session.refresh(run)


def test_asking_twice_asks_for_one_run(session: Session, member: str) -> None:
    first = runs.request(session, member=member, reason="profile", now=NOW)
    assert runs.request(session, member=member, reason="rsvp", now=NOW) is first
    assert outbox.due(session) == {"matching": 1}


def test_two_waiting_are_refused_by_the_table(session: Session, member: str) -> None:
    runs.request(session, member=member, reason="profile", now=NOW)
    session.add(MatchingRun(member=member, reason="x", status=RunStatus.REQUESTED, requested_at=NOW))
    with pytest.raises(IntegrityError):
        session.flush()


def test_asking_while_one_runs_asks_for_another(session: Session, member: str) -> None:
    first = runs.request(session, member=member, reason="profile", now=NOW)
    start(session, first)
    second = runs.request(session, member=member, reason="profile", now=NOW)
    assert second is not first
    assert runs.latest(session, member=member) is second


def test_a_run_tried_again_names_what_is_taken_for_it_then(session: Session, member: str) -> None:
    run = runs.request(session, member=member, reason="profile", now=NOW)
    start(session, run)
    before = run.settings_version
    body = settings.in_force(session)[1].to_json()
    settings.activate(session, author=None, body=body, note="again", expected=1, now=NOW)
    start(session, run, later=9)
    assert run.settings_version == settings.in_force(session)[0].id != before
    assert run.started_at == NOW


def test_a_stage_is_written_only_while_it_runs(session: Session, member: str) -> None:
    run = runs.request(session, member=member, reason="profile", now=NOW)
    start(session, run)
    runs.reach(session, [run.id], stage="scoring")
    session.refresh(run)
    assert run.stage == "scoring"
    runs.finish(session, {run.id: {"possible": 2}}, now=NOW)
    runs.reach(session, [run.id], stage="storing")
    session.refresh(run)
    assert run.status == RunStatus.FINISHED
    assert not run.stage
    assert run.outcome == {"possible": 2}


def test_an_older_picture_is_known_as_such(session: Session, member: str) -> None:
    older = runs.request(session, member=member, reason="settings", now=NOW)
    start(session, older)
    assert runs.standing(session, [older.id]) == {older.id}
    newer = runs.request(session, member=member, reason="profile", now=NOW)
    start(session, newer, later=1)
    assert runs.standing(session, [older.id, newer.id, "gone"]) == {newer.id}


def test_a_run_given_up_lets_the_member_ask_again(session: Session, member: str) -> None:
    run = runs.request(session, member=member, reason="profile", now=NOW)
    runs.give_up(session, run.id, failure="ValueError", now=NOW)
    session.refresh(run)
    assert (run.status, run.failure) == (RunStatus.FAILED, "ValueError")
    assert runs.request(session, member=member, reason="profile", now=NOW) is not run


def test_a_finished_run_is_not_given_up(session: Session, member: str) -> None:
    run = runs.request(session, member=member, reason="profile", now=NOW)
    start(session, run)
    runs.finish(session, {run.id: {}}, now=NOW)
    runs.give_up(session, run.id, failure="ValueError", now=NOW)
    session.refresh(run)
    assert run.status == RunStatus.FINISHED


def test_what_is_open_for_a_day_is_ended(session: Session, member: str) -> None:
    run = runs.request(session, member=member, reason="profile", now=NOW)
    assert runs.end_stuck(session, now=NOW + timedelta(hours=23)) == 0
    assert runs.end_stuck(session, now=NOW + timedelta(hours=25)) == 1
    session.refresh(run)
    assert run.status == RunStatus.FAILED
