"""Whether a fit is good enough to be used: tried on the latest joins, beside what is in force and popularity.

A model in force has already seen the joins it would be tried on. So not its maps are tried but its way of
blending, learnt anew from what came before: both sides know the same. The blend that was tried is the one
that is used, with maps learnt from everything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from matching.affinity import AffinityModel, Tier, fit
from matching.blend import UNFITTED
from matching.community import Community, People
from matching.evaluate import Measures, Method, find, measure, split
from matching.features import Floats
from matching.histories import History
from matching.reach import CUTS, Found, by_person
from matching.signals import Strengths, hear, learn, read_words, single

#: People with a history below which nothing is learnt.
LEAST_PEOPLE = 200
#: Fewest people a comparison rests on; standard errors by which one is surely worse, as in `matching.blend`.
_FEWEST, _SURE = 20, 2.0
#: Who is tried (stored as these words): the new blend, what is in force, popularity alone.
FITTED, IN_FORCE, POPULARITY = "fitted", "in_force", "popularity"
#: Measures that are kept, by the word they are stored as.
_KEPT = {"recall": "recall@10", "macro": "macro_recall@10", "ndcg": "ndcg@10"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Trials:
    """What the latest joins say about a new fit."""

    #: By ``warm`` and ``cold``: ``people``, and by who was tried ``recall``, ``macro`` and ``ndcg``, 0-1.
    measures: Mapping[str, Mapping[str, int | Mapping[str, float]]]
    worse: bool  #: surely worse than what is in force or than popularity, for newcomers or for the others
    model: AffinityModel  #: the blend that was tried, learnt from all joins


def enough(community: Community) -> bool:
    """Return whether enough people have a history for anything to be learnt from it."""
    return int((community.people.joined() > 0).sum()) >= LEAST_PEOPLE


def fit_and_try(community: Community, *, in_force: AffinityModel | None, seed: int) -> Trials:
    """Fit without the latest fifth of all joins and return how well they are found, and the model.

    Where not every join has a time, some are hidden by lot from ``seed``. Without a model ``in_force`` it is
    words and popularity alone.
    """
    history = History(community=_in_time(community), members=(), test=None)
    part = split(history, seed=seed)
    fitted = fit(part.community, seed=seed, manner=part.manner)
    standing = learnt_anew(in_force, part.community)
    methods: dict[str, Method] = {
        FITTED: lambda some, _rows: fitted.scores(some),
        IN_FORCE: lambda some, _rows: standing.scores(some),
        POPULARITY: lambda some, _rows: single("popularity", fitted.learned, some),
    }
    heard = hear(part.community.people, fitted.learned.words)
    found = {name: find(part.test, heard, method) for name, method in methods.items()}
    warm = part.community.people.joined() > 0
    regimes = {
        regime: {name: each.only(warm[each.people] == flag) for name, each in found.items()}
        for regime, flag in (("warm", True), ("cold", False))
    }
    return Trials(
        measures={regime: _measures(each) for regime, each in regimes.items()},
        worse=any(_surely_worse(each) for each in regimes.values()),
        model=learnt_anew(fitted, community),
    )


def _in_time(community: Community) -> Community:
    """Leave the times out where they tell no join from another, as after an import."""
    people = community.people
    times = people.joined_at.data if people.joined_at is not None else np.empty(0)
    if len(times) and times.max() > np.quantile(times, 0.8):
        return community
    untimed = People(documents=people.documents, places=people.places, joins=people.joins)
    return replace(community, people=untimed)


def learnt_anew(model: AffinityModel | None, community: Community) -> AffinityModel:
    """Return a model's way of blending with maps learnt from a community; None: words and popularity."""
    words = read_words(community)
    strengths = model.strengths if model else Strengths()
    return AffinityModel(
        groups=community.groups.ids,
        learned=learn(hear(community.people, words), words, community.groups, strengths),
        strengths=strengths,
        cold=model.cold if model else Tier(weights=UNFITTED),
        warm=model.warm if model else Tier(weights=UNFITTED),
    )


def _measures(found: Mapping[str, Found]) -> dict[str, int | Mapping[str, float]]:
    measured = {name: measure(each) for name, each in found.items()}
    people = int(measured[FITTED]["people"] or 0)
    return {"people": people} | ({name: _rounded(each) for name, each in measured.items()} if people else {})


def _rounded(measures: Measures) -> dict[str, float]:
    return {word: round(float(measures[name] or 0.0), 4) for word, name in _KEPT.items()}


def _surely_worse(found: Mapping[str, Found]) -> bool:
    """Return whether the new blend finds less, by two standard errors, than what is beside it."""
    fitted = _each(found[FITTED])
    if len(fitted) < _FEWEST:
        return False
    losses = [_each(found[name]) - fitted for name in (IN_FORCE, POPULARITY)]
    return any(bool(lost.mean() > _SURE * lost.std() / np.sqrt(len(lost))) for lost in losses)


def _each(found: Found) -> Floats:
    """Return per person the mean of recall and nDCG at 10."""
    measured = by_person(found)
    each: Floats = (measured[:, CUTS.index(10)] + measured[:, -1]) / 2
    return each
