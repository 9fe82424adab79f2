"""Read what a caller gives: plain numbers, arrays or records; refuse what makes no sense in words. Light."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from matching.inputs import Comfort, Situation
from matching.pace import Candidate, State
from matching.situations import QUESTIONS, LadderError, situation_of

Given = Candidate | Situation | Sequence[float | None]


def state_of(given: State) -> State:
    """Return a state; anything else raises LadderError."""
    if not isinstance(given, State):
        raise LadderError(f"a state comes from start, learn or State.from_json, not {_kind(given)}")
    return given


def comfort_of(given: Comfort | State) -> Comfort:
    """Return the comfort of a state, or one that stands alone."""
    return given if isinstance(given, Comfort) else state_of(given).comfort


def candidate_of(given: Given, name: str = "") -> Candidate:
    """Return a candidate from sixteen numbers, a situation or a candidate; ``name`` is for the nameless."""
    if not isinstance(given, Candidate):
        return Candidate(id=name, situation=situation_of(given))
    situation = situation_of(given.situation)
    return given if situation is given.situation else replace(given, situation=situation)


def candidates_of(given: Iterable[Given]) -> list[Candidate]:
    """Return the candidates of any number of rows; nameless ones are named by their place."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise LadderError(f"candidates are a list of situations, not {_kind(given)}")
    return [candidate_of(each, f"{place:06d}") for place, each in enumerate(given)]


def answers_of(given: Iterable[float | None]) -> list[float | None]:
    """Return up to six answers, each 0-100 or None."""
    if isinstance(given, str) or not isinstance(given, Iterable):
        raise LadderError(f"answers are a list of numbers and None, not {_kind(given)}")
    answers = [suds_of(each, "an answer") for each in given]
    if len(answers) > len(QUESTIONS):
        raise LadderError(f"there are {len(QUESTIONS)} questions, not {len(answers)}")
    return answers


def suds_of(value: float | None, what: str) -> float | None:
    """Return a number from 0 to 100, or None where nobody said."""
    if value is None:
        return None
    try:
        number = math.nan if isinstance(value, str) else float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not 0 <= number <= 100:
        raise LadderError(f"{what} is a number from 0 to 100, or None where nobody said")
    return number


def attended_of(value: object) -> bool:
    """Return whether somebody went; anything but true and false raises LadderError."""
    if value not in (True, False):
        raise LadderError("attended is True or False")
    return bool(value)


def _kind(value: object) -> str:
    return f"a {type(value).__name__}"
