"""Interest affinity that grows with the community: fitted by a job, stored as a versioned record of arrays.

Content and popularity for an empty community, a map learnt from declared interests for newcomers, item-item
regression for people with a history; how much each counts is fitted on hidden joins, never set by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix, hstack, vstack

from matching.blend import UNFITTED, Trial, fit_weights, quality
from matching.community import Community
from matching.features import Columns, Floats
from matching.hiding import hide_all, hide_some
from matching.signals import (
    DECLARED,
    Heard,
    Learned,
    Strengths,
    fit_item,
    fit_ridge,
    hear,
    learn,
    read_words,
    signals,
)

#: Weights that amount to one method alone; a blend is measured against each.
_ALONE: tuple[Mapping[str, float], ...] = (
    {"popularity": 1.0},
    {"popularity": 1.0, "ridge": 1.0},
    {"cosine": 1.0},
    {"item": 1.0},
    {"joint": 1.0},
)
_GRID: Mapping[str, tuple[float, ...]] = {
    "ridge": (5.0, 20.0, 80.0),
    "item": (30.0, 100.0, 300.0, 1000.0),
    "joint": (100.0, 400.0),
}
#: People a choice is tried on: fewest, enough, most. Joins are hidden repeatedly where people are few.
_FEWEST, _ENOUGH, _MOST, _MOST_REHEARSALS = 20, 1500, 3000, 5
#: Rows scored at once.
_BLOCK = 512


@dataclass(frozen=True, kw_only=True, slots=True)
class AffinityModel:
    """A fitted model: plain arrays and numbers, see ``matching.archive`` for its bytes and version."""

    groups: tuple[str, ...]
    learned: Learned
    strengths: Strengths
    cold: Mapping[str, float]  #: weight per signal for people without a history
    warm: Mapping[str, float]  #: and for those with one

    def scores(self, heard: Heard) -> Floats:
        """Return scores (n, groups); only their order and distance within a row mean anything."""
        out = np.zeros((len(heard.people), len(self.groups)))
        history = heard.people.joined() > 0
        for warm, weights in ((True, self.warm), (False, self.cold)):
            rows = np.flatnonzero(history == warm)
            for start in range(0, len(rows), _BLOCK):
                block = rows[start : start + _BLOCK]
                for name, values in signals(self.learned, heard.rows(block), warm=warm):
                    out[block] += weights.get(name, 0.0) * values
        return out


@dataclass(frozen=True, kw_only=True, slots=True)
class _Rehearsal:
    """People with some joins hidden, and whom of them to try."""

    heard: Heard
    hidden: csr_matrix
    tried: Columns

    def history(self) -> Heard:
        return self.heard.rows(np.flatnonzero(self.heard.people.joined()))


def fit(community: Community, *, seed: int) -> AffinityModel:
    """Return the model for a community, its strengths and weights fitted on joins hidden from it.

    Some people lose their whole history and are tried as newcomers; others lose some joins, the latest where
    every join has a time, else by lot from ``seed``.
    """
    words = read_words(community)
    heard = hear(community.people, words)
    rehearsals = {warm: _rehearse(heard, warm=warm, seed=seed) for warm in (False, True)}
    strengths = _tune(rehearsals)

    def weigh(*, warm: bool) -> dict[str, float]:
        parts = [
            (each, learn(each.heard, words, community.groups, strengths, warm=warm))
            for each in rehearsals[warm]
        ]
        return _weigh(parts, warm=warm)

    return AffinityModel(
        groups=community.groups.ids,
        learned=learn(heard, words, community.groups, strengths),
        strengths=strengths,
        cold=weigh(warm=False),
        warm=weigh(warm=True),
    )


def _rehearse(heard: Heard, *, warm: bool, seed: int) -> list[_Rehearsal]:
    """Hide joins as often as it takes to try enough people; nothing where nobody can be tried."""
    found: list[_Rehearsal] = []
    tried = 0
    while len(found) < _MOST_REHEARSALS and tried < _ENOUGH:
        rng = np.random.default_rng((seed, warm, len(found)))
        inner, hidden = (hide_some if warm else hide_all)(heard.people, rng)
        rows = np.flatnonzero((np.diff(hidden.indptr) > 0) & ((inner.joined() > 0) == warm))
        rows = np.sort(rng.permutation(rows)[: _MOST - tried])
        if not len(rows):
            break
        tried += len(rows)
        found.append(_Rehearsal(heard=heard.remembering(inner), hidden=hidden, tried=rows))
    return found


def _tune(rehearsals: Mapping[bool, Sequence[_Rehearsal]]) -> Strengths:
    """Return, map by map, the strength that finds most of what was hidden."""
    chosen = Strengths()
    for name, (scored, warm) in _MAPS.items():
        if sum(len(each.tried) for each in rehearsals[warm]) >= _FEWEST:
            found = {value: _found(rehearsals[warm], scored, value) for value in _GRID[name]}
            chosen = replace(chosen, **{name: max(_GRID[name], key=lambda value: found[value])})
    return chosen


def _found(rehearsals: Sequence[_Rehearsal], scored: _Map, strength: float) -> float:
    each = [quality(scored(rehearsal, strength), _trial(rehearsal)).each for rehearsal in rehearsals]
    return float(np.concatenate(each).mean())


def _ridge(rehearsal: _Rehearsal, strength: float) -> Floats:
    history = rehearsal.history()
    weights, base = fit_ridge(history.declared, history.people.joins, strength)
    return np.asarray(rehearsal.heard.declared[rehearsal.tried] @ weights) + base


def _item(rehearsal: _Rehearsal, strength: float) -> Floats:
    weights = fit_item(rehearsal.history().people.joins, strength)
    return np.asarray(rehearsal.heard.people.joins[rehearsal.tried] @ weights)


def _joint(rehearsal: _Rehearsal, strength: float) -> Floats:
    history, tried = rehearsal.history(), rehearsal.heard.rows(rehearsal.tried)
    weights = fit_item(history.people.joins, strength, beside=history.declared * DECLARED)
    return np.asarray(hstack([tried.people.joins, tried.declared * DECLARED]).tocsr() @ weights)


_Map = Callable[[_Rehearsal, float], Floats]
_MAPS: Mapping[str, tuple[_Map, bool]] = {
    "ridge": (_ridge, False),
    "item": (_item, True),
    "joint": (_joint, True),
}


def _weigh(rehearsed: Sequence[tuple[_Rehearsal, Learned]], *, warm: bool) -> dict[str, float]:
    if sum(len(each.tried) for each, _ in rehearsed) < _FEWEST:
        return dict(UNFITTED)
    trials = [
        _trial(each, list(signals(learned, each.heard.rows(each.tried), warm=warm)))
        for each, learned in rehearsed
    ]
    whole = Trial(
        names=trials[0].names,
        values=np.concatenate([trial.values for trial in trials]),
        known=np.concatenate([trial.known for trial in trials]),
        hidden=vstack([trial.hidden for trial in trials]).tocsr(),
    )
    return fit_weights(whole, _ALONE)


def _trial(rehearsal: _Rehearsal, named: Sequence[tuple[str, Floats]] = ()) -> Trial:
    rows = rehearsal.tried
    values = np.empty((len(rows), rehearsal.hidden.shape[1], len(named)), dtype=np.float32)
    for position, (_, scores) in enumerate(named):
        values[:, :, position] = scores
    return Trial(
        names=tuple(name for name, _ in named),
        values=values,
        known=np.asarray(rehearsal.heard.people.joins[rows].todense()) > 0,
        hidden=rehearsal.hidden[rows],
    )
