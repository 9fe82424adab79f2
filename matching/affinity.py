"""Interest affinity that grows with the community: fitted by a job, stored as a versioned record of arrays.

Content and popularity for an empty community, a map learnt from declared interests for newcomers, item-item
regression for people with a history; how much each counts is fitted on hidden joins, never set by hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from matching.blend import UNFITTED, combine, fit_weights, quality
from matching.community import Community
from matching.features import Columns, Floats
from matching.reach import choose_lift, rarity_of, shortlisted
from matching.rehearsal import Manner, Rehearsal, joined, rehearse
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

#: Signals that a blend is measured against, each alone.
_ALONE = ("ridge", "cosine", "item", "joint")
_GRID: Mapping[str, tuple[float, ...]] = {
    "weight": (0.0, 1.0),
    "ridge": (1.0, 10.0, 30.0, 100.0, 300.0),
    "item": (3.0, 10.0, 30.0, 100.0, 300.0, 1000.0),
    "joint": (10.0, 100.0, 400.0),
}
#: People that a choice must be tried on.
_FEWEST = 20
#: Rows scored at once.
_BLOCK = 512


@dataclass(frozen=True, kw_only=True, slots=True)
class Tier:
    """How scores are made for people with a history, or for people without one."""

    weights: Mapping[str, float]  #: per signal
    lift: float = 0.0  #: how much small groups are lifted into the ten that come first


@dataclass(frozen=True, kw_only=True, slots=True)
class AffinityModel:
    """A fitted model: plain arrays and numbers, see ``matching.archive`` for its bytes and version."""

    groups: tuple[str, ...]
    learned: Learned
    strengths: Strengths
    cold: Tier  #: for people without a history
    warm: Tier  #: and for those with one

    def scores(self, heard: Heard) -> Floats:
        """Return scores (n, groups); only their order and distance within a row mean anything."""
        out = np.zeros((len(heard.people), len(self.groups)))
        rarity = rarity_of(self.learned.popularity)
        for tier, warm, rows in self._blocks(heard):
            block = heard.rows(rows)
            for name, values in signals(self.learned, block, warm=warm):
                out[rows] += tier.weights.get(name, 0.0) * values
            known = np.asarray(block.people.joins.todense()) > 0
            out[rows] = shortlisted(out[rows], rarity, tier.lift, known=known)
        return out

    def _blocks(self, heard: Heard) -> Iterator[tuple[Tier, bool, Columns]]:
        history = heard.people.joined() > 0
        for warm, tier in ((True, self.warm), (False, self.cold)):
            rows = np.flatnonzero(history == warm)
            for start in range(0, len(rows), _BLOCK):
                yield tier, warm, rows[start : start + _BLOCK]


def fit(community: Community, *, seed: int, manner: Manner = Manner.TIME) -> AffinityModel:
    """Return the model for a community, its strengths and weights fitted on joins hidden from it.

    Some people lose their whole history and are tried as newcomers; others lose some joins: the latest where
    every join has a time and what is to be found comes later (``manner``), else by lot from ``seed``.
    """
    words = read_words(community)
    heard = hear(community.people, words)
    rehearsals = {warm: rehearse(heard, manner, warm=warm, seed=seed) for warm in (False, True)}
    strengths = _tune(rehearsals)

    def tier(*, warm: bool, otherwise: Tier) -> Tier:
        if _tried(rehearsals[warm]) < _FEWEST:
            return otherwise
        parts = [
            (each, learn(each.heard, words, community.groups, strengths, warm=warm))
            for each in rehearsals[warm]
        ]
        return _tier(parts, warm=warm)

    cold = tier(warm=False, otherwise=Tier(weights=UNFITTED))
    return AffinityModel(
        groups=community.groups.ids,
        learned=learn(heard, words, community.groups, strengths),
        strengths=strengths,
        cold=cold,
        warm=tier(warm=True, otherwise=cold),
    )


def _tier(rehearsed: Sequence[tuple[Rehearsal, Learned]], *, warm: bool) -> Tier:
    trial = joined(
        [each.trial(list(signals(learned, each.people(), warm=warm))) for each, learned in rehearsed]
    )
    choice = fit_weights(trial, _ALONE)
    lift = choose_lift(
        choice.scores,
        combine(trial, {"popularity": 1.0}),
        rarity_of(rehearsed[0][1].popularity),
        known=trial.known,
        hidden=trial.hidden,
        spare=choice.spare,
    )
    return Tier(weights=choice.weights, lift=lift)


def _tried(rehearsals: Sequence[Rehearsal]) -> int:
    return sum(len(each.tried) for each in rehearsals)


def _tune(rehearsals: Mapping[bool, Sequence[Rehearsal]]) -> Strengths:
    """Return, map by map, the strength that finds most of what was hidden."""
    chosen = Strengths()
    for name, (scored, warm) in _MAPS.items():
        if _tried(rehearsals[warm]) >= _FEWEST:
            tried = [replace(chosen, **{name: value}) for value in _GRID[name]]
            found = [_found(rehearsals[warm], scored, each) for each in tried]
            chosen = tried[int(np.argmax(found))]
    return chosen


def _found(rehearsals: Sequence[Rehearsal], scored: _Map, strengths: Strengths) -> float:
    each = [quality(scored(rehearsal, strengths), rehearsal.trial()) for rehearsal in rehearsals]
    return float(np.concatenate(each).mean())


def _ridge(rehearsal: Rehearsal, strengths: Strengths) -> Floats:
    history = rehearsal.history()
    weights, base = fit_ridge(history.declared, history.joins(strengths.weight), strengths.ridge)
    return np.asarray(rehearsal.heard.declared[rehearsal.tried] @ weights) + base


def _item(rehearsal: Rehearsal, strengths: Strengths) -> Floats:
    weights = fit_item(rehearsal.history().joins(strengths.weight), strengths.item)
    return np.asarray(rehearsal.people().joins(strengths.weight) @ weights)


def _joint(rehearsal: Rehearsal, strengths: Strengths) -> Floats:
    history = rehearsal.history()
    beside = history.declared * DECLARED
    weights = fit_item(history.joins(strengths.weight), strengths.joint, beside=beside)
    return np.asarray(rehearsal.people().told(strengths.weight) @ weights)


_Map = Callable[[Rehearsal, Strengths], Floats]
#: In the order in which they are chosen.
_MAPS: Mapping[str, tuple[_Map, bool]] = {
    "weight": (_item, True),
    "ridge": (_ridge, False),
    "item": (_item, True),
    "joint": (_joint, True),
}
