"""A few new events against many members: whose list could they enter?

One pass over the columns of these events alone, so that a new event costs a region one evaluation a member
and only the members named here need to be matched again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from matching.affinity import AffinityModel
from matching.features import Floats, columns_of, tabulate
from matching.inputs import EventInput, MemberInput
from matching.pace import Role
from matching.settings import MatchingSettings
from matching.taste import taste_of

ROLES = (Role.RIGHT_SIZED, Role.GENTLER)
#: Score of a role for which none of the events is possible; any bar of a list with room left is above it.
NONE = -1.0
_BLOCK = 512


@dataclass(frozen=True, kw_only=True, slots=True)
class Column:
    """How well the best of the new events suits each member, scored as by :func:`matching.pipeline.match`.

    A role without a possible event scores ``NONE``. Sealed numbers went into it: it is never logged.
    """

    members: tuple[str, ...]  #: ids, in the order given
    scores: Mapping[Role, Floats]  #: (m,) 0-1, before re-ranking for variety

    def entering(self, bars: Mapping[Role, Floats]) -> tuple[str, ...]:
        """Return the members whose list could change.

        Parameters
        ----------
        bars : (m,) per role, the lowest score that stands in a member's list; ``NONE`` where the list has
            room or is not known. A score equal to the bar stays behind it. The answer is exact for lists in
            the order of scores; re-ranking for variety may reach a little below the lowest.
        """
        over: NDArray[np.bool_] = np.zeros(len(self.members), dtype=bool)
        for role, scores in self.scores.items():
            over |= (scores > NONE) & (scores > bars[role])
        return tuple(self.members[row] for row in np.flatnonzero(over))


def column_of(
    new: Collection[str],
    members: Sequence[MemberInput],
    events: Iterable[EventInput],
    *,
    settings: MatchingSettings,
    model: AffinityModel | None = None,
    now: datetime,
) -> Column:
    """Return how well the best of some occurrences suits each member, both roles.

    Every hard limit and every part of the score is that of a full run over ``events``: all open events of
    the region, the new ones among them, because how rare an interest is depends on all. Members are
    independent of each other here: places are not shared out. Ids in ``new`` that are no event's are passed
    over.
    """
    from matching.packing import Packing  # noqa: PLC0415  loads Numba, for this alone

    table = tabulate(events, fair_showings=settings.fair_showings)
    taste = taste_of(table, settings, model)
    packing = Packing(
        table,
        settings=settings,
        now=now.timestamp(),
        groups=taste.of_event,
        only=columns_of(table.by_id, new),
    )
    scores = np.full((len(members), len(ROLES)), NONE)
    active = np.flatnonzero([not member.paused for member in members])
    for start in range(0, len(active), _BLOCK):
        rows = active[start : start + _BLOCK]
        block = [members[row] for row in rows]
        best = packing.best(block, taste.affinity(block), 1)
        scores[rows] = np.where(best.column[:, :, 0] >= 0, best.score[:, :, 0], NONE)
    return Column(
        members=tuple(member.id for member in members),
        scores={role: scores[:, number] for number, role in enumerate(ROLES)},
    )
