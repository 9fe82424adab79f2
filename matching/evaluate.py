"""Offline measures: how well each method finds the groups people did join, on a community's real history."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.affinity import AffinityModel, fit
from matching.community import Community, People
from matching.features import Columns, Floats
from matching.hiding import latest, newcomers, owners_of, taken
from matching.histories import History
from matching.reach import CUTS, Found, by_group, by_person
from matching.rehearsal import Manner
from matching.signals import Heard, Learned, hear, single

MEASURES = (*(f"recall@{cut}" for cut in CUTS), "ndcg@10", "macro_recall@10")
#: Share of joins tested where the split is in time, and of people with their whole history hidden where not.
_TESTED, _COLD = 0.2, 0.1
_BLOCK = 512

T = TypeVar("T")
Measures = dict[str, float | int | None]
Report = dict[str, dict[str, Measures | float]]
Method = Callable[[Heard, Columns], Floats]


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """What may be learnt from, and what is to be found."""

    community: Community
    test: csr_matrix  #: (people, groups)
    manner: Manner  #: how what is to be found differs from what is known


def split(history: History, *, seed: int) -> Split:
    """Return the files' own split, or one in time where every join has one, or leave one out by lot.

    Without times, everybody with two joins or more has one hidden, and a tenth of all people lose all of
    theirs, so that newcomers are measured as well.
    """
    people = history.community.people
    if history.test is not None:
        unknown = Manner.LOT if people.joined_at is None else Manner.EITHER
        manner = Manner.TIME if history.later else unknown
        return Split(community=history.community, test=history.test, manner=manner)
    rng = np.random.default_rng(seed)
    timed = people.joined_at is not None and people.joined_at.nnz > 0
    if timed:
        hidden = latest(people, _TESTED, rng)
    else:
        hidden = _one_of_each(people, rng)
        hidden |= np.isin(owners_of(people), newcomers(people, _COLD, rng))
    kept, test = taken(people, hidden)
    return Split(
        community=replace(history.community, people=kept),
        test=test,
        manner=Manner.TIME if timed else Manner.LOT,
    )


def _one_of_each(people: People, rng: np.random.Generator) -> NDArray[np.bool_]:
    hidden = np.zeros(int(people.joined().sum()), dtype=bool)
    several = np.flatnonzero(people.joined() >= 2)
    starts = people.joins.indptr[several]
    hidden[starts + rng.integers(0, people.joined()[several])] = True
    return hidden


def evaluate(history: History, *, seed: int = 0) -> Report:
    """Return every method's measures for people with a history and without, and the seconds it took.

    The yardsticks have their strengths chosen on the same hidden joins as the blend: each is at its best.
    """
    part = split(history, seed=seed)
    model, seconds = _timed(lambda: fit(part.community, seed=seed, manner=part.manner))
    methods = _methods(part.community, model, seed=seed)
    warm = part.community.people.joined() > 0
    heard = hear(part.community.people, model.learned.words)
    report: Report = {}
    for name, method in methods.items():
        found, used = _timed(partial(find, part.test, heard, method))
        regimes = {"warm": warm[found.people], "cold": ~warm[found.people]}
        report[name] = {regime: measure(found.only(flags)) for regime, flags in regimes.items()}
        report[name]["seconds"] = round(used + (seconds if name == "handrail" else 0.0), 3)
    return report


def measure(found: Found) -> Measures:
    """Return recall at each cut and nDCG at 10, averaged over people, and recall averaged over groups.

    ``people`` is how many were measured; with none, the measures are None.
    """
    if not len(found.people):
        return dict.fromkeys(MEASURES) | {"people": 0}
    each = by_person(found)
    means = [*each.mean(axis=0).tolist(), by_group(found)]
    return {**dict(zip(MEASURES, means, strict=True)), "people": len(each)}


def find(test: csr_matrix, heard: Heard, method: Method) -> Found:
    """Return at which place a method puts each hidden join."""
    tested = np.flatnonzero(np.diff(test.indptr))
    blocks = []
    for start in range(0, len(tested), _BLOCK):
        rows = tested[start : start + _BLOCK]
        block = heard.rows(rows)
        owners, groups = test[rows].nonzero()
        ranks = places_of(method(block, rows), known=block.people.joins, owners=owners, groups=groups)
        blocks.append((rows[owners], groups, ranks))
    people_of, groups_of, ranks_of = (
        np.concatenate(each) if blocks else np.empty(0, dtype=np.intp)
        for each in (zip(*blocks, strict=True) if blocks else ((), (), ()))
    )
    return Found(people=people_of, groups=groups_of, ranks=ranks_of)


def places_of(scores: Floats, *, known: csr_matrix, owners: Columns, groups: Columns) -> Columns:
    """Return the place of each (owner, group) among the groups its owner has not joined, 0 the best.

    Equal scores stand in an order drawn once by lot, the same for every method and person.
    """
    lot = np.random.default_rng(0).permutation(scores.shape[1])
    masked = scores.copy()
    masked[known.nonzero()] = -np.inf
    rows, own = masked[owners], masked[owners, groups][:, None]
    ahead = (rows > own).sum(axis=1)
    level = ((rows == own) & (lot[None, :] < lot[groups][:, None])).sum(axis=1)
    places: Columns = (ahead + level).astype(np.intp)
    return places


def _methods(community: Community, model: AffinityModel, *, seed: int) -> dict[str, Method]:
    learned = model.learned
    yardsticks = {name: _yardstick(name, learned) for name in ("ease", "ridge", "cosine", "popularity")}
    groups = len(community.groups.ids)

    def by_lot(_heard: Heard, rows: Columns) -> Floats:
        return np.stack([np.random.default_rng((seed, int(row))).random(groups) for row in rows])

    return {"handrail": lambda heard, _rows: model.scores(heard), **yardsticks, "random": by_lot}


def _yardstick(name: str, learned: Learned) -> Method:
    return lambda heard, _rows: single(name, learned, heard)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    started = time.perf_counter()
    done = work()
    return done, time.perf_counter() - started
