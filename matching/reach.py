"""How much of what was hidden is found, by people and by groups, and a shortlist that reaches small groups.

Of all ways to choose ten groups for each person, the one that finds most joins, with a join of a small
group counted for more, takes the largest (1 + lift * rarity) * probability. Rarity is one over the joins a
group may expect, so at a large lift every group counts the same. Who said nothing is still shown what is
popular: where nothing is known of a person, there is no small group that suits them more than others.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.features import Columns, Floats

CUTS = (1, 5, 10, 20)
SHORTLIST = 10
#: Lifts tried, and how many times the recall over groups of popularity is enough, and is worth a cost.
_LIFTS, _ENOUGH, _WORTH = tuple(10 ** (step / 6) for step in range(19)), 2.0, 1.25
#: Standard errors of recall that may be lost where it serves small groups, and for nothing.
_BORNE, _FREE = 0.7, 0.15
#: Share of joins that a group may expect to be looked for.
_LOOKED_FOR = 0.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Found:
    """At which place each hidden join was found, 0 the first, among the groups its person had not joined."""

    people: Columns
    groups: Columns
    ranks: Columns

    def only(self, flags: NDArray[np.bool_]) -> Found:
        """Return the hidden joins flagged."""
        return Found(people=self.people[flags], groups=self.groups[flags], ranks=self.ranks[flags])


def find(scores: Floats, *, known: NDArray[np.bool_], hidden: csr_matrix) -> Found:
    """Return where scores (n, g) find the hidden joins among groups not joined; ties count as misses."""
    people, groups = hidden.nonzero()
    masked = np.where(known, -np.inf, scores)
    ranks = (masked[people] >= masked[people, groups][:, None]).sum(axis=1) - 1
    return Found(people=people.astype(np.intp), groups=groups.astype(np.intp), ranks=ranks)


def by_person(found: Found) -> Floats:
    """Return recall at each cut and nDCG at 10, (people found, 5), in the order of their rows.

    Recall is the share of a person's hidden joins that is among the first; nDCG is held against the best
    possible order of as many.
    """
    _, person, count = np.unique(found.people, return_inverse=True, return_counts=True)
    columns = [np.bincount(person, found.ranks < cut, minlength=len(count)) / count for cut in CUTS]
    gain = np.where(found.ranks < SHORTLIST, 1 / np.log2(found.ranks + 2.0), 0.0)
    ideal = np.cumsum(1 / np.log2(np.arange(SHORTLIST) + 2.0))[np.minimum(count, SHORTLIST) - 1]
    columns.append(np.bincount(person, gain, minlength=len(count)) / ideal)
    return np.stack(columns, axis=1)


def by_group(found: Found) -> float:
    """Return recall at 10 where every group counts the same."""
    _, group, size = np.unique(found.groups, return_inverse=True, return_counts=True)
    return float((np.bincount(group, found.ranks < SHORTLIST) / size).mean()) if len(size) else 0.0


def rarity_of(popularity: Floats) -> Floats:
    """Return how much more a join of each group counts: near 1 for the smallest, 1 / joins for large ones."""
    expected = _LOOKED_FOR * (popularity + 0.5)
    rarity: Floats = -np.expm1(-expected) / expected
    return rarity


def choose_lift(
    scores: Floats,
    popularity: Floats,
    rarity: Floats,
    *,
    known: NDArray[np.bool_],
    hidden: csr_matrix,
    spare: float,
) -> float:
    """Return the largest lift that costs nothing, or the smallest that gets small groups served.

    They are served once recall over groups is twice that of plain popularity; on the way there recall may
    fall by half of what it has to ``spare`` and less than its own standard error. Where even that brings
    recall over groups to less than a quarter above popularity's, nothing is paid for it.
    """
    people, groups = hidden.nonzero()
    of_each, of_group = np.bincount(people), np.bincount(groups)

    def reached(ten: NDArray[np.bool_]) -> tuple[Floats, float]:
        found = ten[people, groups]
        by_group = np.bincount(groups, found)[of_group > 0] / of_group[of_group > 0]
        return np.bincount(people, found) / of_each, float(by_group.mean())

    before, unlifted = reached(_first(scores, known))
    popular = reached(_first(popularity, known))[1]
    doubt = float(before.std()) / np.sqrt(len(before))
    tried = [(lift, *reached(_first(scores + np.log1p(lift * rarity), known))) for lift in _LIFTS]

    def best(bearable: float) -> tuple[float, float]:
        chosen, served = 0.0, unlifted
        for lift, after, serves in tried:
            limit = bearable if served < _ENOUGH * popular else _FREE * doubt
            if float((before - after).mean()) <= limit and serves > served:
                chosen, served = lift, serves
        return chosen, served

    paid, served = best(_BORNE * doubt + max(spare, 0) / 2)
    return paid if served >= _WORTH * popular else best(_FREE * doubt)[0]


def shortlisted(scores: Floats, rarity: Floats, lift: float, *, known: NDArray[np.bool_]) -> Floats:
    """Return log-probabilities (n, g) rearranged so that the best ten with small groups lifted come first.

    Within the ten, and after them, the order is that of the scores: who is served small groups too loses as
    little as can be of what suits best.
    """
    if lift <= 0 or scores.shape[1] <= SHORTLIST:
        return scores
    first = _first(scores + np.log1p(lift * rarity), known)
    order = np.lexsort((-scores, ~(first | known)), axis=1)
    rearranged = np.empty_like(scores)
    np.put_along_axis(rearranged, order, -np.sort(-scores, axis=1), axis=1)
    return rearranged


def _first(scores: Floats, known: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Flag each person's best ten among the groups not joined."""
    first = np.zeros(scores.shape, dtype=bool)
    few = min(SHORTLIST, scores.shape[1])
    best = np.argpartition(np.where(known, np.inf, -scores), few - 1, axis=1)[:, :few]
    np.put_along_axis(first, best, True, axis=1)
    return first
