"""Rehearsals: people with some joins hidden, to choose by what finds the hidden ones.

A rehearsal is made as the trial it prepares for: in time, where what comes next is what counts; by lot, where
any join may be the one looked for; both, where that is not known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from scipy.sparse import csr_matrix, vstack

from matching.blend import Trial
from matching.community import People
from matching.features import Columns, Floats
from matching.hiding import hide_all, hide_latest, hide_some
from matching.signals import Heard

#: People a choice is tried on: enough, and most. Joins are hidden repeatedly where people are few.
_ENOUGH, _MOST, _MOST_REHEARSALS = 1500, 3000, 5
#: Enough where they are tried in time: that can be done once only, and others than those show something else.
_ENOUGH_IN_TIME = 200

_Hide = Callable[[People, np.random.Generator], tuple[People, csr_matrix]]


class Manner(StrEnum):
    """How the joins that are to be found differ from those that are known."""

    TIME = "time"
    LOT = "lot"
    EITHER = "either"


@dataclass(frozen=True, kw_only=True, slots=True)
class Rehearsal:
    """People with some joins hidden, and whom of them to try."""

    heard: Heard
    hidden: csr_matrix
    tried: Columns

    def history(self) -> Heard:
        """Return the people who have a history left, to learn from."""
        return self.heard.rows(np.flatnonzero(self.heard.people.joined()))

    def people(self) -> Heard:
        """Return the people tried, with what is left of their history."""
        return self.heard.rows(self.tried)

    def trial(self, named: Sequence[tuple[str, Floats]] = ()) -> Trial:
        """Return the people tried, with signals by name."""
        values = np.empty((len(self.tried), self.hidden.shape[1], len(named)), dtype=np.float32)
        for position, (_, scores) in enumerate(named):
            values[:, :, position] = scores
        return Trial(
            names=tuple(name for name, _ in named),
            values=values,
            known=np.asarray(self.heard.people.joins[self.tried].todense()) > 0,
            hidden=self.hidden[self.tried],
        )


def rehearse(heard: Heard, manner: Manner, *, warm: bool, seed: int) -> list[Rehearsal]:
    """Hide joins as often as it takes to try enough people; nothing where nobody can be tried.

    ``warm`` tries people who keep a part of their history, else those who lose all of it.
    """
    found: list[Rehearsal] = []
    tried = 0
    enough = _ENOUGH_IN_TIME if manner is Manner.TIME and heard.people.joined_at is not None else _ENOUGH
    for number, hide in enumerate(_ways(heard.people, manner, warm=warm)):
        if tried >= enough:
            break
        rng = np.random.default_rng((seed, warm, number))
        inner, hidden = hide(heard.people, rng)
        rows = np.flatnonzero((np.diff(hidden.indptr) > 0) & ((inner.joined() > 0) == warm))
        most = _ENOUGH if manner is Manner.EITHER and not number else _MOST - tried
        rows = np.sort(rng.permutation(rows)[:most])
        if len(rows):
            tried += len(rows)
            found.append(Rehearsal(heard=heard.remembering(inner), hidden=hidden, tried=rows))
    return found


def joined(trials: Sequence[Trial]) -> Trial:
    """Return trials of the same signals as one."""
    return Trial(
        names=trials[0].names,
        values=np.concatenate([trial.values for trial in trials]),
        known=np.concatenate([trial.known for trial in trials]),
        hidden=vstack([trial.hidden for trial in trials]).tocsr(),
    )


def _ways(people: People, manner: Manner, *, warm: bool) -> list[_Hide]:
    by_lot: list[_Hide] = [hide_some if warm else hide_all] * _MOST_REHEARSALS
    if people.joined_at is None or manner is Manner.LOT:
        return by_lot
    return [hide_latest, *by_lot]
