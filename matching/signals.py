"""Signals: the single clues to what somebody might join, each learnt in closed form from who joined what.

Ridge maps declared interests to groups; EASE^R (Steck 2019) maps groups joined to groups; its joint form
takes both at once. All are linear and small; none sees comfort levels, reflections or distress.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from scipy.linalg import solve
from scipy.sparse import csr_matrix, hstack

from matching.community import Community, Groups, People, kilometres
from matching.content import Lexicon, learn_lexicon
from matching.features import Columns, Floats

#: How much stronger a declared interest is written than a join where both are learnt from at once.
DECLARED = 2.0
#: Added to estimated probabilities of joining before a logarithm, in people and as a share.
_FEW, _SHARE = 3.0, 0.003
#: Share of all joins that are of late.
_LATEST = 0.2
#: Below this many times that, estimates are one.
_LOWEST = -30.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Strengths:
    """How strongly each map is held back from believing chance; fitted, never set by hand."""

    ridge: float = 20.0
    item: float = 300.0
    joint: float = 300.0
    weight: float = 1.0  #: power that the weights of joins are raised to; 0 where one is as good as another


@dataclass(frozen=True, kw_only=True, slots=True)
class Words:
    """The terms and vectors of a community's own words; they do not depend on who joined what."""

    content: Lexicon  #: of members and groups together, for the cosine
    declared: Lexicon  #: of members alone, what the ridge starts from
    groups: csr_matrix  #: (g, content terms)
    alike: Floats  #: (g, g) cosine between groups, columns summing to 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Learned:
    """The fitted maps, as plain arrays."""

    words: Words
    places: Floats  #: (g, 2)
    people: int  #: with a history, that this was learnt from
    popularity: Floats  #: (g,) people who joined
    recent: Floats  #: (g,) how much more of late than ever, as a logarithm; (0,) where joins have no times
    ridge: Floats  #: (declared terms, g)
    base: Floats  #: (g,)
    item: Floats  #: (g, g)
    joint: Floats  #: (g + declared terms, g)
    scale: float  #: typical size of an item score
    weight: float  #: power that the weights of joins are raised to


@dataclass(frozen=True, kw_only=True, slots=True)
class Heard:
    """People with what they said as vectors, so that it is read once."""

    people: People
    declared: csr_matrix  #: (n, declared terms)
    content: csr_matrix  #: (n, content terms)

    def rows(self, rows: Columns) -> Heard:
        """Return these people, in this order."""
        return Heard(people=self.people.rows(rows), declared=self.declared[rows], content=self.content[rows])

    def joins(self, power: float) -> csr_matrix:
        """Return the joins with their weights raised to a power: with 0 one is as good as another."""
        joins = self.people.joins
        return csr_matrix((joins.data**power, joins.indices, joins.indptr), shape=joins.shape)

    def told(self, power: float) -> csr_matrix:
        """Return the joins, and what was declared beside them."""
        return hstack([self.joins(power), self.declared * DECLARED]).tocsr()

    def remembering(self, people: People) -> Heard:
        """Return the same words with another history."""
        return replace(self, people=people)


def hear(people: People, words: Words) -> Heard:
    """Return people with what they said in the community's terms."""
    return Heard(
        people=people,
        declared=words.declared.marks(people.documents),
        content=words.content.vectors(people.documents),
    )


def read_words(community: Community) -> Words:
    """Return the community's terms; rare ones only where they can be compared."""
    people, groups = community.people, community.groups
    content = learn_lexicon([*groups.documents, *people.documents])
    most = int(np.clip(len(people) / 2, 300, 1500))
    vectors = content.vectors(groups.documents)
    alike = np.asarray((vectors @ vectors.T).todense())
    return Words(
        content=content,
        declared=learn_lexicon(people.documents, fewest=2, most=most),
        groups=vectors,
        alike=alike / np.maximum(alike.sum(axis=0), 1e-9),
    )


