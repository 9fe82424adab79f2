"""The form that puts a model in force."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, IntegerField, StringField
from wtforms.validators import DataRequired, InputRequired, Length
from wtforms.widgets import HiddenInput

from domain.affinity_models import NOTE_LENGTH
from web.forms.words import tidy


class PutInForceForm(FlaskForm):  # type: ignore[misc]
    """Why a model comes into force, and whether the next night may replace it."""

    expected = IntegerField(validators=[InputRequired()], widget=HiddenInput())
    note = StringField(
        _l("Why does this change?"),
        [
            DataRequired(_l("Say in a sentence why this changes.")),
            Length(max=NOTE_LENGTH, message=_l("Use up to 400 letters.")),
        ],
        filters=[tidy],
        description=_l("The next person who looks at the history reads this."),
    )
    keep_it = BooleanField(
        _l("Keep it for four weeks"),
        description=_l("Otherwise the next night may replace it with what is learnt then."),
    )
