"""Several who want the same message, one that is too slow, and a connection cut as it commits."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from sqlalchemy import create_engine, func, select, text, update
from sqlalchemy.exc import DBAPIError

from domain import database, events, mails, outbox, runs, tallies
from domain.database import Sessions, writing
from domain.models import Mail, MessageState, OutboxMessage
from domain.tallies import Kind
from tests import factories
from tests.conftest import KEYRING, NOW
from tests.workers.conftest import Outbasket
from workers.jobs import work
from workers.jobs.job import Job
from workers.runtime import Runtime
from workers.subscriptions import SUBSCRIPTIONS, Subscription

ROUNDS, TAKERS = 10, 8


def plan(sessions: Sessions, count: int = 1) -> None:
    with writing(sessions) as session:
        for number in range(count):
            outbox.record(session, events.RsvpChanged(occurrence="o", member=f"m{number}"))


def test_eight_takers_of_one_message_have_one_winner(database_url: str, sessions: Sessions) -> None:
    plan(sessions, ROUNDS)
    engine = database.open_engine(database_url, pool_size=TAKERS)
    rivals, won, gate = database.open_sessions(engine, KEYRING), [], threading.Barrier(TAKERS)

    def compete() -> None:
        for _ in range(ROUNDS):
            gate.wait(30)
            with writing(rivals) as session:
                won.extend(outbox.take(session, events.Lane.DEFAULT))

    threads = [threading.Thread(target=compete) for _ in range(TAKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    assert len(won) == len({each.id for each in won}) == ROUNDS


def test_eight_who_ask_for_a_run_of_one_member_are_all_answered_with_the_same(
    database_url: str, sessions: Sessions
) -> None:
    with writing(sessions) as session:
        member = factories.member(session).id
    engine = database.open_engine(database_url, pool_size=TAKERS)
    rivals, found, gate = database.open_sessions(engine, KEYRING), [], threading.Barrier(TAKERS)

    def ask() -> None:
        gate.wait(30)
        with writing(rivals) as session:
            found.append(runs.request(session, member=member, reason="profile", now=NOW).id)

    threads = [threading.Thread(target=ask) for _ in range(TAKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    assert len(found) == TAKERS
    assert len(set(found)) == 1


def test_who_outlives_the_lease_leaves_no_trace(sessions: Sessions, monkeypatch: pytest.MonkeyPatch) -> None:
    """The slow worker prepares; another takes over and finishes; only then the slow one comes to its end."""
    with writing(sessions) as session:
        account = str(factories.account(session).id)
    plan(sessions)
    asked: list[str] = []

    def prepare(_runtime: Runtime, _facts: Sequence[Any]) -> str:
        asked.append("prepared")
        if len(asked) == 1:
            with writing(sessions) as session:
                session.execute(update(OutboxMessage).values(lease_until=1.0))
            work.work_lane(second, events.Lane.DEFAULT)
        return f"mail {len(asked)}"

    def apply(session: Any, words: str, _facts: Sequence[Any], now: Any) -> None:
        mails.request(session, account=account, kind="test", subject=words, text="", now=now)

    monkeypatch.setitem(SUBSCRIPTIONS, "rsvp_changed", Subscription(job=Job(prepare=prepare, apply=apply)))
    first, second = runtime_on(sessions), runtime_on(sessions)
    work.work_lane(first, events.Lane.DEFAULT)
    assert len(asked) == 2
    with writing(sessions) as session:
        assert session.scalar(select(func.count()).select_from(Mail)) == 1
        message = session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "rsvp_changed")).one()
        assert (message.state, message.fence) == (MessageState.DONE, 2)
        counted = tallies.totals(session)
        assert counted[Kind.FENCED] == counted[Kind.LEASE_EXPIRED] == {"default": 1}


def runtime_on(sessions: Sessions) -> Runtime:
    return Runtime(
        sessions=sessions,
        mailer=Outbasket(),
        base_url="http://localhost",
        mail_from="x@localhost",
        clock=lambda: NOW,
    )


def test_a_connection_cut_as_it_commits_is_tried_again_once(postgres_url: str, postgres_server: str) -> None:
    """Half of twenty closings lose their connection with everything written and nothing committed."""
    engine = database.open_engine(postgres_url)
    sessions = database.open_sessions(engine, KEYRING)
    plan(sessions, 20)
    axe = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    cut = 0
    while taken := take_one(sessions):
        try:
            with writing(sessions) as session:
                outbox.close(session, taken)
                outbox.record(session, events.MailRequested(mail=taken.id))
                if taken.attempts == 1 and cut < 10:
                    own = session.scalar(text("SELECT pg_backend_pid()"))
                    with axe.connect() as connection:
                        connection.execute(text("SELECT pg_terminate_backend(:pid, 5000)"), {"pid": own})
                    cut += 1
        except DBAPIError:
            with writing(sessions) as session:
                session.execute(
                    update(OutboxMessage).where(OutboxMessage.id == taken.id).values(lease_until=1.0)
                )
    with writing(sessions) as session:
        effects = session.scalars(
            select(OutboxMessage.body).where(OutboxMessage.kind == "mail_requested")
        ).all()
    assert cut == 10
    assert len(effects) == len({body["mail"] for body in effects}) == 20
    axe.dispose()
    engine.dispose()


def take_one(sessions: Sessions) -> outbox.Taken | None:
    with writing(sessions) as session:
        return next(iter(outbox.take(session, events.Lane.DEFAULT)), None)
