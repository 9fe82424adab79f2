"""Check-ins in the worker: a mail for whoever still wants it, gentler steps after hiding oneself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import checkins, comforts, consent, events, mails, runs
from domain.checkin_answers import SelfAnswers
from domain.models import CheckInKind, ConsentPurpose, Mail, Member, Prompt
from matching.comfort import start
from matching.pace import LOWEST_TARGET, State
from tests.conftest import NOW
from tests.workers.people import add_member
from workers.jobs import checkins as job

WEEK = timedelta(weeks=1)
LINK = "http://localhost:8000"


@pytest.fixture
def ann(session: Session) -> Member:
    member = add_member(session)
    consent.give(session, account=member.id, purpose=ConsentPurpose.CHECK_INS, now=NOW)
    return member


def due(session: Session, ann: Member) -> events.CheckInDue:
    prompt = session.scalars(select(Prompt).where(Prompt.member == ann.id)).one()
    return events.CheckInDue(prompt=prompt.id, at=prompt.due_at.isoformat())


def sent(session: Session) -> list[str]:
    rows = session.scalars(select(Mail).where(Mail.kind == "check_in"))
    letters = [mails.open_letter(session, row.id) for row in rows]
    return [f"{letter.subject} {letter.text}" for letter in letters if letter]


@pytest.mark.requirement("R81")
def test_whoever_asked_gets_one_mail_that_does_not_say_what_it_is_about(
    session: Session, ann: Member
) -> None:
    checkins.remind(session, member=ann, kind=CheckInKind.WEEK, by_mail=True, now=NOW)
    job.REMIND.apply(session, LINK, [due(session, ann)], NOW + WEEK)
    (text,) = sent(session)
    assert "http://localhost:8000/check-ins/" in text
    assert not {"lonely", "loneliness", "week", "yourself"} & set(text.lower().split())


@pytest.mark.requirement("R81")
@pytest.mark.parametrize("changed", ["snoozed", "stopped", "no_mail"])
def test_no_mail_for_what_was_put_off_or_stopped_since(session: Session, ann: Member, changed: str) -> None:
    checkins.remind(session, member=ann, kind=CheckInKind.WEEK, by_mail=True, now=NOW)
    fact, now = due(session, ann), NOW + timedelta(days=1)
    match changed:
        case "snoozed":
            checkins.snooze(session, member=ann, kind=CheckInKind.WEEK, now=now)
        case "stopped":
            checkins.stop(session, member=ann, kind=CheckInKind.WEEK, now=now)
        case _:
            checkins.remind(session, member=ann, kind=CheckInKind.WEEK, by_mail=False, now=now)
    job.REMIND.apply(session, LINK, [fact], NOW + WEEK)
    assert sent(session) == []


def test_a_mail_for_somebody_gone_is_not_written(session: Session) -> None:
    job.REMIND.apply(session, LINK, [events.CheckInDue(prompt="0" * 32, at=NOW.isoformat())], NOW)
    assert sent(session) == []


def look(session: Session, ann: Member, myself: int) -> State | None:
    row = checkins.answer(
        session, member=ann, kind=CheckInKind.SELF, answers=SelfAnswers(myself=myself), now=NOW
    )
    job.EASE.apply(session, None, [events.SelfChecked(member=ann.id, check_in=row.id)], NOW)
    return comforts.load(session, ann.id)


@pytest.mark.requirement("R66")
def test_after_a_time_of_hiding_oneself_suggestions_aim_lower_and_never_under_the_lowest(
    session: Session, ann: Member
) -> None:
    comforts.store(session, ann.id, start([30] * 6), NOW)
    before = comforts.load(session, ann.id)
    after = look(session, ann, 10)
    assert before is not None
    assert after is not None
    assert after.pace.target == before.pace.target - job.EASED_BY
    assert after.comfort == before.comfort
    run = runs.latest(session, member=ann.id)
    assert run is not None
    for _ in range(5):
        after = look(session, ann, 10)
    assert after is not None
    assert after.pace.target == LOWEST_TARGET


@pytest.mark.requirement("R66")
def test_nothing_eases_where_one_could_be_oneself_or_nothing_is_known(session: Session, ann: Member) -> None:
    assert look(session, ann, 10) is None
    comforts.store(session, ann.id, start([30] * 6), NOW)
    assert look(session, ann, 80) == comforts.load(session, ann.id) == start([30] * 6)
