"""What went wrong, and what moderators decide about it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from domain.audit import REASON_LENGTH
from domain.models import Outcome, ReportCategory
from domain.reports import LONGEST_TEXT
from web.forms.choices import options
from web.forms.words import tidy

CATEGORIES = {
    ReportCategory.DANGER: _l("Somebody is or may be in danger"),
    ReportCategory.HARASSMENT: _l("Somebody was harassed, threatened or pushed"),
    ReportCategory.UNDER_AGE: _l("Somebody may be under 18"),
    ReportCategory.OTHER: _l("Something else is not right"),
}
OUTCOMES = {
    Outcome.NOTHING_FOUND: _l("Nothing found"),
    Outcome.WARNED: _l("A word of warning"),
    Outcome.REMOVED: _l("Out of the group"),
    Outcome.SUSPENDED: _l("Close the account"),
}


class ReportForm(FlaskForm):  # type: ignore[misc]
    """What is not right."""

    category = RadioField(
        _l("What is it about?"),
        [InputRequired(_l("Choose what comes nearest."))],
        choices=options(CATEGORIES),
    )
    words = TextAreaField(
        _l("What happened?"),
        [
            DataRequired(_l("Write a line about what happened.")),
            Length(max=LONGEST_TEXT, message=_l("Use up to 2000 letters.")),
        ],
        filters=[tidy],
        description=_l("A few words are enough. Only the people who look after reports read them."),
    )


class DecisionForm(FlaskForm):  # type: ignore[misc]
    """What follows, and why."""

    outcome = RadioField(
        _l("What shall follow?"),
        [InputRequired(_l("Choose one."))],
        choices=options(OUTCOMES),
    )
    reason = StringField(
        _l("Why?"),
        [
            DataRequired(_l("Say in a sentence why.")),
            Length(max=REASON_LENGTH, message=_l("Use up to 400 letters.")),
        ],
        filters=[tidy],
        description=_l("It is kept for two years beside your name. Please name nobody in it."),
    )


class SecondForm(FlaskForm):  # type: ignore[misc]
    """A second pair of eyes."""

    answer = RadioField(
        _l("Do you agree?"),
        [InputRequired(_l("Choose one."))],
        choices=options({"agree": _l("Yes, close the account"), "refuse": _l("No, decide anew")}),
    )
    reason = StringField(
        _l("Why?"),
        [
            DataRequired(_l("Say in a sentence why.")),
            Length(max=REASON_LENGTH, message=_l("Use up to 400 letters.")),
        ],
        filters=[tidy],
        description=_l("It is kept for two years beside your name. Please name nobody in it."),
    )