def learn(heard: Heard, words: Words, groups: Groups, strengths: Strengths, *, warm: bool = True) -> Learned:
    """Return the maps fitted to everybody with a history; without ``warm`` only those newcomers need."""
    known = heard.rows(np.flatnonzero(heard.people.joined()))
    joins = known.joins(strengths.weight)
    ridge, base = fit_ridge(known.declared, joins, strengths.ridge)
    beside = known.declared * DECLARED
    item = fit_item(joins, strengths.item) if warm else np.empty((0, 0))
    return Learned(
        words=words,
        places=groups.places,
        people=joins.shape[0],
        popularity=_count(joins),
        recent=_recent(known.people),
        ridge=ridge,
        base=base,
        item=item,
        joint=fit_item(joins, strengths.joint, beside=beside) if warm else np.empty((0, 0)),
        scale=_spread(joins, item) if warm else 1.0,
        weight=strengths.weight,
    )


def fit_ridge(declared: csr_matrix, joins: csr_matrix, strength: float) -> tuple[Floats, Floats]:
    """Return weights (terms, g) and base (g,) of the ridge regression of joins on declared interests.

    Who declared nothing gets the base adjusted for it, so the order is near that of popularity.
    """
    count = max(declared.shape[0], 1)
    means, rates = _column_means(declared, count), _column_means(joins, count)
    gram = np.asarray((declared.T @ declared).todense()) - count * np.outer(means, means)
    gram[np.diag_indices_from(gram)] += strength
    moment = np.asarray((declared.T @ joins).todense()) - count * np.outer(means, rates)
    weights: Floats = solve(gram, moment, assume_a="pos") if len(means) else moment
    return weights, rates - means @ weights


def fit_item(joins: csr_matrix, strength: float, *, beside: csr_matrix | None = None) -> Floats:
    """Return EASE^R's map (g + extra, g) from groups joined, and what stands beside them, to groups.

    Its diagonal is 0: no group speaks for itself.
    """
    gram = _gram(joins, joins, strength)
    across = np.empty((0, joins.shape[1]))
    if beside is not None and beside.shape[1]:
        between = _gram(beside, joins)
        across = solve(_gram(beside, beside, strength), between, assume_a="pos")
        gram -= between.T @ across
    precision = np.linalg.inv(gram)
    weights: Floats = np.vstack([precision, -across @ precision]) / -np.diag(precision)
    weights[np.diag_indices(joins.shape[1])] = 0
    return weights


def _gram(one: csr_matrix, other: csr_matrix, strength: float = 0.0) -> Floats:
    gram: Floats = np.asarray((one.T @ other).todense(), dtype=np.float64)
    gram[np.diag_indices(min(gram.shape))] += strength
    return gram


def signals(learned: Learned, heard: Heard, *, warm: bool) -> Iterator[tuple[str, Floats]]:
    """Yield every signal by name as (n, g), higher suits better; ``warm`` adds those of a history."""
    yield from _said(learned, heard)
    if warm:
        yield from _done(learned, heard)


def single(name: str, learned: Learned, heard: Heard) -> Floats:
    """Return what one method says alone, (n, g): the yardsticks a blend is measured against."""
    match name:
        case "ease" | "item":
            return np.asarray(heard.joins(learned.weight) @ learned.item)
        case "joint":
            return np.asarray(heard.told(learned.weight) @ learned.joint)
        case "ridge":
            return np.asarray(heard.declared @ learned.ridge) + learned.base
        case "cosine":
            return np.asarray((heard.content @ learned.words.groups.T).todense())
        case "popularity":
            return np.tile(learned.popularity, (len(heard.people), 1))
        case _:
            raise ValueError(f"there is no method {name!r}")


