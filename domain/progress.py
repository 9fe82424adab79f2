"""A member's progress, for themselves alone: counts and pairs derived from their past, never stored twice.

Nothing here compares with anybody, and nothing is lost by a quiet time: there is no run of days to break.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from statistics import median
from zoneinfo import ZoneInfo

from domain.past import Past, PastOuting
from domain.trails import Point, Span
from domain.wins import WinKind
from matching.situations import QUESTIONS

#: Months shown, the present one included.
MONTHS = 12
QUARTER = 91  #: days
#: SUDS points by which an anticipation must fall or rise to be called so.
NOTICEABLE = 5.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """What there was in a month; one with nothing in it is a quiet month and takes nothing away (R10)."""

    first: date
    outings: int = 0
    planned: int = 0  #: of these, marked beforehand as a step (R07)
    wins: int = 0
    prepared: int = 0  #: steps from home
    routines: int = 0  #: small things that come round each week, done

    @property
    def quiet(self) -> bool:
        """Whether nothing was noted."""
        return not (self.outings or self.wins or self.prepared or self.routines)


def months(past: Past, *, zone: ZoneInfo, now: datetime) -> list[Month]:
    """Return the last months, the present one first, back to the first with anything in it."""
    outings = Counter(_month(each.at, zone) for each in past.attended)
    planned = Counter(_month(each.at, zone) for each in past.attended if each.intentional)
    wins = Counter(_month(win.at, zone) for win in past.wins)
    prepared = Counter(_month(at, zone) for at in past.prepared)
    routines = Counter(_month(at, zone) for at in past.routines)
    present = _month(now, zone)
    first = min([present, *outings, *wins, *prepared, *routines])
    found: list[Month] = []
    month = present
    while month >= first and len(found) < MONTHS:
        found.append(
            Month(
                first=month,
                outings=outings[month],
                planned=planned[month],
                wins=wins[month],
                prepared=prepared[month],
                routines=routines[month],
            )
        )
        month = _before(month)
    return found


def _month(moment: datetime, zone: ZoneInfo) -> date:
    return moment.astimezone(zone).date().replace(day=1)


def _before(month: date) -> date:
    return (
        month.replace(year=month.year - 1, month=12)
        if month.month == 1
        else month.replace(month=month.month - 1)
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Repertoire:
    """What a member has done at least once; the smallest thing adds to it (R37)."""

    interests: tuple[str, ...]  #: slugs of what outings were about, in order of the first time
    wins: tuple[WinKind, ...]  #: kinds of small wins, in order of the first time
    own: tuple[str, ...] = field(repr=False)  #: wins in the member's own words
    prepared: bool  #: has taken a step from home
    moments: int  #: outings, wins, steps from home and routines together: what one can build on

    @property
    def kinds(self) -> int:
        """How many different kinds of things."""
        return len(self.interests) + len(self.wins) + len(self.own) + self.prepared


def repertoire(past: Past) -> Repertoire:
    """Return the repertoire."""
    about = [slug for each in past.attended for slug in each.interests]
    own = [win.words for win in past.wins if win.kind is WinKind.OWN]
    return Repertoire(
        interests=tuple(dict.fromkeys(about)),
        wins=tuple(dict.fromkeys(win.kind for win in past.wins if win.kind is not WinKind.OWN)),
        own=tuple(dict.fromkeys(own)),
        prepared=bool(past.prepared),
        moments=len(past.attended) + len(past.wins) + len(past.prepared) + len(past.routines),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcomes:
    """Less withdrawal and better contact, always side by side (R04)."""

    outings: int  #: in the last three months
    earlier: int  #: in the three months before
    good: float | None  #: mean of how good it was, 0-100, in the last three months
    earlier_good: float | None
    signals: int  #: signs of connection in the last three months
    again: int  #: outings with people one would meet again


def outcomes(past: Past, *, now: datetime) -> Outcomes:
    """Return how much there was and how good it was, three months against the three before."""
    recent = [each for each in past.attended if 0 <= (now - each.at).days < QUARTER]
    before = [each for each in past.attended if QUARTER <= (now - each.at).days < 2 * QUARTER]
    return Outcomes(
        outings=len(recent),
        earlier=len(before),
        good=_mean(recent),
        earlier_good=_mean(before),
        signals=sum(len(each.body.signals) for each in recent),
        again=sum(each.body.meet_again == "yes" for each in recent),
    )


def _mean(outings: Sequence[PastOuting]) -> float | None:
    said = [each.body.good for each in outings if each.body.good is not None]
    return sum(said) / len(said) if said else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Kind:
    """How one kind of situation was and is anticipated."""

    id: str
    wording: str
    first: Span = field(repr=False)
    now: Span = field(repr=False)
    points: tuple[tuple[datetime, Span], ...] = field(repr=False)

    @property
    def moved(self) -> float:
        """SUDS points it fell; below 0 it rose."""
        return self.first.suds - self.now.suds

    @property
    def sure(self) -> bool:
        """Whether the two intervals lie clearly apart: what is left is small against what moved."""
        return abs(self.moved) >= max(NOTICEABLE, (self.now.high - self.now.low) / 4)


def by_kind(trail: Sequence[Point]) -> list[Kind]:
    """Return the six asked kinds of situation over time; empty until there are two points to compare."""
    if len(trail) < 2:
        return []
    known = [each for each in QUESTIONS if all(each.id in point.kinds for point in trail)]
    return [
        Kind(
            id=question.id,
            wording=question.wording,
            first=trail[0].kinds[question.id],
            now=trail[-1].kinds[question.id],
            points=tuple((point.at, point.kinds[question.id]) for point in trail),
        )
        for question in known
    ]


def daunting(past: Past) -> list[tuple[PastOuting, int]]:
    """Return how hard the hardest moment was, outing by outing (R29)."""
    return [(each, each.body.peak) for each in past.attended if each.body.peak is not None]


def rewarding(past: Past) -> list[tuple[PastOuting, int]]:
    """Return how good it was, outing by outing (R29)."""
    return [(each, each.body.good) for each in past.attended if each.body.good is not None]


def compared(past: Past) -> list[PastOuting]:
    """Return the outings with both an expectation and what was found, newest first (R28)."""
    return [each for each in reversed(past.attended) if each.body.surprise is not None]


def drift(numbers: Sequence[float]) -> float | None:
    """Return the middle of the newer half less that of the older; none for fewer than four.

    Of an odd count the one in between belongs to both; the middle, so that one bad night is one night.
    """
    if len(numbers) < 4:
        return None
    half = (len(numbers) + 1) // 2
    return median(numbers[-half:]) - median(numbers[:half])
