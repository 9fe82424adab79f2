"""The ladder's records: what is sealed in a rung and in a change, and what a page is given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from domain.models import LadderChange, ProposalStatus, Rung
from matching.inputs import Situation, SituationFeature

LONGEST_LABEL = 120


class RungState(StrEnum):
    """Where a rung stands, in the words of the page."""

    SETTLED = "settled"
    NOW = "now"
    NEXT = "next"
    LATER = "later"


class ChangeKind(StrEnum):
    """What moved on a ladder (stored as these words)."""

    LEARNT = "learnt"  #: the outing was taken in; the order stays
    SETTLED = "settled"  #: a rung has lost its grip
    ADVANCE = "advance"  #: proposes ``to`` as the next rung to work at
    STEP_DOWN = "step_down"  #: proposes the gentler ``to`` instead of ``rung``
    SPLIT = "split"  #: proposes ``new`` before ``rung``
    OTHER_KIND = "other_kind"  #: another kind of step at the same height (plateau)
    SMALLER = "smaller"  #: a smaller version taken on a tough day
    KINDNESS = "kindness"  #: the member's own next step after a hard outing (R39-R41)


@dataclass(frozen=True, kw_only=True, slots=True)
class RungBody:
    """What a rung is: a kind of situation with its label."""

    label: str = field(repr=False)
    situation: Situation = field(repr=False)
    kind: str = "own"  #: id of a kind in `matching.rungs`, or "own"
    reward: str | None = field(default=None, repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the body to seal; the inverse of `from_json`."""
        return {
            "label": self.label.strip()[:LONGEST_LABEL],
            "kind": self.kind,
            "reward": self.reward,
            "situation": list(self.situation.values),
            "assumed": sorted(self.situation.assumed),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Read a sealed rung, whatever else is kept with it."""
        assumed = frozenset(SituationFeature(word) for word in body["assumed"])
        situation = Situation(values=tuple(body["situation"]), assumed=assumed)
        return cls(label=body["label"], kind=body["kind"], reward=body.get("reward"), situation=situation)


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeBody:
    """What moved, and why: codes and the member's own numbers, put into words by the page."""

    kind: ChangeKind
    rung: str | None = None  #: id of the rung it is about
    to: str | None = None  #: id of the rung proposed instead
    new: RungBody | None = field(default=None, repr=False)  #: a rung proposed to be added
    reason: str = ""  #: code, such as "calm_twice" or "felt_too_much"
    words: tuple[str, ...] = field(default=(), repr=False)  #: slugs or text the reason speaks of
    numbers: Mapping[str, float] = field(default_factory=dict, repr=False)  #: such as expected, found; SUDS

    def to_json(self) -> dict[str, Any]:
        """Return the body to seal; the inverse of `from_json`."""
        return {
            "kind": self.kind,
            "rung": self.rung,
            "to": self.to,
            "new": self.new.to_json() if self.new else None,
            "reason": self.reason,
            "words": list(self.words),
            "numbers": dict(self.numbers),
        }

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Read a sealed change."""
        return cls(
            kind=ChangeKind(body["kind"]),
            rung=body.get("rung"),
            to=body.get("to"),
            new=RungBody.from_json(body["new"]) if body.get("new") else None,
            reason=body.get("reason", ""),
            words=tuple(body.get("words", ())),
            numbers=dict(body.get("numbers", {})),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class RungView:
    """A rung as its owner sees it."""

    id: str
    body: RungBody
    state: RungState | None  #: none: archived
    reached: bool
    settled_at: datetime | None

    @property
    def label(self) -> str:
        """What the step is."""
        return self.body.label

    @property
    def reward(self) -> str | None:
        """Something nice paired with it."""
        return self.body.reward

    @classmethod
    def of(cls, row: Rung, opened: Mapping[str, Any], *, state: RungState | None = None) -> Self:
        """Return the view of a rung whose sealed body is open."""
        return cls(
            id=row.id,
            body=RungBody.from_json(opened),
            state=state,
            reached=bool(opened.get("reached")),
            settled_at=row.settled_at,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class ChangeView:
    """A change as its owner sees it."""

    id: str
    body: ChangeBody
    created_at: datetime
    proposal: ProposalStatus | None  #: none: nothing to decide
    reflection: str | None

    @classmethod
    def of(cls, row: LadderChange, body: ChangeBody) -> Self:
        """Return the view of a change whose sealed body is open."""
        return cls(
            id=row.id,
            body=body,
            created_at=row.created_at,
            proposal=ProposalStatus(row.proposal) if row.proposal else None,
            reflection=row.reflection,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class LadderView:
    """A ladder as its owner sees it, gentlest rung first."""

    id: str
    rungs: tuple[RungView, ...]
    archived: tuple[RungView, ...]
    changes: tuple[ChangeView, ...]  #: newest first
    proposal: ChangeView | None  #: the open one

    @property
    def now(self) -> RungView | None:
        """The rung being worked at; none while the next one waits for a yes, or when all are settled."""
        return next((rung for rung in self.rungs if rung.state is RungState.NOW), None)

    @property
    def next(self) -> RungView | None:
        """The rung after that."""
        return next((rung for rung in self.rungs if rung.state is RungState.NEXT), None)

    @property
    def keeping(self) -> bool:
        """Whether every rung is settled: the ladder leads on to keeping it up, not out (R97)."""
        return all(rung.state is RungState.SETTLED for rung in self.rungs)

    def label_of(self, rung: str | None) -> str | None:
        """Return the label of a rung of this ladder, put away or not."""
        return next((each.label for each in self.rungs + self.archived if each.id == rung), None)


def states(rungs: Sequence[tuple[bool, bool]]) -> list[RungState]:
    """Return the state of each rung, in order, from whether it is settled and whether it was reached.

    Now is the gentlest reached one that is not settled; next is the gentlest open one above it, or the
    gentlest open one where there is none above or nothing is being worked at.
    """
    opened = [place for place, (settled, _) in enumerate(rungs) if not settled]
    now = next((place for place in opened if rungs[place][1]), None)
    others = [place for place in opened if place != now]
    above = [place for place in others if now is None or place > now]
    following = next(iter(above or others), None)
    words = {now: RungState.NOW, following: RungState.NEXT}
    return [
        RungState.SETTLED if settled else words.get(place, RungState.LATER)
        for place, (settled, _) in enumerate(rungs)
    ]
