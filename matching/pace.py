"""The exposure ladder's records: attempts, one member's pace, candidates and proposals. Light."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from matching.inputs import Comfort, Situation, SituationFeature
from matching.situations import LadderError, familiar

CALM, OVERWHELMING, LEFT_IN_DISTRESS = 40.0, 80.0, 60.0
HIGHEST_LIMIT, HIGHEST_RISK = 75.0, 0.10
LOWEST_TARGET = 32.0
MOST_PER_WEEK = 2
REMEMBERED = 12


class Stride(StrEnum):
    """How large a member wants steps to be (stored as these words)."""

    GENTLE = "gentle"
    STEADY = "steady"
    STRETCH = "stretch"


TARGETS = {Stride.GENTLE: 42.0, Stride.STEADY: 52.0, Stride.STRETCH: 60.0}


@dataclass(frozen=True, kw_only=True, slots=True)
class Leaving:
    """How an outing ended."""

    end: float | None = None  #: SUDS on leaving
    early: bool = False
    safety_behaviours: tuple[str, ...] = ()  #: what helped to feel safe, such as staying on the phone
    tiring: float | None = None  #: how tiring it was to fit in, 0-1


@dataclass(frozen=True, kw_only=True, slots=True)
class Attempt:
    """One exposure, gone to or not. SUDS are 0-100; None where nobody said."""

    situation: Situation = field(repr=False)
    kind: str = ""  #: the kind of step or the group it belongs to; equal words are the same thing again
    anticipated: float = field(repr=False)  #: what the comfort model expected beforehand
    predicted: float | None = field(default=None, repr=False)
    peak: float | None = field(default=None, repr=False)
    end: float | None = field(default=None, repr=False)
    attended: bool
    left_early: bool = False
    safety_behaviours: tuple[str, ...] = field(default=(), repr=False)
    tiring: float | None = field(default=None, repr=False)  #: how tiring it was to fit in, 0-1 (R79)
    index: float = field(default=50.0, repr=False)  #: comfort index beforehand, see ``matching.comfort``
    index_sd: float = field(default=0.0, repr=False)
    at: datetime | None = None  #: aware

    def __post_init__(self) -> None:
        for name in ("predicted", "peak", "end"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 100:
                raise LadderError(f"{name} is a number from 0 to 100")
        if self.tiring is not None and not 0 <= self.tiring <= 1:
            raise LadderError("tiring is a number from 0 to 1")
        if not self.attended and self.peak is not None:
            raise LadderError("who did not go has no peak")
        if self.peak is not None and self.end is not None and self.end > self.peak:
            raise LadderError("the peak is the worst point, so it is not below the end")

    @property
    def expectation(self) -> float:
        """Return the member's own prediction, or the model's where there is none."""
        return self.anticipated if self.predicted is None else self.predicted

    @property
    def calm(self) -> bool:
        """Return whether it stayed calm without help: comfort evidence (R08)."""
        quiet = self.peak is not None and self.peak <= CALM
        return self.attended and quiet and not self.left_early and not self.safety_behaviours

    @property
    def overwhelming(self) -> bool:
        """Return whether the peak was 80 or more."""
        return self.peak is not None and self.peak >= OVERWHELMING

    def to_json(self) -> dict[str, Any]:
        """Return the body to seal; the inverse of :meth:`from_json`."""
        body = {each.name: getattr(self, each.name) for each in dataclasses.fields(self)}
        return body | {
            "situation": list(self.situation.values),
            "assumed": sorted(self.situation.assumed),
            "safety_behaviours": list(self.safety_behaviours),
            "at": self.at.isoformat() if self.at else None,
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Read a sealed attempt."""
        given = dict(body)
        assumed = frozenset(SituationFeature(word) for word in given.pop("assumed"))
        given["situation"] = Situation(values=tuple(given["situation"]), assumed=assumed)
        given["safety_behaviours"] = tuple(given["safety_behaviours"])
        given["at"] = datetime.fromisoformat(given["at"]) if given["at"] else None
        return cls(**given)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How fast one member goes: their choices, and what recent attempts made of them."""

    stride: Stride = Stride.STEADY  #: the member's choice
    target: float = TARGETS[Stride.STEADY]  #: SUDS aimed for now; after a set-back under the stride's own
    limit: float = HIGHEST_LIMIT  #: SUDS a peak may reach; the member may lower it
    risk: float = HIGHEST_RISK  #: highest probability of a peak above the limit; the member may lower it
    weekly_cap: int = 1  #: outings a week, 1 or 2
    rest_hours: float = 48.0  #: between two outings
    weekly_distress: float = 110.0  #: SUDS points a week, summed over planned outings
    holding: int = field(default=0, repr=False)  #: attended attempts until the target may rise again
    no_shows: int = field(default=0, repr=False)  #: in a row
    raised_at: datetime | None = None  #: when the member last accepted a higher rung; aware
    recent: tuple[Attempt, ...] = field(default=(), repr=False)  #: newest last, at most twelve

    def __post_init__(self) -> None:
        if not 0 < self.limit <= HIGHEST_LIMIT or not 0 < self.risk <= HIGHEST_RISK:
            raise LadderError(
                f"a ceiling is at most {HIGHEST_LIMIT:.0f}, with a risk of at most {HIGHEST_RISK}"
            )
        if not 0 <= self.weekly_cap <= MOST_PER_WEEK:
            raise LadderError(f"a week has at most {MOST_PER_WEEK} planned outings")
        if not LOWEST_TARGET <= self.target <= TARGETS[self.stride]:
            raise LadderError(f"the target lies between {LOWEST_TARGET:.0f} and that of the stride")

    @property
    def risk_now(self) -> float:
        """Return the risk in force: half of the member's while a set-back is held."""
        return self.risk / 2 if self.holding else self.risk

    def to_json(self) -> dict[str, Any]:
        """Return the body to seal; the inverse of :meth:`from_json`."""
        body = {each.name: getattr(self, each.name) for each in dataclasses.fields(self)}
        body["recent"] = [attempt.to_json() for attempt in self.recent]
        return body | {"raised_at": self.raised_at.isoformat() if self.raised_at else None}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Read a sealed pace; absent names take today's default."""
        given = dict(body)
        if "stride" in given:
            given["stride"] = Stride(given["stride"])
        if given.get("raised_at"):
            given["raised_at"] = datetime.fromisoformat(given["raised_at"])
        given["recent"] = tuple(Attempt.from_json(each) for each in given.get("recent", ()))
        return cls(**given)


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """All that the ladder knows of one member: how hard things are, and how fast to go. Sealed."""

    comfort: Comfort
    pace: Pace = Pace()

    def to_json(self) -> dict[str, Any]:
        """Return the body to seal; the inverse of :meth:`from_json`."""
        return {"comfort": self.comfort.to_json(), "pace": self.pace.to_json()}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Read a sealed state."""
        return cls(comfort=Comfort.from_json(body["comfort"]), pace=Pace.from_json(body["pace"]))


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate:
    """Something a member could do next."""

    id: str
    situation: Situation
    kind: str = ""  #: the kind of step or the group; for variety
    relevance: float = 1.0  #: 0-1, to where the member wants to get
    visits: int = 0  #: times this member has been to this group
    host: bool | None = None  #: None: as the situation says

    def __post_init__(self) -> None:
        if not 0 <= self.relevance <= 1:
            raise LadderError("the relevance of a candidate lies between 0 and 1")
        if not 0 <= self.visits < float("inf"):
            raise LadderError("the visits to a candidate are 0 or more")

    def as_met(self) -> Situation:
        """Return the situation as it is for this member, who may know some of the people."""
        return familiar(self.situation, self.visits)

    @property
    def welcomed(self) -> bool:
        """Return whether somebody is there to welcome."""
        return self.situation.values[_NO_HOST] < 0.5 if self.host is None else self.host


_NO_HOST = list(SituationFeature).index(SituationFeature.NO_HOST)


class Role(StrEnum):
    """What a proposal is for."""

    RIGHT_SIZED = "right_sized"
    GENTLER = "gentler"
    PREPARATION = "preparation"  #: from home, no outing: see ``matching.practice`` and ``steps.prepare``


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """A candidate put to a member, with the numbers behind it."""

    id: str
    index: int  #: position among the candidates given
    role: Role
    anticipated: float = field(repr=False)  #: SUDS
    low: float = field(repr=False)  #: 80 % interval of the peak
    high: float = field(repr=False)
    risk: float = field(repr=False)  #: probability of a peak above the member's limit
