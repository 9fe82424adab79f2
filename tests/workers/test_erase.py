"""After an erasure no word of the person is left: database, queue server, mails, copies, log lines."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import (
    blocks,
    database,
    erasure,
    export,
    ladders,
    mails,
    members,
    needs_cards,
    reports,
    rsvps,
    sealed,
    support_notes,
    supporters,
)
from domain.card_body import CardBody
from domain.database import writing
from domain.erasure import LEDGER
from domain.ladder_records import RungBody
from domain.models import (
    Account,
    Event,
    Group,
    Member,
    Membership,
    MessageState,
    OutboxMessage,
    Passkey,
    ReportCategory,
    RsvpStatus,
    Suggestion,
    Topic,
)
from domain.models.run import MatchingRun
from domain.reports import Kind
from domain.supporters import Item
from handrail.embedded import queue_server
from matching.situations import situation_of
from tests import factories
from tests.conftest import KEYRING, NOW
from tests.dump import everything
from workers import queue, relay
from workers.drain import drain_lanes
from workers.mailer import FolderMailer
from workers.runtime import Runtime

#: A word in every field, each found nowhere else.
WORDS = [
    "zqemail", "zqname", "zqpronoun", "zqinterest", "zqownwords", "zqcard", "zqplace", "zqvalue", "zqphone",
    "zqpasskey", "zqreward", "zqrung", "zqlabel", "zqreport", "zqsupport", "zqnote", "zqsubject", "zqtext",
    "zqdescription", "zqgreeter", "zqvenue", "zqaddress", "zqeventtext", "zqreason", "zqcode",
]  # fmt: skip
#: Sealed, so that even before the erasure no file shows them.
SEALED = {
    "zqemail",
    "zqownwords", "zqcard", "zqplace", "zqvalue", "zqreward", "zqrung", "zqlabel", "zqreport", "zqsupport",
    "zqnote", "zqsubject", "zqtext", "zqreason",
}  # fmt: skip


@pytest.fixture
def runtime(sqlite_url: str, tmp_path: Path) -> Iterator[Runtime]:
    engine = database.open_engine(sqlite_url)
    yield Runtime(
        sessions=database.open_sessions(engine, KEYRING),
        mailer=FolderMailer(tmp_path / "mail"),
        base_url="http://localhost:8000",
        mail_from="handrail@localhost",
        home=tmp_path,
    )
    engine.dispose()


@pytest.fixture
def bells(tmp_path: Path) -> Iterator[Redis]:
    """A real queue server whose files lie beside the database."""
    with queue_server(tmp_path / "queue") as url, queue.connect(url) as client:
        yield client


def confide(session: Session) -> Account:
    """A member who has said something everywhere."""
    member = factories.member(
        session, email="zqemail@example.com", display_name="zqname", interests={"zqinterest": 1.0}
    )
    account = session.get_one(Account, member.id)
    member.pronouns, account.tf_phone_number, account.mf_recovery_codes = "zqpronoun", "zqphone", ["zqcode"]
    members.save_private(
        session,
        member=member,
        now=NOW,
        own_words="zqownwords",
        place_name="zqplace",
        values=("zqvalue",),
    )
    needs_cards.save(session, member=member, card=CardBody(words="zqcard"), now=NOW)
    session.add(passkey(account))
    _go_out(session, member)
    _organize(session, account)
    _relate(session, member)
    mails.request(session, account=account.id, kind="x", subject="zqsubject", text="zqtext", now=NOW)
    export.request(session, account=account, now=NOW)
    return account


def passkey(account: Account) -> Passkey:
    facts: dict[str, Any] = {"credential_id": b"1", "public_key": b"2", "usage": "first"}
    facts |= {"create_datetime": NOW, "lastuse_datetime": NOW, "device_type": "single"}
    return Passkey(user_id=account.id, name="zqpasskey", backup_state=False, **facts)


def _go_out(session: Session, member: Member) -> None:
    walk = factories.occurrence(session, event=factories.event(session, group=factories.group(session)))
    rsvps.respond(
        session,
        member=member.id,
        occurrence=walk.id,
        status=RsvpStatus.YES,
        reward="zqreward",
        now=NOW,
    )
    body = RungBody(label="zqrung", situation=situation_of([1.0, *[None] * 15]))
    ladders.draft(session, member=member.id, rungs=[body], now=NOW)
    run = session.scalars(select(MatchingRun).where(MatchingRun.member == member.id)).first()
    assert run is not None
    idea = Suggestion(run=run.id, member=member.id, occurrence=walk.id, position=9, kind="x", created_at=NOW)
    sealed.seal(session, idea, {"reasons": "zqreason"})
    session.add(idea)


def _organize(session: Session, account: Account) -> None:
    group = factories.group(session, organizer=account, description="zqdescription", greeter="zqgreeter")
    factories.event(session, group=group, text="zqeventtext", venue="zqvenue", address="zqaddress")


def _relate(session: Session, member: Member) -> None:
    other = factories.member(session)
    blocks.block(session, member=member.id, other=other.id, label="zqlabel", now=NOW)
    about = reports.Subject(
        kind=Kind.PERSON, label="x", snapshot={"group": "x"}, reported=factories.member(session).id
    )
    reports.file(
        session,
        reporter=member.id,
        about=about,
        category=ReportCategory.OTHER,
        words="zqreport",
        now=NOW,
    )
    made = supporters.invite(
        session,
        member=member.id,
        name="zqsupport",
        items=[Item.LADDER],
        until=NOW + timedelta(days=9),
        may_propose=False,
        now=NOW,
    )
    supporters.accept(session, token=made.token, account=other.id, now=NOW)
    support_notes.write(
        session,
        supporter=other.id,
        support=made.support.id,
        topic=Topic.BOUNDARIES,
        words="zqnote",
        now=NOW,
    )


def found(folder: Path) -> set[str]:
    """The words that stand anywhere below a folder, in files and in their names."""
    body = b"".join(str(path).encode() + path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return {word for word in WORDS if word.encode() in body}


@pytest.mark.requirement("C53", "R93")
def test_no_word_is_left_anywhere(
    runtime: Runtime, bells: Redis, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with writing(runtime.sessions) as session:
        gone = confide(session).id
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("handrail.db*"))
    assert [word for word in SEALED if word.encode() in stored] == []
    relay.relay_once(runtime.sessions, bells, now=datetime.now(UTC))
    queued = everything(bells)
    drain_lanes(runtime)
    before = found(tmp_path)
    assert before >= set(WORDS) - SEALED | {"zqsubject", "zqtext"}, "the words are there to be found"
    assert before & SEALED <= {"zqsubject", "zqtext", "zqemail"}, "in the sent mail at most"
    assert list((tmp_path / "exports").iterdir())
    with writing(runtime.sessions) as session:
        erasure.ask(session, account=session.get_one(Account, gone), at_once=True, now=NOW)
    relay.relay_once(runtime.sessions, bells, now=datetime.now(UTC))
    queued += everything(bells)
    drain_lanes(runtime)
    bells.save()
    assert found(tmp_path) == set()
    assert b"workers.jobs.work.work" in queued, "bells were rung, so the search works"
    assert [word for word in [*WORDS, gone] if word.encode() in queued + everything(bells)] == []
    assert list((tmp_path / "exports").iterdir()) == []
    assert not [word for word in WORDS if word in caplog.text]
    with writing(runtime.sessions) as session:
        assert session.get(Account, gone) is None
        assert session.scalars(select(Membership)).all() == []
        assert session.scalars(select(Event.title)).all()
        assert session.scalars(select(Group.name)).all()
        dead = select(OutboxMessage).where(OutboxMessage.state == MessageState.DEAD)
        assert session.scalars(dead).all() == []
        assert [each.line() for each in erasure.ledger(session)] == (
            tmp_path / LEDGER
        ).read_text().splitlines()


def test_who_came_back_is_not_erased(runtime: Runtime) -> None:
    with writing(runtime.sessions) as session:
        account = factories.account(session)
        erasure.ask(session, account=account, at_once=True, now=NOW)
        erasure.undo(session, account=account, now=NOW)
        kept = account.id
    drain_lanes(runtime)
    with writing(runtime.sessions) as session:
        assert session.get_one(Account, kept).active


def test_the_ledger_apart_names_each_erasure_once(runtime: Runtime, tmp_path: Path) -> None:
    with writing(runtime.sessions) as session:
        account = factories.account(session)
        erasure.ask(session, account=account, at_once=True, now=NOW)
    drain_lanes(runtime)
    with writing(runtime.sessions) as session:
        for row in session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "account_erased")):
            row.state, row.closed_at = MessageState.READY, None
    drain_lanes(runtime)
    assert len((tmp_path / LEDGER).read_text().splitlines()) == 1
    assert (tmp_path / LEDGER).stat().st_mode & 0o077 == 0
