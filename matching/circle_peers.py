"""Made-up people who ask for company, and simpler ways to place them, as a yardstick for benchmarks."""

from __future__ import annotations

import math
from random import Random

import numpy as np

from matching.circle_puzzle import FEWEST, MOST, ROOMY, Puzzle
from matching.circle_search import Circles
from matching.circles import Seeker

INTERESTS = tuple(f"interest-{number}" for number in range(20))
#: Ceilings: many bear any circle, some only a small one.
BEARABLE = ((3, 4, 5),) * 3 + ((3, 4), (3,))


def crowd(people: int, *, seed: int) -> list[Seeker]:
    """Return people with interests, ceilings, blocks, people they know: the same for the same seed."""
    rng = Random(seed)  # noqa: S311  (made-up people, the same every time)
    names = [f"{number:04}" for number in range(people)]
    apart, again, met = ({name: set[str]() for name in names} for _ in range(3))
    for _ in range(people // 4):
        one, other = rng.sample(names, 2)
        apart[one].add(other)
        for kinds in ((again, met), (met,)):
            one, other = rng.sample(names, 2)
            for kind in kinds:
                kind[one].add(other)
                kind[other].add(one)
    return [
        Seeker(
            id=name,
            sizes=frozenset(rng.choice(BEARABLE)),
            interests=frozenset(rng.sample(INTERESTS, rng.randint(1, 5))),
            pace=rng.choice((1.0, 1.0, 2.0, 3.0)),
            newcomer=rng.random() < 0.3,
            been_before=rng.random() < 0.3,
            apart=frozenset(apart[name]),
            again=frozenset(again[name]),
            met=frozenset(met[name]),
        )
        for name in names
    ]


def greedy(puzzle: Puzzle) -> Circles:
    """Fill one circle after the other with whoever suits best; who fits nowhere is left out."""
    free, circles = set(range(len(puzzle.ids))), []
    while circle := _best_three(puzzle, sorted(free)):
        free -= set(circle)
        while len(circle) < ROOMY and (more := _best_joiner(puzzle, circle, free)) is not None:
            circle.append(more)
            free.discard(more)
        circles.append(circle)
    for row in sorted(free):
        options = [each for each in circles if len(each) < MOST and puzzle.possible([*each, row])]
        if options:
            max(options, key=lambda each: puzzle.worth([*each, row]) - puzzle.worth(each)).append(row)
    return circles


def _best_three(puzzle: Puzzle, free: list[int]) -> list[int] | None:
    """Return the best pair that a third completes, with that third."""
    pull = puzzle.rapport[np.ix_(free, free)]
    for place in np.argsort(-pull, axis=None, kind="stable").tolist():
        one, other = (free[each] for each in divmod(place, len(free)))
        if one < other and not puzzle.apart[one, other]:
            third = _best_joiner(puzzle, [one, other], set(free) - {one, other})
            if third is not None:
                return [one, other, third]
    return None


def _best_joiner(puzzle: Puzzle, circle: list[int], free: set[int]) -> int | None:
    fits = [row for row in sorted(free) if puzzle.possible([*circle, row])]
    return max(fits, key=lambda row: puzzle.rapport[row, circle].sum(), default=None)


def k_means(puzzle: Puzzle, *, seed: int, rounds: int = 20) -> Circles:
    """Gather people round centres with room for four each; who may not be in a circle is taken out of it.

    Their places are the leading directions of the matrix of rapport, as in spectral clustering.
    """
    rng = np.random.default_rng(seed)
    people = len(puzzle.ids)
    count = max(1, math.ceil(people / ROOMY))
    values, vectors = np.linalg.eigh(puzzle.rapport)
    leading = np.argsort(-values)[: min(12, people)]
    places = vectors[:, leading] * np.sqrt(np.maximum(values[leading], 0))
    centres = places[rng.choice(people, size=count, replace=False)]
    for _ in range(rounds):
        label = _seated(((places[:, None, :] - centres[None, :, :]) ** 2).sum(axis=2))
        centres = np.array([places[label == each].mean(axis=0) for each in range(count)])
    return _thinned(puzzle, [np.flatnonzero(label == each).tolist() for each in range(count)])


def _seated(distance: np.ndarray) -> np.ndarray:
    """Return a centre for each, nearest first, none with more than its share."""
    people, count = distance.shape
    label, room = np.full(people, -1), np.full(count, math.ceil(people / count))
    for place in np.argsort(distance, axis=None, kind="stable").tolist():
        row, centre = divmod(place, count)
        if label[row] < 0 and room[centre] and (label == centre).sum() < room[centre]:
            label[row] = centre
    return label


def _thinned(puzzle: Puzzle, circles: Circles) -> Circles:
    """Take people out until each circle is possible; one that cannot be is dropped."""
    return [kept for circle in circles if (kept := _possible_part(puzzle, circle))]


def _possible_part(puzzle: Puzzle, circle: list[int]) -> list[int]:
    while len(circle) >= FEWEST and not puzzle.possible(circle):
        fewer = [[row for row in circle if row != each] for each in circle]
        circle = max(fewer, key=lambda rest: puzzle.rapport[np.ix_(rest, rest)].sum())
    return circle if len(circle) >= FEWEST else []
