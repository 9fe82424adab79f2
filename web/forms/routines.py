"""Something that comes round each week."""

from __future__ import annotations

from datetime import time
from typing import Self

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import RadioField, SelectField, StringField, TimeField
from wtforms.validators import DataRequired, InputRequired, Length

from domain.errors import Invalid
from domain.notebook import Entry
from domain.routine_body import LONGEST, Nudge, RoutineBody, Template
from web.forms.choices import options
from web.forms.mails import DAYS
from web.forms.words import TicksField
from web.routine_words import NUDGES, Start


class RoutineForm(FlaskForm):  # type: ignore[misc]
    """What, on which days, at what time, with whom."""

    name = StringField(
        _l("What is it?"),
        [
            DataRequired(_l("Write a word or two about what it is.")),
            Length(max=LONGEST, message=_l("A few words are enough here.")),
        ],
    )
    days = TicksField(
        _l("On which days?"),
        [InputRequired(_l("Choose at least one day of the week."))],
        choices=options(DAYS),
        coerce=int,
        description=_l("One or two are a good size."),
    )
    time = TimeField(
        _l("At what time?"),
        [InputRequired(_l("Choose a time of day, such as 10:00."))],
        description=_l("By your own clock."),
    )
    person = SelectField(
        _l("With whom?"), choices=[], description=_l("From your own list. They are never told.")
    )
    nudge = RadioField(_l("Would you like a reminder?"), choices=options(NUDGES), default=Nudge.NONE)

    def __init__(self, *args: object, people: list[Entry], **facts: object) -> None:
        super().__init__(*args, **facts)
        names = {each.id: each.said["what"] for each in people}
        self.person.choices = options({"": _l("Nobody, or not said"), **names})
        if not self.is_submitted() and self.person.data not in names:
            self.person.data = ""

    @classmethod
    def starting(cls, start: Start, *, people: list[Entry]) -> Self:
        """Return the form as a template fills it."""
        facts = {"name": str(start.name), "days": start.days, "time": time(start.hour), "nudge": start.nudge}
        return cls(data=facts, people=people)

    @classmethod
    def of(cls, body: RoutineBody, *, people: list[Entry]) -> Self:
        """Return the form as a routine fills it."""
        facts = body.to_json() | {"time": time(body.hour, body.minute)}
        return cls(data=facts, people=people)

    def body(self, template: Template) -> RoutineBody | None:
        """Return the routine; none where it cannot be, which the form then says."""
        try:
            return RoutineBody(
                template=template,
                name=self.name.data.strip(),
                days=tuple(sorted(set(self.days.data))),
                hour=self.time.data.hour,
                minute=self.time.data.minute,
                person=self.person.data or None,
                nudge=Nudge(self.nudge.data),
            )
        except Invalid as invalid:
            for name, text in invalid.problems.items():
                self[name].errors = [*self[name].errors, text]
            return None
