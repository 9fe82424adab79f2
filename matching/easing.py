"""Make a step smaller: a tough-day version of a plan, and one thing to change after a hard one. Light."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from matching.inputs import FEATURES, Situation, SituationFeature
from matching.situations import LadderError

F = SituationFeature


class Easing(StrEnum):
    """What can be made smaller without changing the outing itself (stored as these words)."""

    SHORTER = "shorter"
    LEAVE_ANY_TIME = "leave_any_time"
    LISTEN = "listen"
    WATCH = "watch"
    TAKE_A_TASK = "take_a_task"
    QUIETER_CORNER = "quieter_corner"
    FIND_THE_HOST = "find_the_host"


#: Feature and what an easing leaves of it.
EASINGS: Mapping[Easing, tuple[SituationFeature, float]] = {
    Easing.SHORTER: (F.DURATION, 0.5),
    Easing.LEAVE_ANY_TIME: (F.HARD_TO_LEAVE, 0.0),
    Easing.LISTEN: (F.TALKING, 0.5),
    Easing.WATCH: (F.OBSERVED, 0.5),
    Easing.TAKE_A_TASK: (F.NO_ROLE, 0.0),
    Easing.QUIETER_CORNER: (F.SENSORY_LOAD, 0.5),
    Easing.FIND_THE_HOST: (F.NO_HOST, 0.5),
}

EASING_WORDS: Mapping[Easing, str] = {
    Easing.SHORTER: "Come for half of the time",
    Easing.LEAVE_ANY_TIME: "Agree beforehand that you may leave whenever you like",
    Easing.LISTEN: "Listen more than you talk",
    Easing.WATCH: "Watch first, without a turn of your own",
    Easing.TAKE_A_TASK: "Ask for a small task",
    Easing.QUIETER_CORNER: "Take the quieter corner, or step outside for a while",
    Easing.FIND_THE_HOST: "Go with somebody you know, or arrange to be met",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Eased:
    """A smaller version of a situation and what was changed."""

    situation: Situation
    easings: tuple[Easing, ...]


def tough_day(situation: Situation) -> Eased:
    """Return the version for a tough day: shorter, free to leave, listening; it counts as going (R19)."""
    return ease(situation, *(easing for easing in TOUGH_DAY if _helps(situation, easing)))


TOUGH_DAY = (Easing.SHORTER, Easing.LEAVE_ANY_TIME, Easing.LISTEN)


def one_change(situation: Situation, weights: Mapping[SituationFeature, float]) -> Eased:
    """Return the situation with the one easing that takes away most for a member with these weights (R64).

    With nothing to ease the situation comes back as it is, without an easing.
    """
    taken = {easing: weights.get(EASINGS[easing][0], 0.0) * _taken(situation, easing) for easing in Easing}
    best = max(Easing, key=lambda easing: taken[easing])
    return ease(situation, best) if taken[best] > 0 else Eased(situation=situation, easings=())


def ease(situation: Situation, *easings: Easing) -> Eased:
    """Return the situation with these easings; each may be given once."""
    if len(set(easings)) < len(easings):
        raise LadderError("an easing counts once")
    values = list(situation.values)
    for easing in easings:
        feature, leaves = EASINGS[easing]
        values[FEATURES.index(feature)] *= leaves
    known = frozenset(EASINGS[easing][0] for easing in easings if EASINGS[easing][1] == 0)
    return Eased(
        situation=Situation(values=tuple(values), assumed=situation.assumed - known), easings=tuple(easings)
    )


def _taken(situation: Situation, easing: Easing) -> float:
    feature, leaves = EASINGS[easing]
    return situation.values[FEATURES.index(feature)] * (1 - leaves)


def _helps(situation: Situation, easing: Easing) -> bool:
    return _taken(situation, easing) > 0
