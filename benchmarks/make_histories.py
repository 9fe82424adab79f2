"""Write made-up histories for `handrail evaluate`: python -m benchmarks.make_histories FOLDER [NAME ...].

What drives people to join is known in each: popularity, topics that tags and words tell of, tastes that
nothing tells of, place. The names are those of the table in docs/explanation/matching.md.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TAGS, WORDS, TASTES, SHARPNESS = 120, 2000, 30, 4.0
TOPICS, NOISE = 20, 0.1

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Regime:
    """One made-up community."""

    people: int
    groups: int
    joins: float  #: typical number a person
    topics: float = 1.0  #: how much what tags tell of drives joining
    tastes: float = 0.0  #: how much what nothing tells of does
    popularity: float = 1.0
    place: float = 0.0
    cities: int = 1
    declared: float = 0.6  #: share of people who name interests
    text: bool = True
    seed: int


REGIMES = {
    "tags_s": Regime(people=1000, groups=80, joins=3, seed=1),
    "latent_m": Regime(people=5000, groups=400, joins=5, topics=0.3, tastes=1.0, seed=2, text=False),
    "mixed_m": Regime(people=6000, groups=500, joins=4, topics=0.7, tastes=0.7, seed=3),
    "place_m": Regime(people=6000, groups=600, joins=4, topics=0.7, tastes=0.4, place=0.8, cities=6, seed=4),
    "pop_s": Regime(people=1500, groups=60, joins=2, topics=0.3, tastes=0.2, popularity=1.3, seed=5),
    "sparse_m": Regime(people=3000, groups=900, joins=2, topics=0.8, tastes=0.3, seed=6),
    "notags": Regime(
        people=2500, groups=200, joins=4, topics=0.8, tastes=0.5, declared=0, text=False, seed=7
    ),
    "big": Regime(people=25000, groups=1100, joins=6, topics=0.7, tastes=0.6, seed=8),
}


class World:
    """The hidden facts behind one community, drawn once."""

    def __init__(self, regime: Regime) -> None:
        self.regime = regime
        self.rng = rng = np.random.default_rng(regime.seed)
        people, groups = regime.people, regime.groups
        self.tags_of = [rng.choice(TAGS, size=8, replace=False) for _ in range(TOPICS)]
        self.about = rng.dirichlet(np.full(TOPICS, 0.08), size=groups)
        self.likes = rng.dirichlet(np.full(TOPICS, 0.15), size=people)
        self.flavour = rng.dirichlet(np.full(TASTES, 0.08), size=groups)
        self.leaning = rng.dirichlet(np.full(TASTES, 0.12), size=people)
        self.pull = regime.popularity * rng.normal(0, 1.3, size=groups)
        of_group = rng.integers(0, regime.cities, size=groups)
        of_person = rng.integers(0, regime.cities, size=people)
        towns = np.stack([45 + rng.normal(0, 4, regime.cities), -90 + rng.normal(0, 8, regime.cities)], 1)
        self.where = towns[of_group] + rng.normal(0, 0.08, (groups, 2))
        self.home = towns[of_person] + rng.normal(0, 0.1, (people, 2))
        active = rng.lognormal(np.log(regime.joins), 0.8, size=people)
        self.active = np.clip(active, 1, groups * 0.2).astype(int)

    def joins(self) -> list[tuple[int, int]]:
        """Return who joined what, person by person, by utility with chance in it."""
        found = []
        for person in range(self.regime.people):
            fits = self.regime.topics * np.log(self.about @ self.likes[person] + 0.02)
            fits += self.regime.tastes * np.log(self.flavour @ self.leaning[person] + 0.02)
            far = np.log1p(np.hypot(*(self.where - self.home[person]).T) * 111)
            utility = self.pull + SHARPNESS * fits / 2 - self.regime.place * far
            utility = utility + self.rng.gumbel(size=self.regime.groups)
            found += [(person, int(group)) for group in np.argsort(-utility)[: self.active[person]]]
        return found

    def tags(self, mixture: Floats, count: int) -> str:
        """Return tags of a mixture of topics, a few of them by chance."""
        chosen = {int(self.rng.choice(self.tags_of[t])) for t in self.rng.choice(TOPICS, count, p=mixture)}
        chosen |= {int(self.rng.integers(TAGS)) for _ in range(self.rng.binomial(count, NOISE))}
        return ";".join(f"tag{tag}" for tag in sorted(chosen))

    def choose_words(self) -> None:
        """Give every topic its words."""
        letters = [chr(97 + n) for n in range(26)]
        self.words = [
            f"word{letters[n // 26 % 26]}{letters[n % 26]}{letters[n // 676]}" for n in range(WORDS)
        ]
        self.words_of = [self.rng.choice(WORDS, size=60) for _ in range(TOPICS)]

    def text(self, mixture: Floats, count: int) -> str:
        """Return words of a mixture of topics among common ones."""
        return " ".join(
            self.words[self.rng.choice(self.words_of[topic])]
            if self.rng.random() < 0.6
            else self.words[int(WORDS * self.rng.random() ** 2)]
            for topic in self.rng.choice(TOPICS, size=count, p=mixture)
        )


def write(folder: Path, regime: Regime) -> None:
    """Write one community's four files; a quarter of the people are newcomers in the test."""
    folder.mkdir(parents=True, exist_ok=True)
    world = World(regime)
    joins = world.joins()
    world.choose_words()
    extra = (["text"] if regime.text else []) + (["lat", "lon"] if regime.place else [])
    _write(folder / "members.csv", ["member_id", "interests", *extra], _members(world))
    _write(folder / "groups.csv", ["group_id", "title", "tags", *extra], _groups(world))
    train, test = _split(joins, world)
    for name, pairs in (("joins", train), ("test", test)):
        _write(
            folder / f"{name}.csv", ["member_id", "group_id"], [[f"u{u}", f"g{g}"] for u, g in sorted(pairs)]
        )


def _members(world: World) -> Iterable[list[str]]:
    regime, rng = world.regime, world.rng
    for person in range(regime.people):
        count = rng.poisson(5) if rng.random() < regime.declared else 0
        row = [f"u{person}", world.tags(world.likes[person], count) if count else ""]
        if regime.text:
            row.append(world.text(world.likes[person], 12) if rng.random() < 0.5 else "")
        yield row + ([str(each) for each in world.home[person]] if regime.place else [])


def _groups(world: World) -> Iterable[list[str]]:
    regime = world.regime
    for group in range(regime.groups):
        mixture = world.about[group]
        row = [f"g{group}", world.text(mixture, 3), world.tags(mixture, 5)]
        row += [world.text(mixture, 25)] if regime.text else []
        yield row + ([str(each) for each in world.where[group]] if regime.place else [])


def _split(joins: Sequence[tuple[int, int]], world: World) -> tuple[list[tuple[int, int]], ...]:
    rng = world.rng
    new = rng.random(world.regime.people) < 0.25
    of: dict[int, list[int]] = {}
    for row in rng.permutation(len(joins)):
        person, group = joins[row]
        of.setdefault(person, []).append(group)
    train: list[tuple[int, int]] = []
    test: list[tuple[int, int]] = []
    for person, groups in of.items():
        hidden = len(groups) if new[person] else int(len(groups) >= 2 and rng.random() < 0.6)
        test += [(person, group) for group in groups[:hidden]]
        train += [(person, group) for group in groups[hidden:]]
    return train, test


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


if __name__ == "__main__":
    for name in sys.argv[2:] or REGIMES:
        write(Path(sys.argv[1]) / name, REGIMES[name])
