"""Write real histories for `handrail evaluate` from a Debian package list: packages that join what they need.

apt-cache dumpavail | python -m benchmarks.package_histories FOLDER [NAME ...]

No people are in them. Packages name debtags and a line of text, as people name interests, and depend on
others or carry a tag, as people join groups; popularity, clusters and gaps are those of something that grew.
What comes out depends on the release whose list is read. Of seven in ten a fifth of the joins is hidden, at
least one, where they have two or more; of 15 in 100 all are.
"""

from __future__ import annotations

import csv
import random
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

Package = Mapping[str, str]
COLD, WARM, HIDDEN = 0.15, 0.7, 0.2


@dataclass(frozen=True, kw_only=True, slots=True)
class Scene:
    """Which packages are people, and what they join."""

    people: int
    groups: int
    skipped: int = 0  #: of the most joined groups
    fewest: int = 1  #: joins a person
    chosen: Callable[[Package], bool] = lambda _: True
    by_tag: bool = False  #: tags are the groups, not what is depended on
    text: bool = True


SCENES = {
    "libraries": Scene(people=6000, groups=400, skipped=60, fewest=2),
    "rare": Scene(people=5000, groups=1000, skipped=300),
    "python": Scene(people=4000, groups=300, chosen=lambda each: each["Package"].startswith("python3-")),
    "perl": Scene(people=3000, groups=200, chosen=lambda each: each["Package"].endswith("-perl")),
    "games": Scene(
        people=1000, groups=60, skipped=3, fewest=2, chosen=lambda each: each.get("Section") == "games"
    ),
    "science": Scene(
        people=1500,
        groups=120,
        skipped=5,
        fewest=2,
        text=False,
        chosen=lambda each: each.get("Section") in {"science", "math", "electronics"},
    ),
    "tags": Scene(people=8000, groups=300, skipped=5, fewest=2, by_tag=True),
    "large": Scene(people=25000, groups=1100, fewest=2),
}


def packages(lines: Iterable[str]) -> Iterator[Package]:
    """Yield the packages of a list; a field goes on in lines that begin with a space."""
    fields: dict[str, str] = {}
    last = ""
    for line in [*lines, ""]:
        if not line.strip():
            if fields:
                yield fields
            fields = {}
        elif line[0].isspace():
            fields[last] += " " + line.strip()
        else:
            last, _, value = line.partition(":")
            fields[last] = value.strip()


def needed(package: Package) -> set[str]:
    """Return the packages that one depends on, of alternatives the first."""
    return {re.split(r"[ (|:]", each.strip())[0] for each in package.get("Depends", "").split(",")} - {""}


def tags(package: Package) -> set[str]:
    """Return the debtags of a package."""
    return {tag.strip() for tag in re.sub(r"[{}]", "", package.get("Tag", "")).split(",")} - {""}


def write(folder: Path, scene: Scene, known: Mapping[str, Package]) -> None:
    """Write the four files of one scene."""
    rng = random.Random(folder.name)
    joins = {
        name: tags(each) if scene.by_tag else needed(each)
        for name, each in known.items()
        if scene.chosen(each)
    }
    sizes = Counter(group for of_one in joins.values() for group in of_one if scene.by_tag or group in known)
    ranked = sorted(sizes, key=lambda group: (-sizes[group], group))
    groups = ranked[scene.skipped : scene.skipped + scene.groups]
    kept = {name: sorted(of_one & set(groups)) for name, of_one in sorted(joins.items())}
    eligible = [name for name, of_one in kept.items() if len(of_one) >= scene.fewest]
    people = rng.sample(eligible, min(scene.people, len(eligible)))
    folder.mkdir(parents=True, exist_ok=True)
    text = ["text"] if scene.text else []
    _write(
        folder / "members.csv",
        ["member_id", "interests", *text],
        [[name, *_said(known[name], scene)] for name in people],
    )
    _write(
        folder / "groups.csv",
        ["group_id", "title", "tags", *text],
        [[group, group.replace("::", " "), *_told(group, scene, known)] for group in groups],
    )
    for name, pairs in zip(
        ("joins", "test"), _split({name: kept[name] for name in people}, rng), strict=True
    ):
        _write(folder / f"{name}.csv", ["member_id", "group_id"], pairs)


def _said(package: Package, scene: Scene) -> list[str]:
    named = package.get("Section", "") if scene.by_tag else ";".join(sorted(tags(package)))
    return [named, package.get("Description", "")] if scene.text else [named]


def _told(group: str, scene: Scene, known: Mapping[str, Package]) -> list[str]:
    if scene.by_tag:
        return [group.partition("::")[2].replace("-", " "), ""]
    told = [";".join(sorted(tags(known[group]))), known[group].get("Description", "")]
    return told if scene.text else told[:1]


def _split(joins: Mapping[str, Sequence[str]], rng: random.Random) -> tuple[list[list[str]], list[list[str]]]:
    train: list[list[str]] = []
    test: list[list[str]] = []
    for person, groups in joins.items():
        order = rng.sample(groups, len(groups))
        some = max(1, round(HIDDEN * len(order))) if len(order) > 1 and rng.random() < WARM else 0
        hidden = len(order) if rng.random() < COLD else some
        test += [[person, group] for group in order[:hidden]]
        train += [[person, group] for group in order[hidden:]]
    return train, test


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])


if __name__ == "__main__":
    listed = {each["Package"]: each for each in packages(sys.stdin)}
    for name in sys.argv[2:] or SCENES:
        write(Path(sys.argv[1]) / name, SCENES[name], listed)
