"""Order the scored candidates: the best first, re-ranked for variety, scarce places shared out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.features import Columns, EventTable, Floats


@dataclass(frozen=True, slots=True)
class Ranking:
    """One member's ordered events, best first; k is at most the length asked for."""

    member: int  #: row among the members of the run
    events: Columns  #: (k,) columns of the event table
    scores: Floats  #: (k,) 0-1, not necessarily falling after re-ranking


def top_n(scores: Floats, eligible: NDArray[np.bool_], n: int, *, member: int = 0) -> Ranking:
    """Return one member's ``n`` best eligible events.

    Equal scores are ordered by column, so the same inputs always give the same list. NaN means "could not be
    scored" and is left out.
    """
    columns = np.flatnonzero(eligible & ~np.isnan(scores))
    best = columns[np.lexsort((columns, -scores[columns]))[:n]]
    return Ranking(member, best, scores[best])


def similarity(table: EventTable, columns: Columns) -> Floats:
    """Return how alike events are, (k, k) 0-1: one group is 0.9 alike, else the share of common interests."""
    about = table.about[columns].astype(np.float64)
    common = about @ about.T
    size = about.sum(axis=1)
    union = size[:, None] + size[None, :] - common
    alike: Floats = common / np.maximum(union, 1)
    group, event = table.group[columns], table.event[columns]
    alike[group[:, None] == group[None, :]] = np.maximum(alike[group[:, None] == group[None, :]], 0.9)
    alike[event[:, None] == event[None, :]] = 1
    return alike


def rerank(ranking: Ranking, alike: Floats, diversity: float) -> Ranking:
    """Return the same events reordered by maximal marginal relevance.

    Parameters
    ----------
    alike : (k, k), 0-1, symmetric, ones on the diagonal, in the ranking's order
    diversity : share in 0-1; 0 returns the ranking unchanged
    """
    left = list(range(len(ranking.events)))
    nearest = np.zeros(len(left))
    order: list[int] = []
    while left:
        merit = (1 - diversity) * ranking.scores[left] - diversity * nearest[left]
        best = left.pop(int(np.argmax(merit)))
        order.append(best)
        nearest = np.maximum(nearest, alike[best])
    return Ranking(ranking.member, ranking.events[order], ranking.scores[order])


@dataclass(slots=True)
class Places:
    """How many more proposals each event and each organizer's newcomer limit can bear in this run."""

    proposals: Floats  #: (n,) infinite where places are unlimited
    newcomers: Floats  #: (n,)

    @classmethod
    def of(cls, table: EventTable, *, allowance: float) -> Places:
        """Return the room for proposals: free places times an allowance for people who decline."""
        return cls(np.ceil(table.places * allowance), np.ceil(table.newcomers * allowance))

    def has(self, column: int, *, newcomer: bool) -> bool:
        """Return whether one more member can be told of this event."""
        return bool(self.proposals[column] >= 1 and (not newcomer or self.newcomers[column] >= 1))

    def take(self, column: int, *, newcomer: bool) -> None:
        """Count one proposal."""
        self.proposals[column] -= 1
        self.newcomers[column] -= newcomer


def turns(members: int, rng: np.random.Generator) -> Sequence[int]:
    """Return the order in which members choose: drawn by lot, so that nobody is always last."""
    order: Sequence[int] = rng.permutation(members).tolist()
    return order
