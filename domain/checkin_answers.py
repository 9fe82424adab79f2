"""What is said at a check-in: the answers to three kinds of questions, and how they change.

The four loneliness questions are those the UK's Office for National Statistics recommends: three items of the
UCLA scale, which belong together, and one direct question.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from domain.errors import Invalid
from domain.models import CheckInKind

LONGEST = 500
#: How much one could be oneself, 0-100: at or under this, suggestions ease off (R66).
LOW = 30
#: The three questions give 3 to 9; less than this much of a change is called none.
STEP = 2


class Often(StrEnum):
    """An answer to the three questions (stored as these words)."""

    HARDLY = "hardly_ever"
    SOMETIMES = "some_of_the_time"
    OFTEN = "often"


class Lonely(StrEnum):
    """An answer to the direct question (stored as these words)."""

    OFTEN = "often_or_always"
    SOMETIMES = "some_of_the_time"
    OCCASIONALLY = "occasionally"
    HARDLY = "hardly_ever"
    NEVER = "never"


class Balance(StrEnum):
    """Giving and receiving, as the member sees it (stored as these words) (R74)."""

    GAVE = "gave_more"
    EVEN = "about_even"
    RECEIVED = "received_more"


class Trend(StrEnum):
    """How the newest answers stand beside the first ones; never a number, never a name for a person."""

    FIRST = "first"
    LIGHTER = "lighter"
    SAME = "same"
    HEAVIER = "heavier"


@dataclass(frozen=True, kw_only=True, slots=True)
class LonelinessAnswers:
    """The four answers; the three belong together and are never taken apart."""

    companionship: Often = field(repr=False)
    left_out: Often = field(repr=False)
    isolated: Often = field(repr=False)
    lonely: Lonely = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return the body to seal; the inverse of `from_json`."""
        return {name: str(getattr(self, name)) for name in self.__slots__}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Read sealed answers."""
        three = {name: Often(body[name]) for name in ("companionship", "left_out", "isolated")}
        return cls(**three, lonely=Lonely(body["lonely"]))

    @property
    def weight(self) -> int:
        """The sum of the three, 3-9, for the trend alone."""
        return sum(1 + list(Often).index(each) for each in (self.companionship, self.left_out, self.isolated))


@dataclass(frozen=True, kw_only=True, slots=True)
class WeekAnswers:
    """A look at the week; each part may be empty, not all of them."""

    good: str = field(default="", repr=False)
    hard: str = field(default="", repr=False)
    next: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if not (self.good.strip() or self.hard.strip() or self.next.strip()):
            raise Invalid({"good": "Write a word or two somewhere, or put it off."})

    def to_json(self) -> dict[str, Any]:
        """Return the body to seal; the inverse of `from_json`."""
        return {name: getattr(self, name).strip()[:LONGEST] for name in self.__slots__}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Read sealed answers."""
        return cls(**body)


@dataclass(frozen=True, kw_only=True, slots=True)
class SelfAnswers:
    """How much one could be oneself, and whether giving and receiving are in balance."""

    myself: int | None = field(default=None, repr=False)  #: 0 not at all to 100 fully
    balance: Balance | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.myself is None and self.balance is None:
            raise Invalid({"myself": "Answer one of the two, or put it off."})
        if self.myself is not None and not 0 <= self.myself <= 100:
            raise Invalid({"myself": "Choose a number from 0 to 100."})

    @property
    def low(self) -> bool:
        """Whether one had to hide much of oneself: suggestions ease off for a while."""
        return self.myself is not None and self.myself <= LOW

    def to_json(self) -> dict[str, Any]:
        """Return the body to seal; the inverse of `from_json`."""
        return {"myself": self.myself, "balance": self.balance}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Read sealed answers."""
        return cls(
            myself=body.get("myself"), balance=Balance(body["balance"]) if body.get("balance") else None
        )


Answers = LonelinessAnswers | WeekAnswers | SelfAnswers
BODIES: dict[CheckInKind, type[Any]] = {
    CheckInKind.LONELINESS: LonelinessAnswers,
    CheckInKind.WEEK: WeekAnswers,
    CheckInKind.SELF: SelfAnswers,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Kept:
    """One set of answers, opened."""

    id: str
    at: datetime
    answers: Any = field(repr=False)


def uneven(kept: Sequence[Kept]) -> Balance | None:
    """Return which way giving and receiving were uneven twice in a row, or none (R74)."""
    last = {each.answers.balance for each in [each for each in kept if each.answers.balance][-2:]}
    twice = sum(each.answers.balance is not None for each in kept) >= 2
    return next(iter(last)) if twice and len(last) == 1 and last != {Balance.EVEN} else None


def trend(kept: Sequence[Kept]) -> Trend:
    """Return how the newest loneliness answers stand beside the first; one step either way is no change."""
    if len(kept) < 2:
        return Trend.FIRST
    moved = kept[-1].answers.weight - kept[0].answers.weight
    if abs(moved) < STEP:
        return Trend.SAME
    return Trend.LIGHTER if moved < 0 else Trend.HEAVIER
