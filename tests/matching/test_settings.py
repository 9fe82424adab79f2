"""What an administrator may tune."""

from __future__ import annotations

import dataclasses

import pytest

from matching.settings import MatchingSettings, SettingsError, describe


def test_a_stored_version_reads_back_as_it_was() -> None:
    settings = MatchingSettings(interest_weight=0.9, horizon=14)

    assert MatchingSettings.from_json(settings.to_json()) == settings


def test_absent_names_take_the_default_and_unknown_ones_are_refused() -> None:
    assert MatchingSettings.from_json({}) == MatchingSettings()
    with pytest.raises(SettingsError) as refused:
        MatchingSettings.from_json({"speed": 1})
    assert refused.value.problems == {"speed": "is not a setting"}


@pytest.mark.requirement("R06")
def test_nobody_can_tune_the_ceiling_out_of_its_bounds() -> None:
    with pytest.raises(SettingsError) as refused:
        MatchingSettings(ceiling=99, ceiling_probability=0.5)
    assert set(refused.value.problems) == {"ceiling", "ceiling_probability"}


@pytest.mark.parametrize("value", ["0.5", None, float("nan"), True])
def test_what_is_no_number_is_refused(value: object) -> None:
    with pytest.raises(SettingsError, match="must be a number"):
        MatchingSettings.from_json({"interest_weight": value})


def test_a_whole_number_is_held_to_be_one() -> None:
    with pytest.raises(SettingsError, match="whole number"):
        MatchingSettings(horizon=2.5)  # type: ignore[arg-type]


def test_some_weight_must_count() -> None:
    nothing = {f"{name}_weight": 0.0 for name in MatchingSettings().weights()}
    with pytest.raises(SettingsError, match="at least one weight"):
        MatchingSettings.from_json(nothing)


def test_every_setting_says_bounds_unit_and_meaning() -> None:
    shown = describe()

    assert list(shown) == [each.name for each in dataclasses.fields(MatchingSettings)]
    for each in shown.values():
        assert each["low"] <= each["default"] <= each["high"]
        assert each["unit"]
        assert each["meaning"]
