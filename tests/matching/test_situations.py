from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.inputs import FEATURES, Situation, SituationFeature
from matching.situations import (
    CERTAINTY_WORDS,
    FEATURE_WORDS,
    QUESTIONS,
    TRAITS,
    Certainty,
    Facts,
    LadderError,
    Medium,
    code,
    drive,
    familiar,
    situation,
    situation_of,
    squash,
)

STATED = Facts(
    others=8,
    unstructured=0.5,
    hours=2,
    observed=0.2,
    talking=0.5,
    medium=Medium.IN_PERSON,
    hard_to_leave=0.25,
    alcohol=False,
    starts_hour=18,
    sensory_load=0.3,
    host=True,
    recurring=True,
    role=False,
)


def value(place: Situation, feature: SituationFeature) -> float:
    return place.values[FEATURES.index(feature)]


def test_stated_facts_by_hand() -> None:
    found = code(STATED)
    assert found.assumed == frozenset()
    assert found.values == (1, 0.6, 1, 0.5, 0.5, 0.2, 0.5, 0, 1, 0.25, 0, 1, 0.3, 0, 0, 1)


def test_missing_facts_take_the_middle_and_are_assumed() -> None:
    found = code(Facts())
    assert found.values == (1, 0.5, 1, *[0.5] * 13)
    assert found.assumed == frozenset(FEATURES) - {SituationFeature.CONSTANT, SituationFeature.UNFAMILIAR}


def test_inferred_facts_keep_their_value_and_are_assumed() -> None:
    found = code(replace(STATED, inferred=frozenset({SituationFeature.EVENING})))
    assert value(found, SituationFeature.EVENING) == 1
    assert found.assumed == {SituationFeature.EVENING}


@pytest.mark.parametrize(
    ("others", "size", "two"), [(0, 0, 1), (1, 0, 1), (2, 0.2, 0), (32, 1, 0), (500, 1, 0)]
)
def test_group_size(others: int, size: float, two: float) -> None:
    found = code(replace(STATED, others=others))
    assert value(found, SituationFeature.GROUP_SIZE) == pytest.approx(size)
    assert value(found, SituationFeature.ONE_TO_ONE) == two


@pytest.mark.requirement("R32")
def test_a_shared_purpose_makes_the_same_event_easier() -> None:
    plain, purposeful = code(STATED), code(replace(STATED, purpose=True))
    assert all(after <= before for before, after in zip(plain.values, purposeful.values, strict=True))
    assert value(purposeful, SituationFeature.UNSTRUCTURED) == 0.25
    assert value(purposeful, SituationFeature.NO_ROLE) == 0.5


@pytest.mark.parametrize(("hour", "evening"), [(17, 0), (18, 1), (0, 0), (23, 1)])
def test_evening_starts_at_six(hour: int, evening: float) -> None:
    assert value(code(replace(STATED, starts_hour=hour)), SituationFeature.EVENING) == evening


def test_each_visit_leaves_four_fifths_of_the_strangers() -> None:
    assert [round(value(familiar(code(STATED), n), SituationFeature.UNFAMILIAR), 3) for n in range(4)] == [
        1,
        0.8,
        0.64,
        0.512,
    ]


@given(st.floats(4, 96))
def test_drive_and_squash_are_inverse(suds: float) -> None:
    assert squash(drive(suds)) == pytest.approx(suds)


def test_drive_is_clipped_at_the_ends() -> None:
    assert drive(0) == drive(4)
    assert drive(100) == drive(96)
    assert (drive(50), squash(50)) == (50, 50)


def test_plain_numbers_make_a_situation() -> None:
    numbers: list[float | None] = [1, 0.5, None, *[0.0] * 13]
    found = situation_of(numbers)
    assert found.values[:3] == (1, 0.5, 0.5)
    assert found.assumed == {SituationFeature.UNFAMILIAR}
    assert situation_of(found) is found
    assert situation_of(tuple(np.array(situation(talking=1).values))) == situation(talking=1)


@pytest.mark.parametrize(
    "wrong", [[1.0], [0.0] * 16, [1.0, 2.0, *[0.0] * 14], [1.0, float("nan"), *[0.0] * 14]]
)
def test_what_is_no_situation_is_refused(wrong: list[float]) -> None:
    with pytest.raises(LadderError):
        situation_of(wrong)


def test_the_table_is_complete() -> None:
    assert list(TRAITS) == list(FEATURES) == list(FEATURE_WORDS)
    assert all(trait.low <= trait.points <= trait.high and trait.spread > 0 for trait in TRAITS.values())
    assert set(CERTAINTY_WORDS) == set(Certainty)


def test_six_questions_cover_every_feature() -> None:
    assert len(QUESTIONS) == 6
    assert len({question.id for question in QUESTIONS}) == 6
    assert all(max(question.situation.values[k] for question in QUESTIONS) > 0 for k in range(16))
