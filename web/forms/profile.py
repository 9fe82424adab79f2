"""What members say about themselves, one form for each part. Every part can be left out."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional, ValidationError

from domain.card_body import LONGEST, Boundary, CardBody, Ease, Telling
from domain.members import LONGEST_NOTE, MOST_INTERESTS
from matching.inputs import SLOT_COUNT, Need
from matching.situations import QUESTIONS
from web.card_words import BOUNDARIES, EASES, TELLING
from web.forms.accounts import time_zones
from web.forms.choices import ACCESS, NEEDS, VALUES, interest_choices, options
from web.forms.numbers import Between
from web.forms.words import TicksField, tidy

NONE = {"": _l("Leave this open")}
TOO_LONG = _l("Use up to %(count)s letters.", count=LONGEST_NOTE)
_SCALE = [Optional(), Between(0, 100, _l("Choose a number from 0 to 100."))]


class NeedsForm(FlaskForm):  # type: ignore[misc]
    """What kind of company would be good, most wanted first (R11)."""

    first = RadioField(_l("What would be good to have?"), [Optional()], choices=options(NEEDS))
    second = SelectField(_l("And after that?"), choices=options(NONE | dict(NEEDS)), default="")
    third = SelectField(_l("And then?"), choices=options(NONE | dict(NEEDS)), default="")
    own_words = TextAreaField(_l("In your own words"), [Length(max=LONGEST_NOTE, message=TOO_LONG)])

    def validate_third(self, field: SelectField) -> None:
        """Refuse the same answer twice."""
        chosen = [each.data for each in (self.first, self.second, field) if each.data]
        if len(set(chosen)) != len(chosen):
            raise ValidationError(str(_l("Choose each kind of company once.")))

    def ranked(self) -> tuple[Need, ...]:
        """Return what was chosen, most wanted first."""
        return tuple(Need(each.data) for each in (self.first, self.second, self.third) if each.data)


class InterestsForm(FlaskForm):  # type: ignore[misc]
    """What a member likes."""

    interests = TicksField(
        _l("What do you like?"),
        [Length(max=MOST_INTERESTS, message=_l("Choose up to %(count)s.", count=MOST_INTERESTS))],
        choices=interest_choices,
    )


class ComfortForm(FlaskForm):  # type: ignore[misc]
    """The six comfort questions, each one optional, and the consent they rest on (R20)."""

    consent = BooleanField(_l("Yes, use my answers in this way"))
    online_message = IntegerField(QUESTIONS[0].wording, _SCALE)
    quiet_walk = IntegerField(QUESTIONS[1].wording, _SCALE)
    coffee = IntegerField(QUESTIONS[2].wording, _SCALE)
    games_evening = IntegerField(QUESTIONS[3].wording, _SCALE)
    introduction = IntegerField(QUESTIONS[4].wording, _SCALE)
    party = IntegerField(QUESTIONS[5].wording, _SCALE)

    def answers(self) -> dict[str, int | None]:
        """Return the answers by question; None: skipped."""
        return {each.id: self[each.id].data for each in QUESTIONS}

    def validate_consent(self, field: BooleanField) -> None:
        """Ask for a yes before an answer is kept."""
        if any(value is not None for value in self.answers().values()) and not field.data:
            raise ValidationError(str(_l("We need your yes before we keep these answers. Or skip them all.")))

    def scenes(self) -> list[IntegerField]:
        """Return the fields of the six questions, in order."""
        return [self[each.id] for each in QUESTIONS]


LEVELS = {"0": _l("no"), "1": _l("some"), "2": _l("good")}


class EnergyForm(FlaskForm):  # type: ignore[misc]
    """Energy for each day and part of day: 21 small choices (R15)."""

    def slots(self) -> list[SelectField]:
        """Return the 21 choices, Monday morning first."""
        return [self[f"slot_{number}"] for number in range(SLOT_COUNT)]

    def levels(self) -> tuple[int, ...]:
        """Return the chosen levels; none where every one is "some", which says nothing."""
        chosen = tuple(int(each.data) for each in self.slots())
        return () if set(chosen) == {1} else chosen


for _number in range(SLOT_COUNT):
    setattr(EnergyForm, f"slot_{_number}", SelectField(choices=options(LEVELS), default="1"))


class PaceForm(FlaskForm):  # type: ignore[misc]
    """How far and how often (R16)."""

    radius_km = SelectField(
        _l("How far would you go?"),
        choices=options({number: f"{number} km" for number in (2, 5, 10, 20, 50, 100)}),
        coerce=int,
        default=10,
    )
    online_only = BooleanField(_l("Only online for now"))
    weekly_cap = RadioField(
        _l("How often in a week, at most?"),
        choices=options({1: _l("Once"), 2: _l("Twice"), 3: _l("Three times"), 5: _l("More often")}),
        coerce=int,
        default=1,
    )
    rest_hours = RadioField(
        _l("How much rest between two outings?"),
        choices=options(
            {
                0: _l("None needed"),
                24: _l("One day"),
                48: _l("Two days"),
                96: _l("Four days"),
                168: _l("A week"),
            }
        ),
        coerce=int,
        default=48,
    )


class PlaceForm(FlaskForm):  # type: ignore[misc]
    """A town to look up, then one of those found."""

    town = StringField(
        _l("Your town, or the nearest one"),
        [Length(max=80, message=_l("Use a shorter name."))],
        description=_l("If there are several, add the country: “Durham, United States”."),
        render_kw={"autocomplete": "off"},
    )
    place = RadioField(_l("Which one is it?"), [Optional()], choices=[], validate_choice=False)


class AccessForm(FlaskForm):  # type: ignore[misc]
    """What somebody needs in order to take part, and what is never to be suggested (R93)."""

    access_needs = TicksField(
        _l("What do you need in order to take part?"),
        choices=options(ACCESS),
        description=_l("We then suggest only places that say they have it."),
    )
    avoid = TicksField(
        _l("What should we never suggest?"),
        choices=interest_choices,
        description=_l("You need not say why."),
    )


class ValuesForm(FlaskForm):  # type: ignore[misc]
    """What matters to a member (R76)."""

    values = TicksField(_l("What matters to you?"), choices=options(VALUES))


class NameForm(FlaskForm):  # type: ignore[misc]
    """How a member is called, and in which time zone they live."""

    display_name = StringField(
        _l("What should people call you?"),
        [
            InputRequired(_l("Enter a name. It need not be your full name.")),
            Length(max=60, message=_l("Use a name of up to 60 letters.")),
        ],
        render_kw={"autocomplete": "nickname"},
    )
    pronouns = StringField(
        _l("How should people speak of you?"),
        [Length(max=40, message=_l("Use up to 40 letters."))],
        description=_l("Such as she/her, he/him, they/them."),
    )
    time_zone = SelectField(_l("Your time zone"), choices=time_zones)


class CardForm(FlaskForm):  # type: ignore[misc]
    """A needs card: what helps a member among people, and what they would rather not (R44, R57, R60)."""

    eases = TicksField(_l("What makes it easier for you?"), choices=options(EASES))
    boundaries = TicksField(_l("What would you rather not?"), choices=options(BOUNDARIES))
    telling = RadioField(
        _l("When you tell something, what helps?"),
        [Optional()],
        choices=options({"": _l("I leave this open")} | dict(TELLING)),
        default="",
    )
    words = StringField(
        _l("One sentence of your own"),
        [Length(max=LONGEST, message=_l("Use up to %(count)s letters.", count=LONGEST))],
        description=_l("Others read it as you write it. Leave out names, numbers and where you live."),
        filters=[tidy],
    )

    def card(self) -> CardBody:
        """Return the card as it was filled in."""
        return CardBody(
            eases=tuple(Ease(each) for each in self.eases.data or ()),
            boundaries=tuple(Boundary(each) for each in self.boundaries.data or ()),
            telling=Telling(self.telling.data) if self.telling.data else None,
            words=" ".join((self.words.data or "").split()),
        )


class RestForm(FlaskForm):  # type: ignore[misc]
    """A pause from suggestions."""

    until = DateField(_l("Rest until"), [InputRequired(_l("Choose a day."))])
