"""Explanation: the parts of a score as words a page can say; never from another member's private data."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from matching.features import Floats
from matching.inputs import EventInput, MemberInput, Need
from matching.score import PARTS, Part


class ReasonCode(StrEnum):
    """What can be said about why an event is proposed (stored as these words)."""

    SHARED_INTERESTS = "shared_interests"
    KINDRED = "kindred"
    NEED = "need"
    RIGHT_SIZED = "right_sized"
    GENTLER = "gentler"
    BEEN_BEFORE = "been_before"
    VALUES = "values"
    REGULAR = "regular"
    GOOD_ENERGY = "good_energy"
    BELONGING = "belonging"


@dataclass(frozen=True, kw_only=True, slots=True)
class Reason:
    """One reason, with what the page needs to say it: words or numbers, never ids of people."""

    code: ReasonCode
    words: tuple[str, ...] = ()  #: slugs of interests or values, or a need
    number: float | None = None  #: visits, gatherings a month


#: How many people must have joined a group before "people who like the same" may be said of it.
FEWEST_KINDRED = 10
_STRONG, _GOOD = 0.6, 0.99


@dataclass(frozen=True, kw_only=True, slots=True)
class Explained:
    """The parts of a score by name, and the reasons worth saying, the weightiest first."""

    parts: Mapping[Part, float]
    reasons: tuple[Reason, ...] = field(default=())


@dataclass(frozen=True, kw_only=True, slots=True)
class _Scored:
    member: MemberInput
    event: EventInput
    value: float
    gentler: bool


def _interest(scored: _Scored) -> Reason | None:
    mine = scored.member.preferences.interests
    shared = sorted(scored.event.interests & mine.keys(), key=lambda slug: (-mine[slug], slug))
    if shared:
        return Reason(code=ReasonCode.SHARED_INTERESTS, words=tuple(shared[:3]))
    kindred = scored.value >= _STRONG and scored.event.attended >= FEWEST_KINDRED
    return Reason(code=ReasonCode.KINDRED) if kindred else None


def _need(scored: _Scored) -> Reason | None:
    met = [need for need in scored.member.preferences.needs if need in scored.event.offers]
    said = tuple(str(need) for need in met if need is not Need.NOT_SURE)
    return Reason(code=ReasonCode.NEED, words=said[:1]) if said else None


def _ladder(scored: _Scored) -> Reason | None:
    return Reason(code=ReasonCode.GENTLER if scored.gentler else ReasonCode.RIGHT_SIZED)


def _familiar(scored: _Scored) -> Reason | None:
    """Say only the member's own visits: who else comes is not theirs to be told."""
    visits = scored.member.visits.get(scored.event.group, 0)
    return Reason(code=ReasonCode.BEEN_BEFORE, number=visits) if visits else None


def _values(scored: _Scored) -> Reason | None:
    shared = tuple(sorted(scored.member.preferences.values & scored.event.values))
    return Reason(code=ReasonCode.VALUES, words=shared) if shared else None


def _regularity(scored: _Scored) -> Reason | None:
    often = scored.event.gatherings_per_month
    return Reason(code=ReasonCode.REGULAR, number=often) if often >= 2 else None


def _energy(scored: _Scored) -> Reason | None:
    return Reason(code=ReasonCode.GOOD_ENERGY) if scored.value > _GOOD else None


def _belonging(scored: _Scored) -> Reason | None:
    known = scored.event.belonging is not None and scored.event.belonging >= _STRONG
    return Reason(code=ReasonCode.BELONGING) if known else None


_SAYERS: dict[Part, Callable[[_Scored], Reason | None]] = {
    Part.INTEREST: _interest,
    Part.NEED: _need,
    Part.LADDER: _ladder,
    Part.FAMILIAR: _familiar,
    Part.VALUES: _values,
    Part.REGULARITY: _regularity,
    Part.ENERGY: _energy,
    Part.BELONGING: _belonging,
}


def explain(
    member: MemberInput, event: EventInput, *, parts: Floats, weights: Floats, gentler: bool
) -> Explained:
    """Return the parts (8,) of one score and the reasons they give, in the order of their share in it."""
    named = dict(zip(PARTS, parts.tolist(), strict=True))
    shares = dict(zip(PARTS, (parts * weights).tolist(), strict=True))
    weighty = sorted(PARTS, key=lambda part: (-round(shares[part], 4), part))
    said = (
        _SAYERS[part](_Scored(member=member, event=event, value=named[part], gentler=gentler))
        for part in weighty
    )
    return Explained(parts=named, reasons=tuple(reason for reason in said if reason))
