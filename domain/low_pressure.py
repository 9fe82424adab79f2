"""What an event must say of itself before it may be called low-pressure (R21)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from matching.inputs import SituationFeature as F

#: The pressure facts an organizer answers for, and what each is called when it is missing.
ASKED: Mapping[F, str] = {
    F.GROUP_SIZE: "how many people come",
    F.TALKING: "how much talking there is",
    F.UNSTRUCTURED: "what people do",
    F.OBSERVED: "whether anybody is looked at",
    F.SENSORY_LOAD: "noise and crowding",
    F.HARD_TO_LEAVE: "whether people can leave unnoticed",
    F.NO_HOST: "whether there is a host",
    F.NO_ROLE: "whether there is a task",
    F.ALCOHOL: "whether it is about alcohol",
}
#: Above these, a mark would promise what the event does not keep.
MOST: Mapping[F, tuple[float, str]] = {
    F.HARD_TO_LEAVE: (0.55, "leaving early must be fine"),
    F.OBSERVED: (0.55, "nobody may be asked to perform"),
}


class Described(Protocol):
    """What is said about an event: its stated facts, and how to arrive and leave."""

    @property
    def facts(self) -> Mapping[F, float]:
        """Return the stated facts; assumed ones do not count."""

    @property
    def arriving(self) -> str | None:
        """Return how to arrive."""

    @property
    def leaving(self) -> str | None:
        """Return how to leave early."""


def lacking(event: Described) -> list[str]:
    """Return in words what stands between this event and the mark; empty: nothing."""
    missing = [words for feature, words in ASKED.items() if feature not in event.facts]
    missing += [
        words
        for given, words in ((event.arriving, "how to arrive"), (event.leaving, "how to leave early"))
        if not (given or "").strip()
    ]
    too_much = [words for feature, (most, words) in MOST.items() if event.facts.get(feature, 0.0) > most]
    return missing + too_much


def refusal(lacking: Sequence[str]) -> str:
    """Return the sentence that says what is still needed."""
    return f"To call it low-pressure, people need to know more. Still needed: {', '.join(lacking)}."
