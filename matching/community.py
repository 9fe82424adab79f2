"""Who joined what: people and groups as interest affinity is learnt from them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.content import Document
from matching.features import EARTH_RADIUS_KM, Columns, Floats


@dataclass(frozen=True, kw_only=True, slots=True)
class People:
    """What is known of n people: what they said, where they are, what they joined; never how hard it felt."""

    documents: tuple[Document, ...]
    places: Floats  #: (n, 2) latitude and longitude in degrees; NaN where unknown
    joins: csr_matrix  #: (n, groups) weight above 0 where somebody joined
    joined_at: csr_matrix | None = None  #: same pattern, seconds since 1970; None where not known

    def __len__(self) -> int:
        return len(self.documents)

    def rows(self, rows: Columns) -> People:
        """Return these people, in this order."""
        return People(
            documents=tuple(self.documents[row] for row in rows),
            places=self.places[rows],
            joins=self.joins[rows],
            joined_at=None if self.joined_at is None else self.joined_at[rows],
        )

    def with_joins(self, kept: NDArray[np.bool_]) -> People:
        """Return the same people with only the joins kept, a flag per stored join in row order."""
        joins, when = self.joins, self.joined_at
        return replace(self, joins=_keep(joins, kept), joined_at=None if when is None else _keep(when, kept))

    def joined(self) -> NDArray[np.int64]:
        """Return how many groups each person joined, (n,)."""
        counts: NDArray[np.int64] = np.diff(self.joins.indptr).astype(np.int64)
        return counts


@dataclass(frozen=True, kw_only=True, slots=True)
class Groups:
    """What is known of g groups, a column each."""

    ids: tuple[str, ...]
    documents: tuple[Document, ...]
    places: Floats  #: (g, 2) degrees; NaN where unknown or online


@dataclass(frozen=True, kw_only=True, slots=True)
class Community:
    """The people and groups of one place."""

    people: People
    groups: Groups


def kilometres(one: Floats, other: Floats) -> Floats:
    """Return great-circle distances (n, g) between points in degrees; NaN where either is unknown."""
    a, b = np.radians(one)[:, None, :], np.radians(other)[None, :, :]
    half = np.sin((b - a) / 2) ** 2
    haversine = half[..., 0] + np.cos(a[..., 0]) * np.cos(b[..., 0]) * half[..., 1]
    distances: Floats = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.minimum(haversine, 1)))
    return distances


def _keep(matrix: csr_matrix, kept: NDArray[np.bool_]) -> csr_matrix:
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))[kept]
    return csr_matrix((matrix.data[kept], (rows, matrix.indices[kept])), shape=matrix.shape)
