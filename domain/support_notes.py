"""What a supporter may say: on two topics alone, and a step where that was allowed; the member decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import ladders, sealed, supporters
from domain.errors import Conflict, Invalid, NotAllowed, NotFound
from domain.ladder_records import LONGEST_LABEL, RungBody
from domain.models import ProposalStatus, SupportNote, Topic
from matching.situations import situation_of

LONGEST_NOTE = 1000
#: As for a step of one's own that is like nothing we know.
_NOTHING_STATED = situation_of([1.0, *[None] * 15])


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """A supporter's words, opened for the member."""

    id: str
    topic: Topic
    words: str = field(repr=False)
    created_at: datetime
    proposal: ProposalStatus | None


def write(
    session: Session, *, supporter: str, support: str, topic: Topic, words: str, now: datetime
) -> SupportNote:
    """Leave the member a note on one of the two topics, or propose a step where that is allowed.

    Raises `NotAllowed`, `Invalid`, `NotFound`.
    """
    row = supporters.granted(session, supporter=supporter, support=support, now=now)
    if topic is Topic.STEP and not row.may_propose:
        raise NotAllowed("Proposing steps is not part of what was agreed.")
    longest = LONGEST_LABEL if topic is Topic.STEP else LONGEST_NOTE
    if not 1 <= len(words.strip()) <= longest:
        raise Invalid({"words": f"Write up to {longest} letters."})
    note = SupportNote(
        support=row.id,
        member=row.member,
        topic=topic,
        created_at=now,
        proposal=ProposalStatus.OPEN if topic is Topic.STEP else None,
    )
    sealed.seal(session, note, {"words": words.strip()})
    session.add(note)
    session.flush()
    return note


def notes(session: Session, *, member: str, support: str) -> list[Note]:
    """Return what a supporter wrote, newest first."""
    row = supporters.own(session, member=member, support=support)
    found = select(SupportNote).where(SupportNote.support == row.id).order_by(SupportNote.id.desc())
    return [_opened(session, each) for each in session.scalars(found)]


def _opened(session: Session, row: SupportNote) -> Note:
    return Note(
        id=row.id,
        topic=Topic(row.topic),
        words=sealed.unseal(session, row)["words"],
        created_at=row.created_at,
        proposal=ProposalStatus(row.proposal) if row.proposal else None,
    )


def decide(session: Session, *, member: str, note: str, take: bool, now: datetime) -> SupportNote:
    """Take a proposed step as one's own, or leave it. Raises `NotFound`, `Conflict`."""
    row = session.get(SupportNote, note, with_for_update=True)
    if row is None or row.member != member or row.topic != Topic.STEP:
        raise NotFound
    if row.proposal != ProposalStatus.OPEN:
        raise Conflict("You have decided about this one already.")
    if take:
        body = RungBody(label=sealed.unseal(session, row)["words"], situation=_NOTHING_STATED)
        ladders.add_own(session, member=member, body=body, now=now)
    row.proposal = ProposalStatus.ACCEPTED if take else ProposalStatus.DECLINED
    row.decided_at = now
    session.flush()
    return row
