from __future__ import annotations

import pytest
from hypothesis import given

from matching.easing import EASING_WORDS, EASINGS, Easing, ease, one_change, tough_day
from matching.inputs import FEATURES, Situation, SituationFeature
from matching.situations import TRAITS, LadderError, situation
from tests import strategies

POINTS = {feature: trait.points for feature, trait in TRAITS.items()}


@pytest.mark.requirement("R19")
@given(strategies.situations())
def test_a_tough_day_version_is_never_harder(place: Situation) -> None:
    eased = tough_day(place)
    assert all(after <= before for before, after in zip(place.values, eased.situation.values, strict=True))
    assert eased.situation.values[0] == 1
    assert bool(eased.easings) == (eased.situation.values != place.values)


def test_a_tough_day_by_hand() -> None:
    eased = tough_day(situation(duration=0.5, talking=0.8, observed=1))
    assert eased.easings == (Easing.SHORTER, Easing.LISTEN)
    assert eased.situation == situation(duration=0.25, talking=0.4, observed=1)


@pytest.mark.requirement("R64")
def test_after_a_hard_one_the_largest_part_is_changed_alone() -> None:
    eased = one_change(situation(duration=1, observed=0.5, talking=0.5), POINTS)
    assert eased.easings == (Easing.WATCH,)
    changed = zip(
        eased.situation.values, situation(duration=1, observed=0.5, talking=0.5).values, strict=True
    )
    assert sum(a != b for a, b in changed) == 1


def test_nothing_to_ease_stays_as_it_is() -> None:
    plain = situation(unfamiliar=1)
    assert one_change(plain, POINTS).easings == ()
    assert one_change(plain, POINTS).situation == plain


def test_an_agreed_easing_is_no_longer_assumed() -> None:
    unsure = Situation(
        values=situation(hard_to_leave=0.5).values, assumed=frozenset({SituationFeature.HARD_TO_LEAVE})
    )
    assert tough_day(unsure).situation.assumed == frozenset()
    with pytest.raises(LadderError, match="once"):
        ease(unsure, Easing.SHORTER, Easing.SHORTER)


def test_every_easing_has_words_and_one_feature() -> None:
    assert set(EASINGS) == set(EASING_WORDS) == set(Easing)
    assert all(feature in FEATURES and 0 <= leaves < 1 for feature, leaves in EASINGS.values())
