"""A changed answer: a free place goes to who has waited longest, and the member is matched again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from domain import events, mails, rsvps, runs
from domain.models import Event, Member, Occurrence, Rsvp, RsvpStatus
from workers import letters
from workers.jobs.job import Job
from workers.runtime import Runtime


def _prepare(runtime: Runtime, _facts: Sequence[events.RsvpChanged]) -> str:
    """Return where links lead."""
    return runtime.base_url


def _apply(session: Session, base_url: str, facts: Sequence[events.RsvpChanged], now: datetime) -> None:
    for fact in facts:
        occurrence = session.get(Occurrence, fact.occurrence, with_for_update=True)
        if occurrence is not None and occurrence.cancelled_at is None and occurrence.starts_at > now:
            _give_free_places(session, occurrence, base_url=base_url, now=now)
        if session.get(Member, fact.member) is not None:
            runs.request(session, member=fact.member, reason="rsvp", now=now)


def _give_free_places(session: Session, occurrence: Occurrence, *, base_url: str, now: datetime) -> None:
    while waiting := rsvps.next_waiting(session, occurrence=occurrence):
        promoted = rsvps.respond(
            session,
            member=waiting.member,
            occurrence=occurrence.id,
            status=RsvpStatus.YES,
            now=now,
            over_cap=True,  # they had asked for this place before the week filled up
        )
        if promoted.status != RsvpStatus.YES:
            return
        _tell(session, promoted, occurrence, base_url=base_url, now=now)


def _tell(session: Session, rsvp: Rsvp, occurrence: Occurrence, *, base_url: str, now: datetime) -> None:
    member = session.get_one(Member, rsvp.member)
    event = session.get_one(Event, occurrence.event)
    letter = letters.place_came_free(letters.outing(event, occurrence, member), base_url=base_url)
    mails.request(
        session,
        account=member.id,
        kind="place_free",
        subject=letter.subject,
        text=letter.text,
        now=now,
        rsvp=rsvp.id,
    )


CHANGED = Job(prepare=_prepare, apply=_apply)
