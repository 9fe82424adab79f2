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
from matching.hiding import hide
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

#: Signals that are a method of their own; a blend is measured against each.
_ALONE = ("popularity", "ridge", "cosine", "item", "joint")
_GRID: Mapping[str, tuple[float, ...]] = {
    "ridge": (5.0, 20.0, 80.0),
    "item": (30.0, 100.0, 300.0, 1000.0),
    "joint": (100.0, 400.0),
}
#: Fewest and most people a choice is tried on; joins are hidden more than once where people are few.
_FEWEST, _MOST, _ENOUGH, _MOST_REHEARSALS = 20, 3000, 12_000, 4
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
    """People with some joins hidden, and whom of them to try, by whether a history is left."""

    heard: Heard
    hidden: csr_matrix
    tried: Mapping[bool, Columns]

    def history(self) -> Heard:
        return self.heard.rows(np.flatnonzero(self.heard.people.joined()))


def fit(community: Community, *, seed: int) -> AffinityModel:
    """Return the model for a community, its strengths and weights fitted on joins hidden from it.

    The latest are hidden where every join has a time, else some by lot from ``seed``.
    """
    words = read_words(community)
    heard = hear(community.people, words)
    rehearsals = _rehearse(heard, seed)
    strengths = _tune(rehearsals)
    rehearsed = [learn(each.heard, words, community.groups, strengths) for each in rehearsals]
    return AffinityModel(
        groups=community.groups.ids,
        learned=learn(heard, words, community.groups, strengths),
        strengths=strengths,
        cold=_weigh(rehearsals, rehearsed, warm=False),
        warm=_weigh(rehearsals, rehearsed, warm=True),
    )


def _rehearse(heard: Heard, seed: int) -> list[_Rehearsal]:
    known = max(int((heard.people.joined() > 0).sum()), 1)
    times = int(np.clip(_ENOUGH // known, 1, _MOST_REHEARSALS))
    found = []
    for turn in range(times):
        inner, hidden = hide(heard.people, seed=seed + turn)
        rng = np.random.default_rng((seed, turn))
        history, concealed = inner.joined() > 0, np.diff(hidden.indptr) > 0
        tried = {
            warm: np.sort(rng.permutation(np.flatnonzero(concealed & (history == warm)))[: _MOST // times])
            for warm in (False, True)
        }
        found.append(_Rehearsal(heard=heard.remembering(inner), hidden=hidden, tried=tried))
    return found


def _tune(rehearsals: Sequence[_Rehearsal]) -> Strengths:
    """Return, map by map, the strength that finds most of what was hidden."""
    chosen = Strengths()
    for name, (scored, warm) in _MAPS.items():
        if sum(len(each.tried[warm]) for each in rehearsals) >= _FEWEST:
            found = {value: _found(rehearsals, scored, value, warm=warm) for value in _GRID[name]}
            chosen = replace(chosen, **{name: max(_GRID[name], key=lambda value: found[value])})
    return chosen


def _found(rehearsals: Sequence[_Rehearsal], scored: _Map, strength: float, *, warm: bool) -> float:
    return float(
        np.concatenate(
            [quality(scored(each, strength), _trial(each, warm=warm)).each for each in rehearsals]
        ).mean()
    )


def _ridge(rehearsal: _Rehearsal, strength: float) -> Floats:
    history = rehearsal.history()
    weights, base = fit_ridge(history.declared, history.people.joins, strength)
    return np.asarray(rehearsal.heard.declared[rehearsal.tried[False]] @ weights) + base


def _item(rehearsal: _Rehearsal, strength: float) -> Floats:
    weights = fit_item(rehearsal.history().people.joins, strength)
    return np.asarray(rehearsal.heard.people.joins[rehearsal.tried[True]] @ weights)


def _joint(rehearsal: _Rehearsal, strength: float) -> Floats:
    history, tried = rehearsal.history(), rehearsal.heard.rows(rehearsal.tried[True])
    weights = fit_item(history.people.joins, strength, beside=history.declared * DECLARED)
    return np.asarray(hstack([tried.people.joins, tried.declared * DECLARED]).tocsr() @ weights)


_Map = Callable[[_Rehearsal, float], Floats]
_MAPS: Mapping[str, tuple[_Map, bool]] = {
    "ridge": (_ridge, False),
    "item": (_item, True),
    "joint": (_joint, True),
}


def _weigh(rehearsals: Sequence[_Rehearsal], rehearsed: Sequence[Learned], *, warm: bool) -> dict[str, float]:
    if sum(len(each.tried[warm]) for each in rehearsals) < _FEWEST:
        return dict(UNFITTED)
    trials = [
        _trial(each, warm=warm, learned=learned)
        for each, learned in zip(rehearsals, rehearsed, strict=True)
        if len(each.tried[warm])
    ]
    whole = Trial(
        names=trials[0].names,
        values=np.concatenate([trial.values for trial in trials]),
        known=np.concatenate([trial.known for trial in trials]),
        hidden=vstack([trial.hidden for trial in trials]).tocsr(),
    )
    return fit_weights(whole, _ALONE)


def _trial(rehearsal: _Rehearsal, *, warm: bool, learned: Learned | None = None) -> Trial:
    rows = rehearsal.tried[warm]
    people = rehearsal.heard.rows(rows)
    named = [] if learned is None else list(signals(learned, people, warm=warm))
    values = np.empty((len(rows), rehearsal.hidden.shape[1], len(named)), dtype=np.float32)
    for position, (_, scores) in enumerate(named):
        values[:, :, position] = scores
    return Trial(
        names=tuple(name for name, _ in named),
        values=values,
        known=np.asarray(people.people.joins.todense()) > 0,
        hidden=rehearsal.hidden[rows],
    )
