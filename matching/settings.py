"""What an administrator may tune: bounds, unit and meaning of each setting. Light: the web imports this."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self


class SettingsError(ValueError):
    """One or more settings are out of bounds; ``problems`` maps field to message."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in problems.items()))
        self.problems = dict(problems)


def tunable(default: float, low: float, high: float, *, unit: str, meaning: str) -> Any:
    """Return a dataclass field that carries what the admin page needs to show it."""
    return field(default=default, metadata={"low": low, "high": high, "unit": unit, "meaning": meaning})


def _weight(default: float, meaning: str) -> Any:
    return tunable(default, 0, 1, unit="share", meaning=meaning)


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchingSettings:
    """One immutable set of settings; a matching run names the version it used.

    The weights count in proportion to each other and need not sum to 1.
    """

    interest_weight: float = _weight(0.30, "How much shared interests count")
    need_weight: float = _weight(0.15, "How much the kind of connection somebody looks for counts")
    ladder_weight: float = _weight(0.25, "How much the right next step counts")
    familiar_weight: float = _weight(0.10, "How much a place or people met before count")
    values_weight: float = _weight(0.05, "How much shared values count")
    regularity_weight: float = _weight(0.07, "How much small and often counts over rare and large")
    energy_weight: float = _weight(0.04, "How much a time of good energy counts")
    belonging_weight: float = _weight(0.04, "How much it counts that a group's people feel they belong")
    declared_share: float = tunable(
        0.35,
        0.05,
        1,
        unit="share",
        meaning="Of the interest part, how much rests on what was said, not on what was learnt",
    )
    popularity: float = tunable(
        0.20,
        0,
        1,
        unit="share",
        meaning="Before anything is learnt, how much a well-visited group is preferred",
    )
    small_groups: float = tunable(
        0.10,
        0,
        1,
        unit="share",
        meaning="How much groups that are seldom shown are lifted to their fair share",
    )
    fair_showings: int = tunable(
        20, 0, 500, unit="showings in 28 days", meaning="Below this many showings a group is lifted"
    )
    list_length: int = tunable(
        3, 1, 3, unit="proposals", meaning="Proposals per member and run; the third is the gentler one"
    )
    diversity: float = tunable(0.30, 0, 1, unit="share", meaning="0 keeps pure score order; 1 ignores scores")
    novelty: float = tunable(
        0.25, 0, 1, unit="share", meaning="How much another kind of step than the last three is lifted"
    )
    masking: float = tunable(
        0.50,
        0,
        1,
        unit="share",
        meaning="How much outings like those that were tiring to fit in are lowered",
    )
    ceiling: float = tunable(75, 40, 85, unit="SUDS", meaning="A peak above this is too much for anybody")
    ceiling_probability: float = tunable(
        0.10,
        0.01,
        0.20,
        unit="probability",
        meaning="Never propose what passes the ceiling more probably than this",
    )
    right_sized_width: float = tunable(
        20, 5, 40, unit="drive points", meaning="How far from the target the ladder part falls to about 0.6"
    )
    right_sized_floor: float = tunable(
        0.25,
        0,
        0.9,
        unit="share",
        meaning="Nearness to the target under which a step is not right-sized",
    )
    gentler_by: float = tunable(
        15, 5, 40, unit="SUDS points", meaning="How far under the target the gentler proposal aims"
    )
    horizon: int = tunable(28, 1, 90, unit="days", meaning="How far ahead to look")
    lead: float = tunable(2, 0, 72, unit="hours", meaning="How much notice a proposal leaves at least")
    rest_gap: float = tunable(24, 0, 168, unit="hours", meaning="Least rest between two outings")
    weekly_distress: float = tunable(
        150, 40, 300, unit="SUDS points", meaning="Most a week's outings may ask for together"
    )
    least_energy: int = tunable(
        1, 1, 2, unit="energy", meaning="Energy a time of the week must have: 1 some, 2 good"
    )
    decline_allowance: float = tunable(
        3,
        1,
        20,
        unit="proposals per place",
        meaning="How many people are told of one free place, as many decline",
    )
    circle_largest: int = tunable(
        5, 3, 5, unit="people", meaning="Most people who are brought together to go as a few; at least 3"
    )
    circle_interests: float = _weight(0.45, "Among a few who go together, how much shared interests count")
    circle_familiar: float = _weight(
        0.20,
        "The same, how much it counts that people said “meet again”, and that others are new to each other",
    )
    circle_pace: float = _weight(0.10, "The same, how much going out about as often counts")
    circle_been: float = _weight(0.15, "The same, how much it counts that one of them knows the group")
    circle_roomy: float = _weight(0.10, "The same, how much it counts that they are four or five, not three")
    shortlist: int = tunable(
        24, 3, 100, unit="events", meaning="How many of a member's best events are looked at closely"
    )

    def __post_init__(self) -> None:
        problems = {each.name: text for each in dataclasses.fields(self) if (text := _problem(self, each))}
        if not problems and sum(self.weights().values()) <= 0:
            problems["interest_weight"] = "at least one weight must be above 0"
        if problems:
            raise SettingsError(problems)

    def weights(self) -> dict[str, float]:
        """Return the weight of every part of a score, by the part's name."""
        suffix = "_weight"
        names = (each.name for each in dataclasses.fields(self) if each.name.endswith(suffix))
        return {name.removesuffix(suffix): float(getattr(self, name)) for name in names}

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Read a stored version; absent keys take today's default, unknown keys are refused."""
        unknown = set(body) - {each.name for each in dataclasses.fields(cls)}
        if unknown:
            raise SettingsError(dict.fromkeys(sorted(unknown), "is not a setting"))
        return cls(**body)

    def to_json(self) -> dict[str, float]:
        """Return the body to store; the inverse of :meth:`from_json`."""
        return dataclasses.asdict(self)


def _problem(settings: MatchingSettings, each: dataclasses.Field[Any]) -> str | None:
    value = getattr(settings, each.name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return "must be a number"
    if isinstance(each.default, int) and each.type == "int" and value != int(value):
        return "must be a whole number"
    low, high = each.metadata["low"], each.metadata["high"]
    if not low <= value <= high:
        return f"must lie between {low} and {high} {each.metadata['unit']}"
    return None


def describe() -> dict[str, Mapping[str, Any]]:
    """Return every setting's default, low, high, unit, meaning and whether it is a whole number, in order."""
    return {
        each.name: {**each.metadata, "default": each.default, "whole": each.type == "int"}
        for each in dataclasses.fields(MatchingSettings)
    }
