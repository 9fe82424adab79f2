"""What an admin says about a service of professional support."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, RadioField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, Optional

from domain.directory import ServiceDraft
from domain.models import Approach, Service, ServiceKind
from web.directory_words import APPROACHES, KINDS
from web.forms.choices import options
from web.forms.words import TicksField, tidy


def _line(label: Any, longest: int, hint: Any = "", *, needed: bool = True) -> StringField:
    """Return a field of one line."""
    rules = [
        DataRequired(_l("Write a few words.")) if needed else Optional(),
        Length(max=longest, message=_l("Use up to %(most)s letters.", most=longest)),
    ]
    return StringField(label, rules, filters=[tidy], description=hint)


class ServiceForm(FlaskForm):  # type: ignore[misc]
    """A service, in the order in which somebody who looks for help would ask."""

    name = _line(_l("What is it called?"), 120)
    kind = RadioField(
        _l("What is offered?"), [InputRequired(_l("Choose one of the four."))], choices=options(KINDS)
    )
    about = _line(
        _l("In one or two sentences, what is it?"),
        280,
        _l("Plain words. What happens there, and who it is for."),
    )
    approaches = TicksField(_l("How do they work?"), choices=options(APPROACHES))
    locality = _line(_l("Which town is it in?"), 120, needed=False)
    online = BooleanField(_l("It is online, or by phone"))
    cost = _line(_l("What does it cost?"), 120, _l("For example: free, or 40 pounds an hour."))
    begin = _line(
        _l("How does one begin?"),
        280,
        _l("For example: call and ask for a first talk, or ask your doctor for a letter."),
    )
    phone = _line(_l("Phone number"), 40, needed=False)
    url = _line(_l("Page"), 600, needed=False)
    looked_up = BooleanField(
        _l("I have looked this up today"),
        [InputRequired(_l("Look it up first, please. Somebody who needs help will rely on it."))],
        description=_l("People are told the day."),
    )

    def draft(self) -> ServiceDraft:
        """Return what was said, for `domain.directory`."""
        return ServiceDraft(
            name=self.name.data,
            kind=ServiceKind(self.kind.data),
            about=self.about.data,
            begin=self.begin.data,
            cost=self.cost.data,
            locality=self.locality.data or None,
            online=self.online.data,
            url=self.url.data or None,
            phone=self.phone.data or None,
            approaches=tuple(Approach(each) for each in self.approaches.data),
        )


def as_fields(service: Service) -> dict[str, Any]:
    """Return what a form shows of a service that is there; whether it was looked up is asked each time."""
    names = ("name", "kind", "about", "begin", "cost", "locality", "online", "url", "phone")
    said = {name: getattr(service, name) for name in names}
    return said | {"approaches": [each.approach for each in service.approaches]}
