"""Events as the fused pass reads them: what is alike once, neighbours in tiles, nothing lost."""

from __future__ import annotations

import numpy as np
import pytest

from matching import crowd as crowds
from matching.gathering import TILE, Open, gather


def events(count: int, seed: int) -> Open:
    """Return events all over a country, half of them twice."""
    found = crowds.crowd(1, count, country=True, seed=seed).events
    twice = np.concatenate([np.arange(count), np.arange(0, count, 2)])
    return Open(*(each[twice] for each in found))


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 500])
def test_every_column_is_in_one_row_and_alike_ones_share_it(count: int) -> None:
    given = events(count, seed=count)
    found = gather(given)

    assert sorted(found.column.tolist()) == list(range(len(given.slot)))
    assert len(found.slot) == count
    for row in range(count):
        columns = found.column[found.column_from[row] : found.column_from[row + 1]]
        assert (found.row[columns] == row).all()
        assert (given.constant[columns] == found.constant[row]).all()
        assert (given.point[columns] == found.point[:, row]).all()


@pytest.mark.parametrize("count", [0, 1, 31, 32, 33, 500])
def test_online_rows_come_first_closed_ones_last_and_tiles_hold_their_rows(count: int) -> None:
    given = events(count, seed=count)
    found = gather(given)
    placed, closed = found.start
    first = found.column[found.column_from[:-1]]

    assert found.remote[:placed].all()
    assert not found.remote[placed:closed].any()
    assert (given.closed[first] == (np.arange(count) >= closed)).all()
    assert len(found.around) == -(-(closed - placed) // TILE)
    for row in range(placed, closed):
        tile = (row - placed) // TILE
        chord = np.linalg.norm(found.point[:, row] - found.middle[:, tile])
        assert chord <= found.around[tile] + 1e-15


def test_tiles_are_far_smaller_than_the_country() -> None:
    found = gather(events(1000, seed=1))
    country = np.ptp(found.point, axis=1).max()

    assert np.median(found.around) < country / 10
