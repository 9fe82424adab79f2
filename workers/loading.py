"""Rows to matching inputs: members as one snapshot, with a handful of queries however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import comforts, company, consent, members, places, sealed, suggestions
from domain.models import (
    Answer,
    ConsentPurpose,
    Event,
    Member,
    Membership,
    Occurrence,
    Reflection,
    Rsvp,
    RsvpStatus,
    Suggestion,
)
from matching.comfort import anticipate, start
from matching.inputs import ANY_TIME, History, MemberInput, Planned, Preferences, Situation
from matching.pace import Pace, State

#: A week takes in outings a little past, so that its cap and its rest count them.
LOOK_BACK = timedelta(days=8)


@dataclass(slots=True)
class _Past:
    """What one member did, gathered from several queries."""

    visits: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    joined: set[str] = field(default_factory=set)
    left_early: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    meet_again: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    not_a_fit: set[str] = field(default_factory=set)
    declined: set[str] = field(default_factory=set)
    knows: set[str] = field(default_factory=set)
    planned: list[tuple[str, datetime, datetime]] = field(default_factory=list)

    def history(self) -> tuple[History, ...]:
        """Return the feedback that counts, a record per group."""
        groups = self.joined | self.not_a_fit | self.visits.keys() | self.left_early.keys()
        return tuple(
            History(
                group=group,
                joined=group in self.joined,
                attended=self.visits.get(group, 0),
                left_early=self.left_early.get(group, 0),
                meet_again=self.meet_again.get(group, 0),
                not_a_fit=group in self.not_a_fit,
            )
            for group in sorted(groups)
        )


def load_members(
    session: Session, ids: Collection[str], *, situations: Mapping[str, Situation], now: datetime
) -> list[MemberInput]:
    """Return the members that exist among ``ids``; ``situations`` of occurrences they may have planned.

    Of other people only plain rows are read, nothing they sealed.
    """
    sealed.open_keys(session, ids)
    states = comforts.load_many(session, ids)
    past = _past(session, ids, now=now)
    apart, again = suggestions.apart(session, ids), company.mutual(session, ids)
    rows = session.scalars(select(Member).where(Member.id.in_(ids)))
    return [
        MemberInput(
            id=row.id,
            comfort=state.comfort,
            pace=pace_of(row, state),
            preferences=_preferences(session, row),
            planned=tuple(_planned(past[row.id], state, situations)),
            knows=frozenset(past[row.id].knows - apart.get(row.id, set())),
            meet_again=frozenset(again.get(row.id, set()) - apart.get(row.id, set())),
            apart=frozenset(apart.get(row.id, ())),
            visits=dict(past[row.id].visits),
            history=past[row.id].history(),
            declined=frozenset(past[row.id].declined),
            paused=row.paused_until is not None and row.paused_until > now,
        )
        for row in rows
        for state in [states.get(row.id) or start()]
    ]


def pace_of(member: Member, state: State) -> Pace:
    """Return the learnt pace within what the member said about how often and how much rest."""
    cap = min(member.weekly_cap, state.pace.weekly_cap)
    return replace(state.pace, weekly_cap=cap, rest_hours=float(member.rest_hours))


def _preferences(session: Session, member: Member) -> Preferences:
    private = members.read_private(session, member)
    latitude, longitude = places.centre(private.cell) if private.cell else (None, None)
    return Preferences(
        interests={row.interest: row.weight for row in member.interests},
        text=private.own_words,
        needs=private.needs,
        values=frozenset(private.values),
        energy=tuple(member.energy) if member.energy else ANY_TIME,
        latitude=latitude,
        longitude=longitude,
        radius_km=member.radius_km,
        online_only=member.online_only,
        access_needs=frozenset(private.access_needs),
        avoid=frozenset(private.avoid),
    )


def _planned(past: _Past, state: State, situations: Mapping[str, Situation]) -> list[Planned]:
    return [
        Planned(
            occurrence=occurrence,
            starts_at=starts_at,
            ends_at=ends_at,
            anticipated=anticipate(state.comfort, situations[occurrence]).suds
            if occurrence in situations
            else state.pace.target,
        )
        for occurrence, starts_at, ends_at in sorted(past.planned)
    ]


def _past(session: Session, ids: Collection[str], *, now: datetime) -> dict[str, _Past]:
    past: dict[str, _Past] = defaultdict(_Past)
    _read_answers(session, ids, past, now)
    _read_suggestions(session, ids, past)
    _read_reflections(session, ids, past)
    _read_company(session, ids, past)
    joined = select(Membership.member, Membership.group).where(
        Membership.member.in_(ids), Membership.left_at.is_(None)
    )
    for member, group in session.execute(joined):
        past[member].joined.add(group)
    return past


def _read_answers(session: Session, ids: Collection[str], past: dict[str, _Past], now: datetime) -> None:
    """What they said yes and no to, and where they have been."""
    rows = session.execute(
        select(
            Rsvp.member, Rsvp.status, Rsvp.attended, Event.group, Occurrence.id, Occurrence.starts_at,
            Occurrence.ends_at, Occurrence.cancelled_at,
        )
        .join(Occurrence, Rsvp.occurrence == Occurrence.id)
        .join(Event, Occurrence.event == Event.id)
        .where(Rsvp.member.in_(ids))
    )  # fmt: skip
    for row in rows:
        mine = past[row.member]
        if row.attended:
            mine.visits[row.group] += 1
        if row.status == RsvpStatus.NO:
            mine.declined.add(row.id)
        elif row.status == RsvpStatus.YES and row.cancelled_at is None and row.starts_at > now - LOOK_BACK:
            mine.planned.append((row.id, row.starts_at, row.ends_at))


def _read_suggestions(session: Session, ids: Collection[str], past: dict[str, _Past]) -> None:
    """What they said no to: another date may suit, but a group that does not fit is left alone."""
    rows = session.execute(
        select(Suggestion.member, Suggestion.answer, Suggestion.occurrence, Event.group)
        .join(Occurrence, Suggestion.occurrence == Occurrence.id)
        .join(Event, Occurrence.event == Event.id)
        .where(Suggestion.member.in_(ids), Suggestion.answer.in_((Answer.NOT_NOW, Answer.NOT_A_FIT)))
    )
    for member, answer, occurrence, group in rows:
        past[member].declined.add(occurrence or "")
        if answer == Answer.NOT_A_FIT:
            past[member].not_a_fit.add(group)


def _read_reflections(session: Session, ids: Collection[str], past: dict[str, _Past]) -> None:
    """What they wrote themselves afterwards, of those who agreed that it shapes suggestions."""
    agreed = consent.holders(session, ids, ConsentPurpose.COMFORT)
    rows = session.execute(
        select(Reflection, Event.group)
        .join(Occurrence, Reflection.occurrence == Occurrence.id)
        .join(Event, Occurrence.event == Event.id)
        .where(Reflection.member.in_(agreed))
    )
    for reflection, group in rows:
        body = sealed.unseal(session, reflection)
        past[reflection.member].left_early[group] += bool(body.get("left_early"))
        past[reflection.member].meet_again[group] += body.get("meet_again") == "yes"


def _read_company(session: Session, ids: Collection[str], past: dict[str, _Past]) -> None:
    """Whom they have met: people who were at the same occurrence, by their own word."""
    mine, theirs = Rsvp.__table__.alias(), Rsvp.__table__.alias()
    rows = session.execute(
        select(mine.c.member, theirs.c.member)
        .join(theirs, mine.c.occurrence == theirs.c.occurrence)
        .where(
            mine.c.member.in_(ids),
            mine.c.attended.is_(True),
            theirs.c.attended.is_(True),
            theirs.c.member != mine.c.member,
        )
    )
    for member, other in rows:
        past[member].knows.add(other)
