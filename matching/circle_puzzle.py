"""The puzzle of forming circles, as arrays: who may be with whom, and what a circle is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.gaussian import Vector

FEWEST, MOST = 3, 5
SIZES = range(FEWEST, MOST + 1)
#: From this size on a circle still takes place when one of its people cannot come.
ROOMY = 4

Flags = NDArray[np.bool_]


class Parts(NamedTuple):
    """How much each part counts; together 1."""

    pairs: float
    been: float  #: somebody has been to the group before
    roomy: float  #: one may be missing


@dataclass(frozen=True, slots=True)
class Puzzle:
    """People as rows; a circle is a list of rows."""

    ids: tuple[str, ...]
    rapport: Vector  #: (n, n) 0-1, symmetric, zeros on the diagonal
    apart: Flags  #: (n, n) never together, symmetric, False on the diagonal
    sizes: Flags  #: (n, 6) by number of people
    seasoned: Flags  #: (n,) has been out before
    been: Flags  #: (n,) has been to the group before
    slots: NDArray[np.int64]  #: (n,) bits
    parts: Parts

    def possible(self, rows: Sequence[int]) -> bool:
        """Return whether these people may be a circle."""
        chosen, size = list(rows), len(rows)
        return bool(
            size in SIZES
            and self.sizes[chosen, size].all()
            and not self.apart[np.ix_(chosen, chosen)].any()
            and self.seasoned[chosen].any()
            and np.bitwise_and.reduce(self.slots[chosen])
        )

    def worth(self, rows: Sequence[int]) -> float:
        """Return a circle's part of the total: its mean score, 0-1, times its number of people."""
        chosen, size = list(rows), len(rows)
        pairs = self.rapport[np.ix_(chosen, chosen)].sum() / (size - 1)
        rest = self.parts.been * self.been[chosen].any() + self.parts.roomy * (size >= ROOMY)
        return float(self.parts.pairs * pairs + size * rest)

    def total(self, circles: Sequence[Sequence[int]]) -> float:
        """Return what all circles are worth together."""
        return sum(self.worth(circle) for circle in circles)
