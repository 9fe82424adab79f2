"""Situations: what makes an outing hard, the six comfort questions, and facts coded to features. Light."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import NamedTuple

from matching.inputs import FEATURE_COUNT, FEATURES, Situation, SituationFeature

F = SituationFeature


class LadderError(ValueError):
    """A situation or a report cannot be used; the message says what is wrong with it."""


class Trait(NamedTuple):
    """What a feature adds, from its easy to its hard end, in SUDS points."""

    points: float  #: population mean
    low: float  #: 90 % interval of that mean
    high: float
    spread: float  #: s.d. with which a new member starts: between members and our own doubt together
    basis: str


#: An expert synthesis for anxious members, not a published regression; sources in docs/model-card.md.
TRAITS: dict[SituationFeature, Trait] = {
    F.CONSTANT: Trait(10, 5, 15, 14, "set, so that the examples come out plausibly"),
    F.GROUP_SIZE: Trait(7, 2, 12, 8, "audience size studies, mixed results"),
    F.UNFAMILIAR: Trait(12, 5, 19, 9, "momentary sampling; SPIN items on strangers"),
    F.UNSTRUCTURED: Trait(7, 2, 12, 7, "Thompson and Rapee 2002"),
    F.DURATION: Trait(4, 1, 7, 4, "judgement"),
    F.OBSERVED: Trait(28, 20, 36, 11, "the most common social fear in every survey read"),
    F.TALKING: Trait(8, 3, 13, 8, "content of the LSAS and SIAS"),
    F.ONE_TO_ONE: Trait(4, -1, 9, 9, "the sign differs between people"),
    F.IN_PERSON: Trait(4, -1, 9, 7, "momentary sampling: online is not reliably easier"),
    F.HARD_TO_LEAVE: Trait(5, 1, 9, 6, "exposure practice"),
    F.ALCOHOL: Trait(0, -5, 5, 7, "two-sided"),
    F.EVENING: Trait(1, -1.5, 3.5, 4, "nothing found"),
    F.SENSORY_LOAD: Trait(4, -1, 9, 7, "sensory reactivity in autistic adults"),
    F.NO_HOST: Trait(5, 1, 9, 6, "companions lower state anxiety; NICE on reception"),
    F.ONE_OFF: Trait(2, -1, 5, 4, "familiarity"),
    F.NO_ROLE: Trait(3, -1, 7, 5, "kindness trial, Trew and Alden 2015"),
}

#: What a feature is called when a page explains what makes an outing harder.
FEATURE_WORDS: dict[SituationFeature, str] = {
    F.CONSTANT: "going at all",
    F.GROUP_SIZE: "how many people",
    F.UNFAMILIAR: "new faces",
    F.UNSTRUCTURED: "open mingling",
    F.DURATION: "how long it lasts",
    F.OBSERVED: "being looked at",
    F.TALKING: "talking",
    F.ONE_TO_ONE: "being just two",
    F.IN_PERSON: "being there in person",
    F.HARD_TO_LEAVE: "leaving is not easy",
    F.ALCOHOL: "a place for drinking",
    F.EVENING: "the time of day",
    F.SENSORY_LOAD: "noise and crowding",
    F.NO_HOST: "nobody to welcome you",
    F.ONE_OFF: "it happens only once",
    F.NO_ROLE: "nothing particular to do",
}

#: Variance of a value that nobody stated, taken as even over 0 to 1.
UNSTATED_VARIANCE = 1 / 12

#: What one visit to the same group leaves of the share of strangers.
FAMILIARITY = 0.8


class Certainty(StrEnum):
    """How sure an anticipation is."""

    ROUGH = "rough"
    FAIR = "fair"
    GOOD = "good"


CERTAINTY_WORDS = {
    Certainty.ROUGH: "a first guess, we do not know you well yet",
    Certainty.FAIR: "a fair idea",
    Certainty.GOOD: "quite a good idea, from what you told us",
}

_SCALE = 22.0
_CALMEST, _WORST = 4.0, 96.0


def drive(suds: float) -> float:
    """Return the distress drive behind a SUDS report, which is clipped to 4-96 first."""
    share = min(max(suds, _CALMEST), _WORST) / 100
    return 50 + _SCALE * math.log(share / (1 - share))


def squash(level: float) -> float:
    """Return the SUDS, between 0 and 100, of a distress drive; the inverse of :func:`drive`."""
    return 100 / (1 + math.exp(-(level - 50) / _SCALE))


def situation_of(values: Situation | Sequence[float | None]) -> Situation:
    """Return a Situation from sixteen plain numbers; None stands for a missing fact.

    Raises LadderError unless there are sixteen values, each 0 to 1, the first of them 1.
    """
    if isinstance(values, Situation):
        numbers = _numbers(values.values)
        return values if numbers == values.values else replace(values, values=numbers)
    given = list(values) if isinstance(values, Iterable) else []
    missing = frozenset(feature for feature, value in zip(FEATURES, given, strict=False) if value is None)
    return Situation(values=_numbers([0.5 if value is None else value for value in given]), assumed=missing)


#: Arithmetic done before may leave a value this far outside its range.
_ROUNDING = 1e-9


def _numbers(given: Sequence[float]) -> tuple[float, ...]:
    if len(given) != FEATURE_COUNT:
        raise LadderError(f"a situation has {FEATURE_COUNT} features, not {len(given)}")
    try:
        numbers = [float(value) for value in given]
    except (TypeError, ValueError):
        raise LadderError("the features of a situation are numbers") from None
    if abs(numbers[0] - 1) > _ROUNDING:
        raise LadderError("the first feature of a situation is the constant 1")
    if not all(-_ROUNDING <= value <= 1 + _ROUNDING for value in numbers):
        raise LadderError("the features of a situation lie between 0 and 1")
    return tuple(min(max(value, 0.0), 1.0) for value in numbers)


def situation(**features: float) -> Situation:
    """Return the Situation with the named features, the rest at their easy end."""
    named = {SituationFeature(name): value for name, value in features.items()}
    return situation_of([1.0, *(named.get(feature, 0.0) for feature in FEATURES[1:])])


def familiar(place: Situation, visits: int) -> Situation:
    """Return the situation as it is for somebody who has been ``visits`` times already."""
    values = list(place.values)
    values[FEATURES.index(F.UNFAMILIAR)] *= FAMILIARITY**visits
    return replace(place, values=tuple(values))


class Medium(StrEnum):
    """How people meet (stored as these words)."""

    TEXT = "text"
    VIDEO = "video"
    IN_PERSON = "in_person"


_MEDIUM = {Medium.TEXT: 0.0, Medium.VIDEO: 0.5, Medium.IN_PERSON: 1.0}


@dataclass(frozen=True, kw_only=True, slots=True)
class Facts:
    """What an organizer states about an outing; None where nothing is known."""

    others: int | None = None  #: other people expected, at least 1
    strangers: float = 1.0  #: share of them this member has not met
    unstructured: float | None = None
    hours: float | None = None
    observed: float | None = None
    talking: float | None = None
    medium: Medium | None = None
    hard_to_leave: float | None = None
    alcohol: bool | None = None
    starts_hour: int | None = None  #: 0-23, local
    sensory_load: float | None = None
    host: bool | None = None
    recurring: bool | None = None
    role: bool | None = None
    purpose: bool = False  #: a shared task or cause; eases structure and role
    inferred: frozenset[SituationFeature] = frozenset()  #: known from the platform, not from the organizer


def code(facts: Facts) -> Situation:
    """Return the Situation of stated facts; a missing one takes the middle of its range and is assumed."""
    others = None if facts.others is None else max(facts.others, 1)
    eased = 0.5 if facts.purpose else 1.0
    coded: dict[SituationFeature, float | None] = {
        F.CONSTANT: 1.0,
        F.GROUP_SIZE: None if others is None else min(1.0, math.log2(others) / 5),
        F.UNFAMILIAR: facts.strangers,
        F.UNSTRUCTURED: facts.unstructured,
        F.DURATION: None if facts.hours is None else min(1.0, facts.hours / 4),
        F.OBSERVED: facts.observed,
        F.TALKING: facts.talking,
        F.ONE_TO_ONE: None if others is None else float(others == 1),
        F.IN_PERSON: None if facts.medium is None else _MEDIUM[facts.medium],
        F.HARD_TO_LEAVE: facts.hard_to_leave,
        F.ALCOHOL: None if facts.alcohol is None else float(facts.alcohol),
        F.EVENING: None if facts.starts_hour is None else float(facts.starts_hour >= 18),
        F.SENSORY_LOAD: facts.sensory_load,
        F.NO_HOST: None if facts.host is None else float(not facts.host),
        F.ONE_OFF: None if facts.recurring is None else float(not facts.recurring),
        F.NO_ROLE: None if facts.role is None else float(not facts.role),
    }
    plain = situation_of([coded[feature] for feature in FEATURES])
    values = [
        value * eased if feature in {F.UNSTRUCTURED, F.NO_ROLE} else value
        for feature, value in zip(FEATURES, plain.values, strict=True)
    ]
    return Situation(values=tuple(values), assumed=plain.assumed | facts.inferred)


@dataclass(frozen=True, kw_only=True, slots=True)
class ComfortQuestion:
    """One of the six questions a new member may answer, 0 to 100: how hard would this be?"""

    id: str
    wording: str
    situation: Situation


QUESTIONS: tuple[ComfortQuestion, ...] = (
    ComfortQuestion(
        id="online_message",
        wording="Write one message in a small online group where somebody welcomes newcomers.",
        situation=situation(group_size=0.5, unfamiliar=1, observed=0.05, talking=0.2),
    ),
    ComfortQuestion(
        id="quiet_walk",
        wording="Walk for an hour beside four people you do not know. There is a guide and no need to talk.",
        situation=situation(
            group_size=0.4,
            unfamiliar=1,
            duration=0.25,
            talking=0.2,
            in_person=1,
            hard_to_leave=0.3,
            no_role=0.5,
        ),
    ),
    ComfortQuestion(
        id="coffee",
        wording="Have coffee for half an hour with somebody you have met once.",
        situation=situation(
            unfamiliar=0.6,
            unstructured=0.8,
            duration=0.125,
            observed=0.1,
            talking=0.9,
            one_to_one=1,
            in_person=1,
            hard_to_leave=0.5,
            sensory_load=0.3,
            no_host=1,
            one_off=1,
            no_role=1,
        ),
    ),
    ComfortQuestion(
        id="games_evening",
        wording="Join a weekly games evening of eight people, with a host who greets you.",
        situation=situation(
            group_size=0.56,
            unfamiliar=1,
            unstructured=0.2,
            duration=0.6,
            observed=0.2,
            talking=0.5,
            in_person=1,
            hard_to_leave=0.4,
            evening=1,
            sensory_load=0.3,
            no_role=0.5,
        ),
    ),
    ComfortQuestion(
        id="introduction",
        wording="Say a few sentences about yourself while ten people listen.",
        situation=situation(
            group_size=0.66,
            unfamiliar=0.8,
            duration=0.1,
            observed=0.9,
            talking=0.8,
            in_person=1,
            hard_to_leave=0.8,
            one_off=1,
        ),
    ),
    ComfortQuestion(
        id="party",
        wording="Arrive alone at a party of twenty-five people.",
        situation=situation(
            group_size=0.93,
            unfamiliar=0.9,
            unstructured=1,
            duration=0.75,
            observed=0.3,
            talking=0.8,
            in_person=1,
            hard_to_leave=0.2,
            alcohol=1,
            evening=1,
            sensory_load=0.9,
            no_host=1,
            one_off=1,
            no_role=1,
        ),
    ),
)
