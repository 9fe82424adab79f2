"""Leaving, and coming back."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField, RadioField, StringField
from wtforms.validators import InputRequired, Length

from web.forms.choices import options

AT_ONCE = "at_once"
IN_A_WEEK = "in_a_week"


class LeaveForm(FlaskForm):  # type: ignore[misc]
    """When everything is to be deleted."""

    when = RadioField(
        _l("When shall we delete it?"),
        [InputRequired(_l("Choose one of the two."))],
        choices=options({IN_A_WEEK: _l("In a week"), AT_ONCE: _l("Now, for good")}),
    )


class ReturnForm(FlaskForm):  # type: ignore[misc]
    """Who it is that comes back."""

    email = StringField(
        _l("E-mail address"),
        [InputRequired(_l("Enter your e-mail address.")), Length(max=255)],
        render_kw={"autocomplete": "email"},
    )
    password = PasswordField(
        _l("Password"),
        [InputRequired(_l("Enter your password.")), Length(max=128)],
        render_kw={"autocomplete": "current-password"},
    )
