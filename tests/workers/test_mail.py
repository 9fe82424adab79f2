"""Mail: at least once under one Message-ID, emptied when sent, dropped when no longer true."""

from __future__ import annotations

import email
import email.policy
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from domain import mails, rsvps, schedule
from domain.database import Sessions, reading, writing
from domain.events import Lane
from domain.mails import Letter
from domain.models import Mail, Occurrence, OutboxMessage, Rsvp, RsvpStatus
from tests import factories
from tests.conftest import NOW
from tests.workers.conftest import Outbasket
from tests.workers.people import add_event, add_group, add_member, first_occurrence
from workers.drain import drain_lanes
from workers.jobs.work import work_lane
from workers.mailer import FolderMailer, compose
from workers.runtime import Runtime


def hurry(sessions: Sessions) -> None:
    with writing(sessions) as session:
        session.execute(update(OutboxMessage).values(not_before=0.0, lease_until=None))


def request(sessions: Sessions) -> str:
    with writing(sessions) as session:
        account = factories.account(session, email="ann@example.org")
        return mails.request(
            session, account=account.id, kind="reminder", subject="Tomorrow", text="Grüße", now=NOW
        ).id


def test_a_mail_is_sent_once_and_emptied(runtime: Runtime, basket: Outbasket) -> None:
    mail = request(runtime.sessions)
    assert work_lane(runtime, Lane.MAIL) == 1
    (message,) = basket.sent
    assert message["Message-ID"] == f"<{mail}@localhost>"
    assert (message["To"], message.get_content()) == ("ann@example.org", "Grüße\n")
    with reading(runtime.sessions) as session:
        row = session.get_one(Mail, mail)
        assert (row.sent_at, row.sealed) == (NOW, None)


def test_a_server_that_refuses_is_asked_again_under_the_same_id(runtime: Runtime, basket: Outbasket) -> None:
    mail = request(runtime.sessions)
    basket.refuses = 1
    work_lane(runtime, Lane.MAIL)
    assert basket.sent == []
    hurry(runtime.sessions)
    work_lane(runtime, Lane.MAIL)
    assert [message["Message-ID"] for message in basket.sent] == [f"<{mail}@localhost>"]


def test_a_folder_holds_one_file_however_often_it_is_sent(tmp_path: Path) -> None:
    letter = Letter(
        id="0" * 32, kind="reminder", recipient="a@b.org", subject="Hello", text="Text", created_at=NOW
    )
    for _ in range(2):
        FolderMailer(tmp_path / "mail").send(compose(letter, sender="Handrail <h@example.org>"))
    (path,) = (tmp_path / "mail").iterdir()
    assert path.name == "20260601T090000-reminder-000000.eml"
    assert path.stat().st_mode & 0o777 == 0o600
    read = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert read["Message-ID"] == f"<{'0' * 32}@example.org>"


def test_a_subject_cannot_add_a_header() -> None:
    letter = Letter(
        id="0" * 32, kind="k", recipient="a@b.org", subject="Hello\r\nBcc: x@y.org", text="", created_at=NOW
    )
    with pytest.raises(ValueError, match="linefeed"):
        compose(letter, sender="h@example.org")


def going(runtime: Runtime, *, capacity: int | None = None) -> tuple[str, str]:
    """A member with a yes; returns the occurrence and the answer."""
    with writing(runtime.sessions) as session:
        place = first_occurrence(session, add_event(session, add_group(session), day=5, capacity=capacity))
        member = add_member(session).id
        row = rsvps.respond(session, member=member, occurrence=place.id, status=RsvpStatus.YES, now=NOW)
        return place.id, row.id


@pytest.mark.requirement("R52")
def test_a_cancellation_tells_everybody_once_with_a_way_on(runtime: Runtime, basket: Outbasket) -> None:
    place, _ = going(runtime)
    with writing(runtime.sessions) as session:
        event = add_event(session, add_group(session, "Walks"), title="Riverside", day=6)
        assert event.published_at
    drain_lanes(runtime)
    with writing(runtime.sessions) as session:
        cancelled = session.get_one(Occurrence, place)
        schedule.cancel_occurrence(session, occurrence=cancelled, reason="A burst pipe.", now=NOW)
        schedule.cancel_occurrence(session, occurrence=cancelled, reason="A burst pipe.", now=NOW)
    drain_lanes(runtime)
    drain_lanes(runtime)
    (message,) = [each for each in basket.sent if each["Subject"].startswith("Not taking place")]
    assert "A burst pipe." in message.get_content()
    assert "http://localhost:8000/" in message.get_content()


@pytest.mark.parametrize("changed", [None, "cancelled", "taken back", "begun"])
def test_a_reminder_is_sent_only_while_it_is_true(
    runtime: Runtime, basket: Outbasket, changed: str | None
) -> None:
    place, answer = going(runtime)
    with writing(runtime.sessions) as session:
        occurrence = session.get_one(Occurrence, place)
        match changed:
            case "cancelled":
                occurrence.cancelled_at = NOW
            case "taken back":
                session.execute(update(Rsvp).where(Rsvp.id == answer).values(status=RsvpStatus.NO))
            case "begun":
                occurrence.starts_at = NOW - timedelta(minutes=1)
    hurry(runtime.sessions)
    drain_lanes(runtime)
    hurry(runtime.sessions)
    drain_lanes(runtime)
    reminders = [each for each in basket.sent if each["Subject"].startswith("Tomorrow")]
    assert len(reminders) == (changed is None)
    with reading(runtime.sessions) as session:
        written = session.scalars(select(Mail).where(Mail.kind == "reminder")).all()
        assert len(written) == (changed is None)


def test_a_reminder_waiting_to_be_sent_looks_again(runtime: Runtime, basket: Outbasket) -> None:
    place, _ = going(runtime)
    hurry(runtime.sessions)
    basket.refuses = 99  # on a busy machine the next attempt may be due before the first loop ends
    drain_lanes(runtime)
    basket.refuses = 0
    with writing(runtime.sessions) as session:
        session.get_one(Occurrence, place).cancelled_at = NOW
    hurry(runtime.sessions)
    drain_lanes(runtime)
    assert basket.sent == []
    with reading(runtime.sessions) as session:
        mail = session.scalars(select(Mail)).one()
        assert (mail.sent_at, mail.sealed) == (None, None)


def test_a_free_place_goes_to_who_waited_longest(runtime: Runtime, basket: Outbasket) -> None:
    place, answer = going(runtime, capacity=1)
    waiting: dict[str, str] = {}
    with writing(runtime.sessions) as session:
        for number, name in enumerate(("bob", "cleo")):
            member = add_member(session, name).id
            at = NOW + timedelta(minutes=number)
            row = rsvps.respond(session, member=member, occurrence=place, status=RsvpStatus.YES, now=at)
            assert row.status == RsvpStatus.WAITING
            waiting[name] = row.id
    drain_lanes(runtime)
    with writing(runtime.sessions) as session:
        row = session.get_one(Rsvp, answer)
        rsvps.cancel(session, member=row.member, rsvp=answer, now=NOW)
    drain_lanes(runtime)
    with reading(runtime.sessions) as session:
        statuses = {name: session.get_one(Rsvp, each).status for name, each in waiting.items()}
    assert statuses == {"bob": "yes", "cleo": "waiting"}
    told = [each["To"] for each in basket.sent if each["Subject"].startswith("A place for you")]
    assert told == ["bob@example.org"]
