"""One member's best events for either role, with all that is needed to choose among and explain them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.anticipation import Anticipation, anticipate
from matching.candidates import Exclusion, count, exclusions
from matching.features import EventTable, Floats
from matching.inputs import MemberInput
from matching.pace import Role
from matching.rank import Ranking, rerank, similarity, top_n
from matching.score import PARTS, Part, ladder_fit, nearness, parts_of, total
from matching.settings import MatchingSettings

_LADDER = PARTS.index(Part.LADDER)


@dataclass(frozen=True, kw_only=True, slots=True)
class Ranked:
    """The best events for one role; every array is in the ranking's order."""

    ranking: Ranking
    parts: Floats  #: (8, k)
    level: Floats  #: (k,) drive
    suds: Floats  #: (k,)
    overwhelm: Floats  #: (k,) P(peak > the member's ceiling)


@dataclass(frozen=True, kw_only=True, slots=True)
class Shortlist:
    """What a run found for one member before places are shared out."""

    member: MemberInput
    roles: Mapping[Role, Ranked]
    excluded: Mapping[Exclusion, int]
    possible: int
    visited: frozenset[str]  #: groups they have been to


def shortlist(
    member: MemberInput, table: EventTable, *, settings: MatchingSettings, now: float, learned: Floats
) -> Shortlist:
    """Return a member's best events by plain array arithmetic: the reference for the fused pass."""
    anticipation = anticipate(member, table, settings)
    codes = exclusions(member, table, settings=settings, now=now, anticipation=anticipation)
    parts = parts_of(member, table, settings=settings, anticipation=anticipation, learned=learned)
    roles = {
        role: _ranked(rows, (codes == 0) & fits, anticipation, table=table, settings=settings)
        for role, (rows, fits) in _by_role(member, parts, anticipation, settings).items()
    }
    return Shortlist(
        member=member,
        roles=roles,
        excluded=count(codes),
        possible=int((codes == 0).sum()),
        visited=visited_by(member),
    )


def visited_by(member: MemberInput) -> frozenset[str]:
    """Return the groups a member has been to."""
    return frozenset(group for group, visits in member.visits.items() if visits)


def _by_role(
    member: MemberInput, parts: Floats, anticipation: Anticipation, settings: MatchingSettings
) -> dict[Role, tuple[Floats, NDArray[np.bool_]]]:
    """Return parts and fitness per role: near the target, or clearly under it."""
    target = member.pace.target
    right = nearness(anticipation, target=target, settings=settings) >= settings.right_sized_floor
    gentle_parts = parts.copy()
    gentle_parts[_LADDER] = ladder_fit(anticipation, target=target - settings.gentler_by, settings=settings)
    gentle = anticipation.suds <= target - settings.gentler_by / 2
    return {Role.RIGHT_SIZED: (parts, right), Role.GENTLER: (gentle_parts, gentle)}


def _ranked(
    parts: Floats,
    eligible: NDArray[np.bool_],
    anticipation: Anticipation,
    *,
    table: EventTable,
    settings: MatchingSettings,
) -> Ranked:
    best = top_n(total(parts, table, settings), eligible, settings.shortlist)
    ranking = rerank(best, similarity(table, best.events), settings.diversity)
    return Ranked(
        ranking=ranking,
        parts=parts[:, ranking.events],
        level=anticipation.mean[ranking.events],
        suds=anticipation.suds[ranking.events],
        overwhelm=anticipation.overwhelm[ranking.events],
    )
