"""The page of components: every macro with sample content, for whoever builds or reviews a page."""

from typing import Any

from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    Form,
    IntegerField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from web.forms.numbers import Between

_SCALE = [Optional(), Between(0, 100, "Enter a number from 0 to 100.")]


class ComponentsForm(Form):  # type: ignore[misc]  # WTForms ships no types
    """One field of each kind the macros draw."""

    name = StringField(
        "What should people call you?", [InputRequired("Enter a name. It need not be your full name.")]
    )
    city = SelectField(
        "Nearest town",
        choices=[
            SelectChoice("", "Choose a town"),
            SelectChoice("a", "Alderbrook"),
            SelectChoice("b", "Brightwater"),
        ],
    )
    pace = RadioField(
        "How would you like to start?",
        [InputRequired("Choose how you would like to start.")],
        choices=[
            SelectChoice("gentle", "Gently"),
            SelectChoice("steady", "Steadily"),
            SelectChoice("stretch", "With a bit of a stretch"),
        ],
    )
    interests = SelectMultipleField(
        "What do you enjoy?",
        choices=[
            SelectChoice("walking", "Walking"),
            SelectChoice("board-games", "Board games"),
            SelectChoice("cooking", "Cooking"),
            SelectChoice("choir", "Singing"),
        ],
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    walk = IntegerField("A quiet guided walk with four strangers", _SCALE)
    games = IntegerField("A hosted games evening with eight people", _SCALE)
    note = TextAreaField("Anything the host should know?")
    reminder = BooleanField("Send me a reminder the day before")


def filled_form() -> ComponentsForm:
    """Return the form as someone half-way through would see it."""
    return ComponentsForm(data={"name": "Sam", "pace": "steady", "interests": ["walking"], "walk": 35})


def problem_form() -> ComponentsForm:
    """Return the form sent back with problems; its ids carry a prefix, as two forms stand on one page."""
    form = ComponentsForm(MultiDict({"again-city": "", "again-games": "140"}), prefix="again")
    form.validate()
    return form


def components_context() -> dict[str, Any]:
    """Return what ``design/components.html`` needs beside the template globals."""
    return {"filled": filled_form(), "troubled": problem_form(), "sensitive": True, "worker_quiet": True}
