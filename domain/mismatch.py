"""Stated needs against what one actually does: how many outings could serve each need (R03)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from domain.past import PastOuting
from matching.inputs import Need, SituationFeature

F = SituationFeature
#: Looked at, newest first; fewer than `ENOUGH` say nothing yet.
LOOKED_AT, ENOUGH = 8, 3
#: Up to about four others; about ten and more. As `SituationFeature.GROUP_SIZE` codes them.
FEW, MANY = 0.4, 0.66
EVENING = 17


@dataclass(frozen=True, kw_only=True, slots=True)
class NeedServed:
    """One stated need and how many of the outings looked at could serve it."""

    need: Need
    served: int
    outings: int
    large: int  #: of the outings, with about ten people or more

    @property
    def mismatch(self) -> bool:
        """Whether what one does leads elsewhere: at most one in four could serve the need."""
        return self.outings >= ENOUGH and self.served * 4 <= self.outings


def needs_served(needs: Sequence[Need], attended: Sequence[PastOuting]) -> list[NeedServed]:
    """Return each stated need, most wanted first, against the last outings; "not sure" asks for nothing."""
    recent = list(attended)[-LOOKED_AT:]
    large = sum(each.size is not None and each.size >= MANY for each in recent)
    return [
        NeedServed(
            need=need,
            served=sum(_serves(each, need, recent) for each in recent),
            outings=len(recent),
            large=large,
        )
        for need in needs
        if need is not Need.NOT_SURE
    ]


def _serves(outing: PastOuting, need: Need, recent: Sequence[PastOuting]) -> bool:
    """Return whether an outing could serve a need: by its size, its hour, its task or by going again.

    What nobody stated speaks for it: ignorance is no mismatch.
    """
    again = sum(each.group == outing.group for each in recent)
    match need:
        case Need.CONFIDANT:
            return outing.size is None or outing.size <= FEW
        case Need.DAYTIME_CHAT:
            by_day = outing.at.astimezone(ZoneInfo(outing.time_zone)).hour < EVENING
            return by_day and outing.facts.get(F.TALKING, 0.5) >= 0.2
        case Need.SHARED_ACTIVITY:
            return need in outing.offers or outing.facts.get(F.UNSTRUCTURED, 0.5) <= 0.5
        case Need.GROUP_INVOLVEMENT:
            return again >= 2
        case _:
            return False
