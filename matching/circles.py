"""Circles: who might go together, three to five who asked for company. Hard limits first, then a score.

A hard limit is never traded for a score: the people of a circle share a time, each is within their ceiling
among so many, nobody is with somebody they are kept apart from, the place meets their access needs, and one
of them at least has been out before. Everybody who can be placed is placed before anything is scored.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np

from matching.circle_puzzle import FEWEST, MOST, SIZES, Flags, Parts, Puzzle
from matching.circle_search import search
from matching.gaussian import Vector
from matching.inputs import SLOT_COUNT
from matching.settings import MatchingSettings

ANY_SLOT = (1 << SLOT_COUNT) - 1


class Alone(StrEnum):
    """Why no circle was found for somebody, as far as it may be told to them (stored as these words).

    That two people are kept apart is told to nobody: it is among the reasons of `TOO_FEW`.
    """

    CEILING = "ceiling"  #: no number of people is within what they find bearable there
    ACCESS = "access"  #: the place is not known to meet their access needs
    TOO_FEW = "too_few"


@dataclass(frozen=True, kw_only=True, slots=True)
class Seeker:
    """Somebody who asked to go with a few others."""

    id: str
    sizes: frozenset[int] = field(
        default=frozenset(SIZES), repr=False
    )  #: within their ceiling, themselves counted
    slots: int = ANY_SLOT  #: a bit per time of the week they could go; around an occurrence all are the same
    interests: frozenset[str] = frozenset()  #: slugs they chose to show
    pace: float = 1.0  #: outings a week they would like
    newcomer: bool = False  #: has never been out with anybody here
    been_before: bool = False  #: has been to this very group
    access_met: bool = True
    apart: frozenset[str] = field(default=frozenset(), repr=False)  #: ids never to be with, both directions
    again: frozenset[str] = field(default=frozenset(), repr=False)  #: ids where both said "meet again"
    met: frozenset[str] = frozenset()  #: ids they were in a circle with before


@dataclass(frozen=True, kw_only=True, slots=True)
class Formation:
    """Who goes together, and who could not be placed, with a reason: everybody is in one of the two."""

    circles: tuple[tuple[str, ...], ...]  #: ids, in order
    alone: dict[str, Alone]
    score: float  #: 0-1, the mean over the people placed


def form(seekers: Sequence[Seeker], *, settings: MatchingSettings, seed: int) -> Formation:
    """Return circles of 3 to 5, the same for the same people and seed, in whatever order they come."""
    ordered = sorted(seekers, key=lambda each: each.id)
    alone = {each.id: reason for each in ordered if (reason := _unplaceable(each, settings))}
    puzzle = puzzle_of([each for each in ordered if each.id not in alone], settings)
    found = search(puzzle, seed=seed)
    placed = {row for circle in found for row in circle}
    alone |= {name: Alone.TOO_FEW for row, name in enumerate(puzzle.ids) if row not in placed}
    return Formation(
        circles=tuple(sorted(tuple(puzzle.ids[row] for row in sorted(circle)) for circle in found)),
        alone=alone,
        score=puzzle.total(found) / len(placed) if placed else 0.0,
    )


def _unplaceable(seeker: Seeker, settings: MatchingSettings) -> Alone | None:
    """Return why a seeker can be in no circle whoever else is there."""
    if not seeker.access_met:
        return Alone.ACCESS
    if not any(size <= settings.circle_largest for size in seeker.sizes):
        return Alone.CEILING
    return None


def stands(seekers: Sequence[Seeker], *, settings: MatchingSettings) -> bool:
    """Return whether a circle of these people keeps every hard limit as things are now."""
    if any(_unplaceable(each, settings) for each in seekers):
        return False
    return puzzle_of(seekers, settings).possible(range(len(seekers)))


def puzzle_of(seekers: Sequence[Seeker], settings: MatchingSettings) -> Puzzle:
    """Return the arrays of these people."""
    rows = {each.id: row for row, each in enumerate(seekers)}
    sizes = np.zeros((len(rows), MOST + 1), dtype=bool)
    for row, each in enumerate(seekers):
        sizes[row, [size for size in each.sizes if FEWEST <= size <= settings.circle_largest]] = True
    apart = _named(seekers, rows, "apart")
    return Puzzle(
        ids=tuple(rows),
        rapport=_rapport(seekers, rows, settings),
        apart=apart | apart.T,
        sizes=sizes,
        seasoned=np.array([not each.newcomer for each in seekers], dtype=bool),
        been=np.array([each.been_before for each in seekers], dtype=bool),
        slots=np.array([each.slots for each in seekers], dtype=np.int64),
        parts=_parts(settings),
    )


def _parts(settings: MatchingSettings) -> Parts:
    pairs = settings.circle_interests + settings.circle_familiar + settings.circle_pace
    weights = np.array([pairs, settings.circle_been, settings.circle_roomy])
    return Parts(*(weights / (weights.sum() or 1.0)).tolist())


def _named(seekers: Sequence[Seeker], rows: dict[str, int], name: str) -> Flags:
    """Return (n, n): whom each names, themselves apart."""
    flags = np.zeros((len(rows), len(rows)), dtype=bool)
    for row, each in enumerate(seekers):
        flags[row, [rows[other] for other in getattr(each, name) if other in rows and other != each.id]] = (
            True
        )
    return flags


def _rapport(seekers: Sequence[Seeker], rows: dict[str, int], settings: MatchingSettings) -> Vector:
    """Return (n, n): something to talk about, met before, a like pace. No promise that they get on."""
    again, met = (_named(seekers, rows, name) for name in ("again", "met"))
    mutual = again & again.T
    familiar = np.where(mutual, 1.0, np.where(met | met.T, 0.0, 0.5))
    pace = np.array([each.pace for each in seekers], dtype=float)
    like = 1 / (1 + np.abs(pace[:, None] - pace[None, :]))
    weights = (settings.circle_interests, settings.circle_familiar, settings.circle_pace)
    summed = weights[0] * (1 - 0.5 ** _shared(seekers)) + weights[1] * familiar + weights[2] * like
    np.fill_diagonal(summed, 0.0)
    rapport: Vector = summed / (sum(weights) or 1.0)
    return rapport


def _shared(seekers: Sequence[Seeker]) -> Vector:
    """Return (n, n): how many interests two people both chose to show."""
    slugs = {
        slug: column for column, slug in enumerate(sorted(set().union(*(each.interests for each in seekers))))
    }
    liked = np.zeros((len(seekers), len(slugs)))
    for row, each in enumerate(seekers):
        liked[row, [slugs[slug] for slug in each.interests]] = 1.0
    shared: Vector = liked @ liked.T
    return shared
