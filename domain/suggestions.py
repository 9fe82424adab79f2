"""Suggestions: what a run proposed to a member, and what the member said to it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session, lazyload

from domain import restrictions, runs, sealed
from domain.errors import NotFound
from domain.models import (
    Answer,
    Block,
    Event,
    Group,
    Membership,
    Occurrence,
    Rsvp,
    RsvpStatus,
    Suggestion,
)
from domain.models.base import new_id
from domain.rows import insert_all


@dataclass(frozen=True, kw_only=True, slots=True)
class CurrentSuggestion:
    """A suggestion that waits for an answer, opened, with what it is about."""

    row: Suggestion
    body: dict[str, Any] = field(repr=False)
    occurrence: Occurrence | None  #: none: a preparation step
    event: Event | None
    group: Group | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Drafted:
    """A suggestion to be stored; ``body`` is sealed."""

    run: str
    member: str
    occurrence: str | None
    position: int
    kind: str
    body: dict[str, Any] = field(repr=False)


def current(session: Session, *, member: str) -> list[CurrentSuggestion]:
    """Return what waits for an answer of the member with this id, in order.

    Left out is what was cancelled or answered elsewhere, or would by now bring blocked people together.
    """
    rows = session.execute(
        select(Suggestion, Occurrence, Event, Group)
        .join(Occurrence, Suggestion.occurrence == Occurrence.id, isouter=True)
        .join(Event, Occurrence.event == Event.id, isouter=True)
        .join(Group, Event.group == Group.id, isouter=True)
        .where(
            Suggestion.member == member,
            Suggestion.retired_at.is_(None),
            Suggestion.answer.is_(None),
            or_(Suggestion.occurrence.is_(None), _open_for(Suggestion.member)),
        )
        .order_by(Suggestion.position)
        .options(lazyload(Event.interests), lazyload(Group.interests))  # a card says nothing of them
    ).all()
    wanted = [(member, row.Occurrence.id) for row in rows if row.Occurrence]
    held = wanted and restrictions.held(session, [member])
    meeting = set(wanted) if held else meets_blocked(session, wanted)
    return [
        CurrentSuggestion(
            row=row.Suggestion,
            body=sealed.unseal(session, row.Suggestion),
            occurrence=row.Occurrence,
            event=row.Event,
            group=row.Group,
        )
        for row in rows
        if row.Occurrence is None or (member, row.Occurrence.id) not in meeting
    ]


def waiting(session: Session, *, members: Collection[str]) -> dict[str, set[str]]:
    """Return which occurrences wait for an answer, by member; left out is what `current` leaves out."""
    rows = session.execute(
        select(Suggestion.member, Suggestion.occurrence)
        .join(Occurrence, Suggestion.occurrence == Occurrence.id)
        .join(Event, Occurrence.event == Event.id)
        .join(Group, Event.group == Group.id)
        .where(
            Suggestion.member.in_(members),
            Suggestion.retired_at.is_(None),
            Suggestion.answer.is_(None),
            _open_for(Suggestion.member),
        )
    )
    pairs = [(row.member, row.occurrence) for row in rows]
    held, meeting = restrictions.held(session, members), meets_blocked(session, pairs)
    found: dict[str, set[str]] = {}
    for member, occurrence in pairs:
        if member not in held and (member, occurrence) not in meeting:
            found.setdefault(member, set()).add(occurrence)
    return found


def lists(session: Session, members: Collection[str]) -> dict[str, list[Drafted]]:
    """Return what waits for an answer as it was stored, in order, by member."""
    sealed.open_keys(session, members)
    rows = session.scalars(
        select(Suggestion)
        .where(Suggestion.member.in_(members), Suggestion.retired_at.is_(None), Suggestion.answer.is_(None))
        .order_by(Suggestion.member, Suggestion.position)
    )
    found: dict[str, list[Drafted]] = {}
    for row in rows:
        found.setdefault(row.member, []).append(
            Drafted(
                run=row.run,
                member=row.member,
                occurrence=row.occurrence,
                position=row.position,
                kind=row.kind,
                body=sealed.unseal(session, row),
            )
        )
    return found


def answer(session: Session, *, member: str, suggestion: str, answer: Answer, now: datetime) -> Suggestion:
    """Note what a member said to a suggestion of theirs; saying it again changes nothing.

    Anything but a yes asks for another suggestion. Raises `NotFound` where it is not theirs.
    """
    row = session.get(Suggestion, suggestion)
    if row is None or row.member != member:
        raise NotFound
    if row.answer != answer:
        row.answer, row.answered_at = answer, now
        session.flush()
        if answer is not Answer.YES:
            runs.request(session, member=member, reason="answer", now=now)
    return row


def replace(
    session: Session, *, members: Collection[str], drafts: Sequence[Drafted], now: datetime
) -> list[str]:
    """Store what a run found for ``members`` and retire what they had not answered; return the new ids.

    A draft is dropped whose occurrence was cancelled or answered since, or where somebody blocked now goes.
    """
    retire(session, members=members, now=now)
    sealed.open_keys(session, members)
    rows = [_row(session, draft, now) for draft in _still_possible(session, drafts)]
    insert_all(session, Suggestion, rows)
    return [row["id"] for row in rows]


def retire(session: Session, *, members: Collection[str], now: datetime) -> None:
    """Take back every suggestion these members have not answered."""
    session.execute(
        update(Suggestion)
        .where(Suggestion.member.in_(members), Suggestion.retired_at.is_(None), Suggestion.answer.is_(None))
        .values(retired_at=now)
        .execution_options(synchronize_session=False)
    )


def _row(session: Session, draft: Drafted, now: datetime) -> dict[str, Any]:
    id_ = new_id()
    return {
        "id": id_,
        "run": draft.run,
        "member": draft.member,
        "occurrence": draft.occurrence,
        "position": draft.position,
        "kind": draft.kind,
        "created_at": now,
        "sealed": sealed.seal_for(
            session, table=Suggestion.__tablename__, key=id_, owner=draft.member, body=draft.body
        ),
    }


def _still_possible(session: Session, drafts: Sequence[Drafted]) -> list[Drafted]:
    pairs = [(draft.member, draft.occurrence) for draft in drafts if draft.occurrence]
    held = restrictions.held(session, {member for member, _ in pairs})
    open_ones = _open_pairs(session, pairs) - meets_blocked(session, pairs)
    possible = {pair for pair in open_ones if pair[0] not in held}
    return [
        draft for draft in drafts if draft.occurrence is None or (draft.member, draft.occurrence) in possible
    ]


Pairs = Collection[tuple[str, str]]  #: member id, occurrence id


def _open_pairs(session: Session, pairs: Pairs) -> set[tuple[str, str]]:
    occurrences = {occurrence for _, occurrence in pairs}
    takes_place = set(
        session.scalars(
            select(Occurrence.id)
            .join(Event, Occurrence.event == Event.id)
            .join(Group, Event.group == Group.id)
            .where(Occurrence.id.in_(occurrences), *_TAKES_PLACE)
        )
    )
    answered = session.execute(
        select(Rsvp.member, Rsvp.occurrence).where(
            Rsvp.occurrence.in_(occurrences),
            Rsvp.member.in_({member for member, _ in pairs}),
            Rsvp.status.in_(_ANSWERED),
        )
    )
    open_ones = {pair for pair in pairs if pair[1] in takes_place}
    return open_ones - {(row.member, row.occurrence) for row in answered}


_ANSWERED = (RsvpStatus.YES, RsvpStatus.NO, RsvpStatus.WAITING)
_TAKES_PLACE: tuple[ColumnElement[bool], ...] = (
    Occurrence.cancelled_at.is_(None),
    Event.cancelled_at.is_(None),
    Event.published_at.is_not(None),
    Group.closed_at.is_(None),
)


def _open_for(member: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """Return the condition that the joined occurrence takes place and the member has not answered it."""
    answered = exists().where(
        Rsvp.occurrence == Occurrence.id, Rsvp.member == member, Rsvp.status.in_(_ANSWERED)
    )
    return and_(*_TAKES_PLACE, ~answered)


def apart(session: Session, members: Collection[str]) -> dict[str, set[str]]:
    """Return whom each of these members is never brought together with, whoever asked for it."""
    found: dict[str, set[str]] = {}
    rows = session.execute(
        select(Block.member, Block.other).where(or_(Block.member.in_(members), Block.other.in_(members)))
    )
    for one, other in rows:
        found.setdefault(one, set()).add(other)
        found.setdefault(other, set()).add(one)
    return {member: others for member, others in found.items() if member in members}


def meets_blocked(session: Session, pairs: Pairs) -> set[tuple[str, str]]:
    """Return the pairs of member and occurrence where somebody blocked, in either direction, is to be met.

    To be met are those who said yes or wait, the group's members and its organizer.
    """
    blocked = apart(session, {member for member, _ in pairs}) if pairs else {}
    if not blocked:
        return set()
    people = _people(session, {occurrence for _, occurrence in pairs}, set().union(*blocked.values()))
    return {
        (member, occurrence)
        for member, occurrence in pairs
        if blocked.get(member, set()) & people.get(occurrence, set())
    }


def _people(session: Session, occurrences: set[str], among: set[str]) -> dict[str, set[str]]:
    """Return who of ``among`` is to be met at each occurrence."""
    going = select(Rsvp.occurrence, Rsvp.member).where(
        Rsvp.occurrence.in_(occurrences),
        Rsvp.member.in_(among),
        Rsvp.status.in_((RsvpStatus.YES, RsvpStatus.WAITING)),
    )
    of_group = select(Occurrence.id, Membership.member).join(Event, Occurrence.event == Event.id)
    belonging = of_group.join(Membership, Membership.group == Event.group).where(
        Occurrence.id.in_(occurrences), Membership.left_at.is_(None), Membership.member.in_(among)
    )
    organizing = (
        select(Occurrence.id, Group.organizer)
        .join(Event, Occurrence.event == Event.id)
        .join(Group, Event.group == Group.id)
        .where(Occurrence.id.in_(occurrences), Group.organizer.in_(among))
    )
    people: dict[str, set[str]] = {}
    for query in (going, belonging, organizing):
        for occurrence, person in session.execute(query):
            people.setdefault(occurrence, set()).add(person or "")
    return people
