"""What is said of a proposal, and what never is."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from matching.explain import FEWEST_KINDRED, Reason, ReasonCode, explain
from matching.inputs import Need, Preferences
from matching.score import PARTS, Part
from tests.matching import town

EVEN = np.full(8, 1 / 8)


def reasons(parts: dict[Part, float], *, gentler: bool = False, **facts: dict[str, object]) -> list[Reason]:
    values = np.array([parts.get(part, 0.0) for part in PARTS])
    member, event = town.member(**facts.get("member", {})), town.event(**facts.get("event", {}))
    return list(explain(member, event, parts=values, weights=EVEN, gentler=gentler).reasons)


def test_the_weightiest_reason_comes_first() -> None:
    said = reasons(
        {Part.VALUES: 0.4, Part.INTEREST: 0.9, Part.LADDER: 0.5},
        member={
            "preferences": Preferences(interests={"tea": 0.2, "owls": 0.9}, values=frozenset({"nature"}))
        },
        event={"interests": frozenset({"tea", "owls"}), "values": frozenset({"nature"})},
    )

    assert said == [
        Reason(code=ReasonCode.SHARED_INTERESTS, words=("owls", "tea")),
        Reason(code=ReasonCode.RIGHT_SIZED),
        Reason(code=ReasonCode.VALUES, words=("nature",)),
    ]


def test_the_gentler_one_says_so() -> None:
    assert reasons({Part.LADDER: 1.0}, gentler=True) == [Reason(code=ReasonCode.GENTLER)]


def test_the_need_met_is_named_but_not_sure_is_none() -> None:
    needs = (Need.NOT_SURE, Need.DAYTIME_CHAT)
    said = reasons(
        {Part.NEED: 1.0, Part.LADDER: 0.5},
        member={"preferences": Preferences(needs=needs)},
        event={"offers": frozenset(needs)},
    )

    assert said[0] == Reason(code=ReasonCode.NEED, words=("daytime_chat",))


def test_own_visits_rhythm_energy_and_belonging_are_said() -> None:
    said = reasons(
        {Part.ENERGY: 1.0},
        member={"visits": {"g1": 3}},
        event={"gatherings_per_month": 4.0, "belonging": 0.8},
    )

    assert {each.code: each.number for each in said} == {
        ReasonCode.GOOD_ENERGY: None,
        ReasonCode.BEEN_BEFORE: 3,
        ReasonCode.REGULAR: 4.0,
        ReasonCode.BELONGING: None,
        ReasonCode.RIGHT_SIZED: None,
    }


@pytest.mark.requirement("R55")
def test_who_comes_is_never_said() -> None:
    said = reasons(
        {Part.FAMILIAR: 1.0},
        member={"knows": frozenset({"anna"}), "meet_again": frozenset({"anna"})},
        event={"going": frozenset({"anna"}), "people": frozenset({"anna"})},
    )

    assert [each.code for each in said] == [ReasonCode.RIGHT_SIZED]
    assert "anna" not in str([dataclasses.asdict(each) for each in said])


@pytest.mark.parametrize(("attended", "expected"), [(FEWEST_KINDRED, True), (FEWEST_KINDRED - 1, False)])
def test_likeness_to_others_is_said_only_of_many(attended: int, expected: bool) -> None:
    said = reasons({Part.INTEREST: 0.9}, event={"attended": attended})

    assert (ReasonCode.KINDRED in [each.code for each in said]) is expected
