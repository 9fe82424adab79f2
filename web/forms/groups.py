"""What an organizer says about a group."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, Regexp

from domain.groups import GroupDraft
from domain.inclusion import ASKED, Item, Said
from domain.models import Group
from domain.models.base import new_id
from matching.inputs import Need
from web.forms.accounts import HOME_ZONE, time_zones
from web.forms.choices import ACCESS, NEEDS, VALUES, interest_choices, options
from web.forms.numbers import Between
from web.forms.words import TicksField, tidy

#: Each item of the checklist is answered so.
ANSWERS = {Said.UNSAID: _l("Not stated"), Said.YES: _l("Yes, each time"), Said.NO: _l("No")}
IDENTITY = Regexp(r"^[0-9a-f]{32}$", message=_l("This form is not whole. Please load the page again."))


class GroupForm(FlaskForm):  # type: ignore[misc]
    """A group, in the order in which one would tell a friend about it."""

    key = HiddenField(validators=[IDENTITY], default=new_id)
    name = StringField(
        _l("What is the group called?"),
        [DataRequired(_l("Give the group a name.")), Length(2, 120, _l("Use 2 to 120 letters."))],
        filters=[tidy],
    )
    summary = StringField(
        _l("In one sentence, what is it?"),
        [DataRequired(_l("Write one sentence.")), Length(max=280, message=_l("Use up to 280 letters."))],
        filters=[tidy],
        description=_l("This stands on the group’s card."),
    )
    description = TextAreaField(
        _l("What is it like to be there?"),
        [Optional(), Length(max=6000, message=_l("Use up to 6000 letters."))],
        filters=[tidy],
        description=_l("You can use *slanted* and **strong** words, lists with -, and links."),
    )
    interests = TicksField(_l("What is it about?"), choices=interest_choices())
    offers = TicksField(
        _l("What kind of company can people find?"),
        choices=options({need: NEEDS[need] for need in NEEDS if need is not Need.NOT_SURE}),
    )
    values = TicksField(_l("What matters to the group?"), choices=options(VALUES))
    greeter = StringField(
        _l("Who says hello to somebody new?"),
        [Optional(), Length(max=120, message=_l("Use up to 120 letters."))],
        filters=[tidy],
        description=_l("For example: Noor, in a green scarf. A first name is enough."),
    )
    newcomer_limit = IntegerField(
        _l("How many new people at a time?"),
        [Optional(), Between(1, 1000, _l("Enter 1 or more, or leave it empty."))],
        description=_l("So that each one can be welcomed. Leave it empty for no limit."),
    )
    locality = StringField(
        _l("Which town is it in?"),
        [Optional(), Length(max=120, message=_l("Use up to 120 letters."))],
        filters=[tidy],
    )
    time_zone = SelectField(_l("Time zone"), choices=time_zones, default=HOME_ZONE)

    @property
    def checklist(self) -> list[SelectField]:
        """Return the fields of the checklist, in its order."""
        return [self[field_name(item)] for item in ASKED]

    def _answered(self, answer: Said) -> tuple[str, ...]:
        return tuple(item.value for item in ASKED if self[field_name(item)].data == answer)

    def draft(self) -> GroupDraft:
        """Return what was said, for `domain.groups`."""
        return GroupDraft(
            name=self.name.data,
            summary=self.summary.data,
            description=self.description.data or "",
            offers=tuple(Need(each) for each in self.offers.data),
            values=tuple(self.values.data),
            access=self._answered(Said.YES),
            access_unmet=self._answered(Said.NO),
            locality=self.locality.data or None,
            time_zone=self.time_zone.data,
            newcomer_limit=self.newcomer_limit.data,
            greeter=self.greeter.data or None,
            interests=tuple(self.interests.data),
        )


def field_name(item: Item) -> str:
    """Return what the field of an item is called."""
    return f"has_{item.value}"


for _item in ASKED:
    _field = SelectField(ACCESS[_item], choices=options(ANSWERS), default=Said.UNSAID)
    setattr(GroupForm, field_name(_item), _field)


def as_fields(group: Group) -> dict[str, Any]:
    """Return a group as the form shows it."""
    names = ("name", "summary", "description", "offers", "values", "locality", "time_zone")
    facts = {name: getattr(group, name) for name in (*names, "newcomer_limit", "greeter")}
    facts |= {
        field_name(item): Said.YES if item in group.access else Said.NO
        for item in ASKED
        if item in {*group.access, *group.access_unmet}
    }
    return facts | {"key": group.id, "interests": [each.interest for each in group.interests]}


class ReasonForm(FlaskForm):  # type: ignore[misc]
    """Why something is called off; those who said yes read these words."""

    reason = StringField(
        _l("Why? One sentence is enough."),
        [
            DataRequired(_l("Say in a few words why, so that people are not left wondering.")),
            Length(max=280, message=_l("Use up to 280 letters.")),
        ],
        filters=[tidy],
        description=_l("People who said yes read this. For example: the room is flooded."),
    )
