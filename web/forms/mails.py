"""When the weekly letter comes."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectField

from web.forms.choices import options

DAYS = {
    0: _l("Monday"),
    1: _l("Tuesday"),
    2: _l("Wednesday"),
    3: _l("Thursday"),
    4: _l("Friday"),
    5: _l("Saturday"),
    6: _l("Sunday"),
}
TIMES = {9: _l("9 in the morning"), 14: _l("2 in the afternoon"), 18: _l("6 in the evening")}


class LetterForm(FlaskForm):  # type: ignore[misc]
    """A day of the week and a time."""

    weekday = SelectField(_l("Day of the week"), choices=options(DAYS), coerce=int, default=6)
    hour = SelectField(_l("Time of day"), choices=options(TIMES), coerce=int, default=18)
