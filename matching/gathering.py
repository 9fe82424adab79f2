"""The open events of a run as the fused pass reads them: alike ones once, neighbours side by side."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.inputs import SLOT_COUNT

Single = NDArray[np.float32]
Double = NDArray[np.float64]
Whole = NDArray[np.int32]
Flags = NDArray[np.bool_]
Columns = NDArray[np.intp]

#: Rows of interests are filled with zeros up to a multiple of this, the width of the processor's vectors.
LANES = 16
#: Rows with a place that are neighbours, and left out together where all are too far.
TILE = 32


class Open(NamedTuple):
    """The open events of a run, a column each; arrays of n rows."""

    slot: Whole  #: (n,)
    point: Double  #: (n, 3) unit vectors
    online: Flags  #: (n,)
    closed: Flags  #: (n,) to newcomers
    about: Single  #: (n, d) interests, and values behind them
    offers: Whole  #: (n,) bits of the needs offered
    group: Whole  #: (n,) column of ``fused.Members.learned``
    constant: Single  #: (n,) weighted parts that are the same for everybody, and the lift
    situation: Double  #: (n, 16)
    assumed: Flags  #: (n, 16) where a fact was not stated
    hosted: Flags  #: (n,)


class Gathering(NamedTuple):
    """Columns that are alike in all that the pass looks at, as one of r rows.

    Rows that are online come first, then those with a place in tiles of neighbours, then all that are closed.
    """

    start: Whole  #: (2,) first row with a place, and first that is closed
    held: Whole  #: (22,) columns in each slot; the closed ones last
    middle: Double  #: (3, t) of each tile
    around: Double  #: (t,) chord from there to its furthest row
    slot: Whole  #: (r,)
    bit: Whole  #: (r,) 2 to the power of slot
    remote: Flags  #: (r,) online
    point: Double  #: (3, r)
    about: Single  #: (r, d) d a multiple of LANES
    offers: Whole  #: (r,)
    group: Whole  #: (r,)
    constant: Single  #: (r,)
    exact: Double  #: (r, 32) situation, twice
    situation: Single  #: (r, 32) the same
    assumed: Single  #: (r, 16)
    hosted: Single  #: (r,)
    column_from: Whole  #: (r + 1,) where the columns of a row begin
    column: Whole  #: (n,) ascending within a row
    row: Whole  #: (n,) the row of each column


def gather(events: Open) -> Gathering:
    """Return the events with alike columns gathered: 52 dates of a weekly walk are scored once."""
    first, row, count = _distinct(events)
    order, start = _in_tiles(events, first)
    first, row, count = first[order], np.argsort(order)[row], count[order]
    point = events.point[first]
    middle, around = _bounds(point[start[0] : start[1]])
    return Gathering(
        start=np.array(start, dtype=np.int32),
        held=np.bincount(np.where(events.closed, SLOT_COUNT, events.slot), minlength=SLOT_COUNT + 1).astype(
            np.int32
        ),
        middle=middle,
        around=around,
        slot=events.slot[first],
        bit=np.left_shift(1, events.slot[first]).astype(np.int32),
        remote=events.online[first],
        point=np.ascontiguousarray(point.T),
        about=filled(events.about[first]),
        offers=events.offers[first],
        group=events.group[first],
        constant=events.constant[first],
        exact=np.hstack([events.situation[first]] * 2),
        situation=np.hstack([events.situation[first]] * 2).astype(np.float32),
        assumed=events.assumed[first].astype(np.float32),
        hosted=events.hosted[first].astype(np.float32),
        column_from=np.concatenate([[0], np.cumsum(count)]).astype(np.int32),
        column=np.argsort(row, kind="stable").astype(np.int32),
        row=row.astype(np.int32),
    )


def filled(rows: NDArray[np.generic]) -> Single:
    """Return rows with zeros behind them, each some of the processor's vectors wide and in step with them.

    A vector that lies across two lines of the cache takes two reads.
    """
    width = -(-max(rows.shape[1], 1) // LANES) * LANES
    room = np.zeros(len(rows) * width + LANES, dtype=np.float32)
    begin = -room.ctypes.data % (LANES * room.itemsize) // room.itemsize
    wide = room[begin : begin + len(rows) * width].reshape(len(rows), width)
    wide[:, : rows.shape[1]] = rows
    return wide


def _distinct(events: Open) -> tuple[Columns, Columns, Columns]:
    """Return one column of each row, the row of each column, and how many columns a row has."""
    seen: dict[bytes, int] = {}
    alike = np.column_stack([np.asarray(each, dtype=np.float64) for each in events])
    row = np.array([seen.setdefault(each.tobytes(), len(seen)) for each in alike], dtype=np.intp)
    _, first, count = np.unique(row, return_index=True, return_counts=True)
    return first, row, count


def _in_tiles(events: Open, first: Columns) -> tuple[Columns, tuple[int, int]]:
    """Return the order of rows, and where in it those with a place and the closed ones begin."""
    closed, online = events.closed[first], events.online[first]
    remote, placed = np.flatnonzero(online & ~closed), np.flatnonzero(~online & ~closed)
    order = np.concatenate([remote, *_neighbours(placed, events.point[first]), np.flatnonzero(closed)])
    return order, (len(remote), len(remote) + len(placed))


def _neighbours(rows: Columns, points: Double) -> list[Columns]:
    """Return rows in tiles: halved across their widest axis until each is one; all but the last are full."""
    if len(rows) <= TILE:
        return [rows]
    widest = np.ptp(points[rows], axis=0).argmax()
    across = rows[np.argsort(points[rows, widest], kind="stable")]
    half = -(-len(rows) // TILE) // 2 * TILE
    return _neighbours(across[:half], points) + _neighbours(across[half:], points)


def _bounds(points: Double) -> tuple[Double, Double]:
    """Return a point (3, t) in the midst of each tile, and the chord (t,) to the furthest of its points."""
    tiles = [points[start : start + TILE] for start in range(0, len(points), TILE)]
    middle = np.array([(each.min(axis=0) + each.max(axis=0)) / 2 for each in tiles]).reshape(-1, 3)
    around = [np.linalg.norm(each - at, axis=1).max() for each, at in zip(tiles, middle, strict=True)]
    return np.ascontiguousarray(middle.T), np.array(around, dtype=np.float64)
