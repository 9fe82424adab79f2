"""Hide some joins, to learn from the rest and see how well what was hidden is found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.community import People
from matching.features import Columns

#: Share of people whose whole history is hidden, and share of the joins hidden from the others.
COLD_SHARE, HIDDEN_SHARE = 0.15, 0.2


def hide(people: People, *, seed: int) -> tuple[People, csr_matrix]:
    """Return the people with some joins hidden, and the hidden joins.

    Where every join has a time, the latest fifth of all joins is hidden; else a fifth of each person's who
    has two or more, by lot from ``seed``. Some people lose all of theirs, so that newcomers are tried too.
    """
    rng = np.random.default_rng(seed)
    owners = np.repeat(np.arange(len(people)), people.joined())
    timed = people.joined_at is not None and len(owners) > 0
    hidden = _latest(people, HIDDEN_SHARE) if timed else some_of_each(owners, HIDDEN_SHARE, rng)
    hidden |= np.isin(owners, newcomers(people, COLD_SHARE, rng))
    return people.with_joins(~hidden), people.with_joins(hidden).joins


def newcomers(people: People, share: float, rng: np.random.Generator) -> Columns:
    """Return the rows of a share of the people with a history, by lot."""
    candidates = rng.permutation(np.flatnonzero(people.joined()))
    chosen: Columns = candidates[: int(len(candidates) * share)]
    return chosen


def some_of_each(owners: Columns, share: float, rng: np.random.Generator) -> NDArray[np.bool_]:
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


def _latest(people: People, share: float) -> NDArray[np.bool_]:
    if people.joined_at is None:
        raise ValueError("the joins have no times")
    times = people.joined_at.data
    flags: NDArray[np.bool_] = times > np.quantile(times, 1 - share)
    return flags
