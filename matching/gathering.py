"""The open events of a run as the fused pass reads them: alike ones once, sorted by time of the week."""

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

    Rows are sorted by slot; within a slot those with a place come first; all that are closed come last, as if
    in a slot of their own.
    """

    start: Whole  #: (23,) first row of each slot, of the closed ones, and r
    online: Whole  #: (21,) first row of each slot that is online
    held: Whole  #: (22,) columns in each slot; the closed ones last
    slot: Whole  #: (r,)
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
    key = np.where(events.closed, SLOT_COUNT, events.slot)
    first, row, count = _distinct(key, events)
    sorted_by, online = key[first], events.online[first]
    start = np.searchsorted(sorted_by, np.arange(SLOT_COUNT + 2)).astype(np.int32)
    placed = np.bincount(sorted_by[~online], minlength=SLOT_COUNT + 1)[:SLOT_COUNT]
    return Gathering(
        start=start,
        online=(start[:SLOT_COUNT] + placed).astype(np.int32),
        held=np.bincount(key, minlength=SLOT_COUNT + 1).astype(np.int32),
        slot=events.slot[first],
        remote=online,
        point=np.ascontiguousarray(events.point[first].T),
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
    """Return rows with zeros behind them, up to the width of the processor's vectors."""
    width = -(-max(rows.shape[1], 1) // LANES) * LANES
    wide = np.zeros((len(rows), width), dtype=np.float32)
    wide[:, : rows.shape[1]] = rows
    return wide


def _distinct(key: Columns, events: Open) -> tuple[Columns, Columns, Columns]:
    """Return one column of each row, the row of each column, and how many columns a row has."""
    seen: dict[bytes, int] = {}
    first: list[int] = []
    row = np.empty(len(key), dtype=np.intp)
    alike = np.column_stack([np.asarray(each, dtype=np.float64) for each in events])
    for column in np.lexsort((events.online, key)).tolist():
        row[column] = seen.setdefault(alike[column].tobytes(), len(seen))
        if row[column] == len(first):
            first.append(column)
    return np.array(first, dtype=np.intp), row, np.bincount(row, minlength=len(first))
