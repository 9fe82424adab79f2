"""Whom to let see what, until when; and what a supporter may say."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, DateField, RadioField, StringField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp

from domain.ladder_records import LONGEST_LABEL
from domain.models import Topic
from domain.support_notes import LONGEST_NOTE
from domain.supporters import LONGEST_NAME, Item
from web.forms.choices import options
from web.forms.words import TicksField, tidy

ITEMS = {
    Item.LADDER: _l("My ladder: its steps, and where I am"),
    Item.PROGRESS: _l("How it has gone: how many outings, and how many felt easier"),
    Item.GOALS: _l("My goals: what I set out to do, and how it stands"),
}
TOPICS = {
    Topic.COMMUNICATION: _l("How you talk with people"),
    Topic.BOUNDARIES: _l("How you look after your boundaries"),
}


class InviteForm(FlaskForm):  # type: ignore[misc]
    """A grant, in the order in which one would think of it."""

    name = StringField(
        _l("Who is it for?"),
        [
            DataRequired(_l("Say whom this is for.")),
            Length(max=LONGEST_NAME, message=_l("Use up to 60 letters.")),
        ],
        filters=[tidy],
        description=_l("A first name is enough. Only you see it."),
    )
    items = TicksField(
        _l("What may they see?"),
        [InputRequired(_l("Choose at least one thing to show."))],
        choices=options(ITEMS),
    )
    until = DateField(
        _l("Until which day?"),
        [InputRequired(_l("Choose a day within the coming year."))],
        description=_l("You can end it earlier at any moment."),
    )
    may_propose = BooleanField(
        _l("They may propose a step for my ladder"),
        description=_l("It waits for you. You take it or leave it."),
    )
    email = StringField(
        _l("Their e-mail address"),
        [
            Optional(),
            Length(max=255),
            Regexp(r"^[^@\s]+@[^@\s]+\.[^@\s]+$", message=_l("The address does not look complete.")),
        ],
        description=_l("If you like, we send the link for you. Otherwise you send it yourself."),
    )


class NoteForm(FlaskForm):  # type: ignore[misc]
    """Feedback on two topics, and no others (R85)."""

    topic = RadioField(
        _l("What is it about?"),
        [InputRequired(_l("Choose one of the two."))],
        choices=options(TOPICS),
    )
    words = TextAreaField(
        _l("Your words"),
        [
            DataRequired(_l("Write a line.")),
            Length(max=LONGEST_NOTE, message=_l("Use up to 1000 letters.")),
        ],
        filters=[tidy],
        description=_l("Only they read it. Say what you saw, and what was good about it."),
    )


class StepForm(FlaskForm):  # type: ignore[misc]
    """A step proposed; the member takes it or leaves it."""

    words = StringField(
        _l("What could be a next small step?"),
        [
            DataRequired(_l("Say in a few words what the step is.")),
            Length(max=LONGEST_LABEL, message=_l("Use up to 120 letters.")),
        ],
        filters=[tidy],
        description=_l("For example: ask the librarian for a book."),
    )
