"""Forms of the account pages."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from zoneinfo import available_timezones

from flask import session
from flask_babel import lazy_gettext as _l
from flask_security import RegisterFormV2, TwoFactorRescueForm, TwoFactorSetupForm, WebAuthnRegisterForm
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from web.forms.choices import options

HOME_ZONE = "Europe/London"
UNDER_AGE = "under_age"  #: in the browser's session, and nowhere else


@lru_cache(maxsize=1)
def time_zones() -> list[SelectChoice]:
    """Return the zones to choose from, as places: "Europe/Isle_of_Man" reads "Europe, Isle of Man"."""
    areas = ("Africa", "America", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
    names = sorted(name for name in available_timezones() if name.split("/")[0] in areas)
    return options({name: name.replace("/", ", ").replace("_", " ") for name in names})


class JoinForm(RegisterFormV2):
    """What signing up asks: little, and nothing that has to be true but the age."""

    display_name = StringField(
        _l("What should people call you?"),
        [
            InputRequired(_l("Enter a name. It need not be your full name.")),
            Length(max=60, message=_l("Use a name of up to 60 letters.")),
        ],
        description=_l("The name others may see. It can be a nickname."),
        render_kw={"autocomplete": "nickname"},
    )
    time_zone = SelectField(
        _l("Your time zone"),
        choices=time_zones,
        default=HOME_ZONE,
        description=_l("So that times are right for you."),
    )
    adult = RadioField(
        _l("Are you 18 or over?"),
        [InputRequired(_l("Choose one. Handrail is for people who are 18 or over."))],
        choices=options({"y": _l("Yes"), "n": _l("No")}),
    )
    terms = BooleanField(
        _l("I have read how we treat each other here"),
        [InputRequired(_l("Please read how we treat each other, then tick the box."))],
    )

    def validate(self, **options_: Any) -> bool:
        """Check the answers; the first one about age counts for as long as the browser's session lasts."""
        if self.adult.data == "n":
            session[UNDER_AGE] = True
        fits = bool(super().validate(**options_))
        if session.get(UNDER_AGE):
            self.adult.errors = [_l("Handrail is for people who are 18 or over. You are welcome later.")]
            return False
        return fits

    def to_dict(self, only_user: bool) -> dict[str, Any]:
        """Return the fields the account keeps, or all of them."""
        names = ("email", "password") if only_user else ("email", "display_name", "time_zone")
        return {name: self[name].data for name in names}


class OrganizerForm(FlaskForm):  # type: ignore[misc]
    """What somebody says who wants to run a group."""

    about = TextAreaField(
        _l("What would you like to offer?"),
        [
            InputRequired(_l("Write a line about what you would like to offer.")),
            Length(max=400, message=_l("Use up to 400 letters.")),
        ],
        description=_l("For example: a slow walk each Tuesday. You can change your mind later."),
    )
    kind = BooleanField(
        _l("I will greet people who are new, and let anyone leave without asking why"),
        [InputRequired(_l("Please tick this. It is what makes people feel safe to come."))],
    )


# The library's own choices are pairs, which WTForms warns of and will refuse.


class CodesForm(TwoFactorSetupForm):
    """Switch codes from an app on or off."""

    setup = RadioField(
        choices=options({"authenticator": _l("Codes from an app"), "disable": _l("Switch it off")}),
        validate_choice=False,
    )


class RescueForm(TwoFactorRescueForm):
    """What to do without the phone; spare codes are the way."""

    help_setup = RadioField(choices=options({"help": _l("Ask the people who run this site")}))


class PasskeyForm(WebAuthnRegisterForm):
    """Make a passkey that signs in by itself."""

    usage = RadioField(
        choices=options({"first": _l("Sign in with it"), "secondary": _l("Use it as a second lock")}),
        default="first",
    )
