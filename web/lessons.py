"""Lessons: short things to practise with people, each with what it rests on and steps for a ladder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from domain.checkin_answers import Balance
from matching.rungs import KINDS, RungKind


@dataclass(frozen=True, kw_only=True, slots=True)
class PracticeStep:
    """A step for the ladder that practises a lesson."""

    label: str
    like: RungKind  #: how big it is: about as big as this kind of step


@dataclass(frozen=True, kw_only=True, slots=True)
class Lesson:
    """One thing to practise."""

    id: str
    title: str
    about: str
    points: tuple[str, ...]
    phrases: tuple[str, ...]  #: sentences to try, in so many words
    exercise: str
    steps: tuple[PracticeStep, ...]
    source: str  #: what it rests on
    uneven: Mapping[Balance, tuple[str, ...]]  #: sentences for where giving and receiving are not in balance


@cache
def lessons() -> tuple[Lesson, ...]:
    """Return every lesson, in the order of the file."""
    kinds = {kind.id: kind for kind in KINDS}
    rows = json.loads(Path(__file__).with_name("lessons.json").read_text(encoding="utf-8"))
    return tuple(
        Lesson(
            **row
            | {
                "points": tuple(row["points"]),
                "phrases": tuple(row["phrases"]),
                "uneven": {Balance(way): tuple(said) for way, said in row.get("uneven", {}).items()},
                "steps": tuple(
                    PracticeStep(label=step["label"], like=kinds[step["like"]]) for step in row["steps"]
                ),
            }
        )
        for row in rows
    )


def for_balance(balance: Balance) -> Lesson:
    """Return the lesson with sentences for that balance; there is one for both ways it can be uneven."""
    return next(each for each in lessons() if balance in each.uneven)


def lesson(id_: str) -> Lesson | None:
    """Return the lesson of that id."""
    return next((each for each in lessons() if each.id == id_), None)
