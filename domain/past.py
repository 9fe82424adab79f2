"""What a member has done so far, from their own reflections and notes; worked out, never stored twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from domain import reflections, routines, wins
from domain.models import Event, Group, Occurrence, Reflection, Rsvp, Suggestion
from domain.reflections import ReflectionBody
from domain.wins import WinKind, WinView
from matching.inputs import Need, SituationFeature


@dataclass(frozen=True, kw_only=True, slots=True)
class PastOuting:
    """An outing that was looked back on."""

    at: datetime  #: when it began
    title: str
    occurrence: str
    group: str
    offers: frozenset[Need]  #: kinds of connection the group offers
    interests: tuple[str, ...]  #: slugs
    facts: Mapping[str, float]  #: 0-1 by situation feature; what nobody knows is absent
    time_zone: str  #: where it was
    intentional: bool  #: marked beforehand as a planned step (R07)
    body: ReflectionBody = field(repr=False)

    @property
    def size(self) -> float | None:
        """How many others, as the situation feature codes it; none where nobody said."""
        return self.facts.get(SituationFeature.GROUP_SIZE)


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """Everything there is to look back on, oldest first."""

    outings: tuple[PastOuting, ...]  #: also those not gone to
    wins: tuple[WinView, ...]  #: those of reflections and those noted besides
    prepared: tuple[datetime, ...]  #: steps taken from home
    routines: tuple[datetime, ...]  #: small things that come round each week, done

    @property
    def attended(self) -> tuple[PastOuting, ...]:
        """The outings the member went to, also those they left early (R35)."""
        return tuple(each for each in self.outings if each.body.attended)


def of(session: Session, *, member: str) -> Past:
    """Return a member's past."""
    outings = _outings(session, member)
    noted = [win for each in outings for win in _wins_of(each)] + wins.logged(session, member=member)
    return Past(
        outings=outings,
        wins=tuple(sorted(noted, key=lambda win: win.at)),
        prepared=_prepared(session, member),
        routines=routines.done(session, member=member),
    )


def _outings(session: Session, member: str) -> tuple[PastOuting, ...]:
    rows = session.execute(
        select(Reflection, Occurrence, Event, Group, Rsvp.intentional)
        .join(Occurrence, Occurrence.id == Reflection.occurrence)
        .join(Event, Event.id == Occurrence.event)
        .join(Group, Group.id == Event.group)
        .outerjoin(Rsvp, (Rsvp.occurrence == Occurrence.id) & (Rsvp.member == Reflection.member))
        .where(Reflection.member == member)
        .order_by(Occurrence.starts_at, Reflection.id)
    )
    return tuple(
        PastOuting(
            at=occurrence.starts_at,
            title=event.title,
            occurrence=occurrence.id,
            group=group.id,
            offers=frozenset(Need(word) for word in group.offers),
            interests=tuple(each.interest for each in event.interests),
            facts={fact.feature: fact.value for fact in event.facts},
            time_zone=event.time_zone,
            intentional=bool(intentional),
            body=reflections.read(session, reflection),
        )
        for reflection, occurrence, event, group, intentional in rows
    )


def _wins_of(outing: PastOuting) -> list[WinView]:
    noted = [(WinKind(word), "") for word in outing.body.small_wins]
    if outing.body.own_win:
        noted.append((WinKind.OWN, outing.body.own_win))
    return [
        WinView(id=None, kind=kind, words=words, at=outing.at, title=outing.title) for kind, words in noted
    ]


def _prepared(session: Session, member: str) -> tuple[datetime, ...]:
    """Return when steps from home were taken: suggestions without an occurrence that got a yes."""
    rows = session.scalars(
        select(Suggestion.answered_at)
        .where(
            Suggestion.member == member,
            Suggestion.occurrence.is_(None),
            Suggestion.answer == "yes",
            Suggestion.answered_at.is_not(None),
        )
        .order_by(Suggestion.answered_at)
    )
    return tuple(at for at in rows if at is not None)
