"""What there is energy for today, and what would feel right."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import Form, RadioField

from domain.portfolio import Energy, Mood
from web.forms.choices import options

TODAY = {
    Energy.LITTLE.value: _l("A little"),
    Energy.SOME.value: _l("Some"),
    Energy.PLENTY.value: _l("Plenty"),
}
MOODS = {
    Mood.EITHER: _l("Either"),
    Mood.DOING: _l("Something to do"),
    Mood.COMPANY: _l("One person"),
}


class TodayForm(Form):  # type: ignore[misc]
    """A question, not a change: it is asked by address and kept nowhere."""

    energy = RadioField(
        _l("How much energy do you have?"), choices=options(TODAY), default=str(Energy.SOME.value)
    )
    mood = RadioField(_l("What would feel right?"), choices=options(MOODS), default=Mood.EITHER.value)
