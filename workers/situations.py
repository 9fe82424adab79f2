"""What an occurrence is like: the organizer's facts, and what the platform knows where they are silent."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from matching.inputs import FEATURES, Situation, SituationFeature

F = SituationFeature
EVENING_HOUR = 18
#: What is left of having nothing to do where one could take a task, and where one has.
TASK_OFFERED, TASK_TAKEN = 0.5, 0.0


class Fact(NamedTuple):
    """A feature's value, and whether it was inferred rather than stated."""

    value: float
    assumed: bool


def is_evening(starts_local: datetime) -> bool:
    """Return whether a wall time counts as evening: of the hour, nothing else matters to a situation."""
    return starts_local.hour >= EVENING_HOUR


def situation_of(
    facts: dict[str, Fact],
    *,
    starts_local: datetime,
    minutes: int,
    online: bool,
    recurring: bool,
    greeted: bool,
    no_role: float = 1.0,
) -> Situation:
    """Return the situation of an occurrence for somebody who knows nobody there.

    ``no_role``: the most there can be of having nothing to do, 0-1, as of the tasks an organizer has named.
    A feature that nobody stated and the platform does not know takes the middle of its range and is assumed.
    """
    known = {
        F.CONSTANT: Fact(1.0, False),
        F.UNFAMILIAR: Fact(1.0, False),
        F.DURATION: Fact(min(1.0, minutes / 240), False),
        F.IN_PERSON: Fact(0.5, True) if online else Fact(1.0, False),
        F.EVENING: Fact(float(is_evening(starts_local)), False),
        F.ONE_OFF: Fact(float(not recurring), not recurring),
    }
    if greeted:
        known[F.NO_HOST] = Fact(0.0, False)
    chosen = [facts.get(feature) or known.get(feature) or Fact(0.5, True) for feature in FEATURES]
    given = chosen[FEATURES.index(F.NO_ROLE)]
    if no_role < given.value or (given.assumed and no_role < 1):
        chosen[FEATURES.index(F.NO_ROLE)] = Fact(min(given.value, no_role), False)
    # Whether it is evening, and the constant, are matters of fact whatever anybody stated.
    for feature in (F.CONSTANT, F.EVENING):
        chosen[FEATURES.index(feature)] = known[feature]
    return Situation(
        values=tuple(fact.value for fact in chosen),
        assumed=frozenset(feature for feature, fact in zip(FEATURES, chosen, strict=True) if fact.assumed),
    )
