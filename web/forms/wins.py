"""A small win, noted at any time."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField
from wtforms.validators import InputRequired, Length, Optional

from domain.wins import LONGEST
from web.forms.choices import options
from web.progress_words import WINS


class WinForm(FlaskForm):  # type: ignore[misc]
    """What went well."""

    kind = RadioField(
        _l("What was it?"),
        [InputRequired(_l("Choose the one that comes nearest."))],
        choices=options(WINS),
    )
    words = StringField(
        _l("In a few words"),
        [Optional(), Length(max=LONGEST, message=_l("A line or two is enough."))],
        description=_l("It will be shown to you again before a later step."),
    )
