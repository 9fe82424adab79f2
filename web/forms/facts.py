"""The pressure facts of an event as plain questions, and what each answer means to the matcher."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l

from matching.inputs import SituationFeature as F

NOT_SURE = "unsure"
Facts = dict[F, float]


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question; its answers from easy to hard, each with its value 0-1."""

    name: str
    feature: F
    asks: Any
    answers: tuple[tuple[str, Any, float], ...]

    def value(self, answer: str) -> float | None:
        """Return what an answer means; None: not sure."""
        return next((value for name, _, value in self.answers if name == answer), None)

    def answer(self, value: float | None) -> str:
        """Return the answer nearest to a value."""
        if value is None:
            return NOT_SURE
        return min(self.answers, key=lambda each: abs(each[2] - value))[0]

    def words(self, answer: str) -> Any:
        """Return an answer as it was worded."""
        return next((words for name, words, _ in self.answers if name == answer), _l("Not sure"))


QUESTIONS: tuple[Question, ...] = (
    Question(
        name="talking",
        feature=F.TALKING,
        asks=_l("Is there talking?"),
        answers=(
            ("none", _l("None needed"), 0.0),
            ("some", _l("Some"), 0.5),
            ("a_lot", _l("A lot"), 0.9),
        ),
    ),
    Question(
        name="filling",
        feature=F.UNSTRUCTURED,
        asks=_l("What do people do?"),
        answers=(
            ("activity", _l("There is something to do the whole time"), 0.1),
            ("both", _l("Some of it is planned, some is free"), 0.5),
            ("mingling", _l("People mingle freely"), 0.9),
        ),
    ),
    Question(
        name="looked_at",
        feature=F.OBSERVED,
        asks=_l("Is anybody looked at, or asked to perform?"),
        answers=(
            ("nobody", _l("Nobody"), 0.0),
            ("a_little", _l("A short turn, such as saying your name. Passing is fine"), 0.4),
            ("yes", _l("Yes, people speak or perform in front of others"), 0.8),
        ),
    ),
    Question(
        name="noise",
        feature=F.SENSORY_LOAD,
        asks=_l("How noisy or crowded is it?"),
        answers=(
            ("quiet", _l("Quiet, with room to move"), 0.1),
            ("some", _l("Some noise around"), 0.4),
            ("loud", _l("Loud or crowded"), 0.8),
        ),
    ),
    Question(
        name="going",
        feature=F.HARD_TO_LEAVE,
        asks=_l("Can people leave unnoticed?"),
        answers=(
            ("any_time", _l("Any time"), 0.1),
            ("at_a_pause", _l("At a pause. A wave is enough"), 0.4),
            ("not_easily", _l("Not so easily"), 0.8),
        ),
    ),
    Question(
        name="host",
        feature=F.NO_HOST,
        asks=_l("Is there a host who welcomes people?"),
        answers=(("yes", _l("Yes"), 0.0), ("no", _l("No"), 1.0)),
    ),
    Question(
        name="task",
        feature=F.NO_ROLE,
        asks=_l("Is there a task for everybody?"),
        answers=(
            ("everybody", _l("Yes, everybody has something to do"), 0.0),
            ("who_likes", _l("For those who like one"), 0.5),
            ("no", _l("No"), 1.0),
        ),
    ),
    Question(
        name="alcohol",
        feature=F.ALCOHOL,
        asks=_l("Is it about alcohol?"),
        answers=(
            ("none", _l("There is no alcohol"), 0.0),
            ("some", _l("Some people may drink"), 0.3),
            ("about", _l("Yes, it is about drinking"), 1.0),
        ),
    ),
)


def people_of(size: float | None) -> int | None:
    """Return how many come, everybody counted; the inverse of `size_of`."""
    return None if size is None else round(2 ** (5 * size)) + 1


def size_of(people: int | None) -> Facts:
    """Return the facts that follow from how many come, everybody counted: 2 or more."""
    if people is None:
        return {}
    others = max(1, people - 1)
    return {F.GROUP_SIZE: min(1.0, math.log2(others) / 5), F.ONE_TO_ONE: float(others == 1)}


def facts_of(people: int | None, answers: Mapping[str, str], before: Mapping[F, float]) -> Facts:
    """Return the stated facts. One whose answer did not change keeps its exact value in ``before``."""
    facts = size_of(people)
    if people is not None and people == people_of(before.get(F.GROUP_SIZE)):
        facts[F.GROUP_SIZE] = before[F.GROUP_SIZE]
    for question in QUESTIONS:
        answer, known = answers.get(question.name, NOT_SURE), before.get(question.feature)
        value = known if known is not None and question.answer(known) == answer else question.value(answer)
        if value is not None:
            facts[question.feature] = value
    return facts
