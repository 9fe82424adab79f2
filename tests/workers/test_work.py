"""The loop: exactly once in the database whatever fails where, one message's failure harming no other."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from domain import database, events, outbox
from domain.clock import seconds_now
from domain.database import Sessions, reading, writing
from domain.events import Lane
from domain.models import Heartbeat, MessageState, OutboxMessage
from tests.conftest import NOW
from workers import limit, recover, worker
from workers.config import WorkerConfig
from workers.jobs import work as loop
from workers.jobs.job import Job
from workers.runtime import Runtime, install
from workers.subscriptions import SUBSCRIPTIONS, Subscription

KIND = events.MailRequested.kind()


class Killed(BaseException):
    """Stands for the end of the process at this point."""


class Recording:
    """A job whose one effect in the database is a row, and which fails where it is told to."""

    def __init__(self) -> None:
        self.prepared: list[list[str]] = []
        self.delivered: list[str] = []
        self.given_up: list[str] = []
        self.failing: dict[str, list[BaseException]] = {"prepare": [], "deliver": [], "apply": []}
        self.broken: set[str] = set()

    def _fail(self, point: str, facts: Sequence[events.MailRequested]) -> None:
        if broken := self.broken & {fact.mail for fact in facts}:
            raise ValueError(broken)
        if self.failing[point]:
            raise self.failing[point].pop()

    def prepare(self, _runtime: Runtime, facts: Sequence[events.MailRequested]) -> list[str]:
        self.prepared.append([fact.mail for fact in facts])
        self._fail("prepare", facts)
        return [fact.mail for fact in facts]

    def deliver(self, _runtime: Runtime, plan: list[str]) -> None:
        self.delivered += plan
        self._fail("deliver", [])

    def apply(
        self, session: Session, _plan: Any, facts: Sequence[events.MailRequested], now: datetime
    ) -> None:
        session.add_all(Heartbeat(name=fact.mail, kind="effect", seen_at=now) for fact in facts)
        session.flush()
        self._fail("apply", [])

    def give_up(self, session: Session, fact: Any, _error: BaseException, _now: datetime) -> None:
        self.given_up.append(fact.mail)


@pytest.fixture
def job(monkeypatch: pytest.MonkeyPatch) -> Recording:
    recording = Recording()
    made = Job(
        prepare=recording.prepare,
        deliver=recording.deliver,
        apply=recording.apply,
        give_up=recording.give_up,
    )
    monkeypatch.setitem(SUBSCRIPTIONS, KIND, Subscription(job=made, batch=60, time_limit=5))
    return recording


def record(sessions: Sessions, *mails: str) -> None:
    with writing(sessions) as session:
        for mail in mails:
            outbox.record(session, events.MailRequested(mail=mail))


def effects(sessions: Sessions) -> list[str]:
    with reading(sessions) as session:
        return sorted(session.scalars(select(Heartbeat.name).where(Heartbeat.kind == "effect")))


def states(sessions: Sessions) -> dict[str, str]:
    with reading(sessions) as session:
        rows = session.execute(select(OutboxMessage.body, OutboxMessage.state))
        return {row.body["mail"]: row.state for row in rows}


def hurry(sessions: Sessions) -> None:
    """Let leases and pauses be over."""
    with writing(sessions) as session:
        session.execute(update(OutboxMessage).values(not_before=0.0, lease_until=None))


def test_what_waits_is_dealt_with_together_and_closed(runtime: Runtime, job: Recording) -> None:
    names = [f"m{number:02}" for number in range(70)]
    record(runtime.sessions, *names)
    assert loop.work_lane(runtime, Lane.MAIL) == 70
    assert [len(each) for each in job.prepared] == [60, 10]
    assert effects(runtime.sessions) == names
    assert set(states(runtime.sessions).values()) == {MessageState.DONE}


@pytest.mark.parametrize("point", ["prepare", "deliver", "apply"])
def test_a_failure_anywhere_leaves_nothing_and_is_redone_once(
    runtime: Runtime, job: Recording, point: str
) -> None:
    record(runtime.sessions, "m1")
    job.failing[point] = [ValueError("something private")]
    assert loop.work_lane(runtime, Lane.MAIL) == 1
    assert effects(runtime.sessions) == []
    with reading(runtime.sessions) as session:
        message = session.scalars(select(OutboxMessage)).one()
        pause = message.not_before - (session.scalar(select(seconds_now())) or 0)
        assert (message.state, message.attempts, message.last_error) == ("ready", 1, "ValueError")
        assert 0.5 < pause <= 2.5
    assert loop.work_lane(runtime, Lane.MAIL) == 0
    hurry(runtime.sessions)
    assert loop.work_lane(runtime, Lane.MAIL) == 1
    assert effects(runtime.sessions) == ["m1"]


@pytest.mark.parametrize("point", ["prepare", "deliver", "apply"])
def test_a_process_that_ends_anywhere_leaves_nothing_and_is_redone_once(
    runtime: Runtime, job: Recording, point: str
) -> None:
    record(runtime.sessions, "m1", "m2")
    job.failing[point] = [Killed()]
    with pytest.raises(Killed):
        loop.work_lane(runtime, Lane.MAIL)
    assert effects(runtime.sessions) == []
    assert loop.work_lane(runtime, Lane.MAIL) == 0  # leased still
    hurry(runtime.sessions)
    assert loop.work_lane(runtime, Lane.MAIL) == 2
    assert effects(runtime.sessions) == ["m1", "m2"]


def test_one_that_cannot_be_dealt_with_harms_no_other(
    runtime: Runtime, job: Recording, caplog: pytest.LogCaptureFixture
) -> None:
    record(runtime.sessions, "m1", "poison", "m2")
    job.broken = {"poison"}
    loop.work_lane(runtime, Lane.MAIL)
    assert effects(runtime.sessions) == ["m1", "m2"]
    assert states(runtime.sessions) == {"m1": "done", "poison": "ready", "m2": "done"}
    assert "poison" not in caplog.text
    assert "error=ValueError at=test_work.py:" in caplog.text


def test_after_the_last_attempt_whoever_waits_is_told(runtime: Runtime, job: Recording) -> None:
    record(runtime.sessions, "bad")
    job.broken = {"bad"}
    for _ in range(outbox.MAX_ATTEMPTS + 2):
        loop.work_lane(runtime, Lane.MAIL)
        hurry(runtime.sessions)
    assert len(job.prepared) == outbox.MAX_ATTEMPTS
    assert states(runtime.sessions) == {"bad": MessageState.DEAD}
    assert job.given_up == ["bad"]


def test_who_was_overtaken_commits_nothing(
    runtime: Runtime, job: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(runtime.sessions, "m1")
    with writing(runtime.sessions) as session:
        (slow,) = outbox.take(session, Lane.MAIL)
    hurry(runtime.sessions)
    assert loop.work_lane(runtime, Lane.MAIL) == 1
    loop.deal(runtime, [slow])
    assert effects(runtime.sessions) == ["m1"]
    assert states(runtime.sessions) == {"m1": "done"}


def test_work_that_takes_too_long_is_ended_and_tried_again(
    runtime: Runtime, job: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(*_: object) -> None:
        while True:
            pass

    monkeypatch.setitem(SUBSCRIPTIONS, KIND, Subscription(job=Job(prepare=endless), time_limit=0.05))
    record(runtime.sessions, "m1")
    loop.work_lane(runtime, Lane.MAIL)
    with reading(runtime.sessions) as session:
        assert session.scalars(select(OutboxMessage.last_error)).one() == "TimeLimit"


def test_an_alarm_set_earlier_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(limit.TimeLimit), limit.time_limit(0.15):
        with limit.time_limit(5):
            pass
        time.sleep(1)


def test_asked_to_end_it_begins_nothing_more(runtime: Runtime, job: Recording) -> None:
    record(runtime.sessions, "m1")
    runtime.end()
    assert loop.work_lane(runtime, Lane.MAIL) == 0
    assert states(runtime.sessions) == {"m1": "ready"}


def test_the_job_that_rq_runs_finds_the_runtime(runtime: Runtime, job: Recording) -> None:
    record(runtime.sessions, "m1")
    install(runtime)
    loop.work("mail")
    assert effects(runtime.sessions) == ["m1"]


def test_a_kind_nobody_knows_fails_and_waits(runtime: Runtime) -> None:
    record(runtime.sessions, "m1")
    with writing(runtime.sessions) as session:
        session.execute(update(OutboxMessage).values(kind="from_the_future"))
    assert loop.work_lane(runtime, Lane.MAIL) == 1
    with reading(runtime.sessions) as session:
        message = session.scalars(select(OutboxMessage)).one()
        assert (message.state, message.last_error) == ("ready", "NotSubscribed")


def test_a_parent_gives_back_what_its_work_horse_held(runtime: Runtime, job: Recording) -> None:
    record(runtime.sessions, "m1", "m2")
    job.failing["prepare"] = [Killed()]
    held = runtime.held
    taken = loop.take(runtime, Lane.MAIL)
    holding = held.holding(taken)
    holding.__enter__()  # and the process is gone
    assert recover.give_back(runtime) == 2
    assert recover.give_back(runtime) == 0
    with reading(runtime.sessions) as session:
        rows = session.scalars(select(OutboxMessage)).all()
        assert {(row.state, row.lease_until, row.last_error) for row in rows} == {
            ("ready", None, "WorkHorseKilled")
        }


def test_what_was_closed_before_the_end_is_not_given_back(runtime: Runtime, job: Recording) -> None:
    record(runtime.sessions, "m1")
    taken = loop.take(runtime, Lane.MAIL)
    holding = runtime.held.holding(taken)
    holding.__enter__()
    loop.deal(runtime, taken)
    recover.give_back(runtime)
    assert states(runtime.sessions) == {"m1": "done"}
    assert runtime.clock() == NOW


@pytest.mark.parametrize("parent", ["gives it back", "is gone too"])
def test_whoever_waits_for_what_kills_its_process_is_told_too(
    runtime: Runtime, job: Recording, parent: str
) -> None:
    record(runtime.sessions, "m1")
    for _ in range(outbox.MAX_ATTEMPTS):
        taken = loop.take(runtime, Lane.MAIL)
        assert [each.fact() for each in taken] == [events.MailRequested(mail="m1")]
        runtime.held.holding(taken).__enter__()  # and the process is gone
        if parent == "gives it back":
            recover.give_back(runtime)
        hurry(runtime.sessions)
    assert loop.take(runtime, Lane.MAIL) == []
    assert states(runtime.sessions) == {"m1": MessageState.DEAD}
    assert job.given_up == ["m1"]


def test_what_was_tried_often_is_tried_alone(runtime: Runtime, job: Recording) -> None:
    """A message that kills its process would take those beside it along, until they are given up."""
    record(runtime.sessions, *(f"m{number}" for number in range(5)))
    for _ in range(loop.TOGETHER):
        assert len(loop.take(runtime, Lane.MAIL)) == 5
        hurry(runtime.sessions)
    record(runtime.sessions, "fresh")
    assert [len(loop.take(runtime, Lane.MAIL)) for _ in range(7)] == [1, 1, 1, 1, 1, 1, 0]


def test_a_database_that_is_away_when_a_failure_is_noted_is_tried_by_the_parent(
    runtime: Runtime, job: Recording, monkeypatch: pytest.MonkeyPatch
) -> None:
    away = OperationalError("", {}, RuntimeError())
    broken: list[BaseException] = [away]
    really = database.writing

    def writing_later(sessions: Sessions) -> Any:
        if broken:
            raise broken.pop()
        return really(sessions)

    record(runtime.sessions, "m1")
    job.broken = {"m1"}
    with monkeypatch.context() as patched:
        patched.setattr(recover, "fail", lambda *_, **__: writing_later(runtime.sessions))
        with pytest.raises(OperationalError):
            loop.work_lane(runtime, Lane.MAIL)
    pauses: list[float] = []
    broken += [away, away]
    monkeypatch.setattr(recover, "writing", writing_later)
    assert recover.give_back(runtime, sleep=pauses.append) == 1
    assert pauses == [*recover.PAUSES[:2]]
    with reading(runtime.sessions) as session:
        message = session.scalars(select(OutboxMessage)).one()
        assert (message.lease_until, message.last_error) == (None, "WorkHorseKilled")


def test_what_a_lane_could_not_finish_when_asked_to_end_is_given_back(
    runtime: Runtime, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker, "PATIENCE", 0.05)
    record(runtime.sessions, "m1")
    lane = worker._Child(Lane.MAIL)
    lane.held.holding(loop.take(runtime, Lane.MAIL)).__enter__()
    busy = subprocess.Popen(["/bin/sh", "-c", "trap '' TERM; while :; do sleep 1; done"])
    lane.pid = busy.pid
    config = WorkerConfig(
        database_url=database_url,
        redis_url=None,
        secret_key="s" * 32,
        master_key=b"k" * 32,
        base_url="http://localhost",
        home=tmp_path,
        mail_from="x@localhost",
    )
    worker._stop(config, [lane])
    busy.returncode = -9  # it was waited for already
    with reading(runtime.sessions) as session:
        message = session.scalars(select(OutboxMessage)).one()
        assert (message.state, message.lease_until) == ("ready", None)
