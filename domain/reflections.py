"""Record what happened on an outing: once, briefly, as the member found it (R27, R83)."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import belonging, events, outbox, rsvps, sealed
from domain.belonging import Welcome
from domain.errors import Conflict, Invalid, NotFound
from domain.models import Event, Occurrence, Reflection, Rsvp, RsvpStatus
from matching.ladder import Verdict, verdict
from matching.pace import Attempt
from matching.situations import situation

LONGEST_NOTE = 500


class SafetyBehaviour(StrEnum):
    """What one does to feel safe (stored as these words)."""

    ON_PHONE = "on_phone"
    NEAR_DOOR = "near_door"
    KEPT_QUIET = "kept_quiet"
    REHEARSED = "rehearsed"
    ONE_PERSON = "one_person"
    DRINK = "drink"


class SmallWin(StrEnum):
    """Something small that went well (stored as these words)."""

    LONGER_TALK = "longer_talk"  #: a greeting became a longer talk
    PLANNED_AGAIN = "planned_again"  #: a future meeting was planned
    KIND_WORD = "kind_word"  #: somebody said something kind


class MeetAgain(StrEnum):
    """Whether one would meet these people again; told to nobody unless both say yes (stored)."""

    YES = "yes"
    MAYBE = "maybe"
    NO = "no"


class Masking(StrEnum):
    """How tiring it was to fit in, instead of being oneself (stored as these words) (R79)."""

    NONE = "none"
    LITTLE = "little"
    QUITE = "quite"
    VERY = "very"

    @property
    def share(self) -> float:
        """Return 0 for not at all to 1 for very."""
        return tuple(Masking).index(self) / (len(Masking) - 1)


class Signal(StrEnum):
    """A sign that there was a connection (stored as these words) (R24)."""

    ASKED_BACK = "asked_back"  #: we both asked something
    LISTENED = "listened"  #: somebody listened
    LAUGHED = "laughed"  #: we laughed about the same thing
    REMEMBERED = "remembered"  #: somebody remembered me, or something I said


class AlreadyReflected(Conflict):
    """This outing has its reflection: going over it again seldom helps (R27)."""

    def __init__(self) -> None:
        super().__init__("You have already looked back on this one. It can rest now.")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReflectionBody:
    """What a member says about an outing. SUDS are 0-100, none where they did not say."""

    attended: bool
    predicted: int | None = field(default=None, repr=False)
    peak: int | None = field(default=None, repr=False)
    end: int | None = field(default=None, repr=False)
    good: int | None = field(default=None, repr=False)  #: how good it was, 0-100 (R29)
    signals: tuple[Signal, ...] = field(default=(), repr=False)
    easy: str = field(default="", repr=False)
    challenging: str = field(default="", repr=False)
    adjust: str = field(default="", repr=False)
    safety_behaviours: tuple[SafetyBehaviour, ...] = field(default=(), repr=False)
    left_early: bool = field(default=False, repr=False)
    small_wins: tuple[SmallWin, ...] = field(default=(), repr=False)
    own_win: str = field(default="", repr=False)
    meet_again: MeetAgain | None = field(default=None, repr=False)
    otherwise: bool = False  #: it was not as the listing said
    masking: Masking | None = field(default=None, repr=False)
    welcome: Welcome | None = field(default=None, repr=False)
    counted: bool = False  #: ``welcome`` is in its group's total for the quarter (R80)
    practice: str = field(default="", repr=False)  #: id in `matching.practice` of a step taken from home

    def __post_init__(self) -> None:
        problems = {
            name: text for name in ("predicted", "peak", "end", "good") if (text := self._problem(name))
        }
        if not self.attended and {self.peak, self.end, self.good} != {None}:
            problems["attended"] = "Say that you went, or leave out how it felt there."
        elif not problems and self.peak is not None and self.end is not None and self.end > self.peak:
            problems["end"] = "The end is harder than the hardest moment. Check which is which."
        if problems:
            raise Invalid(problems)

    def _problem(self, name: str) -> str | None:
        value = getattr(self, name)
        return None if value is None or 0 <= value <= 100 else "Choose a number from 0 to 100."

    @property
    def surprise(self) -> int | None:
        """Predicted minus peak: above 0 it was easier than expected; none where one is missing."""
        return None if self.predicted is None or self.peak is None else self.predicted - self.peak

    @property
    def tiring(self) -> bool:
        """Whether it was quite or very tiring to fit in: what is like it is suggested less (R79)."""
        return self.masking in (Masking.QUITE, Masking.VERY)

    @property
    def hard(self) -> bool:
        """Whether it was a set-back by the ladder's own rule: kindness comes before anything else (R39)."""
        anticipated = 50.0 if self.peak is None else float(self.peak)
        attempt = Attempt(
            situation=situation(),
            anticipated=anticipated,
            predicted=self.predicted,
            peak=self.peak,
            end=self.end,
            attended=self.attended,
            left_early=self.left_early,
        )
        return verdict(attempt) is Verdict.SET_BACK

    def to_json(self) -> dict[str, Any]:
        """Return the body to seal; the inverse of `from_json`."""
        return dataclasses.asdict(self)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Read a sealed body; absent names take their default."""
        given = dict(body)
        given["safety_behaviours"] = tuple(
            SafetyBehaviour(word) for word in given.get("safety_behaviours", ())
        )
        given["signals"] = tuple(Signal(word) for word in given.get("signals", ()))
        given["small_wins"] = tuple(SmallWin(word) for word in given.get("small_wins", ()))
        given["meet_again"] = MeetAgain(given["meet_again"]) if given.get("meet_again") else None
        given["masking"] = Masking(given["masking"]) if given.get("masking") else None
        given["welcome"] = Welcome(given["welcome"]) if given.get("welcome") else None
        return cls(**given)


@dataclass(frozen=True, kw_only=True, slots=True)
class Recollection:
    """A reflection, opened, with what it is about."""

    id: str
    title: str  #: of the event
    at: datetime  #: when the outing began
    body: ReflectionBody


def record(
    session: Session, *, member: str, occurrence: str, reflection: ReflectionBody, now: datetime
) -> Reflection:
    """Keep what a member says about an outing they had said yes to; their own expectation is not asked twice.

    Raises `NotFound`, `AlreadyReflected`, `Conflict` before it has begun.
    """
    row, place = _outing(session, member, occurrence)
    if of_outing(session, member=member, occurrence=occurrence) is not None:
        raise AlreadyReflected
    if place.starts_at > now:
        raise Conflict("This one has not begun yet.")
    if reflection.predicted is None:
        reflection = dataclasses.replace(reflection, predicted=rsvps.plan(session, row).expected)
    row.attended = reflection.attended
    reflection = dataclasses.replace(reflection, counted=_counts(session, row, place, reflection, now))
    return _keep(session, Reflection(member=member, occurrence=occurrence, created_at=now), reflection)


def _counts(session: Session, row: Rsvp, place: Occurrence, body: ReflectionBody, now: datetime) -> bool:
    """Add how welcome the member felt to the group's total, if they said so and it may be."""
    if body.welcome is None or not body.attended:
        return False
    group = session.get_one(Event, place.event).group
    return belonging.count(session, member=row.member, group=group, answer=body.welcome, now=now)


