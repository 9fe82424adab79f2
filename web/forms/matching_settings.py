"""The form of the matching settings, made from their own bounds, units and meanings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, FloatField, IntegerField, StringField
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import HiddenInput

from domain.settings import NOTE_LENGTH
from matching import settings
from web.forms.numbers import Between
from web.forms.words import tidy

WEIGHT = "_weight"


def bounds_words(facts: Mapping[str, Any]) -> str:
    """Return what a setting may be: "0 to 1 share; 0.3 as Handrail comes"."""
    return str(
        _l(
            "%(low)s to %(high)s %(unit)s. As Handrail comes: %(default)s",
            low=_number(facts["low"]),
            high=_number(facts["high"]),
            unit=facts["unit"],
            default=_number(facts["default"]),
        )
    )


def _number(value: float) -> str:
    return f"{value:g}"


def _field(facts: Mapping[str, Any]) -> Field:
    kind = IntegerField if facts["whole"] else FloatField
    low, high = _number(facts["low"]), _number(facts["high"])
    problem = _l(
        "Enter a number from %(low)s to %(high)s for “%(meaning)s”.",
        low=low,
        high=high,
        meaning=facts["meaning"],
    )
    return kind(
        facts["meaning"],
        [InputRequired(problem), Between(facts["low"], facts["high"], problem)],
        render_kw={"inputmode": "decimal", "autocomplete": "off"},
    )


class MatchingSettingsForm(FlaskForm):  # type: ignore[misc]
    """Every setting, and the number of the version that was on the screen."""

    expected = IntegerField(validators=[InputRequired()], widget=HiddenInput())

    @classmethod
    def showing(cls, current: settings.MatchingSettings, number: int) -> MatchingSettingsForm:
        """Return the form filled with a version, to be changed from it."""
        return cls(formdata=None, data={**current.to_json(), "expected": number})

    def body(self) -> dict[str, float]:
        """Return the settings as they are stored; only after the form was found valid."""
        return {name: self[name].data for name in settings.describe()}

    def groups(self) -> list[tuple[Any, list[Field]]]:
        """Return the fields in two parts: the weights of a score, and the rest."""
        weights = [self[name] for name in settings.describe() if name.endswith(WEIGHT)]
        others = [self[name] for name in settings.describe() if not name.endswith(WEIGHT)]
        return [(_l("What counts, and how much"), weights), (_l("Limits and habits"), others)]


for _name, _facts in settings.describe().items():
    setattr(MatchingSettingsForm, _name, _field(_facts))


def _note() -> StringField:
    return StringField(
        _l("Why does this change?"),
        [
            DataRequired(_l("Say in a sentence why this changes.")),
            Length(max=NOTE_LENGTH, message=_l("Use up to 400 letters.")),
        ],
        filters=[tidy],
        description=_l("The next person who looks at the history reads this."),
    )


class ActivateForm(MatchingSettingsForm):
    """Every setting as it was checked, and why."""

    note = _note()


class RestoreForm(FlaskForm):  # type: ignore[misc]
    """Why an earlier version comes back."""

    expected = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    note = _note()
