"""What a needs card may say: a few ticks from closed lists, a marker, and one sentence of one's own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Self

from domain.errors import Invalid

LONGEST = 160


class Ease(StrEnum):
    """What makes it easier to be among people (sealed as these words)."""

    QUIET_AT_FIRST = "quiet_at_first"
    WARM_UP_SLOWLY = "warm_up_slowly"
    START_TALK = "start_talk"
    ONE_AT_A_TIME = "one_at_a_time"
    SILENCE = "silence"
    STEP_OUTSIDE = "step_outside"
    LEAVE_EARLY = "leave_early"


class Boundary(StrEnum):
    """What one would rather not (sealed as these words)."""

    NO_TOUCH = "no_touch"
    NO_PHOTOS = "no_photos"
    NO_ALCOHOL = "no_alcohol"
    NO_ROUND = "no_round"
    NOT_WORK = "not_work"
    NOT_FAMILY = "not_family"
    NOT_HEALTH = "not_health"
    NO_NUMBERS = "no_numbers"


class Telling(StrEnum):
    """What is wished for when one tells something: the "listen or ideas?" marker (R57)."""

    LISTEN = "listen"
    IDEAS = "ideas"
    ASK = "ask"


@dataclass(frozen=True, kw_only=True, slots=True)
class CardBody:
    """One card; all of it is optional. Raises `Invalid` for a sentence that is too long."""

    eases: tuple[Ease, ...] = field(default=(), repr=False)
    boundaries: tuple[Boundary, ...] = field(default=(), repr=False)
    telling: Telling | None = field(default=None, repr=False)
    words: str = field(default="", repr=False)  #: one sentence of their own, on one line

    def __post_init__(self) -> None:
        if len(self.words) > LONGEST:
            raise Invalid({"words": f"Use up to {LONGEST} letters."})

    def __bool__(self) -> bool:
        """Return whether it says anything."""
        return bool(self.eases or self.boundaries or self.telling or self.words)

    def to_json(self) -> dict[str, Any]:
        """Return the body to seal; the inverse of `from_json`."""
        return asdict(self)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Read a sealed card; an empty body is a card that says nothing."""
        telling = body.get("telling")
        return cls(
            eases=tuple(Ease(each) for each in body.get("eases", ())),
            boundaries=tuple(Boundary(each) for each in body.get("boundaries", ())),
            telling=Telling(telling) if telling else None,
            words=body.get("words", ""),
        )
