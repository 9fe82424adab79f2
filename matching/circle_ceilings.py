"""How many people a circle may have for somebody's ceiling: the occurrence, met with so many others."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from matching.circle_puzzle import SIZES
from matching.inputs import FEATURES, MemberInput, Situation, SituationFeature
from matching.outlook import look_ahead
from matching.pace import Candidate, State
from matching.settings import MatchingSettings

#: Among a few one is spoken to: at least so much talking is expected, whatever the occurrence is like.
LEAST_TALKING = 0.5


def among(place: Situation, size: int) -> Situation:
    """Return what an occurrence is like for one of a circle of ``size``: these are the people one is with."""
    values = list(place.values)
    values[FEATURES.index(SituationFeature.GROUP_SIZE)] = min(1.0, math.log2(size - 1) / 5)
    talking = FEATURES.index(SituationFeature.TALKING)
    values[talking] = max(values[talking], LEAST_TALKING)
    known = {SituationFeature.GROUP_SIZE}
    if values[talking] != place.values[talking]:
        known.add(SituationFeature.TALKING)
    return Situation(values=tuple(values), assumed=place.assumed - known)


def bearable(
    member: MemberInput, place: Situation, *, group: str, settings: MatchingSettings
) -> frozenset[int]:
    """Return the numbers of people, 3 to 5, at which a peak above the ceiling is improbable enough.

    The ceiling is the stricter of the member's own and the community's, as for any suggestion.
    """
    pace = replace(member.pace, limit=min(member.pace.limit, settings.ceiling))
    visits = np.array([[member.visits.get(group, 0)]])
    candidates = [Candidate(id=str(size), situation=among(place, size)) for size in SIZES]
    look = look_ahead([State(comfort=member.comfort, pace=pace)], candidates, visits)
    within = look.eligible[0] & (look.risk[0] <= settings.ceiling_probability)
    return frozenset(size for size, good in zip(SIZES, within.tolist(), strict=True) if good)
