"""Mails: sent at least once under one Message-ID, emptied in the transaction that closes their message."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from domain import digests, events, mails, person_dates, person_touches, routines
from domain.database import reading
from domain.mails import Letter
from workers.jobs.job import Job
from workers.jobs.still_going import still_going
from workers.mailer import compose
from workers.runtime import Runtime


def _open(runtime: Runtime, facts: Sequence[events.MailRequested]) -> list[tuple[Letter, bool]]:
    """Return the letters, each with whether it is still to be sent."""
    now = runtime.clock()
    with reading(runtime.sessions) as session:
        letters = [letter for fact in facts if (letter := mails.open_letter(session, fact.mail))]
        return [(letter, _wanted(session, letter, now)) for letter in letters]


def _wanted(session: Session, letter: Letter, now: datetime) -> bool:
    if letter.until is not None and now > letter.until:
        return False
    if letter.kind == digests.KIND:
        return digests.still_wanted(session, mail=letter.id)
    if letter.kind == person_dates.KIND:
        return person_dates.still_wanted(session, date=letter.about or "")
    if letter.kind == person_touches.KIND:
        return person_touches.still_wanted(session, touch=letter.about or "", now=now)
    if letter.kind == routines.KIND:
        return routines.still_wanted(session, routine=letter.about or "")
    return letter.rsvp is None or still_going(session, letter.rsvp, now=now)


def _send(runtime: Runtime, plan: list[tuple[Letter, bool]]) -> None:
    for letter, wanted in plan:
        if wanted:
            runtime.mailer.send(compose(letter, sender=runtime.mail_from))


def _settle(
    session: Session,
    plan: list[tuple[Letter, bool]],
    facts: Sequence[events.MailRequested],
    now: datetime,
) -> None:
    sent = {letter.id for letter, wanted in plan if wanted}
    for fact in facts:
        mails.settle(session, fact.mail, sent_at=now if fact.mail in sent else None)


SEND = Job(prepare=_open, deliver=_send, apply=_settle)