def record_practice(
    session: Session, *, member: str, practice: str, peak: int | None, now: datetime
) -> Reflection:
    """Keep that a step was taken from home and, where the member said so, how hard it was."""
    body = ReflectionBody(attended=True, practice=practice, peak=peak)
    return _keep(session, Reflection(member=member, created_at=now), body)


def _keep(session: Session, row: Reflection, body: ReflectionBody) -> Reflection:
    sealed.seal(session, row, _shortened(body).to_json())
    session.add(row)
    session.flush()
    outbox.record(session, events.ReflectionRecorded(member=row.member, reflection=row.id))
    return row


def _outing(session: Session, member: str, occurrence: str) -> tuple[Rsvp, Occurrence]:
    """Return the member's yes, locked against a second reflection at the same moment, and its occurrence."""
    row = session.scalar(
        select(Rsvp)
        .where(Rsvp.member == member, Rsvp.occurrence == occurrence, Rsvp.status == RsvpStatus.YES)
        .with_for_update()
    )
    if row is None:
        raise NotFound
    return row, session.get_one(Occurrence, occurrence)


def _shortened(body: ReflectionBody) -> ReflectionBody:
    names = ("easy", "challenging", "adjust", "own_win")
    return dataclasses.replace(body, **{name: getattr(body, name).strip()[:LONGEST_NOTE] for name in names})


def of_outing(session: Session, *, member: str, occurrence: str) -> Reflection | None:
    """Return the reflection on an outing, if there is one."""
    return session.scalar(
        select(Reflection).where(Reflection.member == member, Reflection.occurrence == occurrence)
    )


def own(session: Session, *, member: str, reflection: str) -> Reflection:
    """Return one's own reflection; anybody else's is not there. Raises `NotFound`."""
    row = session.get(Reflection, reflection)
    if row is None or row.member != member:
        raise NotFound
    return row


def read(session: Session, reflection: Reflection) -> ReflectionBody:
    """Return what the member said."""
    return ReflectionBody.from_json(sealed.unseal(session, reflection))


def recollect(session: Session, *, member: str, limit: int = 50) -> list[Recollection]:
    """Return a member's reflections on outings that still exist, newest first."""
    rows = session.execute(
        select(Reflection, Event.title, Occurrence.starts_at)
        .join(Occurrence, Occurrence.id == Reflection.occurrence)
        .join(Event, Event.id == Occurrence.event)
        .where(Reflection.member == member)
        .order_by(Occurrence.starts_at.desc(), Reflection.id.desc())
        .limit(limit)
    )
    return [
        Recollection(id=row.id, title=title, at=starts_at, body=read(session, row))
        for row, title, starts_at in rows
    ]


def evidence(session: Session, *, member: str, limit: int = 3) -> list[Recollection]:
    """Return outings that were easier than expected or had a small win, newest first (R63)."""
    return [
        each
        for each in recollect(session, member=member)
        if each.body.attended and ((each.body.surprise or 0) > 0 or each.body.small_wins or each.body.own_win)
    ][:limit]
