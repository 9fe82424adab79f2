"""What a member notes when they say yes; all of it may stay empty."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, IntegerField, StringField
from wtforms.validators import Length, Optional

from web.forms.numbers import Between


class YesForm(FlaskForm):  # type: ignore[misc]
    """A yes, as an experiment: a guess beforehand, looked at again afterwards."""

    expected = IntegerField(
        _l("How hard do you expect it to be at the hardest moment?"),
        [Optional(), Between(0, 100, _l("Choose a number from 0 to 100, or leave it empty."))],
        description=_l("Only a guess, as in an experiment. Afterwards you can see what you found."),
    )
    reward = StringField(
        _l("Something nice for afterwards"),
        [Optional(), Length(max=200, message=_l("Use up to 200 letters."))],
        description=_l("For example: a bath, a film, cake on the way home."),
    )
    intentional = BooleanField(
        _l("I am going to practise"),
        description=_l(
            "Tick this if you go to stretch your comfort a little. Leave it if you just want to go."
        ),
    )
    suggestion = HiddenField()
    over_cap = HiddenField()
