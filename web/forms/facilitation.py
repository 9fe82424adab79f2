"""Who leads a group as a professional, and what an admin found."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length

from domain.facilitation import KINDS, LENGTHS, REASON_LENGTH, FacilitationDraft
from domain.models import ServiceKind
from web import directory_words
from web.forms.choices import options
from web.forms.words import tidy


class FacilitationForm(FlaskForm):  # type: ignore[misc]
    """What an organizer says."""

    kind = RadioField(
        _l("What is it?"),
        [InputRequired(_l("Choose one of the two."))],
        choices=options({each: directory_words.KINDS[each] for each in KINDS}),
    )
    name = StringField(
        _l("Who leads it?"),
        [DataRequired(_l("Write a name.")), Length(2, LENGTHS["name"], _l("Use 2 to 120 letters."))],
        filters=[tidy],
        description=_l("The name under which they work. Members read it."),
    )
    profession = StringField(
        _l("As what?"),
        [
            DataRequired(_l("Write a few words.")),
            Length(2, LENGTHS["profession"], _l("Use 2 to 120 letters.")),
        ],
        filters=[tidy],
        description=_l("For example: clinical psychologist. Members read it."),
    )
    register = StringField(
        _l("Where can we look that up?"),
        [DataRequired(_l("Write a few words.")), Length(2, LENGTHS["register"], _l("Use 2 to 280 letters."))],
        filters=[tidy],
        description=_l("A public register and the number there. Only we see it."),
    )
    agreed = BooleanField(
        _l("They know that their name is shown here"),
        [InputRequired(_l("Ask them first, please."))],
    )

    def draft(self) -> FacilitationDraft:
        """Return what was said, for `domain.facilitation`."""
        return FacilitationDraft(
            kind=ServiceKind(self.kind.data),
            name=self.name.data,
            profession=self.profession.data,
            register=self.register.data,
        )


class FindingForm(FlaskForm):  # type: ignore[misc]
    """What an admin found."""

    asked = HiddenField()  #: the state that was looked at
    found = RadioField(
        _l("Is it so?"),
        [InputRequired(_l("Choose one of the two."))],
        choices=options({"yes": _l("Yes, I found it there"), "no": _l("No, or I could not find it")}),
    )
    reason = StringField(
        _l("What did you find, and where?"),
        [
            DataRequired(_l("Say in a sentence what you found.")),
            Length(max=REASON_LENGTH, message=_l("Use up to 280 letters.")),
        ],
        filters=[tidy],
        description=_l("With a no, the organizer reads it."),
    )
