"""Hide some joins, to learn from the rest and see how well what was hidden is found.

As little as possible is hidden at a time, so that what is learnt in a rehearsal is nearly as good as what
will be used: a map that is weaker in the rehearsal would be trusted too little afterwards.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.community import People
from matching.features import Columns

#: Share of people who lose their whole history; share of the others who lose some joins, and how many.
COLD_SHARE, WARM_SHARE, HIDDEN_SHARE = 0.1, 0.35, 0.2

Flags = NDArray[np.bool_]


def hide_all(people: People, rng: np.random.Generator) -> tuple[People, csr_matrix]:
    """Return the people with the whole history of a tenth hidden, by lot, and what was hidden: newcomers."""
    chosen = newcomers(people, COLD_SHARE, rng)
    return taken(people, np.isin(owners_of(people), chosen))


def hide_some(people: People, rng: np.random.Generator) -> tuple[People, csr_matrix]:
    """Return the people with a fifth of a third of the people's joins hidden, by lot, and the hidden joins.

    Nobody loses their only join.
    """
    owners = owners_of(people)
    tried = rng.random(len(people)) < WARM_SHARE
    return taken(people, some_of_each(owners, HIDDEN_SHARE, rng) & tried[owners])


def hide_latest(people: People, rng: np.random.Generator) -> tuple[People, csr_matrix]:
    """Return the people with the latest fifth of all joins hidden, and the hidden joins."""
    return taken(people, latest(people, HIDDEN_SHARE, rng))


def owners_of(people: People) -> Columns:
    """Return the row of the person each join belongs to, in row order."""
    owners: Columns = np.repeat(np.arange(len(people)), people.joined())
    return owners


def taken(people: People, hidden: Flags) -> tuple[People, csr_matrix]:
    """Return the people without the flagged joins, and those joins."""
    return people.with_joins(~hidden), people.with_joins(hidden).joins


def newcomers(people: People, share: float, rng: np.random.Generator) -> Columns:
    """Return the rows of a share of the people with a history, by lot."""
    candidates = rng.permutation(np.flatnonzero(people.joined()))
    chosen: Columns = candidates[: int(len(candidates) * share)]
    return chosen


def some_of_each(owners: Columns, share: float, rng: np.random.Generator) -> Flags:
    """Flag a share of each owner's joins, at least one, where there are two or more; ``owners`` ascending."""
    hidden = np.zeros(len(owners), dtype=bool)
    if not len(owners):
        return hidden
    order = np.lexsort((rng.random(len(owners)), owners))
    counts = np.bincount(owners)
    take = np.where(counts >= 2, np.maximum(1, np.round(counts * share)), 0)
    starts = np.cumsum(counts) - counts
    position = np.arange(len(owners)) - starts[owners]
    hidden[order] = position < take[owners]
    return hidden


def latest(people: People, share: float, rng: np.random.Generator) -> Flags:
    """Flag the latest share of all joins, by lot among those of one moment; their times must be known."""
    if people.joined_at is None:
        raise ValueError("the joins have no times")
    times = people.joined_at.data
    flags = np.zeros(len(times), dtype=bool)
    flags[np.lexsort((rng.random(len(times)), times))[len(times) - round(len(times) * share) :]] = True
    return flags
