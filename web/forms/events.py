"""What an organizer says about an event, in short sections."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FloatField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
    TimeField,
    ValidationError,
)
from wtforms.validators import DataRequired, InputRequired, Length, Optional, Regexp

from domain import places
from domain.models import Event
from domain.models.base import new_id
from domain.rhythm import Every, Rhythm, rule_of
from domain.schedule import LONGEST, EventDraft
from web import clock
from web.forms import event_rows, facts
from web.forms.accounts import HOME_ZONE, time_zones
from web.forms.choices import interest_choices, options
from web.forms.event_rows import KEEP
from web.forms.groups import IDENTITY
from web.forms.numbers import Between
from web.forms.words import TicksField, tidy

Position = tuple[float, float]
CURRENCIES = ("GBP", "EUR", "USD", "CAD", "AUD", "NZD", "CHF", "DKK", "NOK", "SEK", "PLN")
EVERY: dict[str, Any] = {
    Every.ONCE: _l("No, it is once"),
    Every.WEEK: _l("Every week"),
    Every.FORTNIGHT: _l("Every two weeks"),
    Every.MONTH: _l("Every month, on the same weekday"),
}
LINE = Length(max=120, message=_l("Use up to 120 letters."))
SHORT = Length(max=200, message=_l("Use up to 200 letters."))
SENTENCE = Length(max=280, message=_l("Use up to 280 letters."))


def question_field(question: facts.Question) -> RadioField:
    """Return the field of one pressure fact; "not sure" is always among the answers."""
    answers = {name: words for name, words, _ in question.answers} | {facts.NOT_SURE: _l("Not sure")}
    return RadioField(question.asks, choices=options(answers), default=facts.NOT_SURE)


class EventForm(FlaskForm):  # type: ignore[misc]
    """An event and its pressure facts. ``known``: where towns lie that the group has used before."""

    key = HiddenField(validators=[IDENTITY], default=new_id)
    title = StringField(
        _l("What is it called?"),
        [DataRequired(_l("Give the event a title.")), SHORT],
        filters=[tidy],
    )
    text = TextAreaField(
        _l("What happens, from arriving to going home?"),
        [Optional(), Length(max=6000, message=_l("Use up to 6000 letters."))],
        filters=[tidy],
        description=_l("Knowing what comes takes a lot of worry away. Lists and **strong** words work."),
    )
    interests = TicksField(_l("What is it about?"), choices=interest_choices())
    day = DateField(_l("Which day?"), [InputRequired(_l("Choose a day."))])
    starts = TimeField(_l("At what time does it start?"), [InputRequired(_l("Enter a time, such as 18:30."))])
    minutes = IntegerField(
        _l("How many minutes does it last?"),
        [
            InputRequired(_l("Say how long it lasts, in minutes.")),
            Between(1, LONGEST, _l("Enter minutes, from 1 up to two weeks.")),
        ],
        description=_l("90 is an hour and a half."),
    )
    time_zone = SelectField(_l("Time zone"), choices=time_zones, default=HOME_ZONE)
    every = RadioField(_l("Does it come round again?"), choices=options(EVERY), default=Every.ONCE)
    until = DateField(
        _l("Last day"), [Optional()], description=_l("Leave it empty if it goes on until you say so.")
    )
    where = RadioField(
        _l("Where do people meet?"),
        choices=options({"in_person": _l("In a place"), "online": _l("Online")}),
        default="in_person",
    )
    venue = StringField(
        _l("What is the place called?"),
        [Optional(), SHORT],
        filters=[tidy],
        description=_l("Please choose a place that is open to the public."),
    )
    address = StringField(
        _l("What is the exact address?"),
        [Optional(), Length(max=300, message=_l("Use up to 300 letters."))],
        filters=[tidy],
        description=_l("Only people who said yes see this."),
    )
    town = StringField(
        _l("Which town is it in?"),
        [LINE],
        filters=[tidy],
        description=_l("Everybody sees the town. It tells us who lives near enough."),
    )
    place = RadioField(_l("Which one do you mean?"), [Optional()], choices=[], validate_choice=False)
    latitude = FloatField(
        _l("Latitude"), [Optional(), Between(-90, 90, _l("Enter a number from -90 to 90."))]
    )
    longitude = FloatField(
        _l("Longitude"), [Optional(), Between(-180, 180, _l("Enter a number from -180 to 180."))]
    )
    url = StringField(
        _l("Is there a page or a link to join?"),
        [
            Optional(),
            Length(max=600, message=_l("Use up to 600 letters.")),
            Regexp(r"https?://[^\s<>\"]+$", message=_l("Enter a whole address, with https:// before it.")),
        ],
        filters=[tidy],
    )
    capacity = IntegerField(
        _l("How many places are there?"),
        [Optional(), Between(1, 100_000, _l("Enter 1 or more, or leave it empty."))],
        description=_l("Leave it empty for no limit."),
    )
    price = DecimalField(
        _l("What does it cost?"),
        [Optional(), Between(0, 100_000, _l("Enter 0 or more, or leave it empty."))],
        description=_l("0 if it is free."),
    )
    currency = SelectField(_l("In"), choices=options({each: each for each in CURRENCIES}), default="GBP")
    greeter = StringField(
        _l("Who greets people?"),
        [Optional(), LINE],
        filters=[tidy],
        description=_l("For example: Noor, in a green scarf."),
    )
    arriving = StringField(
        _l("How do people arrive?"),
        [Optional(), SENTENCE],
        filters=[tidy],
        description=_l("For example: Come by the side door. Somebody looks out for you until ten past."),
    )
    leaving = StringField(
        _l("How can people leave early?"),
        [Optional(), SENTENCE],
        filters=[tidy],
        description=_l("For example: Any time. A wave is enough."),
    )
    people = IntegerField(
        _l("How many people usually come, with you?"),
        [Optional(), Between(2, 5000, _l("Enter 2 or more, or leave it empty."))],
        description=_l("About. Leave it empty if you are not sure."),
    )
    low_pressure = BooleanField(
        _l("Call it low-pressure"),
        description=_l("For this, everything about arriving, leaving and what it is like must be answered."),
    )

    def __init__(
        self,
        *args: Any,
        known: Mapping[str, Position] | None = None,
        before: Event | None = None,
        **rest: Any,
    ) -> None:
        super().__init__(*args, **rest)
        self.before, self.known = before, dict(known or {})
        self.position: Position | None = None
        if before is not None and event_rows.rhythm(before) is None:
            self.every.choices = [*self.every.choices, *options({KEEP: _l("As it is now")})]
        self.matches = places.search(self.town.data or "") if self._by_town() else []
        self.place.choices = options({each.id: f"{each.name}, {each.country}" for each in self.matches})

    @property
    def online(self) -> bool:
        """Return whether people meet online."""
        return bool(self.where.data == "online")

    @property
    def starts_local(self) -> datetime:
        """Return the first start as wall time; only after the form was found valid."""
        return datetime.combine(self.day.data, self.starts.data)

    def _by_town(self) -> bool:
        typed = self.latitude.data is not None and self.longitude.data is not None
        return not self.online and not typed and bool(self.town.data) and self.town.data not in self.known

    def validate_day(self, field: DateField) -> None:
        """Refuse a day of another century, and for a new event one that is over."""
        if field.data is None:
            return  # said already: it is no date
        if not 2000 <= field.data.year <= 2100:
            raise ValidationError(_l("Choose a day of our times."))
        if self.before is None and field.data < self._today():
            raise ValidationError(_l("Choose a day that is still to come."))

    def _today(self) -> date:
        zone = self.time_zone.data
        return clock.now().astimezone(ZoneInfo(zone if zone in available_timezones() else "UTC")).date()

    def validate_until(self, field: DateField) -> None:
        """Refuse a last day before the first."""
        if field.data and self.day.data and not self.day.data <= field.data <= date(2100, 12, 31):
            raise ValidationError(_l("Choose a last day after the first one."))

    def validate_town(self, _field: StringField) -> None:
        """Find out where it is, for those who live near."""
        if self.online:
            return
        if (self.latitude.data is None) != (self.longitude.data is None):
            raise ValidationError(_l("Give both latitude and longitude, or neither."))
        self.position = self._found()
        if self.position is None:
            raise ValidationError(self._asks_again())

    def _found(self) -> Position | None:
        if self.latitude.data is not None and self.longitude.data is not None:
            return self.latitude.data, self.longitude.data
        if self.town.data in self.known:
            return self.known[self.town.data]
        chosen = [each for each in self.matches if each.id == self.place.data] or self.matches
        return places.centre(chosen[0].cell) if len(chosen) == 1 else None

    def _asks_again(self) -> Any:
        if len(self.matches) > 1:
            return _l("There is more than one town of that name. Choose which one you mean.")
        if self.town.data:
            return _l("We do not know that town. Try the nearest larger one, or give the exact position.")
        return _l("Enter the town, so that we know who lives near enough.")

    @property
    def rhythm(self) -> Rhythm | None:
        """Return how often it comes round; None: as it was, in a way this form cannot say."""
        if self.every.data == KEEP:
            return None
        every = Every(self.every.data)
        return Rhythm(every=every, until=None if every is Every.ONCE else self.until.data)

    def answers(self) -> dict[str, str]:
        """Return the answer given to each pressure question."""
        return {each.name: self[each.name].data for each in facts.QUESTIONS}

    def draft(self) -> EventDraft:
        """Return what was said, for `domain.schedule`; only after the form was found valid."""
        latitude, longitude = self.position or (None, None)
        rhythm = self.rhythm
        kept = self.before.rrule if self.before is not None else None
        stated = facts.facts_of(self.people.data, self.answers(), event_rows.stated(self.before))
        return EventDraft(
            title=self.title.data,
            text=self.text.data or "",
            starts_local=self.starts_local,
            duration_minutes=self.minutes.data,
            time_zone=self.time_zone.data,
            rrule=kept if rhythm is None else rule_of(rhythm, self.starts_local),
            exdates=self.before.exdates if self.before is not None else None,
            venue=None if self.online else self.venue.data or None,
            address=None if self.online else self.address.data or None,
            locality=self._locality(),
            latitude=latitude,
            longitude=longitude,
            online=self.online,
            url=self.url.data or None,
            price=None if self.price.data is None else float(round(self.price.data, 2)),
            currency=self.currency.data,
            capacity=self.capacity.data,
            greeter=self.greeter.data or None,
            leaving=self.leaving.data or None,
            arriving=self.arriving.data or None,
            low_pressure=self.low_pressure.data,
            interests=tuple(self.interests.data),
            facts=stated,
            assumed={
                name: value for name, value in event_rows.assumed(self.before).items() if name not in stated
            },
        )

    def _locality(self) -> str | None:
        chosen = [each for each in self.matches if each.id == self.place.data] or self.matches
        return chosen[0].name if len(chosen) == 1 else self.town.data or None


for _question in facts.QUESTIONS:
    setattr(EventForm, _question.name, question_field(_question))
