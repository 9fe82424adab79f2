"""Pressure facts of a listing: what it states, and what its words let one assume, on the careful side.

``constant`` and ``unfamiliar`` are left out: the platform knows them. Words raise a fact before they lower
it, and only plain words lower one; the default is ``kinds.UNSURE``.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta

from domain.listings.cues import (
    ABOUT_DRINK,
    AGAIN,
    DRY,
    DRY_PLACES,
    FEW,
    LOWERS,
    NOT_DRINK,
    RAISES,
    SOME_DRINK,
)
from domain.listings.draft import Draft
from domain.listings.kinds import UNSURE, usual_of
from domain.listings.record import Basis, Fact
from matching.inputs import SituationFeature as F

Facts = dict[F, Fact]


def facts_of(
    draft: Draft, *, starts_local: datetime, duration: timedelta | None, all_day: bool, recurs: bool
) -> Facts:
    """Return a fact for every feature but two; ``duration`` is None where the file does not say."""
    head = " | ".join((draft.title, draft.venue, draft.organizer, *draft.keywords))
    everything = f"{head} | {draft.text}"
    values = usual_of(draft.title, draft.keywords, draft.text)
    values[F.ONE_TO_ONE] = 0.0
    _bend(values, everything)
    values[F.ALCOHOL] = _alcohol(head, draft.text)
    values[F.ONE_OFF] = 0.4 if AGAIN.search(everything) else 1.0
    values[F.GROUP_SIZE] = _size(values[F.GROUP_SIZE], everything)
    values[F.IN_PERSON] = 0.5 if draft.online else 1.0
    values[F.DURATION] = UNSURE
    values[F.EVENING] = UNSURE if all_day else _evening(starts_local)
    if draft.online:
        _at_home(values)
    facts = {feature: Fact(value=round(value, 2), basis=Basis.ASSUMED) for feature, value in values.items()}
    facts.update(_stated(draft, facts, duration=duration, all_day=all_day, recurs=recurs))
    return {feature: facts[feature] for feature in F if feature in facts}


def size_value(people: int) -> float:
    """Return group size, 0-1, of a gathering of so many people, the member among them."""
    return min(1.0, math.log2(max(1, people - 1)) / 5)


def _bend(values: dict[F, float], text: str) -> None:
    raised = set()
    for feature, value, words in RAISES:
        if values[feature] < value and words.search(text):
            values[feature] = value
            raised.add(feature)
    for feature, value, most, words in LOWERS:
        if feature not in raised and value < values[feature] <= most and words.search(text):
            values[feature] = value


def _alcohol(head: str, text: str) -> float:
    head, text = NOT_DRINK.sub(" ", head), NOT_DRINK.sub(" ", text)
    if DRY.search(head) or DRY.search(text):
        return 0.0
    if ABOUT_DRINK.search(head):
        return 1.0
    if SOME_DRINK.search(head) or ABOUT_DRINK.search(text) or SOME_DRINK.search(text):
        return UNSURE
    return 0.1 if DRY_PLACES.search(head) else 0.3


def _size(usual: float, text: str) -> float:
    counts = [int(found[1]) for words in FEW if (found := words.search(text))]
    return min(usual, size_value(max(counts))) if counts else usual


def _evening(starts_local: datetime) -> float:
    """After midnight is still the evening before."""
    return 1.0 if starts_local.hour >= 18 or starts_local.hour < 5 else 0.0


def _at_home(values: dict[F, float]) -> None:
    """Nobody is trapped by a screen, nor drowned in noise; the rest stays as it is."""
    values[F.HARD_TO_LEAVE] = min(values[F.HARD_TO_LEAVE], 0.3)
    values[F.SENSORY_LOAD] = min(values[F.SENSORY_LOAD], 0.3)
    values[F.ALCOHOL] = 0.0


def _opening_hours(assumed: Facts, duration: timedelta) -> bool:
    """Tell whether a long time is when a door stands open rather than how long one stays."""
    return assumed[F.HARD_TO_LEAVE].value <= 0.2 and duration > timedelta(hours=4)


def _stated(
    draft: Draft, assumed: Facts, *, duration: timedelta | None, all_day: bool, recurs: bool
) -> Facts:
    """Return the facts the file itself gives."""
    stated: dict[F, float] = {}
    if duration is not None and not _opening_hours(assumed, duration):
        stated[F.DURATION] = min(1.0, duration.total_seconds() / 3600 / 4)
    if not all_day:
        stated[F.EVENING] = assumed[F.EVENING].value
    if draft.online is not None:
        stated[F.IN_PERSON] = assumed[F.IN_PERSON].value
    if recurs:
        stated[F.ONE_OFF] = 0.0
    if draft.capacity is not None and size_value(draft.capacity) < 1:
        stated[F.GROUP_SIZE] = size_value(draft.capacity)
    stated.update(draft.stated)
    return {feature: Fact(value=round(value, 2), basis=Basis.STATED) for feature, value in stated.items()}
