"""The people of the fictional town: who they are, how hard things feel, how far along they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random

from domain.listings.interests import SLUGS
from matching.inputs import FEATURES, SLOT_COUNT, Need, Situation, SituationFeature
from matching.situations import QUESTIONS

NAMES = (
    "Abena",
    "Adom",
    "Aiko",
    "Alice",
    "Amir",
    "Anita",
    "Arlo",
    "Bela",
    "Ben",
    "Carys",
    "Chidi",
    "Clara",
    "Dafydd",
    "Dana",
    "Deepa",
    "Edie",
    "Elif",
    "Emeka",
    "Esme",
    "Fern",
    "Finn",
    "Gita",
    "Hal",
    "Hana",
    "Idris",
    "Isla",
    "Jamal",
    "Jess",
    "Kofi",
    "Lena",
    "Liam",
    "Mabel",
    "Marek",
    "Nell",
    "Omar",
    "Poppy",
    "Rafi",
    "Sana",
    "Tom",
    "Zara",
)
NEEDS = tuple(Need)
VALUES = ("kindness", "curiosity", "nature", "creativity", "fairness", "humour", "honesty", "patience")


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """One member of the town. ``outings``: how many they have behind them; none: still at the door."""

    name: str
    interests: Mapping[str, float]
    needs: tuple[Need, ...]
    values: tuple[str, ...]
    energy: tuple[int, ...]
    answers: Mapping[str, int | None]
    shyness: float  #: SUDS an ordinary evening costs them
    radius_km: float
    weekly_cap: int
    outings: int
    onboarded: bool = True
    paused: bool = False


def townspeople(offered: tuple[frozenset[str], ...]) -> list[Person]:
    """Return forty people at all stages; ``offered`` holds the interests of each group in town."""
    rng = Random("Larkford")  # noqa: S311  (a town to play with, the same every time)
    return [_person(name, place, offered, rng) for place, name in enumerate(NAMES)]


def demo_person(offered: tuple[frozenset[str], ...]) -> Person:
    """Return the member a newcomer signs in as, with a few outings behind them."""
    rng = Random("Robin")  # noqa: S311
    person = _person("Robin", 12, offered, rng)
    liked = {"walking": 1.0, "board-games": 0.8, "gardening": 0.8, "books": 0.5}
    return replace(person, interests=liked, outings=4, weekly_cap=2, radius_km=12.0)


def _person(name: str, place: int, offered: tuple[frozenset[str], ...], rng: Random) -> Person:
    liked = sorted({slug for group in rng.sample(offered, 3) for slug in group} & SLUGS)
    shyness = rng.triangular(25, 90, 55)
    stage = place % 10
    return Person(
        name=name,
        interests={slug: rng.choice((0.5, 0.8, 1.0)) for slug in liked},
        needs=tuple(rng.sample(NEEDS[:4], rng.randint(1, 3))) if stage != 9 else (Need.NOT_SURE,),
        values=tuple(rng.sample(VALUES, 2)),
        energy=tuple(rng.choices((0, 1, 2), weights=(2, 4, 4), k=SLOT_COUNT)),
        answers=_answers(shyness, rng),
        shyness=shyness,
        radius_km=rng.choice((5.0, 8.0, 12.0, 20.0)),
        weekly_cap=rng.choice((1, 1, 2)),
        outings={0: 0, 1: 0, 2: 1, 3: 1, 4: 3, 5: 4, 6: 5, 7: 6, 8: 9, 9: 2}[stage],
        onboarded=place not in (10, 30),
        paused=place in (18, 38),
    )


def _answers(shyness: float, rng: Random) -> dict[str, int | None]:
    """Answer the six questions about as hard as the situation is and the person finds things; skip some."""
    return {
        question.id: None
        if rng.random() < 0.1
        else round(min(98.0, max(2.0, hardness(question.situation) + shyness - 55 + rng.gauss(10, 8))))
        for question in QUESTIONS
    }


#: SUDS points of the features that matter most, roughly (`matching.situations.TRAITS`).
POINTS = {
    SituationFeature.OBSERVED: 28,
    SituationFeature.UNFAMILIAR: 12,
    SituationFeature.TALKING: 10,
    SituationFeature.GROUP_SIZE: 9,
    SituationFeature.UNSTRUCTURED: 9,
    SituationFeature.NO_HOST: 5,
    SituationFeature.SENSORY_LOAD: 5,
}


def hardness(situation: Situation) -> float:
    """Return how hard a situation is for most people, roughly, as SUDS."""
    return 15 + sum(points * situation.values[FEATURES.index(name)] for name, points in POINTS.items())
