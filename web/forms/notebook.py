"""The notebook's forms: a topic, another look at a thought, one pleasant thing, people and places."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from domain.models import EntryKind
from domain.notebook import LONGEST, PARTS
from domain.portfolio import Energy
from web.forms.choices import options

#: What something asks, in the words of the page.
ASKS = {
    Energy.LITTLE.value: _l("A little: also on a tired day"),
    Energy.SOME.value: _l("Some"),
    Energy.PLENTY.value: _l("A lot: for a good day"),
}
_SHORT = Length(max=LONGEST, message=_l("A few lines are enough here."))


class EntryForm(FlaskForm):  # type: ignore[misc]
    """One entry."""

    def said(self, kind: EntryKind) -> dict[str, str]:
        """Return what was written, by part."""
        return {name: self[name].data or "" for name in PARTS[kind]}


class TopicForm(EntryForm):
    """Something neutral to talk about."""

    words = StringField(
        _l("Something you could ask or tell"),
        [InputRequired(_l("Write a word or two.")), _SHORT],
        description=_l("For example: what are you reading? Where is a nice bench?"),
    )


class ThoughtForm(EntryForm):
    """A thought, looked at another way."""

    thought = StringField(
        _l("The thought, in one sentence"), [InputRequired(_l("Write the thought in a few words.")), _SHORT]
    )
    supports = TextAreaField(_l("What speaks for it? Facts only"), [Optional(), _SHORT])
    against = TextAreaField(_l("What does not fit with it?"), [Optional(), _SHORT])
    kinder = TextAreaField(_l("How would a good friend put it?"), [Optional(), _SHORT])


class PleasantForm(EntryForm):
    """One pleasant thing, planned."""

    what = StringField(
        _l("Something pleasant, and small"),
        [InputRequired(_l("Write a word or two.")), _SHORT],
        description=_l("A walk to the water, a call, a cake, an hour with a book."),
    )
    when = StringField(
        _l("When?"), [Optional(), _SHORT], description=_l("For example: Saturday after lunch.")
    )


class _PortfolioForm(EntryForm):
    """Something of the portfolio: how often, what it asks, what to remember."""

    repeats = StringField(
        _l("How often, and when?"),
        [Optional(), _SHORT],
        description=_l("For example: Tuesdays at ten. Or: now and then."),
    )
    energy = RadioField(
        _l("How much energy does it ask?"), choices=options(ASKS), default=str(Energy.SOME.value)
    )
    notes = TextAreaField(
        _l("Things to remember"), [Optional(), _SHORT], description=_l("Only you see this.")
    )


class ActivityForm(_PortfolioForm):
    """Something the member does among people."""

    what = StringField(
        _l("What do you do?"),
        [InputRequired(_l("Write a word or two.")), _SHORT],
        description=_l("For example: the knitting table, the library, swimming."),
    )


class PersonForm(_PortfolioForm):
    """Somebody the member sees."""

    what = StringField(
        _l("Who is it?"),
        [InputRequired(_l("Write a name, or what you call them.")), _SHORT],
        description=_l("For example: Kim next door. They are never told."),
    )
    together = StringField(
        _l("What do you like to do together?"),
        [Optional(), _SHORT],
        description=_l("For example: a walk round the block."),
    )


FORMS: dict[EntryKind, type[EntryForm]] = {
    EntryKind.TOPIC: TopicForm,
    EntryKind.THOUGHT: ThoughtForm,
    EntryKind.PLEASANT: PleasantForm,
    EntryKind.ACTIVITY: ActivityForm,
    EntryKind.PERSON: PersonForm,
}