def _said(learned: Learned, heard: Heard) -> Iterator[tuple[str, Floats]]:
    """Yield popularity, and what somebody's words and place tell."""
    few = _FEW / max(learned.people, 1)
    ridge = single("ridge", learned, heard)
    yield "popularity", np.tile(_log_popularity(learned), (len(heard.people), 1))
    if len(learned.recent):
        yield "recent", np.tile(learned.recent, (len(heard.people), 1))
    yield "ridge", _logged(ridge, few)
    yield "ridge_alike", _logged(ridge @ learned.words.alike, few)
    yield "cosine", single("cosine", learned, heard)
    if not np.isnan(learned.places).all():
        yield "near", -np.log1p(_distance(learned, heard.people))


def _done(learned: Learned, heard: Heard) -> Iterator[tuple[str, Floats]]:
    count = np.maximum(heard.people.joined(), 1)[:, None]
    depth = np.log(count)
    yield "popularity*depth", _log_popularity(learned) * depth
    alike = np.asarray(heard.joins(learned.weight) @ learned.words.alike) / count
    yield "alike", alike
    for name in ("item", "joint"):
        scores = single(name, learned, heard)
        logged = _logged(scores, _SHARE)
        yield name, scores / learned.scale
        yield f"{name}:log", logged
        yield f"{name}:log*depth", logged * depth
        yield f"{name}:root", np.sign(scores) * np.sqrt(np.abs(scores))
        yield f"{name}:standard", _standardise(scores)


def _logged(scores: Floats, few: float) -> Floats:
    """Return the logarithm of estimated probabilities, carried on below ``few`` so that no order is lost."""
    logged: Floats = np.log(few) + np.log(np.logaddexp(0, np.maximum(scores / few, _LOWEST)))
    return logged


def _log_popularity(learned: Learned) -> Floats:
    share: Floats = np.log((learned.popularity + 0.5) / max(learned.people, 1))
    return share


def _distance(learned: Learned, people: People) -> Floats:
    """Return km (n, g), from a person's place or else the middle of the groups they joined.

    Where either is unknown, the person's median stands in, so that it speaks neither for nor against.
    """
    placed = ~np.isnan(learned.places[:, 0])
    joins = (people.joins > 0).astype(np.float64)
    total = joins[:, placed] @ learned.places[placed]
    number = np.asarray(joins[:, placed].sum(axis=1)).ravel()
    middle = total / np.where(number > 0, number, np.nan)[:, None]
    places = np.where(np.isnan(people.places), middle, people.places)
    distances = kilometres(places, learned.places)
    typical = np.zeros(len(places))
    known = ~np.isnan(places[:, 0])
    if known.any():
        typical[known] = np.nanmedian(distances[known], axis=1)
    filled: Floats = np.where(np.isnan(distances), typical[:, None], distances)
    return filled


def _standardise(scores: Floats) -> Floats:
    middle = scores.mean(axis=1, keepdims=True)
    standard: Floats = (scores - middle) / (scores.std(axis=1, keepdims=True) + 1e-9)
    return standard


def _count(joins: csr_matrix) -> Floats:
    return np.asarray((joins > 0).sum(axis=0), dtype=np.float64).ravel()


def _recent(people: People) -> Floats:
    """Return how much larger each group's part in the latest fifth of joins is than in all of them."""
    if people.joined_at is None or not people.joined_at.nnz:
        return np.empty(0)
    latest = people.with_joins(people.joined_at.data >= np.quantile(people.joined_at.data, 1 - _LATEST))
    recent, ever = _count(latest.joins), _count(people.joins)
    level: Floats = np.log((recent + 1) / (ever * recent.sum() / ever.sum() + 1))
    return level


def _column_means(matrix: csr_matrix, count: int) -> Floats:
    return np.asarray(matrix.sum(axis=0), dtype=np.float64).ravel() / count


def _spread(joins: csr_matrix, item: Floats) -> float:
    """Return the s.d. of item scores over the first thousand people, 1 where there are none."""
    spread = float(np.asarray(joins[:1000] @ item).std()) if joins.shape[0] else 0.0
    return spread or 1.0
