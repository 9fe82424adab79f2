"""Draft a first ladder: 5 to 10 rungs from what a member needs, likes and finds hard. Light."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from matching.inputs import Need, Situation
from matching.pace import CALM
from matching.rungs import KINDS, RungKind

FEWEST, MOST = 5, 10
#: Features must differ by more than this to count as different.
NOTICEABLE = 0.25
#: SUDS points one rung is best above the one before.
RISE = 7.0


@dataclass(frozen=True, kw_only=True, slots=True)
class DraftRung:
    """One rung of a draft, lowest first; the member edits all of it."""

    kind: str
    label: str
    situation: Situation
    anticipated: float = field(repr=False)  #: SUDS


def draft(
    needs: Sequence[Need],
    interests: Sequence[str],
    anticipated: Mapping[str, float],
    *,
    length: int = 7,
    kinds: Sequence[RungKind] = KINDS,
) -> tuple[DraftRung, ...]:
    """Return a ladder of ``length`` rungs, 5 to 10, from what stays calm to what the first need leads to.

    Parameters
    ----------
    needs : ranked, most wanted first; none is the same as not being sure
    interests : words for the labels, best liked first; used in turn
    anticipated : SUDS per kind for this member, from ``matching.comfort.anticipate``

    The first rung is the hardest relevant kind at or under calm, or else the easiest of all. Rungs rise, and
    of all ways up the one is taken on which neighbours differ in few features and rise by small amounts.
    """
    length = min(max(length, FEWEST), MOST)
    ranked = sorted(_relevant(needs, kinds), key=lambda kind: (anticipated[kind.id], kind.id))
    first = _first(ranked, anticipated, length)
    path = _climb(ranked[first:], anticipated, length)
    liked = list(interests) or [""]
    return tuple(
        DraftRung(
            kind=kind.id,
            label=kind.named(liked[place % len(liked)]),
            situation=kind.situation,
            anticipated=anticipated[kind.id],
        )
        for place, kind in enumerate(path)
    )


def differing(one: Situation, other: Situation) -> int:
    """Return in how many features two situations differ noticeably (R30)."""
    pairs = zip(one.values, other.values, strict=True)
    return sum(abs(a - b) > NOTICEABLE for a, b in pairs)


def _relevant(needs: Sequence[Need], kinds: Sequence[RungKind]) -> list[RungKind]:
    """Return the kinds that lead to the most wanted needs, at least as many as the longest ladder takes."""
    if not needs or needs[0] is Need.NOT_SURE:
        return list(kinds)
    found = [kind for kind in kinds if needs[0] in kind.needs]
    for need in needs[1:]:
        if len(found) >= MOST:
            break
        found += [kind for kind in kinds if need in kind.needs and kind not in found]
    return found if len(found) >= FEWEST else list(kinds)


def _first(ranked: Sequence[RungKind], anticipated: Mapping[str, float], length: int) -> int:
    """Return where to start: the hardest calm kind that still leaves enough rungs above it."""
    calm = sum(anticipated[kind.id] <= CALM for kind in ranked)
    return max(0, min(calm - 1, len(ranked) - length))


def _climb(ranked: Sequence[RungKind], anticipated: Mapping[str, float], length: int) -> list[RungKind]:
    """Return the cheapest way of ``length`` rungs that starts at the first kind (dynamic programming)."""
    count = len(ranked)
    length = min(length, count)
    ways: list[tuple[float, tuple[int, ...]]] = [(0.0, (0,))] + [(float("inf"), ())] * (count - 1)
    for _ in range(length - 1):
        ways = [
            min(
                (
                    (cost + _cost(ranked[way[-1]], ranked[to], anticipated), (*way, to))
                    for cost, way in ways[:to]
                    if way
                ),
                default=(float("inf"), ()),
            )
            for to in range(count)
        ]
    return [ranked[place] for place in min(way for way in ways if way[1])[1]]


def _cost(low: RungKind, high: RungKind, anticipated: Mapping[str, float]) -> float:
    rise = (anticipated[high.id] - anticipated[low.id] - RISE) / RISE
    return differing(low.situation, high.situation) ** 2 + rise**2


def changes(rungs: Sequence[DraftRung]) -> list[int]:
    """Return for each neighbouring pair in how many features they differ."""
    return [differing(low.situation, high.situation) for low, high in pairwise(rungs)]
