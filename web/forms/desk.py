"""What an admin decides about a message that was given up."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from domain.desk import REASON_LENGTH, Action
from web.forms.choices import options
from web.forms.words import tidy


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """Replay or discard, and why."""

    action = RadioField(
        _l("What shall happen to it?"),
        [InputRequired(_l("Choose one of the two."))],
        choices=options(
            {Action.REPLAY: _l("Try it again, from the start"), Action.DISCARD: _l("Let it go for good")}
        ),
    )
    reason = StringField(
        _l("Why?"),
        [
            DataRequired(_l("Say in a sentence why.")),
            Length(max=REASON_LENGTH, message=_l("Use up to 400 letters.")),
        ],
        filters=[tidy],
        description=_l("It is kept beside your name. Please name no member."),
    )
    alike = BooleanField(_l("Decide the same for the others like it"))
