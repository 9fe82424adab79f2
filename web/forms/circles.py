"""Asking to go with a few others, and whom one would meet again."""

from __future__ import annotations

from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectMultipleField
from wtforms.validators import InputRequired
from wtforms.widgets import CheckboxInput, ListWidget

from web.forms.choices import interest_label, options
from web.kind_words import SENTENCES


class Ticks(SelectMultipleField):  # type: ignore[misc]
    """Several may be ticked, or none."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class AskForm(FlaskForm):  # type: ignore[misc]
    """What the others may know one likes, and the two yeses that going together needs."""

    topics = Ticks(
        _l("What may the others know you like?"),
        description=_l("Something to talk about. They see it with no name, until all of you have said yes."),
    )
    agree = BooleanField(
        _l("Yes, that is fine with me"), [InputRequired(_l("We need your yes before we look for others."))]
    )
    conduct = BooleanField(
        _l("Yes, I keep to this"), [InputRequired(_l("We need your yes to how people treat each other."))]
    )

    def offer(self, interests: Iterable[str], *, kept: bool) -> None:
        """Let the member choose among what they like; ``kept``: they said yes to the rules of conduct."""
        if kept:
            del self.conduct
        self.topics.choices = options({slug: interest_label(slug) for slug in interests})


class KindForm(FlaskForm):  # type: ignore[misc]
    """One kind sentence for one of those one was out with, by their places (R34)."""

    to = RadioField(_l("For whom?"), [InputRequired(_l("Choose for whom it is."))])
    sentence = RadioField(
        _l("What would you like to say?"),
        [InputRequired(_l("Choose a sentence."))],
        choices=options(SENTENCES),
    )

    def offer(self, names: Iterable[tuple[str, str]]) -> None:
        """Let the member choose among those who let kind words come."""
        self.to.choices = options(dict(names))


class AgainForm(FlaskForm):  # type: ignore[misc]
    """With whom one would like to be again, by their places."""

    again = Ticks(
        _l("Whom would you like to meet again?"),
        description=_l(
            "Only you see this. If both of you say so, you both learn it, and we keep you together. You may "
            "both see outings, then, that could suit you both."
        ),
    )

    def offer(self, names: Iterable[tuple[str, str]]) -> None:
        """Let the member choose among those they met."""
        self.again.choices = options(dict(names))
