"""About somebody the member sees: a small note, a day to keep in mind."""

from __future__ import annotations

from datetime import date
from typing import Self

from flask_babel import format_date
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from domain import person_dates, person_notes
from domain.errors import Invalid
from domain.person_dates import DateBody, Remind
from domain.person_touches import Every
from web.forms.choices import options
from web.forms.mails import TIMES

EVERY = {"year": _l("Every year"), "once": _l("Once, the next time this day comes")}
REMINDERS = {
    Remind.NONE: _l("No reminder"),
    Remind.DAY: _l("On the day"),
    Remind.EVE: _l("The day before"),
}

NEVER = "never"
HOW_OFTEN = {
    NEVER: _l("Never"),
    Every.WEEK: _l("About every week"),
    Every.FORTNIGHT: _l("About every two weeks"),
    Every.MONTH: _l("About every month"),
}


def month_name(month: int) -> str:
    """Return what a month is called."""
    return str(format_date(date(2000, month, 1), "MMMM"))


class NoteForm(FlaskForm):  # type: ignore[misc]
    """A small thing to remember."""

    words = TextAreaField(
        _l("Something small to remember"),
        [
            DataRequired(_l("Write a word or two.")),
            Length(max=person_notes.LONGEST, message=_l("A few lines are enough here.")),
        ],
        description=_l("For example: takes oat milk. Has a new dog. Does not like the phone."),
    )


class TouchForm(FlaskForm):  # type: ignore[misc]
    """About how often a word to get in touch may come, if at all."""

    every = RadioField(
        _l("Remind me now and then to get in touch"), choices=options(HOW_OFTEN), default=NEVER
    )

    @property
    def chosen(self) -> Every | None:
        """How often; none: never."""
        return None if self.every.data == NEVER else Every(self.every.data)


class DateForm(FlaskForm):  # type: ignore[misc]
    """A day to keep in mind."""

    what = StringField(
        _l("What day is it?"),
        [
            DataRequired(_l("Write a word or two about what day it is.")),
            Length(max=person_dates.LONGEST, message=_l("A few words are enough here.")),
        ],
        description=_l("For example: birthday. Or: driving test. Or: the day her mother died."),
    )
    day = SelectField(_l("Day"), choices=options({each: str(each) for each in range(1, 32)}), coerce=int)
    month = SelectField(_l("Month"), choices=[], coerce=int)
    every = RadioField(_l("How often?"), choices=options(EVERY), default="year")
    hard = BooleanField(
        _l("It may be a hard day for them"), description=_l("Then we show you words for a hard day.")
    )
    remind = RadioField(_l("Would you like a reminder?"), choices=options(REMINDERS), default=Remind.NONE)
    hour = SelectField(_l("At what time?"), choices=options(TIMES), coerce=int, default=9)

    def __init__(self, *args: object, today: date, **facts: object) -> None:
        super().__init__(*args, **facts)
        self.today = today
        self.month.choices = options({each: month_name(each) for each in range(1, 13)})

    @classmethod
    def of(cls, body: DateBody, *, today: date) -> Self:
        """Return the form as a day fills it."""
        facts = body.to_json() | {"every": "year" if body.year is None else "once"}
        return cls(data=facts, today=today)

    def body(self, before: DateBody | None = None) -> DateBody | None:
        """Return the day; none where there is no such day, which the form then says."""
        try:
            return DateBody(
                what=self.what.data.strip(),
                month=self.month.data,
                day=self.day.data,
                year=self._year(before) if self.every.data == "once" else None,
                hard=self.hard.data,
                remind=Remind(self.remind.data),
                hour=self.hour.data,
            )
        except Invalid as invalid:
            for name, text in invalid.problems.items():
                self[name].errors = [*self[name].errors, text]
            return None

    def _year(self, before: DateBody | None) -> int | None:
        """Return the year it had already, where it stays that day; the next one that has it otherwise."""
        if before and before.year and (before.month, before.day) == (self.month.data, self.day.data):
            return before.year
        return person_dates.once(self.month.data, self.day.data, today=self.today)
