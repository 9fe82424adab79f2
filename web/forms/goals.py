"""A small goal from one of two templates."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, RadioField, SelectField
from wtforms.validators import InputRequired

from domain.goals import HIGHEST, USUAL, GoalBody, Template
from web.forms.choices import VALUES, options
from web.forms.numbers import Between


class GoalForm(FlaskForm):  # type: ignore[misc]
    """What, how often, and what for."""

    template = RadioField(
        _l("What would you like to do?"),
        [InputRequired(_l("Choose one of the two."))],
        choices=options(
            {
                Template.NEW_CONVERSATION: _l("A new conversation, by the week"),
                Template.KNOWN_EVENT: _l("An event I know already, by the month"),
            }
        ),
    )
    times = IntegerField(
        _l("How often?"),
        [
            InputRequired(_l("Enter a small number, such as 1.")),
            Between(1, max(HIGHEST.values()), _l("Choose a number from 1 to 8.")),
        ],
        default=min(USUAL.values()),
        description=_l("Once a week, or twice a month, is a good size."),
    )
    value = SelectField(
        _l("What is it for?"),
        choices=options({"": _l("Just because"), **VALUES}),
        default="",
    )
    asked = HiddenField()  #: "1": a smaller goal was offered and left

    def body(self) -> GoalBody:
        """Return the goal; raises `Invalid` where it is too often."""
        return GoalBody(
            template=Template(self.template.data), times=self.times.data, value=self.value.data or None
        )
