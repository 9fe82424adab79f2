"""Made-up histories of whole communities, where what drives people to join is known."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix

from matching.community import Community, Groups, People
from matching.content import Document
from matching.features import Floats


def made_up(
    people: int = 400,
    groups: int = 40,
    *,
    seed: int = 0,
    interests: float = 1.0,
    taste: float = 0.0,
    place: float = 0.0,
    popularity: float = 1.0,
    each: int = 4,
) -> Community:
    """Return a community whose people join by the drivers given, each 0 or more."""
    rng = np.random.default_rng(seed)
    topics = 8
    about, like = rng.dirichlet(np.full(topics, 0.1), groups), rng.dirichlet(np.full(topics, 0.2), people)
    hidden, leaning = (rng.dirichlet(np.full(6, 0.1), size) for size in (groups, people))
    where, home = rng.normal((45, -79), (2, 3), (groups, 2)), rng.normal((45, -79), (2, 3), (people, 2))
    utility = popularity * rng.normal(0, 1.2, groups)[None, :] + rng.gumbel(size=(people, groups))
    utility += 2 * interests * np.log(like @ about.T + 0.02) + 2 * taste * np.log(leaning @ hidden.T + 0.02)
    utility -= place * np.linalg.norm(where[None] - home[:, None], axis=2)
    counts = np.clip(rng.poisson(each, people), 1, groups - 1)
    best = np.argsort(-utility, axis=1)
    rows = np.repeat(np.arange(people), counts)
    columns = np.concatenate([best[row, : counts[row]] for row in range(people)])
    joins = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(people, groups))
    joins.sort_indices()
    return Community(
        people=People(
            documents=tuple(_said(rng, mixture, 4) for mixture in like),
            places=home if place else np.full((people, 2), np.nan),
            joins=joins,
        ),
        groups=Groups(
            ids=tuple(f"g{n}" for n in range(groups)),
            documents=tuple(_said(rng, mixture, 5) for mixture in about),
            places=where if place else np.full((groups, 2), np.nan),
        ),
    )


def write(folder: Path, community: Community, *, test: Iterable[tuple[int, int]] | None = None) -> None:
    """Write the community as the files that `handrail evaluate` reads."""
    people, groups = community.people, community.groups
    rows = [
        [f"u{n}", ";".join(said.tags), *_place(people.places[n])] for n, said in enumerate(people.documents)
    ]
    _write(folder / "members.csv", ["member_id", "interests", "lat", "lon"], rows)
    rows = [
        [name, f"Group {name}", ";".join(said.tags), *_place(groups.places[n])]
        for n, (name, said) in enumerate(zip(groups.ids, groups.documents, strict=True))
    ]
    _write(folder / "groups.csv", ["group_id", "title", "tags", "lat", "lon"], rows)
    pairs = list(zip(*people.joins.nonzero(), strict=True))
    _write(folder / "joins.csv", ["member_id", "group_id"], [[f"u{u}", groups.ids[g]] for u, g in pairs])
    if test is not None:
        _write(folder / "test.csv", ["member_id", "group_id"], [[f"u{u}", groups.ids[g]] for u, g in test])


def _said(rng: np.random.Generator, mixture: Floats, count: int) -> Document:
    topics = rng.choice(len(mixture), size=count, p=mixture)
    return Document(tags=tuple(sorted({f"topic {topic} side {rng.integers(3)}" for topic in topics})))


def _place(place: Floats) -> list[str]:
    return ["", ""] if np.isnan(place[0]) else [f"{place[0]:.5f}", f"{place[1]:.5f}"]


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
